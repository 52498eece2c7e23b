"""Where the money of a ledger went: sums that grow with each event, before fees and fees apart.

For every coin: cost is what the held coins were bought for, realised what sales brought above the cost
of what they sold, both without fees, which are summed by themselves. A fee in the coin itself counts at
the price of its order, one in a third asset at what it was worth then; the third asset was not bought
with this account's money, so its worth counts as brought in. Coins that the user handed over count as
brought in at the basis they were given.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from powertrader.models.book import Book
from powertrader.models.journal import (
    Adopted,
    JournalEvent,
    OrderFilled,
    PendingSettled,
    QuoteBooked,
    WrittenOff,
)
from powertrader.models.money import decimal_of
from powertrader.models.order import OpenOrder, Side
from powertrader.models.position import NOTHING
from powertrader.models.trade import Trade
from powertrader.models.types import CoinSymbol

_LARGEST_REST: Final = Decimal("0.01")
"""As in the book: what a sale leaves below this share of it is a rest."""
_MOST_BUYS: Final = 8
"""Single buys make the average price, which nobody asks this book for; rests would keep them for ever."""


@dataclass(frozen=True, slots=True)
class CoinSums:
    """One coin, in the quote asset but for quantity, which is what is held of it.

    spent and received are what was paid and got for it in all, cost is that of what is held, brought_in
    that of coins handed over, written_off that of coins that left without an order; all before fees.
    last_price is that of the newest fill, None before the first. is_rest: what is held was left by a sale.
    """

    coin: CoinSymbol
    quantity: Decimal = NOTHING
    cost: Decimal = NOTHING
    spent: Decimal = NOTHING
    received: Decimal = NOTHING
    realised: Decimal = NOTHING
    fees: Decimal = NOTHING
    written_off: Decimal = NOTHING
    brought_in: Decimal = NOTHING
    buys: int = 0
    sells: int = 0
    is_rest: bool = False
    last_price: Decimal | None = None
    last_at: datetime | None = None


class Flow(NamedTuple):
    """Money that came (above 0) or went without an order, or coins that were handed over, quantity of them.

    amount is in the quote asset; coin is empty for money.
    """

    at: datetime
    amount: Decimal
    coin: CoinSymbol = ""
    quantity: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class LedgerSums:
    """All coins of a ledger, its money, and what came and went, as of its newest event.

    cash is the balance that the account must have of the quote asset, from_beside what fees in other
    assets were worth. other_quotes: assets besides the quote asset that orders were paid in; with any of
    them the sums mix money. at is the time of the newest event, None before the first.
    """

    quote_asset: str
    coins: Mapping[CoinSymbol, CoinSums] = field(default_factory=lambda: MappingProxyType({}))
    cash: Decimal = NOTHING
    deposits: Decimal = NOTHING
    from_beside: Decimal = NOTHING
    flows: tuple[Flow, ...] = ()
    other_quotes: frozenset[str] = frozenset()
    events: int = 0
    at: datetime | None = None


class ProfitFold:
    """Takes the events of a ledger one by one; gives its finished trades and its sums."""

    def __init__(self, quote_asset: str) -> None:
        """Start before the first event."""
        self._quote = quote_asset
        self._book = Book()
        self._coins: dict[CoinSymbol, CoinSums] = {}
        self._deposits = self._from_beside = NOTHING
        self._flows: tuple[Flow, ...] = ()
        self._others: set[str] = set()
        self._owed: dict[str, tuple[Decimal, Decimal]] = {}
        self._at: datetime | None = None
        self._folds: Mapping[type, Callable[..., None]] = {
            OrderFilled: self._filled,
            PendingSettled: self._settled,
            WrittenOff: self._written_off,
            Adopted: self._adopted,
            QuoteBooked: self._booked,
        }

    def apply(self, event: JournalEvent) -> Trade | None:
        """Take one event into account; give the trade that it finished.

        Raises KeyError for an order that was never intended.
        """
        fold = self._folds.get(type(event))
        if fold is None:
            self._book.apply(event)
        else:
            fold(event)
        self._at = event.at
        if not self._book.trades:
            return None
        trade = self._book.trades.pop()
        self._count(trade)
        return trade

    def sums(self) -> LedgerSums:
        """Give the sums as a value."""
        return LedgerSums(
            self._quote,
            MappingProxyType(dict(self._coins)),
            self._book.cash.get(self._quote, NOTHING),
            self._deposits,
            self._from_beside,
            self._flows,
            frozenset(self._others),
            self._book.events_applied,
            self._at,
        )

    def _of(self, coin: CoinSymbol) -> CoinSums:
        return self._coins.get(coin) or CoinSums(coin)

    def _filled(self, event: OrderFilled, stored: JournalEvent | None = None) -> None:
        """Book a fill, which may be what another stored event says."""
        order = self._book.open_orders[event.client_order_id]
        coin = order.intent.coin
        quote = order.intent.symbol.removeprefix(coin)
        if quote != self._quote:
            self._others.add(quote)
        held = self._book.position(coin).quantity
        self._book.apply(stored or event)
        position = self._book.position(coin)
        left = position.quantity
        if len(position.buys) > _MOST_BUYS:
            self._book.positions[coin] = replace(position, buys=())
        fee = self._fee_worth(event, order, quote)
        in_coin = fee if event.fee_asset == coin else NOTHING
        before, value = self._of(coin), event.quote_quantity
        is_buy = order.intent.side is Side.BUY
        cost = before.cost + value - in_coin if is_buy else _kept(before.cost, held, left)
        gain = NOTHING if is_buy else value + in_coin - (before.cost - cost)
        self._coins[coin] = replace(
            before,
            quantity=left,
            cost=cost,
            spent=before.spent + (value if is_buy else NOTHING),
            received=before.received + (NOTHING if is_buy else value),
            realised=before.realised + gain,
            fees=before.fees + fee,
            last_price=_price(event, order) or before.last_price,
            last_at=event.at,
        )

    def _fee_worth(self, event: OrderFilled, order: OpenOrder, quote: str) -> Decimal:
        fee, asset = event.fee or NOTHING, event.fee_asset
        if asset == quote:
            return fee
        if asset == order.intent.coin:
            return fee * (_price(event, order) or NOTHING)
        worth = event.fee_value or NOTHING
        if asset is not None and fee:
            owed, value = self._owed.get(asset, (NOTHING, NOTHING))
            self._owed[asset] = (owed + fee, value + worth)
        self._from_beside += worth
        return worth

    def _settled(self, event: PendingSettled) -> None:
        orders = self._book.open_orders
        key = next((name for name, order in orders.items() if order.order_id == event.order_id), None)
        if key is None or not event.quantity:
            self._book.apply(event)
            return
        self._filled(OrderFilled(key, event.quantity, event.quote_quantity, None, None, event.at), event)

    def _written_off(self, event: WrittenOff) -> None:
        held = self._book.position(event.coin).quantity
        self._book.apply(event)
        left = self._book.position(event.coin).quantity
        before = self._of(event.coin)
        gone = before.cost - _kept(before.cost, held, left)
        paid, worth = self._paid_with(event.coin, event.quantity)
        # coins that paid other orders' fees were spent for what these fees were worth
        spent_cost = gone * paid / event.quantity if event.quantity else NOTHING
        self._from_beside -= worth
        self._coins[event.coin] = replace(
            before,
            quantity=left,
            cost=before.cost - gone,
            realised=before.realised + worth - spent_cost,
            written_off=before.written_off + gone - spent_cost,
        )

    def _paid_with(self, asset: str, quantity: Decimal) -> tuple[Decimal, Decimal]:
        """Take at most quantity out of what fees used of an asset; give how much that was, and its worth."""
        owed, value = self._owed.pop(asset, (NOTHING, NOTHING))
        if not owed:
            return NOTHING, NOTHING
        paid = min(owed, quantity)
        worth = value * paid / owed
        self._owed[asset] = (owed - paid, value - worth)
        return paid, worth

    def _adopted(self, event: Adopted) -> None:
        self._book.apply(event)
        if event.quantity is None:
            return
        before = self._of(event.coin)
        worth = event.quantity * decimal_of(event.basis or 0.0)
        self._flows = (*self._flows, Flow(event.at, worth, event.coin, event.quantity))
        self._coins[event.coin] = replace(
            before,
            quantity=self._book.position(event.coin).quantity,
            cost=before.cost + worth,
            brought_in=before.brought_in + worth,
            is_rest=False,
        )

    def _booked(self, event: QuoteBooked) -> None:
        self._book.apply(event)
        if event.asset != self._quote:
            self._others.add(event.asset)
            return
        self._deposits += event.amount
        self._flows = (*self._flows, Flow(event.at, event.amount))

    def _count(self, trade: Trade) -> None:
        sums = self._of(trade.coin)
        if trade.side is Side.BUY:
            self._coins[trade.coin] = replace(sums, buys=sums.buys + 1, is_rest=False)
            return
        is_rest = NOTHING < sums.quantity < trade.quantity * _LARGEST_REST
        self._coins[trade.coin] = replace(sums, sells=sums.sells + 1, is_rest=is_rest)


def _kept(cost: Decimal, held: Decimal, left: Decimal) -> Decimal:
    """Give the cost of what is left of a position."""
    if left == held:
        return cost
    return cost * left / held if held > 0 and left > 0 else NOTHING


def _price(event: OrderFilled, order: OpenOrder) -> Decimal | None:
    """Give the price of a fill, that of the order so far where only a fee became known."""
    quantity = event.quantity or order.executed
    value = event.quote_quantity or (NOTHING if event.quantity else order.quote_quantity)
    return value / quantity if value and quantity else None
