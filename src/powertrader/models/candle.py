"""Closed candles: one as a value, many as columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from powertrader.models.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Candle:
    """One closed candle. Prices are in the quote asset, volume in the base asset."""

    open_time_s: int
    open: float
    high: float
    low: float
    close: float
    volume: float = 0.0

    @property
    def body_pct(self) -> float:
        """Move from open to close in percent of the open.

        Raises ZeroDivisionError when the open is 0.
        """
        return 100 * ((self.close - self.open) / self.open)


@dataclass(frozen=True, slots=True, eq=False)
class Candles:
    """Closed candles of one coin and one length, oldest first, as equally long columns.

    open_time_s (N,) int64, strictly rising; open, high, low, close, volume (N,) float64;
    interval_s is the length of one candle. Gaps are allowed, order is not negotiable.
    Raises ValueError when the columns differ in length or the times do not rise.
    """

    open_time_s: IntArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    interval_s: int

    def __post_init__(self) -> None:
        """Check the shape once."""
        count = len(self.open_time_s)
        for name in ("open", "high", "low", "close", "volume"):
            if len(getattr(self, name)) != count:
                msg = f"column {name} has {len(getattr(self, name))} rows, open_time_s has {count}"
                raise ValueError(msg)
        if self.interval_s <= 0:
            msg = f"interval_s was {self.interval_s}, must be > 0"
            raise ValueError(msg)
        if count > 1 and not bool(np.all(self.open_time_s[1:] > self.open_time_s[:-1])):
            msg = "open_time_s must rise strictly"
            raise ValueError(msg)

    def __len__(self) -> int:
        """Count the candles."""
        return len(self.open_time_s)

    def __iter__(self) -> Iterator[Candle]:
        """Go through the candles, oldest first, one value each."""
        return (self.at(position) for position in range(len(self)))

    def at(self, position: int) -> Candle:
        """Give the candle at a position; negative positions count from the newest."""
        return Candle(
            int(self.open_time_s[position]),
            float(self.open[position]),
            float(self.high[position]),
            float(self.low[position]),
            float(self.close[position]),
            float(self.volume[position]),
        )

    def between(self, start: int, stop: int) -> Self:
        """Give the candles at the positions start to stop - 1 as views, nothing is copied."""
        return type(self)(
            self.open_time_s[start:stop],
            self.open[start:stop],
            self.high[start:stop],
            self.low[start:stop],
            self.close[start:stop],
            self.volume[start:stop],
            self.interval_s,
        )

    def joined(self, open_time_s: int | None = None) -> Candle | None:
        """Give all of them as one candle, None when there is none; open_time_s stands in for the first's."""
        if not len(self):
            return None
        return Candle(
            int(self.open_time_s[0]) if open_time_s is None else open_time_s,
            float(self.open[0]),
            float(self.high.max()),
            float(self.low.min()),
            float(self.close[-1]),
            float(self.volume.sum()),
        )

    def closed_by(self, time_s: float) -> Self:
        """Give the candles that have closed at time_s (seconds since 1970, UTC) or before."""
        stop = int(np.searchsorted(self.open_time_s, time_s - self.interval_s, side="right"))
        return self.between(0, stop)


@dataclass(frozen=True, slots=True, eq=False)
class CandleHistory:
    """The closed candles of a download together with how the original counted its rows.

    row_number (N,): distance of each candle from the newest downloaded row, which has number 0
    and is usually the running candle. rows_counted includes running, unparsable and empty-page
    rows. Source: golden/BEHAVIOUR.md section 1.2 (Q2, Q4, Q17).
    """

    candles: Candles
    row_number: IntArray
    rows_counted: int

    @classmethod
    def of(cls, candles: Candles, *, running_rows: int = 1) -> Self:
        """Number clean candles as if running_rows newer rows had come with them."""
        count = len(candles)
        numbers = np.arange(count + running_rows - 1, running_rows - 1, -1, dtype=np.int64)
        return cls(candles, numbers, count + running_rows)
