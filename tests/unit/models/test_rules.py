"""TradingRules: what a decision may be made with."""

import dataclasses
import math

import pytest

from powertrader.models.rules import TradingRules


def test_the_defaults_are_those_of_the_original() -> None:
    rules = TradingRules(coins=("BTC",))
    assert (rules.trade_start_level, rules.max_dca_buys_per_24h) == (3, 2)
    assert (rules.start_allocation_pct, rules.dca_multiplier) == (0.005, 2.0)
    assert rules.dca_levels == (-2.5, -5.0, -10.0, -20.0, -30.0, -40.0, -50.0)
    assert (rules.pm_start_pct_no_dca, rules.pm_start_pct_with_dca, rules.trailing_gap_pct) == (5.0, 2.5, 0.5)
    assert rules.compat == "safe"


def test_rules_cannot_be_changed() -> None:
    rules = TradingRules(coins=("BTC",))
    with pytest.raises(dataclasses.FrozenInstanceError):
        rules.trade_start_level = 4  # type: ignore[misc]


@pytest.mark.parametrize("level", [0, 8, -1])
def test_a_start_level_outside_one_to_seven_is_refused(level: int) -> None:
    with pytest.raises(ValueError, match="trade_start_level was"):
        TradingRules(coins=("BTC",), trade_start_level=level)


@pytest.mark.parametrize("levels", [(), (math.nan,), (-2.5, -math.inf)])
def test_levels_that_are_missing_or_not_finite_are_refused(levels: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="dca_levels was"):
        TradingRules(coins=("BTC",), dca_levels=levels)


@pytest.mark.parametrize("wrong", [-0.1, math.nan, math.inf])
@pytest.mark.parametrize(
    "name",
    [
        "start_allocation_pct",
        "dca_multiplier",
        "max_dca_buys_per_24h",
        "pm_start_pct_no_dca",
        "pm_start_pct_with_dca",
        "trailing_gap_pct",
    ],
)
def test_a_negative_or_endless_number_is_refused_by_name(name: str, wrong: float) -> None:
    with pytest.raises(ValueError, match=f"{name} was"):
        dataclasses.replace(TradingRules(coins=("BTC",)), **{name: wrong})  # type: ignore[arg-type]


def test_an_unknown_compat_is_refused() -> None:
    with pytest.raises(ValueError, match="compat was 'exact', must be original or safe"):
        TradingRules(coins=("BTC",), compat="exact")  # type: ignore[arg-type]


def test_zero_is_a_rule_like_any_other() -> None:
    rules = TradingRules(coins=("BTC",), dca_multiplier=0.0, max_dca_buys_per_24h=0, trailing_gap_pct=0.0)
    assert (rules.dca_multiplier, rules.max_dca_buys_per_24h, rules.trailing_gap_pct) == (0.0, 0, 0.0)
