"""Which candles are missing between the first and the last."""

from dataclasses import dataclass

import numpy as np

from powertrader.models.candle import Candles
from powertrader.models.moment import utc_of


@dataclass(frozen=True, slots=True)
class CandleGaps:
    """How many candles are missing in how many gaps, and between which candles the longest gap lies."""

    expected: int
    missing: int
    count: int
    longest_from_s: int = 0
    longest_to_s: int = 0

    def __str__(self) -> str:
        """Say it in one sentence."""
        if not self.count:
            return "no candle is missing"
        times = " and ".join(
            f"{utc_of(at):%Y-%m-%d %H:%M}" for at in (self.longest_from_s, self.longest_to_s)
        )
        gaps = "1 gap" if self.count == 1 else f"{self.count:,} gaps"
        share = f"{self.missing:,} of {self.expected:,} candles are missing"
        return f"{share} in {gaps}, the longest between {times} UTC"


def gaps_in(candles: Candles) -> CandleGaps:
    """Find the gaps of candles that are of one length."""
    if len(candles) < 2:  # noqa: PLR2004  a gap lies between two candles
        return CandleGaps(len(candles), 0, 0)
    steps = np.diff(candles.open_time_s) // candles.interval_s
    wide = np.flatnonzero(steps > 1)
    missing = int((steps[wide] - 1).sum())
    if not len(wide):
        return CandleGaps(len(candles), 0, 0)
    longest = int(wide[np.argmax(steps[wide])])
    edges = int(candles.open_time_s[longest]), int(candles.open_time_s[longest + 1])
    return CandleGaps(len(candles) + missing, missing, len(wide), *edges)
