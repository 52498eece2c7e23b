"""When a file that says the same is written again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from powertrader.models.moment import utc_of
from powertrader.models.signal import Signal
from powertrader.models.types import CoinSymbol

Failures: TypeAlias = dict[CoinSymbol, str]
"""The coins whose files could not be written, with the reason."""

_PHASES: Final = 10
_ANY_TIME: Final = utc_of(0)


def is_over(written_at: datetime, age_s: float, wall_now: datetime) -> bool:
    """Tell whether a file is older than it may be; a clock that was set back keeps nothing from renewal."""
    return not 0 <= (wall_now - written_at).total_seconds() < age_s


def phase_of(place: int, age_s: float) -> timedelta:
    """Give by how much the first file of the coin in a place counts as older than it is.

    So the files of many coins, which all begin in one step, are not renewed in one step for ever.
    """
    return timedelta(seconds=age_s * (place % _PHASES) / _PHASES)


def timeless(signal: Signal | None) -> Signal | None:
    """Give a signal without its time, for comparing."""
    return None if signal is None else replace(signal, made_at=_ANY_TIME)
