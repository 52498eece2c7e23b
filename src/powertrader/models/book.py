"""The bot's memory as a fold over the ledger's events: starting and recovering are the same code."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from powertrader.models.bookkeeping import adopted, after_sale, bought, sold, trade_of, with_fee
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
    PendingSettled,
    QuoteBooked,
    Resumed,
    SaleAssumed,
    TrailForgotten,
    TrailMoved,
    TrailRules,
    WindowRebuilt,
    WrittenOff,
)
from powertrader.models.order import OpenOrder, OrderState, Side
from powertrader.models.position import NOTHING, Position
from powertrader.models.trade import Trade, is_dca
from powertrader.models.types import CoinSymbol

DCA_WINDOW: Final = timedelta(seconds=86400)
_LARGEST_REST: Final = Decimal("0.01")
"""What is left of a sale is a rest below this share of it; a sale that was cut short leaves more."""


class Book:
    """Positions, open orders, halts and profit after the events applied so far.

    realized_profit and written_off (the cost of coins that left without an order) are in the quote
    asset. cash is what deposits and our own orders left of each asset that is no position: of the
    quote asset the balance that the account must have. halts stop purchases only, freezes everything
    of a coin or of all (None). trail_rules are those the trails were drawn by, None before the first.
    trades holds what was finished since the book was made or carried over (models.book_state), while
    trades_closed and events_applied count from the ledger's beginning.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self.positions: dict[CoinSymbol, Position] = {}
        self.open_orders: dict[str, OpenOrder] = {}
        self.halts: dict[CoinSymbol | None, str] = {}
        self.freezes: dict[CoinSymbol | None, Halted] = {}
        self.trail_rules: TrailRules | None = None
        self.trades: list[Trade] = []
        self.trades_closed = 0
        self.realized_profit = NOTHING
        self.written_off = NOTHING
        self.deposits: dict[str, Decimal] = {}
        self.cash: dict[str, Decimal] = {}
        self.events_applied = 0

    @property
    def held(self) -> dict[CoinSymbol, Position]:
        """The positions that are not empty, by coin."""
        return {coin: position for coin, position in self.positions.items() if position.quantity}

    @property
    def rests(self) -> dict[CoinSymbol, Position]:
        """Those of them that are only left of coins sold as far as the venue's steps allow, by coin."""
        newest = {trade.coin: trade for trade in self.trades}
        return {
            coin: position
            for coin, position in self.held.items()
            if (trade := newest.get(coin)) is not None
            and trade.side is Side.SELL
            and position.quantity < trade.quantity * _LARGEST_REST
        }

    def apply(self, event: JournalEvent) -> None:
        """Take one event into account. Raises KeyError for an order that was never intended."""
        self.events_applied += 1
        fold = _FOLDS.get(type(event))
        if fold is not None:
            fold(self, event)

    def position(self, coin: CoinSymbol) -> Position:
        """Give what is known of a coin, an empty position when nothing is."""
        return self.positions.get(coin) or Position(coin)

    def move(self, asset: str, amount: Decimal) -> None:
        """Add an amount, negative to take it away, to what is expected of an asset."""
        self.cash[asset] = self.cash.get(asset, NOTHING) + amount

    def close(self, trade: Trade) -> None:
        """Add a finished order."""
        self.trades.append(trade)
        self.trades_closed += 1


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
    order = OpenOrder(event.intent, event.quote_free_before, coin_before=event.coin_before)
    book.open_orders[event.intent.client_order_id] = order


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
    quote = order.intent.symbol.removeprefix(coin)
    in_quote = fee if event.fee_asset == quote else NOTHING
    elsewhere = event.fee_value or NOTHING
    position = book.position(coin)
    realized = NOTHING
    if order.intent.side is Side.BUY:
        position = bought(position, event, in_coin, in_quote + elsewhere)
        book.move(quote, -event.quote_quantity - in_quote)
    else:
        position, cost = sold(position, event.quantity + in_coin)
        realized = event.quote_quantity - in_quote - elsewhere - cost
        book.realized_profit += realized
        book.move(quote, event.quote_quantity - in_quote)
    if event.fee_asset not in (None, coin, quote):
        book.move(str(event.fee_asset), -fee)
    book.positions[coin] = position
    book.open_orders[event.client_order_id] = replace(
        order,
        executed=order.executed + event.quantity,
        quote_quantity=order.quote_quantity + event.quote_quantity,
        realized=order.realized + realized,
        fees=with_fee(order.fees, event.fee_asset, fee),
        fee_values=with_fee(order.fee_values, event.fee_asset, elsewhere),
    )


def _closed(book: Book, event: OrderClosed) -> None:
    order = book.open_orders.pop(event.client_order_id)
    if not order.executed:
        return
    book.close(trade_of(order, event.at))
    position = book.position(order.intent.coin)
    if order.intent.side is Side.SELL:
        # A sale that was cut short leaves the trade open: line, crossing and window stay.
        if event.state is OrderState.FILLED:
            book.positions[position.coin] = after_sale(position, event.at)
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


def _sale_assumed(book: Book, event: SaleAssumed) -> None:
    book.positions[event.coin] = after_sale(book.position(event.coin), event.at)


def _trail_moved(book: Book, event: TrailMoved) -> None:
    book.positions[event.coin] = replace(book.position(event.coin), trail=event.trail)
    if event.rules is not None:
        book.trail_rules = event.rules


def _trail_forgotten(book: Book, event: TrailForgotten) -> None:
    for coin, position in book.positions.items():
        if event.coin in (None, coin) and position.trail is not None:
            book.positions[coin] = replace(position, trail=None)


def _window_rebuilt(book: Book, event: WindowRebuilt) -> None:
    book.positions[event.coin] = replace(
        book.position(event.coin), dca_times=event.dca_times, last_sale_at=event.last_sale_at
    )


def _adopted(book: Book, event: Adopted) -> None:
    book.positions[event.coin] = adopted(book.position(event.coin), event)


def _written_off(book: Book, event: WrittenOff) -> None:
    # Neither a sale nor a loss of trading: the coins left the account without an order of ours.
    owed = -min(book.cash.get(event.coin, NOTHING), NOTHING)
    if owed:
        # Fees were paid with them, and must not explain the next shortfall as well.
        book.move(event.coin, min(owed, event.quantity))
    position, cost = sold(book.position(event.coin), event.quantity)
    book.positions[event.coin] = position
    book.written_off += cost


def _pending_settled(book: Book, event: PendingSettled) -> None:
    found = (key for key, order in book.open_orders.items() if order.order_id == event.order_id)
    client_order_id = next(found, None)
    if client_order_id is None:
        return
    if event.quantity:
        fill = OrderFilled(client_order_id, event.quantity, event.quote_quantity, None, None, event.at)
        _filled(book, fill)
        book.close(trade_of(book.open_orders[client_order_id], event.at))
    del book.open_orders[client_order_id]


def _halted(book: Book, event: Halted) -> None:
    if event.cause is HaltCause.PAUSE:
        book.halts[event.coin] = event.reason
    else:
        book.freezes[event.coin] = event


def _resumed(book: Book, event: Resumed) -> None:
    if event.cause in (None, HaltCause.PAUSE):
        book.halts.pop(event.coin, None)
    freeze = book.freezes.get(event.coin)
    if freeze is not None and event.cause in (None, freeze.cause):
        del book.freezes[event.coin]


def _quote_booked(book: Book, event: QuoteBooked) -> None:
    book.deposits[event.asset] = book.deposits.get(event.asset, NOTHING) + event.amount
    book.move(event.asset, event.amount)


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
    WrittenOff: _written_off,
    PendingSettled: _pending_settled,
}
