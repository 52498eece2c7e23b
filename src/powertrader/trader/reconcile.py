"""Follow up orders whose end is not known: looked up by our own id, never sent again."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from powertrader.core.exceptions import OrderUnknown, RetryLater
from powertrader.models.journal import OrderAccepted, OrderRefused
from powertrader.models.order import OpenOrder, OrderIntent, OrderReport
from powertrader.trader.desk import Desk

NEVER_SEEN: Final = "the venue has never seen it"


class Reconciler:
    """Looks open orders up once per step until each is over.

    An order that the venue does not know is believed lost only after several looks over some time
    (Patience); until then, and while it is open, its coin stays frozen.
    """

    def __init__(self, desk: Desk, store: Callable[[OrderIntent, OrderReport], bool]) -> None:
        """Work on this book; store books what the venue says of an order."""
        self._desk = desk
        self._store = store
        self._misses: dict[str, tuple[int, datetime]] = {}

    def look(self, now: datetime) -> None:
        """Ask the venue once about every open order, and store what it says."""
        for client_order_id, order in tuple(self._desk.book.open_orders.items()):
            self._look_at(client_order_id, order, now)

    def _look_at(self, client_order_id: str, order: OpenOrder, now: datetime) -> None:
        desk = self._desk
        try:
            report = desk.ports.client.get_order(order.intent.symbol, client_order_id)
        except (RetryLater, OrderUnknown):
            return
        if report is None:
            self._missed(client_order_id, order, now)
            return
        self._misses.pop(client_order_id, None)
        if order.order_id is None:
            desk.note(OrderAccepted(client_order_id, report.order_id, now))
        self._store(order.intent, report)

    def _missed(self, client_order_id: str, order: OpenOrder, now: datetime) -> None:
        misses, since = self._misses.get(client_order_id, (0, now))
        misses += 1
        self._misses[client_order_id] = (misses, since)
        patience = self._desk.patience
        waited_s = (now - since).total_seconds()
        # An order that the venue once accepted exists; not finding it now proves nothing.
        lost = misses >= patience.unseen_looks and waited_s >= patience.unseen_s
        if order.order_id is None and lost:
            del self._misses[client_order_id]
            self._desk.note(OrderRefused(client_order_id, NEVER_SEEN, now))
