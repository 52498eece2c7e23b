"""compat=original: what a start does with pending orders, the DCA window and trails."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from powertrader.core.original_books import OriginalBooks, original_books_of, trade_times
from powertrader.models.book import window_of
from powertrader.models.journal import OrderRefused, PendingSettled, TrailForgotten, WindowRebuilt
from powertrader.models.order import OrderState
from powertrader.models.position import NOTHING
from powertrader.trader.desk import Desk
from powertrader.trader.original_account import OriginalAccount
from powertrader.trader.original_orders import fill_of, final_report

FORGOTTEN: Final = "the original had not stored it yet"


class OriginalStart:
    """Completes pending orders and rebuilds the window; trails are lost, as by any restart (Q78)."""

    def __init__(self, desk: Desk, account: OriginalAccount) -> None:
        """Work on this desk."""
        self._desk = desk
        self._account = account

    def has_pending(self) -> bool:
        """Tell whether the books wait for the end of an order."""
        return bool(original_books_of(self._desk.ports.ledger.events()).pending)

    def forget(self, now: datetime) -> None:
        """Leave no window and no trail: a new program knows none before it has read its history."""
        for coin in tuple(self._desk.book.positions):
            self._desk.note(WindowRebuilt(coin, (), None, now))
        self._desk.note(TrailForgotten(None, now))

    def run(self, now: datetime) -> None:
        """Bring the ledger to where the original stands after its start."""
        desk = self._desk
        books = original_books_of(desk.ports.ledger.events())
        for order_id, entry in tuple(books.pending.items()):
            event = self._settled(books, order_id, entry if isinstance(entry, dict) else {}, now)
            if event is not None:
                desk.note(event)
        # Written after the venue's answer only, so an order that got none is forgotten (M14).
        for client_order_id, order in tuple(desk.book.open_orders.items()):
            if order.order_id is None:
                desk.note(OrderRefused(client_order_id, FORGOTTEN, now))
        self._rebuild_windows(original_books_of(desk.ports.ledger.events()), now)
        desk.note(TrailForgotten(None, now))

    def _settled(
        self, books: OriginalBooks, order_id: str, entry: Mapping[str, object], now: datetime
    ) -> PendingSettled | None:
        symbol, side = (str(entry.get(key) or "").strip() for key in ("symbol", "side"))
        dropped = PendingSettled(order_id, OrderState.CANCELED, NOTHING, NOTHING, None, now)
        if books.has_trade(order_id) or not symbol or not side:
            return dropped
        orders = self._desk.book.open_orders
        ours = (key for key, order in orders.items() if order.order_id == order_id)
        report = final_report(self._desk, symbol, next(ours, order_id))
        if report is None:
            return None
        if report.state is not OrderState.FILLED:
            return dropped
        quantity, value = fill_of(report)
        after = self._account.free_quote()
        return PendingSettled(order_id, report.state, quantity, value, after, now)

    def _rebuild_windows(self, books: OriginalBooks, now: datetime) -> None:
        rebuilt = windows_of(books, now)
        for coin in self._desk.book.positions:
            rebuilt.setdefault(coin, WindowRebuilt(coin, (), None, now))
        for event in rebuilt.values():
            self._desk.note(event)


def windows_of(books: OriginalBooks, now: datetime) -> dict[str, WindowRebuilt]:
    """Give by coin the DCA times that still count and the last sale, from the original's history (3.6)."""
    buys: dict[str, list[datetime]] = {}
    sales: dict[str, datetime] = {}
    for coin, side, tag, moment in trade_times(books):
        if side == "sell":
            sales[coin] = max(moment, sales.get(coin, moment))
        elif side == "buy" and tag == "DCA":
            buys.setdefault(coin, []).append(moment)
    rebuilt = {}
    for coin in dict.fromkeys([*buys, *sales]):
        times = window_of(sorted(buys.get(coin, ())), sales.get(coin), now)
        rebuilt[coin] = WindowRebuilt(coin, times, sales.get(coin), now)
    return rebuilt
