"""What one timeframe expects of the next candle, as values and as the columns that kernels take."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

import numpy as np

from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import FloatArray, IntArray, PriceLevel
from powertrader.thinker import kernels, sweep_kernels

_SMALLEST_NORMAL: Final = float(np.finfo(np.float64).tiny)
_NO_WEIGHTS: Final = np.empty(0, dtype=np.float64)
_ALL_READABLE: Final = np.empty(0, dtype=np.bool_)


def columns_of(memory: PatternMemory) -> kernels.Columns:
    """Give the columns of a memory as the kernels take them; nothing is copied."""
    return (
        memory.body_pct,
        memory.close_move_pct,
        memory.high_move_pct,
        memory.low_move_pct,
        _NO_WEIGHTS if memory.weights is None else memory.weights,
        _NO_WEIGHTS if memory.weights_high is None else memory.weights_high,
        _NO_WEIGHTS if memory.weights_low is None else memory.weights_low,
        _ALL_READABLE if memory.readable_body is None else memory.readable_body,
        _ALL_READABLE if memory.readable_fields is None else memory.readable_fields,
    )


class Activity(IntEnum):
    """Whether a timeframe has a say: yes, nothing similar was learnt, or its memory is unusable."""

    ACTIVE = kernels.ACTIVE
    INACTIVE = kernels.INACTIVE
    DAMAGED = kernels.DAMAGED


@dataclass(frozen=True, slots=True)
class Moves:
    """Mean moves after the candles that resemble the newest one, as fractions of its close."""

    activity: Activity
    high: float = 0.0
    low: float = 0.0

    def prices(self, close: PriceLevel) -> "Prediction":
        """Give the prices that these moves lead to from a close."""
        if self.activity is Activity.ACTIVE:
            return Prediction(self.activity, close + (close * self.low), close + (close * self.high))
        return Prediction(self.activity, close, close)


@dataclass(frozen=True, slots=True)
class Prediction:
    """Where one timeframe expects the next low and high; both are the close when it is not active."""

    activity: Activity
    low: PriceLevel
    high: PriceLevel


@dataclass(frozen=True, slots=True, eq=False)
class PredictionColumns:
    """Seven predictions as the kernels take them: prices and activities by timeframe."""

    low: FloatArray
    high: FloatArray
    activity: IntArray

    @classmethod
    def of(cls, predictions: Sequence[Prediction]) -> Self:
        """Put one prediction per timeframe, shortest first, into columns.

        Raises ValueError when there are not seven.
        """
        if len(predictions) != len(TIMEFRAMES):
            msg = f"{len(predictions)} predictions, must be one for each of the {len(TIMEFRAMES)} timeframes"
            raise ValueError(msg)
        return cls(
            np.array([each.low for each in predictions], dtype=np.float64),
            np.array([each.high for each in predictions], dtype=np.float64),
            np.array([each.activity for each in predictions], dtype=np.int64),
        )

    def without_worthless(self) -> tuple[Self, tuple[Timeframe, ...]]:
        """Make timeframes inactive whose bounds are not above 0, and name them."""
        worthless = (self.activity == Activity.ACTIVE) & (
            (self.low - self.low * sweep_kernels.DISTANCE < _SMALLEST_NORMAL)
            | (self.high + self.high * sweep_kernels.DISTANCE < _SMALLEST_NORMAL)
        )
        activity = np.where(worthless, np.int64(Activity.INACTIVE), self.activity)
        names = tuple(name for name, bad in zip(TIMEFRAMES, worthless.tolist(), strict=True) if bad)
        return type(self)(self.low, self.high, activity), names
