"""What is known of a venue beside its market: how much it was asked, and how its clock goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

OUTAGE_TOLD: Final = timedelta(seconds=90)
"""An outage that nobody noticed for longer is not known to go on: nobody pauses longer between two tries."""
_TITLES: Final[Mapping[str, str]] = {"binance": "Binance", "kucoin": "KuCoin"}


@dataclass(frozen=True, slots=True)
class ClockMeasure:
    """By how many seconds a venue's clock is ahead of ours; at is ours."""

    ahead_s: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Outage:
    """That a venue does not answer: since when, when that was noticed last, and what happened then."""

    since: datetime
    at: datetime
    problem: str

    def goes_on(self, now: datetime) -> bool:
        """Tell whether it was noticed lately."""
        return abs(now - self.at) <= OUTAGE_TOLD


@dataclass(frozen=True, slots=True)
class VenueUse:
    """What all processes together asked of a venue in the present window, and how its clock goes.

    used is in the venue's own weights, of which it allows so many in window_s seconds; both None where
    that is not known here. orders: those of the last ten seconds. paused_s: how long it still wants
    silence. clock is None where nobody had to measure it, such as on paper. outage is None while it
    answers.
    """

    venue: str
    used: int
    allowed: int | None = None
    window_s: int | None = None
    orders: int = 0
    paused_s: float = 0.0
    clock: ClockMeasure | None = None
    outage: Outage | None = None

    @property
    def title(self) -> str:
        """The venue as a person calls it, with the host that is not the real one: Binance (testnet)."""
        name, _, host = self.venue.partition("-")
        return f"{_TITLES.get(name, name)} ({host})" if host else _TITLES.get(name, name)

    @property
    def used_pct(self) -> float | None:
        """The share of what is allowed, in percent."""
        return None if not self.allowed else 100 * self.used / self.allowed
