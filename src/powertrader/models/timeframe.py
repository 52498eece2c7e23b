"""Lengths of candles: the seven timeframes that are trained and asked, and those that only charts show."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Protocol


class CandleLength(Protocol):
    """A candle length that venues can be asked for; as text it is the original's and KuCoin's name."""

    @property
    def value(self) -> str:
        """The original's name: 15min, 1hour."""
        ...

    @property
    def short(self) -> str:
        """The name that most exchanges and candle files use: 15m, 1h."""
        ...

    @property
    def seconds(self) -> int:
        """Length in seconds."""
        ...


class Timeframe(StrEnum):
    """A candle length by the name the original uses in its file names."""

    HOUR_1 = "1hour"
    HOUR_2 = "2hour"
    HOUR_4 = "4hour"
    HOUR_8 = "8hour"
    HOUR_12 = "12hour"
    DAY_1 = "1day"
    WEEK_1 = "1week"

    @property
    def short(self) -> str:
        """The name that most exchanges and candle files use: 1h, 12h, 1d, 1w."""
        return _SHORT[self]

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return _MINUTES[self]

    @property
    def seconds(self) -> int:
        """Length in seconds."""
        return _MINUTES[self] * SECONDS_PER_MINUTE


SECONDS_PER_MINUTE: Final = 60
_MINUTES: Final[Mapping[Timeframe, int]] = {
    Timeframe.HOUR_1: 60,
    Timeframe.HOUR_2: 120,
    Timeframe.HOUR_4: 240,
    Timeframe.HOUR_8: 480,
    Timeframe.HOUR_12: 720,
    Timeframe.DAY_1: 1440,
    Timeframe.WEEK_1: 10080,
}
_SHORT: Final[Mapping[Timeframe, str]] = {
    Timeframe.HOUR_1: "1h",
    Timeframe.HOUR_2: "2h",
    Timeframe.HOUR_4: "4h",
    Timeframe.HOUR_8: "8h",
    Timeframe.HOUR_12: "12h",
    Timeframe.DAY_1: "1d",
    Timeframe.WEEK_1: "1w",
}
TIMEFRAMES: Final[tuple[Timeframe, ...]] = tuple(Timeframe)


class ChartTimeframe(StrEnum):
    """A candle length of charts: those of Timeframe and the shorter ones, which nothing is learnt from."""

    MINUTE_1 = "1min"
    MINUTE_5 = "5min"
    MINUTE_15 = "15min"
    MINUTE_30 = "30min"
    HOUR_1 = "1hour"
    HOUR_2 = "2hour"
    HOUR_4 = "4hour"
    HOUR_8 = "8hour"
    HOUR_12 = "12hour"
    DAY_1 = "1day"
    WEEK_1 = "1week"

    @property
    def short(self) -> str:
        """The name that most exchanges and candle files use: 15m, 1h."""
        number = self.value.rstrip("abcdefghijklmnopqrstuvwxyz")
        return f"{number}{self.value[len(number)]}"

    @property
    def seconds(self) -> int:
        """Length in seconds."""
        if self.value in _VALUES:
            return Timeframe(self.value).seconds
        return int(self.value.removesuffix("min")) * SECONDS_PER_MINUTE


_VALUES: Final = frozenset([timeframe.value for timeframe in Timeframe])
