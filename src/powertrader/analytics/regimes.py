"""What kind of market it was: whether a coin's price had risen, fallen or gone sideways until a time."""

from typing import Final

import numpy as np

from powertrader.models.candle import Candles
from powertrader.models.types import IntArray

RISING: Final = "rising"
FALLING: Final = "falling"
SIDEWAYS: Final = "sideways"
UNKNOWN: Final = "unknown"
LOOKED_BACK_S: Final = 30 * 86400
LARGE_MOVE_PCT: Final = 10.0


def regimes_at(candles: Candles, times_s: IntArray) -> list[str]:
    """Name the market of a coin at times: by the move of the 30 days before, from closed candles alone.

    Rising from +10 % on, falling from -10 %, else sideways; unknown without candles 30 days before.
    """
    closes_s = candles.open_time_s + candles.interval_s
    now = np.searchsorted(closes_s, times_s, side="right") - 1
    before = np.searchsorted(closes_s, times_s - LOOKED_BACK_S, side="right") - 1
    known = before >= 0
    if not len(candles):
        return [UNKNOWN] * len(times_s)
    earlier = candles.close[np.where(known, before, 0)]
    moves = (candles.close[now] - earlier) / earlier * 100
    names = np.where(moves >= LARGE_MOVE_PCT, RISING, np.where(moves <= -LARGE_MOVE_PCT, FALLING, SIDEWAYS))
    return [str(name) for name in np.where(known, names, UNKNOWN)]
