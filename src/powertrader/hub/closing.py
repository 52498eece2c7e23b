"""What closing the window would leave behind, and what a careful user would want. Pure."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from powertrader.hub.view import HubView
from powertrader.models.snapshot import WORKERS

Choice: TypeAlias = Literal["leave", "stop"]
REMEMBERED: Final = "close.workers"
"""The preference that keeps the choice; empty for asking."""
_LIVE: Final = "live"


@dataclass(frozen=True, slots=True)
class Closing:
    """running: the workers that run. held: how many coins are held. live: real money is traded.

    looked_after: another supervisor looks after them, so that nothing changes for them.
    """

    running: tuple[str, ...] = ()
    held: int = 0
    live: bool = False
    looked_after: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to ask."""
        return not self.running or self.looked_after

    @property
    def usual(self) -> Choice:
        """What is offered first: a trader is not stopped by the way, for then nothing sells what is held."""
        return "leave" if "trader" in self.running or self.live else "stop"


def closing_of(view: HubView | None) -> Closing:
    """Say what runs at the moment; nothing before the first view."""
    if view is None:
        return Closing()
    snapshot = view.snapshot
    running = tuple([process for process in WORKERS if snapshot.process(process).pid is not None])
    trader = snapshot.process("trader").heartbeat
    status = snapshot.trader.status if snapshot.trader is not None else None
    return Closing(
        running,
        len(status.held) if status is not None else 0,
        "trader" in running and trader is not None and trader.mode == _LIVE,
        view.workers.other is not None,
    )
