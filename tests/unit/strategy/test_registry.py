"""Example strategies by name: what users write is read, or refused with the way out."""

import pytest

from powertrader.core.exceptions import ConfigError
from powertrader.strategy.mean_reversion import MeanReversion
from powertrader.strategy.momentum import Momentum
from powertrader.strategy.registry import NamedExample, example_of
from powertrader.strategy.sma_cross import SmaCross


def test_a_strategy_comes_with_what_was_given_and_else_its_defaults() -> None:
    assert example_of("classic", ()) is None
    assert example_of("sma_cross", ("fast=5",)) == NamedExample("sma_cross", SmaCross(5, 50))
    assert example_of("momentum", (" threshold_pct = -1.5 ",)) == NamedExample("momentum", Momentum(48, -1.5))
    found = example_of("mean_reversion", ("window=10", "leave_above=1"))
    assert found == NamedExample("mean_reversion", MeanReversion(10, -2.0, 1.0))
    assert found.params == {"window": 10, "enter_below": -2.0, "leave_above": 1.0}


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
        ("sma_cross", ("fst=5",), "no parameter 'fst', sma_cross has fast, slow; did you mean fast?"),
        ("sma_cross", ("fast=5.5",), "fast was '5.5', must be a whole number"),
        ("sma_cross", ("fast=50",), "sma_cross: fast was 50 and slow 50, must be 1 <= fast < slow"),
        ("sma_cross", ("fast",), "'fast' must be written name=value, such as fast=20"),
        (
            "momentum",
            ("threshold_pct=nan",),
            "threshold_pct was 'nan', must be a number from -1,000,000 to",
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
