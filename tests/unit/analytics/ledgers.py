"""Ledgers for tests of figures: orders that are intended, filled and closed, with fees of every kind."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from powertrader.analytics.profit import ProfitFold
from powertrader.models.journal import JournalEvent, OrderClosed, OrderFilled, OrderIntended, QuoteBooked
from powertrader.models.order import OrderIntent, OrderState, Side
from powertrader.models.trade import Trade

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


class Trader:
    """Writes a ledger, an hour for each order."""

    def __init__(self, deposit: str = "1000") -> None:
        self.events: list[JournalEvent] = []
        self.now = BEGIN
        if Decimal(deposit):
            self.deposit(deposit)

    def deposit(self, amount: str) -> None:
        """Money comes, or goes below 0."""
        self.events.append(QuoteBooked("USDT", Decimal(amount), self.now))

    def buy(self, coin: str, quantity: str, price: str, reason: str = "entry", **fee: str) -> str:
        """Buy at a price; give the order's number."""
        return self._order(Side.BUY, coin, (quantity, price), reason, fee)

    def sell(self, coin: str, quantity: str, price: str, reason: str = "trailing_exit", **fee: str) -> str:
        """Sell at a price; give the order's number."""
        return self._order(Side.SELL, coin, (quantity, price), reason, fee)

    def _order(self, side: Side, coin: str, terms: tuple[str, str], reason: str, fee: dict[str, str]) -> str:
        """The fee is named by its asset, and worth what WORTH says when that asset is a third one."""
        self.now += timedelta(hours=1)
        amount, price = map(Decimal, terms)
        key = f"o{len(self.events)}"
        intent = OrderIntent(
            key, coin, f"{coin}USDT", side, amount, terms[0], reason, float(price), None, None, "c1", self.now
        )
        worth = fee.pop("worth", None)
        asset, paid = next(iter(fee.items()), (None, None))
        self.events += [
            OrderIntended(intent, None, self.now),
            OrderFilled(
                key,
                amount,
                amount * price,
                None if paid is None else Decimal(paid),
                asset,
                self.now,
                None if worth is None else Decimal(worth),
            ),
            OrderClosed(key, OrderState.FILLED, None, self.now),
        ]
        return key


def folded(events: Iterable[JournalEvent], quote: str = "USDT") -> ProfitFold:
    """Take a whole ledger into account."""
    fold = ProfitFold(quote)
    for event in events:
        fold.apply(event)
    return fold


def trades_of(events: Iterable[JournalEvent]) -> list[Trade]:
    """Give the trades that a ledger finished."""
    return list(_trades(events))


def _trades(events: Iterable[JournalEvent]) -> Iterator[Trade]:
    fold = ProfitFold("USDT")
    for event in events:
        trade = fold.apply(event)
        if trade is not None:
            yield trade
