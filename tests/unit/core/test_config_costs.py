"""The settings of costs: tables as text or lists, and what they must be."""

import pytest

from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.core.exceptions import ConfigError
from powertrader.models.costs import CostModel, CostTier


def costs_of(*overrides: str) -> CostModel:
    return load_config(ConfigSources(overrides=overrides)).config.costs.model


def test_the_defaults_of_the_settings_are_those_of_the_model() -> None:
    assert TradingConfig().costs.model == CostModel()


@pytest.mark.parametrize(
    "text", ["1:0.05, 5:0.25", "[[1, 0.05], [5, 0.25]]", '["1:0.05", "5:0.25"]', "1.0 : 0.05,5:2.5e-1"]
)
def test_a_table_is_written_as_pairs(text: str) -> None:
    model = costs_of(f"costs.slippage_tiers={text}")
    assert model.slippage_tiers == (CostTier(1.0, 0.05), CostTier(5.0, 0.25))


def test_an_empty_table_means_that_nothing_is_dearer() -> None:
    model = costs_of("costs.slippage_tiers=", "costs.spread_tiers=[]")
    assert (model.slippage_tiers, model.spread_tiers) == ((), ())


@pytest.mark.parametrize(
    "override,reason",
    [
        ("costs.slippage_tiers=7", "must be pairs LIMIT:PERCENT"),
        ("costs.slippage_tiers=1:2:3", "must be pairs LIMIT:PERCENT"),
        ("costs.slippage_tiers=5:0.1,1:0.2", "the limits do not grow"),
        ("costs.slippage_tiers=0:0.1", "must be pairs LIMIT:PERCENT"),
        ("costs.slippage_tiers=1:-1", "must be pairs LIMIT:PERCENT"),
        ("costs.slippage_tiers=1:nan", "must be pairs LIMIT:PERCENT"),
        ("costs.slippage_tiers=1:0.5,5:0.2", "extra_pct must grow"),
        ("costs.spread_tiers=1:0.1,5:0.2", "extra_pct must fall"),
        ("costs.largest_share_pct=0", "must be a number above 0 and at most 100"),
    ],
)
def test_a_wrong_table_is_refused_with_what_it_must_be(override: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        costs_of(override)


def test_tiers_and_the_usual_slippage_together_stay_below_a_hundred_percent() -> None:
    with pytest.raises(ConfigError, match="must be >= 0 and < 100"):
        costs_of("costs.slippage_pct=60", "costs.slippage_tiers=1:50")
