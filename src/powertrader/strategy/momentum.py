"""Hold while the price is well above where it was some time ago."""

import math
from dataclasses import dataclass

import numpy as np

from powertrader.models.candle import Candles
from powertrader.models.types import TargetArray


@dataclass(frozen=True, slots=True)
class Momentum:
    """lookback in candles; threshold_pct is the rise from which the coin is held.

    Raises ValueError when lookback is below 1 or the threshold is not finite.
    """

    lookback: int = 48
    threshold_pct: float = 2.0

    def __post_init__(self) -> None:
        """Check the ranges once."""
        if self.lookback < 1 or not math.isfinite(self.threshold_pct):
            msg = (
                f"lookback was {self.lookback} and threshold_pct {self.threshold_pct}, "
                "must be at least 1 and a finite number"
            )
            raise ValueError(msg)

    def targets(self, candles: Candles) -> TargetArray:
        """Give 1 after each close at which to hold, else 0."""
        targets = np.zeros(len(candles), dtype=np.int8)
        close = candles.close
        rise = close[self.lookback :] / close[: -self.lookback] - 1
        targets[self.lookback :] = rise * 100 > self.threshold_pct
        return targets
