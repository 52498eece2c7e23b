"""Round trips: what was bought and sold again of a coin, from the first purchase to the sale that ends it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from powertrader.models.order import Side
from powertrader.models.position import NOTHING
from powertrader.models.trade import Trade, is_dca
from powertrader.models.types import CoinSymbol

_LARGEST_REST: Final = Decimal("0.01")
"""A sale that leaves less than this share of itself ends the trip."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """One trip of a coin. profit is in the quote asset and net of fees, of its sales so far.

    orders are the client order ids of all its trades, dca_buys those of them that averaged down.
    closed_at is None while the trip goes on; exit_reason is that of its last sale, empty before.
    """

    coin: CoinSymbol
    opened_at: datetime
    orders: tuple[str, ...] = ()
    dca_buys: int = 0
    spent: Decimal = NOTHING
    received: Decimal = NOTHING
    profit: Decimal = NOTHING
    sales: int = 0
    exit_reason: str = ""
    closed_at: datetime | None = None

    @property
    def lasted(self) -> timedelta | None:
        """How long the trip took, None while it goes on."""
        return None if self.closed_at is None else self.closed_at - self.opened_at


def round_trips(trades: Iterable[Trade]) -> tuple[RoundTrip, ...]:
    """Give the trips that trades, oldest first, make; ended ones by their end, then those that go on."""
    open_trips: dict[CoinSymbol, tuple[RoundTrip, Decimal]] = {}
    ended = list(_ended(trades, open_trips))
    return (*ended, *[trip for trip, _ in open_trips.values()])


def _ended(
    trades: Iterable[Trade], open_trips: dict[CoinSymbol, tuple[RoundTrip, Decimal]]
) -> Iterator[RoundTrip]:
    for trade in trades:
        trip, held = open_trips.get(trade.coin, (RoundTrip(trade.coin, trade.timestamp), NOTHING))
        trip = replace(trip, orders=(*trip.orders, trade.client_order_id))
        if trade.side is Side.BUY:
            trip = replace(
                trip, spent=trip.spent + trade.value, dca_buys=trip.dca_buys + is_dca(trade.reason)
            )
            open_trips[trade.coin] = trip, held + trade.quantity
            continue
        trip = _sold(trip, trade)
        left = held - trade.quantity
        if left < trade.quantity * _LARGEST_REST:
            open_trips.pop(trade.coin, None)
            yield replace(trip, closed_at=trade.timestamp)
        else:
            open_trips[trade.coin] = trip, left


def _sold(trip: RoundTrip, trade: Trade) -> RoundTrip:
    return replace(
        trip,
        received=trip.received + trade.value,
        profit=trip.profit + (trade.realized_profit or NOTHING),
        sales=trip.sales + 1,
        exit_reason=trade.reason,
    )
