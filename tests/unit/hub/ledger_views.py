"""Views of ledgers that lie in no file."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from powertrader.hub.ledger_feed import LedgerFeed
from powertrader.hub.trades_view import LedgerName, TradesView
from powertrader.hub.view import HubView
from powertrader.models.journal import JournalEvent
from powertrader.models.status import PositionStatus, TraderReport
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import NOW, report, snapshot, status_of

PAPER = LedgerName("paper", "default", "USDT")


class Part(NamedTuple):
    """Some events of a ledger."""

    events: Sequence[JournalEvent]
    restarted: bool = False
    more: bool = False


class Growing:
    """A ledger that grows when a test says so."""

    def __init__(self, events: Sequence[JournalEvent] = ()) -> None:
        self.parts = [Part(tuple(events), restarted=True)]
        self.feed = LedgerFeed(lambda _: self)

    def read(self) -> Part | None:
        """Give what came since the last call."""
        return self.parts.pop(0) if self.parts else None

    def grow(self, events: Sequence[JournalEvent]) -> None:
        """Store some events."""
        self.parts.append(Part(tuple(events)))

    def view(self) -> TradesView:
        """Give the view after what is new."""
        view = self.feed.read(PAPER)
        assert view is not None
        return view


def priced(**bids: float) -> tuple[PositionStatus, ...]:
    """Coins with prices, none of them held."""
    return tuple([PositionStatus(coin, bid * 1.001, bid) for coin, bid in bids.items()])


def told(*positions: PositionStatus, total: float = 0.0, **changes: Any) -> TraderReport:
    """What a trader tells of its account now."""
    status = replace(status_of(*positions), at=NOW, total=total)
    return report(status=status, **changes)


def ledger_view(events: Sequence[JournalEvent], trader: TraderReport | None, **changes: Any) -> HubView:
    """A view of a ledger with these events, as a trader tells of it."""
    made = snapshot((), trader=trader)
    return hub_view(made=made, trades=Growing(events).view(), **changes)
