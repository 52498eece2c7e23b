"""CostModel: percents in range."""

import math
from collections.abc import Mapping
from typing import Any

import pytest

from powertrader.models.costs import CostModel, CostTier


@pytest.mark.parametrize("wrong", [-0.01, 100.0, math.nan, math.inf])
@pytest.mark.parametrize("name", ["maker_pct", "taker_pct", "spread_pct", "slippage_pct"])
def test_a_cost_outside_zero_to_hundred_percent_is_refused_by_name(name: str, wrong: float) -> None:
    changed: Mapping[str, Any] = {name: wrong}
    with pytest.raises(ValueError, match=f"{name} was"):
        CostModel(**changed)


def test_the_default_fees_are_those_of_binance_and_nothing_may_cost_nothing() -> None:
    assert (CostModel().maker_pct, CostModel().taker_pct) == (0.1, 0.1)
    assert CostModel(0, 0, 0, 0).spread_pct == 0


def test_a_larger_share_of_the_volume_slips_by_the_tier_that_it_exceeds() -> None:
    costs = CostModel(slippage_pct=0.1, slippage_tiers=(CostTier(1, 0.5), CostTier(10, 2)))
    shares = {0.0: 0.1, 1.0: 0.1, 1.5: 0.6, 10.0: 0.6, 11.0: 2.1, math.inf: 2.1}
    assert {share: costs.slippage_at(share) for share in shares} == shares


def test_a_small_order_slips_as_if_there_were_no_tiers() -> None:
    assert CostModel().slippage_at(0.9) == CostModel().slippage_pct


@pytest.mark.parametrize(
    "wrong,reason",
    [
        ({"slippage_tiers": (CostTier(5, 1), CostTier(5, 2))}, "limits must grow and extra_pct must grow"),
        ({"slippage_tiers": (CostTier(1, 2), CostTier(5, 1))}, "limits must grow and extra_pct must grow"),
        ({"spread_tiers": (CostTier(1, 1), CostTier(5, 2))}, "limits must grow and extra_pct must fall"),
        ({"slippage_tiers": (CostTier(1, 99.995),)}, "with the usual 0.01"),
        ({"largest_share_pct": 0.0}, "largest_share_pct was 0.0"),
        ({"largest_share_pct": 100.5}, "largest_share_pct was 100.5"),
    ],
)
def test_tiers_that_make_no_sense_are_refused(wrong: Mapping[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        CostModel(**wrong)


@pytest.mark.parametrize(
    "limit,extra_pct", [(0.0, 1.0), (-1.0, 1.0), (math.inf, 1.0), (1.0, -0.1), (1.0, 100)]
)
def test_a_tier_out_of_range_is_refused(limit: float, extra_pct: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        CostTier(limit, extra_pct)
