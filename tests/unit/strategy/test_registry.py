"""Example strategies by name: what users write is read, or refused with the way out."""

import pytest

from powertrader.core.exceptions import ConfigError
from powertrader.strategy.mean_reversion import MeanReversion
from powertrader.strategy.momentum import Momentum
from powertrader.strategy.orders import Orders
from powertrader.strategy.registry import NamedExample, example_of
from powertrader.strategy.sma_cross import SmaCross


def test_a_strategy_comes_with_what_was_given_and_else_its_defaults() -> None:
    assert example_of("classic", ()) is None
    assert example_of("sma_cross", ("fast=5",)) == NamedExample("sma_cross", SmaCross(5, 50))
    assert example_of("momentum", (" threshold_pct = -1.5 ",)) == NamedExample("momentum", Momentum(48, -1.5))
    found = example_of("mean_reversion", ("window=10", "leave_above=1"))
    assert found == NamedExample("mean_reversion", MeanReversion(10, -2.0, 1.0))
    assert found.params == {"window": 10, "enter_below": -2.0, "leave_above": 1.0}


def test_how_an_example_orders_is_given_beside_its_own_parameters() -> None:
    found = example_of("momentum", ("order.limit_offset_pct=0.2", "order.lives_hours=none", "lookback=5"))
    assert found == NamedExample("momentum", Momentum(5), Orders(limit_offset_pct=0.2))
    assert found.params == {"lookback": 5, "threshold_pct": 2.0, "order.limit_offset_pct": 0.2}


@pytest.mark.parametrize(
    "name, given, said",
    [
        (
            "sma-cros",
            (),
            "of classic, sma_cross, momentum, mean_reversion; did you mean sma_cross?",
        ),
        ("momentun", (), "did you mean momentum?"),
        (
            "classic",
            ("fast=5",),
            r"no --strategy-param \(fast=5\); its settings are changed with --param",
        ),
        ("sma_cross", ("fst=5",), "no parameter 'fst', sma_cross has fast, slow, .*; did you mean fast?"),
        ("sma_cross", ("order.lives=5",), "did you mean order.lives_hours?"),
        ("sma_cross", ("order.share_pct=none",), "order.share_pct was 'none', must be a number"),
        ("sma_cross", ("order.quantity=few",), "must be a number from -45,000,000 to 45,000,000, or none"),
        ("sma_cross", ("order.share_pct=101",), "order.share_pct was 101, must be > 0 and <= 100"),
        ("sma_cross", ("order.quantity=1e-9",), "order.quantity was 1e-09, must be > 0 with at most 8"),
        (
            "sma_cross",
            ("order.limit_offset_pct=-1",),
            "order.limit_offset_pct was -1, must be >= 0 and < 100",
        ),
        (
            "sma_cross",
            ("order.lives_hours=0", "order.limit_offset_pct=0"),
            "order.lives_hours was 0, must be",
        ),
        ("sma_cross", ("order.lives_hours=2",), "must be left out without limit_offset_pct"),
        ("sma_cross", ("order.quantity=1", "order.share_pct=9"), "must be left out beside quantity"),
        ("sma_cross", ("fast=5.5",), "fast was '5.5', must be a whole number"),
        ("sma_cross", ("fast=50",), "sma_cross: fast was 50 and slow 50, must be 1 <= fast < slow"),
        ("sma_cross", ("fast",), "'fast' must be written name=value, such as fast=20"),
        (
            "momentum",
            ("threshold_pct=nan",),
            "threshold_pct was 'nan', must be a number from -45,000,000 to",
        ),
        ("momentum", ("lookback=1" + 400 * "0",), "must be a whole number from"),
        ("momentum", ("lookback=",), "lookback was '', must be a whole number"),
        ("mean_reversion", ("enter_below=-inf",), "enter_below was '-inf', must be a number from"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_way_out(
    name: str, given: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        example_of(name, given)
