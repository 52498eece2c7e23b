"""Hold while the fast moving average is above the slow one."""

from dataclasses import dataclass

import numpy as np

from powertrader.models.candle import Candles
from powertrader.models.types import TargetArray
from powertrader.strategy.averages import average_of_sums, running_sums


@dataclass(frozen=True, slots=True)
class SmaCross:
    """Two simple moving averages of the closes, lengths in candles.

    Raises ValueError unless 1 <= fast < slow.
    """

    fast: int = 20
    slow: int = 50

    def __post_init__(self) -> None:
        """Check the order once."""
        if not 1 <= self.fast < self.slow:
            msg = f"fast was {self.fast} and slow {self.slow}, must be 1 <= fast < slow"
            raise ValueError(msg)

    def targets(self, candles: Candles) -> TargetArray:
        """Give 1 after each close at which to hold, else 0."""
        sums = running_sums(candles.close)
        return (average_of_sums(sums, self.fast) > average_of_sums(sums, self.slow)).view(np.int8)
