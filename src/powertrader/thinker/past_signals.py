"""Signals of one coin at many past times at once: what ThinkerSession says step by step, to the last bit.

The rows of a SweepTable are times here instead of coins; matching, spacing and comparing are the same
compiled functions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from powertrader.core.patterns import bodies_pct
from powertrader.models.candle import Candles
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.models.types import BoolArray, FloatArray, IntArray
from powertrader.thinker import kernels, sweep_kernels
from powertrader.thinker.bounds import EndlessSpacing
from powertrader.thinker.prediction import Activity, columns_of
from powertrader.thinker.session import CoinTraining
from powertrader.thinker.signal_engine import SignalEngine
from powertrader.thinker.table import SweepTable
from powertrader.thinker.training_gate import fresh_rows


class SeenCandles(NamedTuple):
    """Candles of one timeframe, and which of them is the newest closed one at each time, -1 for none."""

    candles: Candles
    newest: IntArray

    @classmethod
    def none(cls, count: int) -> Self:
        """Give what is seen of a timeframe that has no candles."""
        empty = np.empty(0)
        candles = Candles(np.empty(0, dtype=np.int64), empty, empty, empty, empty, empty, 1)
        return cls(candles, np.full(count, -1, dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class PastSignals:
    """Levels (N,) and low bounds (N, 7), highest first with NaN behind; spoken: where there is a signal."""

    spoken: BoolArray
    long: IntArray
    short: IntArray
    low_bounds: FloatArray


def past_signals(
    engine: SignalEngine,
    training: CoinTraining,
    seen: Sequence[SeenCandles],
    times_s: IntArray,
    asks: FloatArray,
) -> PastSignals:
    """Give what one training says at each time (seconds since 1970) and ask, NaN for no price.

    seen: one for each timeframe, shortest first.
    """
    table = SweepTable.for_coins(len(times_s))
    usable = [_predict(engine, training, index, one, table) for index, one in enumerate(seen)]
    # The original waits until every timeframe has a candle.
    needed = len(TIMEFRAMES) if engine.compat == "original" else 1
    spoken = _is_fresh(training, times_s) & (asks > 0) & (np.sum(usable, axis=0) >= needed)
    if engine.compat == "original" and training.without_threshold():
        spoken[:] = False
    for row in table.place_bounds():
        spoken[row] &= _place_without_worthless(engine, table, row)
    levels, margins = table.compare(asks)
    spoken &= np.isfinite(margins)
    return PastSignals(spoken, levels[:, 0], levels[:, 1], _real_lows(table.ranked_low))


def _is_fresh(training: CoinTraining, times_s: IntArray) -> BoolArray:
    trained_at_s = np.nan if training.trained_at_s is None else training.trained_at_s
    return fresh_rows(np.full(len(times_s), trained_at_s), times_s)


def _predict(
    engine: SignalEngine, training: CoinTraining, index: int, seen: SeenCandles, table: SweepTable
) -> BoolArray:
    """Fill the predictions of one timeframe, and tell where it has a usable candle."""
    known = seen.newest >= 0
    if not known.any():
        return known
    first, last = int(seen.newest[known][0]), int(seen.newest[-1])
    candles = seen.candles.between(first, last + 1)
    rows = seen.newest[known] - first
    good = (candles.open != 0) & np.isfinite(candles.open) & np.isfinite(candles.close)
    states, lows, highs = _expected(engine, training.usable(TIMEFRAMES[index]), candles, good)
    table.activity[known, index] = states[rows]
    table.predicted_low[known, index] = lows[rows]
    table.predicted_high[known, index] = highs[rows]
    usable = known.copy()
    usable[known] = good[rows]
    return usable


def _expected(
    engine: SignalEngine, memory: PatternMemory | None, candles: Candles, good: BoolArray
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Give activity, low and high price after each candle, as SignalEngine.predict does one by one."""
    states = np.full(len(candles), int(Activity.DAMAGED), dtype=np.int64)
    moves = np.zeros((2, len(candles)))
    if memory is not None:
        bodies = bodies_pct(candles.open, candles.close)[good]
        found = (np.empty(len(bodies), dtype=np.int64), np.empty(len(bodies)), np.empty(len(bodies)))
        safe = engine.compat == "safe"
        kernel = kernels.predict_each_without_damage if safe else kernels.predict_each
        kernel(bodies, memory.threshold_pct, columns_of(memory), found)
        states[good], moves[0, good], moves[1, good] = found
    close = candles.close
    active = states == Activity.ACTIVE
    with np.errstate(all="ignore"):  # prices may overflow, as they may one by one
        high, low = [np.where(active, close + (close * move), close) for move in moves]
    states[~good], low[~good], high[~good] = Activity.INACTIVE, 0.0, 0.0
    return states, low, high


def _place_without_worthless(engine: SignalEngine, table: SweepTable, row: int) -> bool:
    """Place bounds that could not be spaced without those that are not above 0; tell whether that helped."""
    try:
        found, _ = engine.bounds_of(table.predictions(row))
    except EndlessSpacing:
        return False
    table.put_bounds(row, found)
    return True


def _real_lows(ranked: FloatArray) -> FloatArray:
    """Move placeholders and what is no price behind the bounds, as NaN."""
    real = (ranked != sweep_kernels.LOW_PLACEHOLDER) & np.isfinite(ranked)
    order = np.argsort(~real, axis=1, kind="stable")
    return np.take_along_axis(np.where(real, ranked, np.nan), order, axis=1)
