"""A market for sweeps with signals made up, so that no thinker has to walk it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from powertrader.backtest.market_arrays import MarketArrays, SignalTable
from powertrader.backtest.sweep import SweepParts
from powertrader.backtest.sweep_axes import space_of
from powertrader.backtest.sweep_classic import CLASSIC_USE, ClassicMarket
from powertrader.backtest.sweep_crew import Crew, Threads
from powertrader.backtest.sweep_groups import Groups
from powertrader.backtest.sweep_ranking import Ranking
from powertrader.backtest.sweep_search import search_of
from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.exchanges.paper import default_instruments

COIN: Final = "AAA"
STEPS: Final = 400
PARAMS: Final = ("trade_start_level=2..4", "trailing_gap_pct=0.25,1,2")


def base_config(*overrides: str) -> TradingConfig:
    """Give settings for the coin of the scene."""
    return load_config(
        ConfigSources(overrides=(f"coins={COIN}", "start_allocation_pct=5", *overrides))
    ).config


def wild_market(
    steps: int = STEPS, out_of_sample: float = 0.25, coins: Sequence[str] = (COIN,)
) -> ClassicMarket:
    """Give hourly prices that swing by some percent, and a signal now and then."""
    chance = np.random.default_rng(11)
    shape = (steps, len(coins))
    close = 100.0 * np.exp(np.cumsum(chance.normal(0, 0.01, shape), axis=0))
    start = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
    rules = default_instruments(tuple(coins), "USDT")
    market = MarketArrays(
        {coin: rules[coin + "USDT"] for coin in coins},
        start + 3600 * np.arange(steps),
        close,
        np.full(shape, 1e6),
        np.full(len(coins), 3600),
    )
    long = np.where(chance.random(shape) < 0.2, chance.integers(2, 6, shape), 0).astype(np.int8)
    return ClassicMarket.of(market, SignalTable(long, np.zeros(shape, dtype=np.int8)), out_of_sample)


def wild_groups(base: TradingConfig) -> Groups:
    """Give groups that are all the same market."""
    return Groups(base, CLASSIC_USE, lambda _: wild_market(coins=base.trading.coins))


def parts_of(
    folder: Path, params: Sequence[str] = PARAMS, method: str = "grid", crew: Crew | None = None
) -> SweepParts:
    """Give a sweep over the scene, ready to run."""
    base = base_config()
    groups = wild_groups(base)
    search = search_of(space_of(params), method, None if method == "grid" else 20, 1)
    return SweepParts(search, crew or Threads(base, groups, 1), groups, Ranking("return_pct", 8760.0), folder)
