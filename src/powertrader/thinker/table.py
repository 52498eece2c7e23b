"""The predictions and bounds of many coins side by side, so that one call sweeps all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from powertrader.models.timeframe import TIMEFRAMES
from powertrader.models.types import FloatArray, IntArray, PriceLevel
from powertrader.thinker import sweep_kernels
from powertrader.thinker.bounds import Bounds, real_bounds
from powertrader.thinker.prediction import Activity, Prediction, PredictionColumns

_SEVEN = len(TIMEFRAMES)


@dataclass(frozen=True, slots=True, eq=False)
class SweepTable:
    """One row per coin; the rows change as candles close.

    predicted_low, predicted_high, activity, low, high, ranked_low, ranked_high: (N, 7) as in
    Bounds. changed (N,): whether a prediction is newer than the bounds.
    """

    predicted_low: FloatArray
    predicted_high: FloatArray
    activity: IntArray
    low: FloatArray
    high: FloatArray
    ranked_low: FloatArray
    ranked_high: FloatArray
    changed: IntArray

    @classmethod
    def for_coins(cls, count: int) -> Self:
        """Give a table in which no timeframe of any coin has a say yet."""
        rows = [np.zeros((count, _SEVEN)) for _ in range(6)]
        activity = np.full((count, _SEVEN), int(Activity.INACTIVE), dtype=np.int64)
        changed = np.full(count, sweep_kernels.CHANGED, dtype=np.int64)
        return cls(rows[0], rows[1], activity, rows[2], rows[3], rows[4], rows[5], changed)

    def rows(self, sources: Sequence[int]) -> Self:
        """Give a table of these rows; -1 stands for a coin that nothing is known of."""
        known = np.asarray(sources, dtype=np.int64)
        table = type(self).for_coins(len(known))
        for name in self.__slots__:
            getattr(table, name)[known >= 0] = getattr(self, name)[known[known >= 0]]
        return table

    def forget(self, row: int) -> None:
        """Leave a coin without a say in any timeframe."""
        self.predicted_low[row] = self.predicted_high[row] = 0.0
        self.activity[row] = Activity.INACTIVE
        self.changed[row] = sweep_kernels.CHANGED

    def take(self, row: int, timeframe: int, prediction: Prediction) -> None:
        """Put a new prediction in force."""
        self.predicted_low[row, timeframe] = prediction.low
        self.predicted_high[row, timeframe] = prediction.high
        self.activity[row, timeframe] = prediction.activity
        self.changed[row] = sweep_kernels.CHANGED

    def changed_rows(self) -> Sequence[int]:
        """Give the rows whose bounds are older than a prediction."""
        changed: list[int] = np.flatnonzero(self.changed == sweep_kernels.CHANGED).tolist()
        return changed

    def place_bounds(self) -> Sequence[int]:
        """Bring the bounds of changed coins up to date; gives the rows where spacing never ends."""
        sweep_kernels.place_rows(self.changed, self._columns())
        endless: list[int] = np.flatnonzero(self.changed == sweep_kernels.ENDLESS).tolist()
        return endless

    def compare(self, asks: FloatArray) -> tuple[IntArray, FloatArray]:
        """Give long and short levels (N, 2) and mean margins in percent (N,) at these asks."""
        levels = np.empty((len(asks), 2), dtype=np.int64)
        margins = np.empty(len(asks))
        sweep_kernels.compare_rows(asks, self._columns(), levels, margins)
        return levels, margins

    def predictions(self, row: int) -> PredictionColumns:
        """Give the seven predictions of a coin."""
        return PredictionColumns(self.predicted_low[row], self.predicted_high[row], self.activity[row])

    def real_bounds(self, row: int) -> tuple[tuple[PriceLevel, ...], tuple[PriceLevel, ...]]:
        """Give low and high bounds of a coin by rank, without placeholders."""
        lows = real_bounds(self.ranked_low[row].tolist(), sweep_kernels.LOW_PLACEHOLDER)
        return lows, real_bounds(self.ranked_high[row].tolist(), sweep_kernels.HIGH_PLACEHOLDER)

    def put_bounds(self, row: int, found: Bounds) -> None:
        """Put bounds in force that were made outside the table."""
        self.low[row], self.high[row] = found.state(1).filled()
        self.ranked_low[row], self.ranked_high[row] = found.ranked_low, found.ranked_high
        self.changed[row] = sweep_kernels.PLACED

    def _columns(self) -> sweep_kernels.Table:
        return (
            self.predicted_low,
            self.predicted_high,
            self.activity,
            self.low,
            self.high,
            self.ranked_low,
            self.ranked_high,
        )
