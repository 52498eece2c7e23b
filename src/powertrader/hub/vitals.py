"""WindowVitals: how the window itself is doing, for the screen that shows it."""

from dataclasses import dataclass

from powertrader.hub.guard import Failure
from powertrader.hub.latency import Latency


@dataclass(frozen=True, slots=True)
class WindowVitals:
    """What was measured of the window.

    latency is None before the first measurement. failures are the panels whose last drawing failed and
    what else of the window raised, waiting how many pieces of background work have no answer yet.
    """

    latency: Latency | None = None
    failures: tuple[Failure, ...] = ()
    waiting: int = 0
