"""CostModel: percents in range."""

import math

import pytest

from powertrader.models.costs import CostModel


@pytest.mark.parametrize("wrong", [-0.01, 100.0, math.nan, math.inf])
@pytest.mark.parametrize("name", ["maker_pct", "taker_pct", "spread_pct", "slippage_pct"])
def test_a_cost_outside_zero_to_hundred_percent_is_refused_by_name(name: str, wrong: float) -> None:
    with pytest.raises(ValueError, match=f"{name} was"):
        CostModel(**{name: wrong})


def test_the_default_fees_are_those_of_binance_and_nothing_may_cost_nothing() -> None:
    assert (CostModel().maker_pct, CostModel().taker_pct) == (0.1, 0.1)
    assert CostModel(0, 0, 0, 0).spread_pct == 0
