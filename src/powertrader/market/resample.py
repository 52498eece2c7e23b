"""Longer candles from shorter ones, as an exchange would show them, in UTC."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from powertrader.core.exceptions import BadData
from powertrader.models.candle import Candles
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import FloatArray, IntArray

_DAY_S = 86400
_EPOCH_WEEKDAY = 3


class Weekday(IntEnum):
    """Days on which a week may start, at 00:00 UTC. Binance starts on Monday, KuCoin on Thursday."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """Longer candles, and how many of the shorter ones each was made of and should have been."""

    candles: Candles
    members: IntArray
    members_when_complete: int

    @property
    def missing(self) -> int:
        """Count the shorter candles that were missing inside the longer ones."""
        return self.members_when_complete * len(self.members) - int(self.members.sum())


def resample(candles: Candles, timeframe: Timeframe, *, week_start: Weekday = Weekday.MONDAY) -> Candles:
    """Give the closed candles of a longer timeframe: first open, highest high, lowest low, last close.

    A candle is there once the newest of the given ones closes at its end or later; the first is left
    out unless the given ones begin with it, because an exchange would show earlier trades in it.
    Raises BadData when timeframe is no multiple of the given length.
    """
    return resample_counted(candles, timeframe.seconds, week_start=week_start).candles


def resample_counted(
    candles: Candles,
    interval_s: int,
    *,
    week_start: Weekday = Weekday.MONDAY,
    observed_until_s: float | None = None,
) -> Resampled:
    """Do what resample does for any length in seconds, and count what was missing.

    observed_until_s: up to when the market was watched; a candle that ends by then is closed even
    when nothing traded at its end. None: until the newest given candle closed.
    """
    length = candles.interval_s
    if interval_s % length:
        msg = f"cannot make candles of {interval_s} s from candles of {length} s, must be a multiple"
        raise BadData(msg)
    if length == interval_s or not len(candles):
        return Resampled(candles, np.ones(len(candles), dtype=np.int64), interval_s // length)
    phase = week_phase_s(interval_s, week_start)
    group_start = (candles.open_time_s - phase) // interval_s * interval_s + phase
    starts = np.flatnonzero(np.append(np.True_, group_start[1:] != group_start[:-1]))
    bounds = np.append(starts, len(candles))
    until = int(candles.open_time_s[-1]) + length if observed_until_s is None else observed_until_s
    first = 0 if candles.open_time_s[0] == group_start[0] else 1
    stop = int(np.searchsorted(group_start[starts], until - interval_s, side="right"))
    return _joined(candles, bounds[first : max(stop, first) + 1], group_start, interval_s)


def week_phase_s(interval_s: int, week_start: Weekday) -> int:
    """Seconds from 1970-01-01, a Thursday, to the first start of a candle of that length."""
    if interval_s != Timeframe.WEEK_1.seconds:
        return 0
    return (week_start - _EPOCH_WEEKDAY) % 7 * _DAY_S


def _joined(candles: Candles, bounds: IntArray, group_start: IntArray, interval_s: int) -> Resampled:
    """Join the candles between neighbouring bounds."""
    starts, stops = bounds[:-1], bounds[1:]
    if len(starts):
        end = int(stops[-1])
        high = np.maximum.reduceat(candles.high[:end], starts)
        low = np.minimum.reduceat(candles.low[:end], starts)
        volume = np.add.reduceat(candles.volume[:end], starts)
    else:
        high = low = volume = _none()
    opened, closed = candles.open[starts], candles.close[stops - 1]
    joined = Candles(group_start[starts], opened, high, low, closed, volume, interval_s)
    return Resampled(joined, stops - starts, interval_s // candles.interval_s)


def _none() -> FloatArray:
    return np.empty(0)
