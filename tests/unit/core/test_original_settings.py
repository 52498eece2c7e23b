"""The original's settings file: read as leniently as its trader did, so that both have the same in force."""

import json
from typing import Final

import pytest

from powertrader.core.original_settings import DEFAULT_COINS, OriginalSettings, read_settings

DEFAULTS: Final = OriginalSettings.defaults("original")


@pytest.mark.parametrize("text", ["{broken", "[1]", '"text"', "3"])
def test_settings_that_are_no_object_change_nothing(text: str) -> None:
    assert read_settings(text, DEFAULTS) is DEFAULTS


@pytest.mark.parametrize("text", ["{}", "null", "[]"])
def test_empty_settings_keep_the_defaults(text: str) -> None:
    assert read_settings(text, DEFAULTS).in_force.coins == DEFAULT_COINS


def test_settings_are_read_as_leniently_as_the_original_did() -> None:
    document = {
        "coins": [" btc ", "", "eth"],
        "trade_start_level": "4.9",
        "start_allocation_pct": " 2.5 % ",
        "dca_levels": ["-3", "x", -4, None],
        "max_dca_buys_per_24h": -1,
        "dca_multiplier": "1e400",
        "trailing_gap_pct": {},
        "main_neural_dir": "  ",
    }
    found = read_settings(json.dumps(document), DEFAULTS)
    rules = found.in_force
    assert (rules.coins, rules.trade_start_level, rules.start_allocation_pct) == (("BTC", "ETH"), 4, 2.5)
    assert (rules.dca_levels, rules.max_dca_buys_per_24h, rules.dca_multiplier) == ((-3.0, -4.0), 2, 2.0)
    assert (rules.trailing_gap_pct, found.main_folder) == (0.5, None)


def test_a_level_too_great_for_a_float_is_dropped_like_any_other_that_is_no_number() -> None:
    found = read_settings(json.dumps({"dca_levels": [10**400, "x", -1]}), DEFAULTS)
    assert found.in_force.dca_levels == (-1.0,)


def test_a_zero_is_parsed_and_keeps_the_value_in_force() -> None:
    one = read_settings('{"start_allocation_pct": 1}', DEFAULTS)
    zero = read_settings('{"start_allocation_pct": "0", "dca_levels": ["x"], "coins": ["", " "]}', one)
    assert (zero.in_force.start_allocation_pct, zero.parsed.start_allocation_pct) == (1.0, 0.0)
    assert read_settings("{}", zero).in_force.coins == DEFAULT_COINS
    assert read_settings('{"trade_start_level": 99}', zero).in_force.trade_start_level == 7
