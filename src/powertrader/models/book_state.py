"""The book as one value: what a new segment of the ledger begins with instead of all that came before."""

from dataclasses import dataclass
from decimal import Decimal

from powertrader.models.book import Book
from powertrader.models.journal import Halted, TrailRules
from powertrader.models.order import OpenOrder
from powertrader.models.position import Position
from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True)
class BookState:
    """Everything of a book but its finished trades, of which only the count is kept.

    Tables of the book are tuples here, in the order of the table. The fields mean what they do there.
    """

    positions: tuple[Position, ...]
    open_orders: tuple[OpenOrder, ...]
    halts: tuple[tuple[CoinSymbol | None, str], ...]
    freezes: tuple[Halted, ...]
    trail_rules: TrailRules | None
    realized_profit: Decimal
    written_off: Decimal
    deposits: tuple[tuple[str, Decimal], ...]
    cash: tuple[tuple[str, Decimal], ...]
    events_applied: int
    trades_closed: int


def state_of(book: Book) -> BookState:
    """Give a book as a value."""
    return BookState(
        positions=tuple(book.positions.values()),
        open_orders=tuple(book.open_orders.values()),
        halts=tuple(book.halts.items()),
        freezes=tuple(book.freezes.values()),
        trail_rules=book.trail_rules,
        realized_profit=book.realized_profit,
        written_off=book.written_off,
        deposits=tuple(book.deposits.items()),
        cash=tuple(book.cash.items()),
        events_applied=book.events_applied,
        trades_closed=book.trades_closed,
    )


def book_from(state: BookState) -> Book:
    """Give a book that goes on where the value was taken; its list of trades is empty."""
    book = Book()
    book.positions = {position.coin: position for position in state.positions}
    book.open_orders = {order.intent.client_order_id: order for order in state.open_orders}
    book.halts = dict(state.halts)
    book.freezes = {halt.coin: halt for halt in state.freezes}
    book.trail_rules = state.trail_rules
    book.realized_profit, book.written_off = state.realized_profit, state.written_off
    book.deposits, book.cash = dict(state.deposits), dict(state.cash)
    book.events_applied, book.trades_closed = state.events_applied, state.trades_closed
    return book
