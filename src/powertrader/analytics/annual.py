"""How many candles of a length a year has: what figures per year are scaled with."""

from collections.abc import Mapping
from typing import Final

from powertrader.models.timeframe import ChartTimeframe

_DAY_S: Final = 86400
_DAYS_PER_YEAR: Final = 365
_LENGTHS: Final[Mapping[str, int]] = {
    **{one.value: one.seconds for one in ChartTimeframe},
    **{one.short: one.seconds for one in ChartTimeframe},
}
_NAMES: Final[Mapping[int, str]] = {one.seconds: one.short for one in ChartTimeframe}


def periods_per_year(timeframe: str) -> float:
    """Give how many candles a year of 365 days has: 1h 8760, 4h 2190, 1d 365, 1week 365/7.

    Raises ValueError for a length that is unknown.
    """
    seconds = _LENGTHS.get(timeframe)
    if seconds is None:
        known = ", ".join(_NAMES.values())
        msg = f"timeframe was {timeframe!r}, must be one of {known}: nothing per year can be said"
        raise ValueError(msg)
    return _DAYS_PER_YEAR * _DAY_S / seconds


def timeframe_of(interval_s: int) -> str:
    """Give the name of a candle length, such as 1h. Raises ValueError for a length that is unknown."""
    name = _NAMES.get(interval_s)
    if name is None:
        known = ", ".join(f"{length} ({short})" for length, short in _NAMES.items())
        msg = f"candles of {interval_s} s have no name, known are {known}"
        raise ValueError(msg)
    return name
