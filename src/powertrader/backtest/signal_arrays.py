"""What the thinker said on a walk as plain arrays: computed once, used by every setting of a sweep."""

from dataclasses import dataclass, replace
from math import isnan
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from powertrader.models.moment import utc_of
from powertrader.models.signal import SignalView
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.models.types import FloatArray, IntArray

NO_SIGNAL: Final = -1
BOUNDS: Final = len(TIMEFRAMES)


@dataclass(frozen=True, slots=True, eq=False)
class SignalArrays:
    """What was said of one coin at each step of a walk, and at which price.

    close_s (N,): the steps in seconds since 1970, rising, the same for every coin of a walk. long and
    short (N,): int8 levels, -1 where there was no signal. low_bounds (N, 7): prices, highest first, NaN
    behind the last. priced (N,): the close the step saw, NaN where the coin had no price.
    Raises ValueError unless all columns have N rows.
    """

    close_s: IntArray
    long: NDArray[np.int8]
    short: NDArray[np.int8]
    low_bounds: FloatArray
    priced: FloatArray

    def __post_init__(self) -> None:
        """Check the lengths once."""
        steps = len(self.close_s)
        shapes = {name: getattr(self, name).shape for name in ("long", "short", "priced")}
        wrong = {name: shape for name, shape in shapes.items() if shape != (steps,)}
        if wrong or self.low_bounds.shape != (steps, BOUNDS):
            msg = f"signals of {steps} steps came with columns of {wrong or self.low_bounds.shape}"
            raise ValueError(msg)

    @classmethod
    def blank(cls, close_s: IntArray) -> Self:
        """Give arrays for these steps in which nothing has been said yet."""
        steps = len(close_s)
        long, short = np.full((2, steps), NO_SIGNAL, dtype=np.int8)
        return cls(close_s, long, short, np.full((steps, BOUNDS), np.nan), np.full(steps, np.nan))

    def __len__(self) -> int:
        """How many steps there are."""
        return len(self.close_s)

    def between(self, start: int, stop: int) -> Self:
        """Give the steps from one position to before another, as views."""
        window = slice(start, stop)
        bounds = self.low_bounds[window]
        return type(self)(
            self.close_s[window], self.long[window], self.short[window], bounds, self.priced[window]
        )

    def without_bounds(self) -> Self:
        """Give the levels alone, in 18 bytes a step instead of 74: no decision depends on the bounds."""
        return replace(self, low_bounds=np.broadcast_to(np.float64(np.nan), self.low_bounds.shape))

    def view(self, step: int) -> SignalView | None:
        """Give the signal of a step as the trader reads it, None where there was none."""
        long = self.long.item(step)
        if long == NO_SIGNAL:
            return None
        lows = tuple([price for price in self.low_bounds[step].tolist() if not isnan(price)])
        return SignalView(long, self.short.item(step), lows, utc_of(self.close_s.item(step)))
