"""What is known of a venue beside its market: how much it was asked, and how its clock goes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ClockMeasure:
    """By how many seconds a venue's clock is ahead of ours; at is ours."""

    ahead_s: float
    at: datetime


@dataclass(frozen=True, slots=True)
class VenueUse:
    """What all processes together asked of a venue in the present window, and how its clock goes.

    used is in the venue's own weights, of which it allows so many in window_s seconds; both None where
    that is not known here. orders: those of the last ten seconds. paused_s: how long it still wants
    silence. clock is None where nobody had to measure it, such as on paper.
    """

    venue: str
    used: int
    allowed: int | None = None
    window_s: int | None = None
    orders: int = 0
    paused_s: float = 0.0
    clock: ClockMeasure | None = None

    @property
    def used_pct(self) -> float | None:
        """The share of what is allowed, in percent."""
        return None if not self.allowed else 100 * self.used / self.allowed
