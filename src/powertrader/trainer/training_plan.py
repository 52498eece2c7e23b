"""Which candles a training walks over, in which passes.

Source: golden/BEHAVIOUR.md sections 1.2, 1.3 and 1.9 (Q1, Q2, Q3).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from powertrader.core.exceptions import TrainingError
from powertrader.models.candle import CandleHistory, Candles
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import TrainingMode

FIRST_WINDOW: Final = 10
_SMALLEST_RECENT: Final = 2
_HISTORIES_KEPT: Final = 2
_KEEPS_NEWEST: Final = frozenset({Timeframe.DAY_1, Timeframe.WEEK_1})


@dataclass(frozen=True, slots=True)
class Pass:
    """One walk: the current candle is number window - 1, from first_window up to last_window.

    trained: the timeframe that learns; timeframe: whose candles these are, not always the same (Q1).
    needed: fewest candles with which the walk can begin. rows_counted: how many were downloaded.
    """

    trained: Timeframe
    timeframe: Timeframe
    candles: Candles
    first_window: int
    last_window: int
    needed: int
    rows_counted: int

    @property
    def iterations(self) -> int:
        """Count the candles that the walk looks at."""
        return max(1, self.last_window - self.first_window + 1)

    def shortage(self) -> TrainingError | None:
        """Give the reason why there are too few candles, None when there are enough (Q16)."""
        if len(self.candles) >= self.needed:
            return None
        return TrainingError(
            f"{self.trained} cannot be trained: {len(self.candles)} of {self.rows_counted} rows of "
            f"{self.timeframe} candles can be used, needed are {self.needed}; give it a longer history"
        )

    def zero_open(self, position: int) -> TrainingError:
        """Give the reason why the candle at a position ends the walk (Q14)."""
        opened = utc_of(int(self.candles.open_time_s[position]))
        return TrainingError(
            f"{self.trained} cannot be trained: the {self.timeframe} candle of {opened:%Y-%m-%d %H:%M} UTC "
            "opens at 0, must be above 0; repair or replace the candles"
        )


@lru_cache(maxsize=_HISTORIES_KEPT)
def usable_candles(history: CandleHistory, timeframe: Timeframe) -> Candles:
    """Give the candles the original trains with: the older half, or all but the newest row (Q2)."""
    dropped = 1 if timeframe in _KEEPS_NEWEST else history.rows_counted // 2
    return history.candles.between(0, int(np.count_nonzero(history.row_number >= dropped)))


def passes_of(
    mode: TrainingMode, timeframe: Timeframe, histories: Mapping[Timeframe, CandleHistory]
) -> tuple[Pass, ...]:
    """Give the passes of one timeframe in order.

    Raises TrainingError when a history that is needed (its own; not for mode recent: 1hour) is missing.
    """
    own = _history_of(histories, timeframe, timeframe)
    if mode == "recent":
        count = len(own.candles)
        return (Pass(timeframe, timeframe, own.candles, 1, count, _SMALLEST_RECENT, own.rows_counted),)
    hourly = _history_of(histories, Timeframe.HOUR_1, timeframe)
    hours = usable_candles(hourly, Timeframe.HOUR_1)
    used = usable_candles(own, timeframe)
    return (
        _first_quarter(timeframe, Timeframe.HOUR_1, hours, hourly.rows_counted),
        _first_quarter(timeframe, timeframe, used, own.rows_counted),
        Pass(timeframe, timeframe, used, len(used) // 2, len(used), FIRST_WINDOW, own.rows_counted),
    )


def _first_quarter(trained: Timeframe, timeframe: Timeframe, candles: Candles, rows_counted: int) -> Pass:
    return Pass(trained, timeframe, candles, FIRST_WINDOW, len(candles) // 4, FIRST_WINDOW, rows_counted)


def _history_of(
    histories: Mapping[Timeframe, CandleHistory], timeframe: Timeframe, trained: Timeframe
) -> CandleHistory:
    if timeframe not in histories:
        msg = f"{trained} cannot be trained: there are no {timeframe} candles; download or import them"
        raise TrainingError(msg)
    return histories[timeframe]
