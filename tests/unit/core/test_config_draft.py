"""Settings as a form edits them: text to value and back."""

import pytest

from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import (
    choices_of,
    config_with,
    kind_of,
    read_setting,
    text_of,
    values_of,
)
from powertrader.core.config_keys import settings
from powertrader.core.config_sources import SettingsError


def test_every_default_written_as_text_means_itself() -> None:
    values = values_of(TradingConfig())
    readings = {name: read_setting(name, text_of(values[name])) for name in settings()}
    assert {name: one.value for name, one in readings.items()} == dict(values)


@pytest.mark.parametrize(
    "name, text, value",
    [
        ("entry.trade_start_level", " 4 ", 4),
        ("entry.start_allocation_pct", "0.5 %", 0.5),
        ("dca.levels", "-2.5%, -5%", [-2.5, -5.0]),
        ("trading.coins", "btc, eth", ["BTC", "ETH"]),
        ("costs.maker_pct", "", None),
        ("costs.slippage_tiers", "1:0.05", [[1.0, 0.05]]),
        ("hub.auto_start_scripts", "true", True),
        ("bus.redis_url", "", ""),
    ],
)
def test_text_is_read_as_a_person_means_it(name: str, text: str, value: object) -> None:
    assert read_setting(name, text).value == value
    assert not read_setting(name, text).problem


@pytest.mark.parametrize(
    "name, text, problem",
    [
        ("entry.trade_start_level", "9", "must be a whole number from 1 to 7"),
        ("entry.trade_start_level", "", "must be a whole number from 1 to 7"),
        ("dca.multiplier", "two", "must be a number from 0 to 100"),
        ("dca.multiplier", "1,5", "must be a number from 0 to 100"),
        ("trading.coins", "BTC, BTC", "must be different coins, such as BTC, ETH (BTC comes twice)"),
        ("hub.theme", "pink", "must be one of classic, light, colour_blind"),
        ("trailing.gap_pct", "nan", "must be a number at least 0 and below 100"),
    ],
)
def test_a_wrong_text_is_told_with_what_was_expected(name: str, text: str, problem: str) -> None:
    assert read_setting(name, text).problem == problem


def test_switches_choices_and_folders_are_given_by_other_means_than_text() -> None:
    kinds = {name: kind_of(setting) for name, setting in settings().items()}
    assert kinds["bus.notify"] == "switch"
    assert kinds["hub.default_timeframe"] == "choice"
    assert kinds["paths.main_neural_dir"] == "folder"
    assert kinds["paths.script_trader"] == "file"
    assert kinds["dca.levels"] == "text"
    assert choices_of(settings()["trading.mode"]) == ("paper", "demo", "testnet", "live")


def test_numbers_are_written_without_needless_digits() -> None:
    assert [text_of(value) for value in (10_000.0, 0.005, 3, None, True)] == [
        "10000",
        "0.005",
        "3",
        "",
        "true",
    ]
    assert text_of([[1.0, 0.05], [5.0, 0.25]]) == "1:0.05, 5:0.25"


def test_changes_are_laid_over_the_settings_in_force() -> None:
    found = config_with(TradingConfig(), {"entry.trade_start_level": 5})
    assert (found.entry.trade_start_level, found.dca) == (5, TradingConfig().dca)


def test_settings_that_do_not_fit_one_another_are_refused_with_the_reason() -> None:
    with pytest.raises(
        SettingsError, match=r"compat was 'original', must be safe when trading\.mode is live"
    ):
        config_with(TradingConfig(), {"trading.mode": "live", "trading.compat": "original"})
