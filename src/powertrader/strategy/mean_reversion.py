"""Buy what fell far below its average, hold it until it is back."""

from dataclasses import dataclass

import numpy as np

from powertrader.models.candle import Candles
from powertrader.models.types import TargetArray
from powertrader.strategy.averages import moving_average, moving_deviation


@dataclass(frozen=True, slots=True)
class MeanReversion:
    """window in candles; enter_below and leave_above in standard deviations from the moving average.

    Raises ValueError unless window is at least 2 and enter_below is below leave_above.
    """

    window: int = 48
    enter_below: float = -2.0
    leave_above: float = 0.0

    def __post_init__(self) -> None:
        """Check the order once."""
        if self.window < 2 or not self.enter_below < self.leave_above:  # noqa: PLR2004  one value has no deviation
            msg = (
                f"window was {self.window}, enter_below {self.enter_below} and leave_above "
                f"{self.leave_above}, must be at least 2 and enter_below < leave_above"
            )
            raise ValueError(msg)

    def targets(self, candles: Candles) -> TargetArray:
        """Give 1 after each close at which to hold, else 0."""
        away = candles.close - moving_average(candles.close, self.window)
        deviation = moving_deviation(candles.close, self.window)
        enters, leaves = away < self.enter_below * deviation, away >= self.leave_above * deviation
        # each place follows the newest place that said anything
        places = np.where(enters | leaves, np.arange(len(candles)), -1)
        newest = np.maximum.accumulate(places) if len(places) else places
        return np.asarray((newest >= 0) & enters[newest], dtype=np.int8)
