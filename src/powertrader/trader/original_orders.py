"""compat=original: orders as the original sizes, sends and waits for them."""

from decimal import Decimal
from typing import Final

from powertrader.core.exceptions import ExchangeError, Rejected
from powertrader.models.decision import Action, ActionKind
from powertrader.models.journal import OrderClosed, OrderFilled, OrderRefused, SaleAssumed
from powertrader.models.order import OrderIntent, OrderReport, OrderState, Side
from powertrader.models.position import NOTHING
from powertrader.models.types import CoinSymbol
from powertrader.trader.desk import Desk
from powertrader.trader.original_account import OriginalAccount
from powertrader.trader.sizing import Refusal, Sized, size_as_original
from powertrader.trader.view import StepView

NOT_SENT: Final = "no answer, taken as not sent"


class OriginalOrders:
    """Sizes and settles orders as the original does."""

    def __init__(self, desk: Desk, account: OriginalAccount) -> None:
        """Work on this desk."""
        self._desk = desk
        self._account = account

    def size(self, action: Action, view: StepView, funds: float) -> Sized | Refusal:  # noqa: ARG002  the original does not look at the funds (Q46)
        """Give what the original sends; only the minimum quantity is looked at (Q47)."""
        if action.kind is ActionKind.EXIT:
            held = next(position.quantity for position in view.held if position.coin == action.coin)
            instrument = self._account.instrument(action.coin)
            return size_as_original(held, view.quotes[action.coin].bid, instrument)
        ask = self._account.order_quote(action.coin).ask
        return size_as_original(action.amount / ask, ask, self._account.instrument(action.coin))

    def free_quote(self) -> Decimal | None:
        """Give the free quote asset, asked for around every order."""
        return self._account.free_quote()

    def unanswered(self, intent: OrderIntent) -> None:
        """Take any error of placing for an order that was not placed (Q75)."""
        self._desk.note(OrderRefused(intent.client_order_id, NOT_SENT, self._desk.ports.clock.now()))

    def refused(self, intent: OrderIntent, error: Rejected) -> None:
        """Nothing follows: the original tries again in the next step."""

    def coin_held(self, coin: CoinSymbol) -> Decimal | None:  # noqa: ARG002  the original does not look
        """Give nothing: the original never looks an order up that got no answer."""
        return None

    def settle(self, intent: OrderIntent, report: OrderReport) -> bool:  # noqa: ARG002  the original asks again in any case
        """Ask until the order is over; a sale that was not filled counts as done (Q58, Q77)."""
        desk = self._desk
        final = final_report(desk, intent.symbol, intent.client_order_id)
        if final is None:
            return False
        now = desk.ports.clock.now()
        if final.state is OrderState.FILLED:
            quantity, value = fill_of(final)
            desk.note(OrderFilled(intent.client_order_id, quantity, value, None, None, now))
            after = self._account.free_quote()
            desk.note(OrderClosed(intent.client_order_id, final.state, after, now))
            return True
        desk.note(OrderClosed(intent.client_order_id, final.state, None, now))
        if intent.side is Side.SELL:
            desk.note(SaleAssumed(intent.coin, now))
        return intent.side is Side.SELL


def final_report(desk: Desk, symbol: str, client_order_id: str) -> OrderReport | None:
    """Ask at least once, then until the order is over; None when the patience ran out first (Q77)."""
    looks, patience = 0, desk.patience
    while patience.looks is None or looks <= patience.looks:
        try:
            report = desk.ports.client.get_order(symbol, client_order_id)
        except ExchangeError:
            report = None
        if report is not None and report.state.is_final:
            return report
        looks += 1
        desk.ports.clock.sleep(patience.pause_s)
    return None


def fill_of(report: OrderReport) -> tuple[Decimal, Decimal]:
    """Give quantity and value the original books of a filled order (3.2, Q80).

    Without a price the value is 0; without an executed quantity the ordered one is taken.
    """
    executed = report.executed_quantity
    if executed > 0 and report.quote_quantity > 0:
        return executed, report.quote_quantity
    return (executed if executed > 0 else report.ordered_quantity), NOTHING
