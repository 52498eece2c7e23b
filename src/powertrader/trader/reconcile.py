"""Follow up orders whose end is not known: looked up by our own id, never sent again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from powertrader.core.exceptions import AccessRefused, OrderUnknown, Rejected, RetryLater
from powertrader.models.journal import HaltCause, Halted, OrderAccepted, OrderRefused, Resumed
from powertrader.models.order import OpenOrder, OrderIntent, OrderReport
from powertrader.trader.balances import BalanceCheck, trace_of, vanished_text
from powertrader.trader.desk import Desk

NEVER_SEEN: Final = "the venue has never seen it, and the account does not show its effect"
RARE_LOOK_S: Final = 60.0
"""Pause between two looks, by the wall clock, at an order that left a trace but is not known."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Denials:
    """How often the venue denied an order, since when, and when it was asked last; wall clock."""

    times: int
    since: datetime
    last: datetime


class Reconciler:
    """Looks open orders up once per step until each is over.

    An order that the venue does not know is believed lost only after several looks over some time
    (Patience), and only if the account does not show its effect; until then, and while it is open,
    its coin stays frozen. The effect without the order freezes the coin until somebody looks, and so does
    an order that the venue had accepted and does not know any more.
    """

    def __init__(
        self, desk: Desk, store: Callable[[OrderIntent, OrderReport], bool], check: BalanceCheck
    ) -> None:
        """Work on this book; store books what the venue says of an order."""
        self._desk = desk
        self._store = store
        self._check = check
        self._denials: dict[str, _Denials] = {}

    def look(self) -> None:
        """Ask the venue once about every open order, and store what it says. Raises AccessRefused."""
        for client_order_id, order in tuple(self._desk.book.open_orders.items()):
            if self._is_due(client_order_id, order):
                self._look_at(client_order_id, order)

    def _is_due(self, client_order_id: str, order: OpenOrder) -> bool:
        denials = self._denials.get(client_order_id)
        freeze = self._desk.book.freezes.get(order.intent.coin)
        if denials is None or freeze is None or freeze.cause is not HaltCause.NO_TRACE:
            return True
        since_s = (self._desk.wall.now() - denials.last).total_seconds()
        return not 0 <= since_s < RARE_LOOK_S

    def _look_at(self, client_order_id: str, order: OpenOrder) -> None:
        desk = self._desk
        try:
            report = desk.ports.client.get_order(order.intent.symbol, client_order_id)
        except AccessRefused:
            raise
        except (RetryLater, OrderUnknown, Rejected):
            return
        if report is None:
            self._denied(client_order_id, order)
            return
        self._denials.pop(client_order_id, None)
        now = desk.ports.clock.now()
        if order.order_id is None:
            desk.note(OrderAccepted(client_order_id, report.order_id, now))
        self._store(order.intent, report)
        self._thaw(order, "the venue knows the order after all")

    def _denied(self, client_order_id: str, order: OpenOrder) -> None:
        now = self._desk.wall.now()
        known = self._denials.get(client_order_id)
        if known is not None and now < known.last:
            known = None  # the clock was set back: counting anew is quicker than waiting for the old time
        denials = _Denials(known.times + 1, known.since, now) if known else _Denials(1, now, now)
        self._denials[client_order_id] = denials
        patience = self._desk.patience
        waited_s = (now - denials.since).total_seconds()
        if denials.times < patience.unseen_looks or waited_s < patience.unseen_s:
            return
        if order.order_id is None:
            self._conclude(client_order_id, order)
        elif order.intent.coin not in self._desk.book.freezes:
            # It exists; not finding it now proves nothing, so only the user can give it up.
            self._freeze(order, vanished_text(order))

    def _conclude(self, client_order_id: str, order: OpenOrder) -> None:
        desk = self._desk
        try:
            account = desk.ports.client.get_account()
        except RetryLater:
            return
        balances = {balance.asset: balance for balance in account.balances}
        book, quote_asset = desk.book, desk.quote_asset
        # With a second open order, or no opening balance yet, nobody knows what the account must hold.
        alone = len(book.open_orders) == 1 and quote_asset in book.deposits
        cash = book.cash.get(quote_asset) if alone else None
        trace = trace_of(order, balances, quote_asset, cash)
        now = desk.ports.clock.now()
        if trace is not None:
            if order.intent.coin not in book.freezes:
                self._freeze(order, trace)
            return
        del self._denials[client_order_id]
        desk.note(OrderRefused(client_order_id, NEVER_SEEN, now))
        self._check.doubt(order.intent.coin)
        self._thaw(order, NEVER_SEEN)

    def _freeze(self, order: OpenOrder, reason: str) -> None:
        coin = order.intent.coin
        self._desk.note(Halted(coin, reason, self._desk.ports.clock.now(), HaltCause.NO_TRACE))
        log.error("coin frozen", extra={"coin": coin, "reason": reason})

    def _thaw(self, order: OpenOrder, reason: str) -> None:
        coin = order.intent.coin
        freeze = self._desk.book.freezes.get(coin)
        if freeze is not None and freeze.cause is HaltCause.NO_TRACE:
            self._desk.note(Resumed(coin, reason, self._desk.ports.clock.now(), HaltCause.NO_TRACE))
            log.info("coin goes on", extra={"coin": coin, "reason": reason})
