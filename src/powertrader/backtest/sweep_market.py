"""The market a sweep tries settings on: cut in two by time, with the signals beside the prices.

It is made once for all settings that share their signals, kept as plain arrays, and read by any number of
processes from the same pages of memory.
"""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from powertrader.analytics.annual import periods_per_year, timeframe_of
from powertrader.backtest.kernel_inputs import ClassicSettings
from powertrader.backtest.kernels import run_many
from powertrader.backtest.market_arrays import MarketArrays, SignalTable
from powertrader.backtest.sweep_figures import SweepFigures, figures_of
from powertrader.backtest.sweep_space import Point
from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import config_with
from powertrader.core.exceptions import ConfigError
from powertrader.models.moment import utc_of

FEWEST_STEPS: Final = 2
LARGEST_SHARE: Final = 0.9
_ARRAYS: Final = ("close_s", "close", "volume", "interval_s", "long", "short")
_REST: Final = "rest.pickle"


class Tried(NamedTuple):
    """What one setting did in-sample, and out-of-sample where something was kept for that."""

    within: SweepFigures
    beyond: SweepFigures | None


@dataclass(frozen=True, slots=True, eq=False)
class SweepMarket:
    """Prices and signals of a whole span; the first in_sample steps are what settings are chosen by."""

    market: MarketArrays
    table: SignalTable
    in_sample: int

    @property
    def coin_steps(self) -> int:
        """How many prices a setting is tried on."""
        return int(self.market.close.size)

    @property
    def yearly(self) -> float:
        """How many steps a year has."""
        return periods_per_year(timeframe_of(int(self.market.interval_s.min())))

    @property
    def split_at(self) -> datetime:
        """When the last in-sample step is."""
        return utc_of(int(self.market.close_s[self.in_sample - 1]))

    def stretches(self) -> list[tuple[MarketArrays, SignalTable]]:
        """Give the in-sample stretch and, if something was kept for it, the one out of it, as views."""
        edges = (0, self.in_sample, len(self.market.close_s))
        return [_rows(self, start, stop) for start, stop in pairwise(edges) if stop > start]


def check_share(out_of_sample: float) -> None:
    """Raise ConfigError unless a share of the time can be kept out of the choice."""
    if not 0 <= out_of_sample <= LARGEST_SHARE:
        msg = f"--out-of-sample was {out_of_sample}, must be from 0 to {LARGEST_SHARE}"
        raise ConfigError(msg)


def cut_in_two(market: MarketArrays, table: SignalTable, out_of_sample: float) -> SweepMarket:
    """Keep the last part of the steps, a fraction, for figures that no setting was chosen by.

    Raises ConfigError when either part would be too short to say anything.
    """
    steps = len(market.close_s)
    in_sample = steps - int(steps * out_of_sample)
    kept = steps - in_sample
    if in_sample < FEWEST_STEPS or (out_of_sample and kept < FEWEST_STEPS):
        msg = (
            f"--out-of-sample {out_of_sample:g} leaves {in_sample} of {steps} steps to choose by and {kept} "
            f"to check with, each must be at least {FEWEST_STEPS}; choose a longer time"
        )
        raise ConfigError(msg)
    return SweepMarket(market, table, in_sample)


def try_points(
    market: SweepMarket, base: TradingConfig, points: Sequence[Point], threads: int = 1
) -> list[Tried]:
    """Give what each point did, in their order; the number of threads changes nothing but the time."""
    configs = [config_with(base, point) for point in points]
    found = [_figures(stretch, configs, market.yearly, threads) for stretch in market.stretches()]
    beyond = found[1] if len(found) > 1 else [None] * len(configs)
    return [Tried(one, other) for one, other in zip(found[0], beyond, strict=True)]


def save_market(market: SweepMarket, folder: Path) -> None:
    """Write a market to a folder of this sweep for processes to map; the folder must exist."""
    columns = market.market
    arrays = (
        columns.close_s,
        columns.close,
        columns.volume,
        columns.interval_s,
        market.table.long,
        market.table.short,
    )
    for name, array in zip(_ARRAYS, arrays, strict=True):
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array))
    rest = pickle.dumps((columns.instruments, market.in_sample))
    (folder / _REST).write_bytes(rest)


@lru_cache(maxsize=2)
def mapped_market(folder: Path) -> SweepMarket:
    """Read what save_market wrote as memory that all processes share."""
    instruments, in_sample = pickle.loads((folder / _REST).read_bytes())  # noqa: S301  our parent wrote it a moment ago
    arrays = {name: _mapped(folder / f"{name}.npy") for name in _ARRAYS}
    table = SignalTable(arrays.pop("long"), arrays.pop("short"))
    return SweepMarket(MarketArrays(instruments, **arrays), table, in_sample)


def _mapped(path: Path) -> NDArray[Any]:
    # for compiled code an array that cannot be written is another type; nobody writes, so no page is copied
    return np.asarray(np.load(path, mmap_mode="c"))


def _rows(market: SweepMarket, start: int, stop: int) -> tuple[MarketArrays, SignalTable]:
    columns, table = market.market, market.table
    part = MarketArrays(
        columns.instruments,
        columns.close_s[start:stop],
        columns.close[start:stop],
        columns.volume[start:stop],
        columns.interval_s,
    )
    return part, SignalTable(table.long[start:stop], table.short[start:stop])


def _figures(
    stretch: tuple[MarketArrays, SignalTable], configs: Sequence[TradingConfig], yearly: float, threads: int
) -> list[SweepFigures]:
    market, table = stretch
    found: list[SweepFigures] = []
    for costs, group in groupby(configs, key=lambda config: config.costs.model):
        settings = [ClassicSettings(config.rules, config.replay.start_quote) for config in group]
        found += [figures_of(run, yearly) for run in run_many(market, table, settings, costs, threads)]
    return found
