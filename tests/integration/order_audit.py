"""What must be true of a ledger and the account it is kept for: every order once, every unit in its place."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from powertrader.models.book import Book
from powertrader.models.journal import (
    JournalEvent,
    OrderAccepted,
    OrderClosed,
    OrderFilled,
    OrderIntended,
    OrderRefused,
)
from powertrader.models.order import OrderIntent, OrderState

QUOTE: Final = "USDT"
_NOTHING: Final = Decimal(0)


@dataclass
class Traded:
    """What was executed of an order, before fees, and its fees by asset."""

    quantity: Decimal = _NOTHING
    quote: Decimal = _NOTHING
    fees: dict[str, Decimal] = field(default_factory=dict)

    def add(self, fill: OrderFilled) -> None:
        """Add what the ledger says."""
        self.quantity += fill.quantity
        self.quote += fill.quote_quantity
        self.charge(fill.fee_asset or "", fill.fee or _NOTHING)

    def charge(self, asset: str, fee: Decimal) -> None:
        """Add a fee."""
        if fee:
            self.fees[asset] = self.fees.get(asset, _NOTHING) + fee


@dataclass
class Audit:
    """What the ledger says of the orders, against what the exchange knows."""

    events: Sequence[JournalEvent]
    orders: Sequence[Mapping[str, Any]]
    trades: Sequence[Mapping[str, Any]]
    intents: dict[str, OrderIntent] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        intended = [event for event in self.events if isinstance(event, OrderIntended)]
        self.intents = {event.intent.client_order_id: event.intent for event in intended}
        assert len(intended) == len(self.intents), "an id was given twice"

    def duplicates(self) -> list[str]:
        """Name orders that the exchange has twice, has without an intent, or that a decision has twice."""
        counts = Counter(str(order["clientOrderId"]) for order in self.orders)
        found = [f"{name} is {count} times at the exchange" for name, count in counts.items() if count > 1]
        found += [f"{name} has no intent" for name in counts if name not in self.intents]
        refused = {event.client_order_id for event in self.events if isinstance(event, OrderRefused)}
        found += [f"{name} counts as refused and is at the exchange" for name in refused if name in counts]
        return found + self._overlaps()

    def _overlaps(self) -> list[str]:
        """Name orders of a coin that were decided while the end of another one was not known."""
        found, open_orders = [], dict[str, str]()
        for event in self.events:
            if isinstance(event, OrderIntended):
                coin, name = event.intent.coin, event.intent.client_order_id
                if coin in open_orders.values():
                    found.append(f"{name} was decided before the end of the last order of {coin}")
                open_orders[name] = coin
            elif isinstance(event, OrderRefused | OrderClosed):
                del open_orders[event.client_order_id]
        return found

    def lost_fills(self) -> list[str]:
        """Name orders whose executions and fees are not in the ledger exactly once."""
        names = {order["orderId"]: str(order["clientOrderId"]) for order in self.orders}
        done = {
            name: Traded(Decimal(order["executedQty"]), Decimal(order["cummulativeQuoteQty"]))
            for order in self.orders
            if (name := str(order["clientOrderId"]))
        }
        for trade in self.trades:
            done[names[trade["orderId"]]].charge(trade["commissionAsset"], Decimal(trade["commission"]))
        booked = {name: Traded() for name in done}
        for event in self.events:
            if isinstance(event, OrderFilled):
                booked.setdefault(event.client_order_id, Traded()).add(event)
        return [
            f"{name} is {done.get(name)}, booked {traded}"
            for name, traded in booked.items()
            if done.get(name) != traded
        ]

    def accepted_twice(self) -> list[str]:
        """Name orders whose acceptance or end is stored more than once."""
        kinds = (OrderAccepted, OrderClosed, OrderRefused)
        said = Counter(
            (type(event).__name__, event.client_order_id) for event in self.events if isinstance(event, kinds)
        )
        return [
            f"{kind} of {name} is stored {count} times" for (kind, name), count in said.items() if count > 1
        ]


def differences(
    book: Book, balances: Mapping[str, tuple[Decimal, Decimal]], own: Mapping[str, Decimal]
) -> list[str]:
    """Name assets of which the account does not hold what it must, to the last unit.

    own is what the user brought of each asset: coins stay the user's, and of the quote asset nothing
    else may be booked as brought.
    """
    found = []
    for asset in {*balances, *book.positions, *book.cash, *own}:
        held = sum(balances.get(asset, (_NOTHING, _NOTHING)), _NOTHING)
        brought = own.get(asset, _NOTHING)
        expected = book.position(asset).quantity + book.cash.get(asset, _NOTHING)
        expected += _NOTHING if asset == QUOTE else brought
        if held != expected:
            found.append(f"{asset}: the account holds {held}, expected {expected}")
    booked = book.deposits.get(QUOTE, _NOTHING)
    if booked != own.get(QUOTE):
        found.append(f"{QUOTE}: {own.get(QUOTE)} were brought, booked are {booked}")
    return found


def wrong_history(path: Path, events: Sequence[JournalEvent]) -> list[str]:
    """Name orders that the original's trade_history.jsonl should have once and has not, or has twice."""
    lines = path.read_text().splitlines() if path.exists() else []
    counts = Counter(json.loads(line)["order_id"] for line in lines)
    ids = {event.client_order_id: event.order_id for event in events if isinstance(event, OrderAccepted)}
    # the original writes only of orders that were filled as a whole
    done = Counter(
        ids[event.client_order_id]
        for event in events
        if isinstance(event, OrderClosed) and event.state is OrderState.FILLED
    )
    return [
        f"order {one}: {counts[one]} lines, expected {done[one]}"
        for one in {*counts, *done}
        if counts[one] != done[one]
    ]
