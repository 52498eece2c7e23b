"""How much a venue lets be asked, shared by every process that asks it."""

from datetime import datetime
from typing import Protocol


class RequestBudget(Protocol):
    """One venue's request limit. Times are those of the wall clock, never of a scaled market."""

    def acquire(self, weight: int, *, order: bool = False) -> None:
        """Return when a request of this weight may be sent; orders may use what is kept in reserve.

        Spreads requests out when the limit is near. Raises RateLimitError, naming the time to wait, when
        only orders may be sent or the venue asked for a pause.
        """
        ...

    def report(self, used: int) -> None:
        """Take over what the venue itself says was used in the present window."""
        ...

    def pause_until(self, moment: datetime) -> None:
        """Let no process send anything before this aware time: the venue said so."""
        ...
