"""What must hold of a trader's ledger, its book and the venue's own records, whatever happened."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from powertrader.analytics.profit import ProfitFold
from powertrader.analytics.statement import statement_of
from powertrader.core.ledger import Ledger
from powertrader.core.trading_client import TradingClient
from powertrader.models.account import Account
from powertrader.models.book import Book, book_of
from powertrader.models.book_state import state_of
from powertrader.models.instrument import Instrument
from powertrader.models.journal import (
    Adopted,
    JournalEvent,
    OrderClosed,
    OrderFilled,
    OrderIntended,
    OrderRefused,
)
from powertrader.models.money import ZERO, decimal_of
from powertrader.models.order import OrderIntent, OrderReport, OrderState, Side
from powertrader.persistence.ledger_file import LedgerFile
from powertrader.simexchange.orders import Query
from powertrader.simexchange.venue import Venue
from powertrader.trader.adoption import GIVEN_UP
from tests.property.venue_line import ACCOUNT, PRICES, QUOTE_ASSET
from tests.unit.trader.venue import Fuse

LAST_UNIT: Final = Decimal("0.00000001")
OUR_PREFIX: Final = "pt-"
_ROWS: Final = 1_000
_HALF_A_CENT: Final = Decimal("0.005")


class MortalLedger:
    """A ledger whose process may die just before or just after it stores something; stored outlives it."""

    def __init__(self, ledger: Ledger, fuse: Fuse, stored: list[JournalEvent]) -> None:
        self._ledger = ledger
        self._fuse = fuse
        self._stored = stored

    def append(self, event: JournalEvent) -> None:
        self.append_all((event,))

    def append_all(self, events: Iterable[JournalEvent]) -> None:
        group = tuple(events)
        self._fuse.burn()
        self._ledger.append_all(group)
        self._stored += group
        self._fuse.burn()

    def events(self, first: int = 0) -> Iterator[JournalEvent]:
        return self._ledger.events(first)

    def book(self) -> Book:
        return self._ledger.book()


@dataclass(slots=True)
class WitnessedClient:
    """Passes calls on; checks every order before it is sent, and may die before or after that.

    book is that of the session that sends; ledger is asked for what is on the disk.
    """

    client: TradingClient
    ledger: LedgerFile
    fuse: Fuse
    book: Book
    sent: list[str]

    def get_account(self) -> Account:
        self.fuse.burn()
        return self.client.get_account()

    def get_instruments(self) -> Mapping[str, Instrument]:
        return self.client.get_instruments()

    def get_instrument(self, symbol: str) -> Instrument | None:
        return self.client.get_instrument(symbol)

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        self.fuse.burn()
        return self.client.get_order(symbol, client_order_id)

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        return self.client.get_order_history(symbol)

    def place_order(self, intent: OrderIntent) -> OrderReport:
        self._may_be_sent(intent)
        self.sent.append(intent.client_order_id)
        self.fuse.burn()
        report = self.client.place_order(intent)
        self.fuse.burn()
        return report

    def _may_be_sent(self, intent: OrderIntent) -> None:
        (last,) = self.ledger.events(len(self.ledger) - 1)
        assert isinstance(last, OrderIntended)
        assert last.intent == intent, "an order without an intent on the disk"
        assert intent.client_order_id not in self.sent, "an order sent twice"
        book, coin = self.book, intent.coin
        assert not {coin, None} & book.freezes.keys(), "an order of a frozen coin"
        orders = [order for order in book.open_orders.values() if order.intent.coin == coin]
        assert len(orders) == 1, "two orders of a coin at once"
        if intent.side is Side.BUY:
            assert not {coin, None} & book.halts.keys(), "a purchase of a paused coin"
        else:
            assert intent.quantity <= book.position(coin).quantity, "a sale of the user's coins"


@dataclass(slots=True)
class Booked:
    """What is known of one order: coins and quote asset before fees, fees by asset, and how it ended."""

    quantity: Decimal = ZERO
    quote_quantity: Decimal = ZERO
    fees: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    end: OrderState | str = OrderState.PENDING

    @property
    def moved(self) -> tuple[Decimal, Decimal, dict[str, Decimal]]:
        """What changed hands."""
        return self.quantity, self.quote_quantity, {asset: fee for asset, fee in self.fees.items() if fee}


def check_book(events: Iterable[JournalEvent], book: Book) -> None:
    """Check that a book is what its ledger's events make of it."""
    assert state_of(book_of(events)) == state_of(book)
    assert all(halt.reason for halt in book.freezes.values()), "frozen without a reason"


def check_profit(events: Iterable[JournalEvent], book: Book) -> None:
    """Check that deposits, profit and cost explain the cash to the last unit."""
    adopted = elsewhere = ZERO
    for event in events:
        if isinstance(event, Adopted) and event.quantity is not None:
            adopted += event.quantity * decimal_of(event.basis or 0.0)
        elif isinstance(event, OrderFilled):
            elsewhere += event.fee_value or ZERO
    bound = sum((position.cost for position in book.positions.values()), ZERO)
    came = book.deposits.get(QUOTE_ASSET, ZERO) + book.realized_profit + elsewhere + adopted
    assert abs(came - bound - book.written_off - book.cash.get(QUOTE_ASSET, ZERO)) < LAST_UNIT


def check_equity(events: Iterable[JournalEvent], account: Account, prices: Mapping[str, float]) -> None:
    """Check that the true profit explains, to the cent, what the venue says the account is worth."""
    fold = ProfitFold(QUOTE_ASSET)
    for event in events:
        fold.apply(event)
    told = statement_of(fold.sums(), prices)
    worth = ZERO
    for held in account.balances:
        price = 1 if held.asset == QUOTE_ASSET else decimal_of(prices[held.asset])
        worth += (held.free + held.locked) * price
    came = told.deposits + told.brought_in
    explained = came + told.realised + told.unrealised - told.fees - told.written_off
    assert abs(explained - worth) < _HALF_A_CENT, f"{explained} explained, the account is worth {worth}"


def check_conserved(venue: Venue) -> None:
    """Check that no asset was made or lost at the venue."""
    for asset, total in venue.totals().items():
        assert total.paid_in == total.accounts + total.fees + total.market, asset


def check_orders(venue: Venue, events: Iterable[JournalEvent], book: Book) -> None:
    """Check that every order of ours at the venue is in the ledger once, with all that it moved."""
    told, known = _told_by(events), _known_to(venue)
    for client_order_id, order in known.items():
        booked = told[client_order_id]
        if isinstance(booked.end, str) and booked.end == GIVEN_UP:
            continue
        if booked.end is OrderState.PENDING:
            assert client_order_id in book.open_orders
            assert booked.quantity <= order.quantity
        else:
            assert booked.end == order.end, f"the venue has {order}, the ledger {booked}"
            assert booked.moved == order.moved, f"the venue has {order}, the ledger {booked}"
    for client_order_id, booked in told.items():
        assert client_order_id in known or not booked.quantity, f"invented: {booked}"


def _told_by(events: Iterable[JournalEvent]) -> Mapping[str, Booked]:
    told: dict[str, Booked] = {}
    for event in events:
        if isinstance(event, OrderIntended):
            assert event.intent.client_order_id not in told, "an id twice"
            told[event.intent.client_order_id] = Booked()
        elif isinstance(event, OrderFilled):
            booked = told[event.client_order_id]
            booked.quantity += event.quantity
            booked.quote_quantity += event.quote_quantity
            if event.fee_asset is not None:
                booked.fees[event.fee_asset] += event.fee or ZERO
        elif isinstance(event, OrderClosed):
            told[event.client_order_id].end = event.state
        elif isinstance(event, OrderRefused):
            told[event.client_order_id].end = event.reason
    return told


def _known_to(venue: Venue) -> Mapping[str, Booked]:
    known: dict[str, Booked] = {}
    for coin in PRICES:
        query = Query(coin + QUOTE_ASSET, limit=_ROWS)
        by_number: dict[int, Booked] = {}
        for order in venue.orders(ACCOUNT, query):
            if order.client_order_id.startswith(OUR_PREFIX):
                assert order.client_order_id not in known, "two orders with one id"
                state = OrderState.PENDING if order.status.is_open else OrderState(order.status.value.lower())
                booked = Booked(order.executed, order.quote_executed, end=state)
                by_number[order.order_id] = known[order.client_order_id] = booked
        for trade in venue.trades(ACCOUNT, query):
            if trade.order_id in by_number and trade.fee:
                by_number[trade.order_id].fees[trade.fee_asset] += trade.fee
    return known
