"""The bot's memory as a fold over the ledger's events: starting and recovering are the same code."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from powertrader.models.journal import (
    Adopted,
    Halted,
    JournalEvent,
    OrderAccepted,
    OrderClosed,
    OrderFilled,
    OrderIntended,
    OrderRefused,
    PendingSettled,
    QuoteBooked,
    Resumed,
    SaleAssumed,
    TrailForgotten,
    TrailMoved,
    WindowRebuilt,
)
from powertrader.models.money import decimal_of
from powertrader.models.order import OpenOrder, OrderState, Side
from powertrader.models.position import NOTHING, Buy, Position
from powertrader.models.trade import Trade, is_dca
from powertrader.models.types import CoinSymbol

DCA_WINDOW: Final = timedelta(seconds=86400)


class Book:
    """Positions, open orders, halts and profit after the events applied so far."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.positions: dict[CoinSymbol, Position] = {}
        self.open_orders: dict[str, OpenOrder] = {}
        self.halts: dict[CoinSymbol | None, str] = {}
        self.trades: list[Trade] = []
        self.realized_profit = NOTHING
        self.deposits: dict[str, Decimal] = {}
        self.events_applied = 0

    def apply(self, event: JournalEvent) -> None:
        """Take one event into account. Raises KeyError for an order that was never intended."""
        self.events_applied += 1
        fold = _FOLDS.get(type(event))
        if fold is not None:
            fold(self, event)

    def position(self, coin: CoinSymbol) -> Position:
        """Give what is known of a coin, an empty position when nothing is."""
        return self.positions.get(coin) or Position(coin)


def book_of(events: Iterable[JournalEvent]) -> Book:
    """Fold a ledger from its beginning."""
    book = Book()
    for event in events:
        book.apply(event)
    return book


def window_of(
    times: Iterable[datetime], last_sale_at: datetime | None, now: datetime
) -> tuple[datetime, ...]:
    """Give the DCA times that still count: after the last sale, at most 86400 s old, ends included (Q54)."""
    oldest = now - DCA_WINDOW
    return tuple(
        moment for moment in times if moment >= oldest and (last_sale_at is None or moment > last_sale_at)
    )


def _intended(book: Book, event: OrderIntended) -> None:
    book.open_orders[event.intent.client_order_id] = OpenOrder(event.intent, event.quote_free_before)


def _accepted(book: Book, event: OrderAccepted) -> None:
    order = book.open_orders[event.client_order_id]
    book.open_orders[event.client_order_id] = replace(order, order_id=event.order_id)


def _refused(book: Book, event: OrderRefused) -> None:
    del book.open_orders[event.client_order_id]


def _filled(book: Book, event: OrderFilled) -> None:
    order = book.open_orders[event.client_order_id]
    coin = order.intent.coin
    fee = event.fee or NOTHING
    in_coin = fee if event.fee_asset == coin else NOTHING
    in_quote = fee if event.fee_asset == order.intent.symbol.removeprefix(coin) else NOTHING
    position = book.position(coin)
    realized = NOTHING
    if order.intent.side is Side.BUY:
        position = _bought(position, event, in_coin, in_quote)
    else:
        position, cost = _sold(position, event.quantity + in_coin)
        realized = event.quote_quantity - in_quote - cost
        book.realized_profit += realized
    book.positions[coin] = position
    book.open_orders[event.client_order_id] = replace(
        order,
        executed=order.executed + event.quantity,
        quote_quantity=order.quote_quantity + event.quote_quantity,
        realized=order.realized + realized,
        fees=_with_fee(order.fees, event.fee_asset, fee),
    )


def _bought(position: Position, fill: OrderFilled, in_coin: Decimal, in_quote: Decimal) -> Position:
    quantity, buys = float(fill.quantity), position.buys
    if quantity:
        buys = (*buys, Buy(quantity, float(fill.quote_quantity) / quantity))
    return replace(
        position,
        quantity=position.quantity + fill.quantity - in_coin,
        cost=position.cost + fill.quote_quantity + in_quote,
        bought=position.bought + fill.quantity,
        paid=position.paid + fill.quote_quantity,
        buys=buys,
    )


def _sold(position: Position, quantity: Decimal) -> tuple[Position, Decimal]:
    """Take a sale out of a position pro rata; also give what the sold part had cost."""
    if quantity >= position.quantity:
        kept_trade = replace(position, quantity=NOTHING, cost=NOTHING, bought=NOTHING, paid=NOTHING)
        return replace(kept_trade, buys=()), position.cost
    kept = 1 - quantity / position.quantity
    cost = position.cost * kept
    remaining = replace(
        position,
        quantity=position.quantity - quantity,
        cost=cost,
        bought=position.bought * kept,
        paid=position.paid * kept,
        buys=tuple([buy._replace(quantity=buy.quantity * float(kept)) for buy in position.buys]),
    )
    return remaining, position.cost - cost


def _with_fee(
    fees: tuple[tuple[str, Decimal], ...], asset: str | None, fee: Decimal
) -> tuple[tuple[str, Decimal], ...]:
    if asset is None or not fee:
        return fees
    summed = dict(fees)
    summed[asset] = summed.get(asset, NOTHING) + fee
    return tuple(summed.items())


def _closed(book: Book, event: OrderClosed) -> None:
    order = book.open_orders.pop(event.client_order_id)
    if not order.executed:
        return
    book.trades.append(_trade(order, event.at))
    position = book.position(order.intent.coin)
    if order.intent.side is Side.SELL:
        # A sale that was cut short leaves the trade open: line, crossing and window stay.
        if event.state is OrderState.FILLED:
            book.positions[position.coin] = _after_sale(position, event.at)
    elif is_dca(order.intent.reason):
        times = window_of((*position.dca_timestamps, event.at), position.last_sale_at, event.at)
        book.positions[position.coin] = replace(
            position, stage=position.dca_count + 1, dca_times=times, trail=None
        )
    else:
        price = float(order.quote_quantity / order.executed)
        book.positions[position.coin] = replace(
            position, stage=0, dca_times=(), trail=None, entry_price=price
        )


def _after_sale(position: Position, at: datetime) -> Position:
    return replace(position, trail=None, last_sale_at=at, dca_times=())


def _trade(order: OpenOrder, at: datetime) -> Trade:
    intent = order.intent
    price = float(order.quote_quantity / order.executed) if order.quote_quantity else None
    sold = intent.side is Side.SELL
    gain = None
    if sold and price is not None and intent.basis:
        gain = ((price - intent.basis) / intent.basis) * 100
    return Trade(
        intent.coin,
        intent.side,
        price,
        order.executed,
        order.quote_quantity,
        intent.reason,
        at,
        pnl_pct=gain,
        realized_profit=order.realized if sold else None,
        fees=order.fees,
        client_order_id=intent.client_order_id,
        config_hash=intent.config_hash,
    )


def _sale_assumed(book: Book, event: SaleAssumed) -> None:
    book.positions[event.coin] = _after_sale(book.position(event.coin), event.at)


def _trail_moved(book: Book, event: TrailMoved) -> None:
    book.positions[event.coin] = replace(book.position(event.coin), trail=event.trail)


def _trail_forgotten(book: Book, event: TrailForgotten) -> None:
    for coin, position in book.positions.items():
        if event.coin in (None, coin) and position.trail is not None:
            book.positions[coin] = replace(position, trail=None)


def _window_rebuilt(book: Book, event: WindowRebuilt) -> None:
    book.positions[event.coin] = replace(
        book.position(event.coin), dca_times=event.dca_times, last_sale_at=event.last_sale_at
    )


def _adopted(book: Book, event: Adopted) -> None:
    position = replace(book.position(event.coin), adopted_basis=event.basis)
    if event.stage is not None:
        position = replace(position, stage=event.stage)
    if event.quantity is not None:
        cost = event.quantity * decimal_of(event.basis or 0.0)
        position = replace(
            position,
            quantity=position.quantity + event.quantity,
            cost=position.cost + cost,
            bought=position.bought + event.quantity,
            paid=position.paid + cost,
            buys=(*position.buys, Buy(float(event.quantity), event.basis or 0.0, adopted=True)),
        )
    book.positions[event.coin] = position


def _pending_settled(book: Book, event: PendingSettled) -> None:
    found = (key for key, order in book.open_orders.items() if order.order_id == event.order_id)
    client_order_id = next(found, None)
    if client_order_id is None:
        return
    if event.quantity:
        fill = OrderFilled(client_order_id, event.quantity, event.quote_quantity, None, None, event.at)
        _filled(book, fill)
        book.trades.append(_trade(book.open_orders[client_order_id], event.at))
    del book.open_orders[client_order_id]


def _halted(book: Book, event: Halted) -> None:
    book.halts[event.coin] = event.reason


def _resumed(book: Book, event: Resumed) -> None:
    book.halts.pop(event.coin, None)


def _quote_booked(book: Book, event: QuoteBooked) -> None:
    book.deposits[event.asset] = book.deposits.get(event.asset, NOTHING) + event.amount


# The texts of original files belong to the original's books only (core.original_books).
_FOLDS: Final[Mapping[type, Callable[..., None]]] = {
    OrderIntended: _intended,
    OrderAccepted: _accepted,
    OrderRefused: _refused,
    OrderFilled: _filled,
    OrderClosed: _closed,
    SaleAssumed: _sale_assumed,
    TrailMoved: _trail_moved,
    TrailForgotten: _trail_forgotten,
    WindowRebuilt: _window_rebuilt,
    Adopted: _adopted,
    Halted: _halted,
    Resumed: _resumed,
    QuoteBooked: _quote_booked,
    PendingSettled: _pending_settled,
}
