"""What the ledger's events mean, in plain words."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from powertrader.core.original_books import OriginalBooks
from powertrader.core.original_ledger import number_of
from powertrader.models.journal import (
    Adopted,
    HaltCause,
    Halted,
    JournalEvent,
    OrderAccepted,
    OrderClosed,
    OrderFilled,
    OrderIntended,
    OrderRefused,
    OriginalLedgerImported,
    OriginalTradesImported,
    PendingSettled,
    QuoteBooked,
    Resumed,
    SaleAssumed,
    TrailForgotten,
    TrailMoved,
    WindowRebuilt,
    WrittenOff,
)
from powertrader.models.order import OrderState
from powertrader.models.trade import is_dca

_DECIMALS: Final = 8
_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "entry": "the signals said to buy",
        "trailing_exit": "the price fell through the trailing line",
        "manual_exit": "the user asked for it",
    }
)


class Words:
    """Tells events in sentences; an order's later events name what its intent said."""

    def __init__(self) -> None:
        """Start without orders."""
        self._orders: dict[str, OrderIntended] = {}
        self._tells: Mapping[type, Callable[..., str]] = {
            OrderIntended: self._intended,
            OrderAccepted: self._accepted,
            OrderRefused: self._refused,
            OrderFilled: self._filled,
            OrderClosed: self._closed,
            SaleAssumed: lambda event: f"The sale of {event.coin} counted as done, as the original has it.",
            TrailMoved: _trail_moved,
            TrailForgotten: lambda event: f"The trailing line of {_whom(event.coin)} was dropped.",
            WindowRebuilt: _window_rebuilt,
            Adopted: _adopted,
            Halted: _halted,
            Resumed: lambda event: f"{_begin(event.coin)} went on: {event.reason}.",
            QuoteBooked: _booked,
            WrittenOff: _written_off,
            PendingSettled: lambda event: f"Order {event.order_id} from before was found {event.state}.",
            OriginalLedgerImported: _original_taken_over,
            OriginalTradesImported: lambda _: "An original trade_history.jsonl was taken over.",
        }

    def tell(self, event: JournalEvent) -> str:
        """Give one sentence or two without the time."""
        return self._tells[type(event)](event)

    def coin_of(self, event: JournalEvent) -> str | None:
        """Give the coin an event is about, None when it is about all or about money."""
        if isinstance(event, OrderIntended):
            return event.intent.coin
        key = order_key(event)
        if key:
            known = self._orders.get(key)
            return known.intent.coin if known else None
        coin: str | None = getattr(event, "coin", None)
        return coin

    def _intended(self, event: OrderIntended) -> str:
        intent = event.intent
        self._orders[intent.client_order_id] = event
        why = _REASONS.get(intent.reason, intent.reason)
        if is_dca(intent.reason):
            why = f"averaging down, rule {intent.reason}"
        basis = "" if intent.basis is None else f", average price paid {intent.basis:.10g}"
        gain = "" if intent.gain_pct is None else f", {intent.gain_pct:+.2f} % against it"
        terms = intent.terms
        waits = "" if terms.price is None else f" as {terms.order_type} at {terms.price}"
        deed = f"{intent.side.value.lower()} {intent.quantity_text} {intent.coin}{waits}"
        return (
            f"Decided to {deed} because {why} (expected price {intent.expected_price:.10g}{basis}{gain}). "
            f"Order {intent.client_order_id}."
        )

    def _accepted(self, event: OrderAccepted) -> str:
        return f"The exchange took order {self._name(event.client_order_id)} as number {event.order_id}."

    def _refused(self, event: OrderRefused) -> str:
        name = self._name(event.client_order_id)
        self._orders.pop(event.client_order_id, None)
        return f"Order {name} was not placed: {event.reason}."

    def _filled(self, event: OrderFilled) -> str:
        name = self._name(event.client_order_id)
        fee = "fee unknown"
        if event.fee is not None:
            worth = "" if event.fee_value is None else f" (worth {plain(event.fee_value)})"
            fee = f"fee {plain(event.fee)} {event.fee_asset}{worth}"
        if not event.quantity:
            return f"Of order {name} more became known: {fee}."
        if not event.quote_quantity:
            return f"Of order {name} {plain(event.quantity)} were executed at an unknown price; {fee}."
        price = event.quote_quantity / event.quantity
        return (
            f"Of order {name} {plain(event.quantity)} were executed at {float(price):.10g} on average, "
            f"{plain(event.quote_quantity)} in all; {fee}."
        )

    def _closed(self, event: OrderClosed) -> str:
        end = "was executed in full" if event.state is OrderState.FILLED else f"ended {event.state}"
        name = self._name(event.client_order_id)
        self._orders.pop(event.client_order_id, None)
        return f"Order {name} {end}; nothing more will happen to it."

    def _name(self, client_order_id: str) -> str:
        known = self._orders.get(client_order_id)
        if known is None:
            return client_order_id
        return f"{client_order_id} ({known.intent.side.value.lower()} {known.intent.coin})"


def order_key(event: JournalEvent) -> str:
    """Give our number of the order an event is about, empty when it is about none."""
    if isinstance(event, OrderIntended):
        return event.intent.client_order_id
    key: str = getattr(event, "client_order_id", "")
    return key


def plain(number: Decimal) -> str:
    """Give an amount without an exponent, on at most 8 decimals and without zeros at its end."""
    text = format(round(number, _DECIMALS), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _whom(coin: str | None) -> str:
    return coin or "all coins"


def _begin(coin: str | None) -> str:
    return coin or "Everything"


def _trail_moved(event: TrailMoved) -> str:
    line, peak = f"{event.trail.line:.10g}", f"{event.trail.peak:.10g}"
    if not event.trail.active:
        return f"The trailing line of {event.coin} begins at {line}, which the price has not reached."
    return f"The trailing line of {event.coin} is active at {line} (peak {peak})."


def _window_rebuilt(event: WindowRebuilt) -> str:
    return f"{len(event.dca_times)} DCA buys of {event.coin} count for the daily limit."


def _original_taken_over(event: OriginalLedgerImported) -> str:
    books = OriginalBooks()
    books.apply(event)
    profit = number_of(books.ledger.get("total_realized_profit_usd"))
    apart = f"; the {profit:+,.2f} realised before are counted apart" if profit else ""
    return f"An original pnl_ledger.json was taken over{apart}."


def _adopted(event: Adopted) -> str:
    what = "the basis" if event.quantity is None else f"{plain(event.quantity)}"
    basis = "no known average price" if event.basis is None else f"an average price of {event.basis:.10g}"
    return f"Took charge of {what} {event.coin} with {basis}."


def _halted(event: Halted) -> str:
    what = "is not bought" if event.cause is HaltCause.PAUSE else "is neither bought nor sold"
    return f"{_begin(event.coin)} {what}: {event.reason}."


def _booked(event: QuoteBooked) -> str:
    deed = "came in" if event.amount >= 0 else "went out"
    return f"{plain(abs(event.amount))} {event.asset} {deed} without an order of ours."


def _written_off(event: WrittenOff) -> str:
    return f"{plain(event.quantity)} {event.coin} left the account without an order of ours: {event.reason}."
