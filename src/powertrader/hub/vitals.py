"""WindowVitals: how the window itself is doing, for the screen that shows it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from powertrader.hub.latency import Latency

if TYPE_CHECKING:
    from powertrader.hub.scheduler import PanelFailure


@dataclass(frozen=True, slots=True)
class WindowVitals:
    """What was measured of the window.

    latency is None before the first measurement. failures are the panels whose last drawing failed,
    waiting how many pieces of background work have no answer yet.
    """

    latency: Latency | None = None
    failures: "tuple[PanelFailure, ...]" = ()
    waiting: int = 0
