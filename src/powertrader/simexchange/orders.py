"""Orders, order lists and trades as the local exchange keeps them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from powertrader.models.money import ZERO
from powertrader.models.order import OrderTerms, OrderType, Side

NO_LIST: Final = -1
"""The list number of an order that belongs to none, as Binance writes it."""


class Status(StrEnum):
    """Where an order stands, by Binance's names."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    EXPIRED_IN_MATCH = "EXPIRED_IN_MATCH"

    @property
    def is_open(self) -> bool:
        """Tell whether something may still happen to the order."""
        return self in (Status.NEW, Status.PARTIALLY_FILLED)


class TimeInForce(StrEnum):
    """How long what is not executed at once may wait."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """An order as it was asked for; None is what was not sent, client_order_id is empty then."""

    symbol: str
    side: Side
    order_type: OrderType
    quantity: Decimal | None = None
    quote_quantity: Decimal | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    time_in_force: TimeInForce | None = None
    client_order_id: str = ""


@dataclass(frozen=True, slots=True)
class PairRequest:
    """Two orders of one symbol, side and quantity, of which the first executed ends the other."""

    above: OrderRequest
    below: OrderRequest
    client_list_id: str = ""


@dataclass(frozen=True, slots=True)
class OrderKey:
    """Which order is meant: by its number, else by the id its owner gave it."""

    symbol: str
    order_id: int | None = None
    client_order_id: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """Which past orders or trades are wanted: from a number on, between two times, at most limit of them.

    Without from_id and since the newest are meant. order_id: the trades of one order alone.
    """

    symbol: str
    from_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 500
    order_id: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order that was accepted; it is never changed, a later state is another value.

    quantity and executed are in the coin, quote_executed in the quote asset. quote_quantity: what was
    to be spent or earned, 0 when the quantity was given. hold: what is locked for it, in hold_asset.
    working: it is in the book or was executed; one with a stop price sleeps before that.
    due: when an order that is held back on purpose will be executed.
    """

    account: str
    symbol: str
    order_id: int
    client_order_id: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    quantity: Decimal
    created: datetime
    updated: datetime
    quote_quantity: Decimal = ZERO
    price: Decimal = ZERO
    stop_price: Decimal = ZERO
    status: Status = Status.NEW
    executed: Decimal = ZERO
    quote_executed: Decimal = ZERO
    list_id: int = NO_LIST
    working: bool = True
    hold_asset: str = ""
    hold: Decimal = ZERO
    due: datetime | None = None

    @property
    def remaining(self) -> Decimal:
        """Give how much of the coin is still to be executed."""
        return self.quantity - self.executed

    @property
    def terms(self) -> OrderTerms:
        """Give the prices it may be executed at."""
        return OrderTerms(self.order_type, self.price or None, self.stop_price or None)


@dataclass(frozen=True, slots=True)
class Trade:
    """One execution. quote_quantity is before the fee; is_maker: the order waited in the book."""

    account: str
    symbol: str
    trade_id: int
    order_id: int
    list_id: int
    side: Side
    price: Decimal
    quantity: Decimal
    quote_quantity: Decimal
    fee: Decimal
    fee_asset: str
    at: datetime
    is_maker: bool


@dataclass(frozen=True, slots=True)
class OrderList:
    """Two orders that belong together; done once neither is open."""

    account: str
    symbol: str
    list_id: int
    client_list_id: str
    order_ids: tuple[int, ...]
    updated: datetime
    done: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """An accepted order and what was executed of it at once."""

    order: Order
    trades: tuple[Trade, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedPair:
    """An accepted, looked-up or canceled list, and its orders."""

    order_list: OrderList
    orders: tuple[Order, ...]
    trades: tuple[Trade, ...] = field(default=())
