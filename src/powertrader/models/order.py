"""An order before it is sent, while it is open, and what the venue says of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from powertrader.models.position import NOTHING
from powertrader.models.types import CoinSymbol


class Side(StrEnum):
    """Direction of an order."""

    BUY = "BUY"
    SELL = "SELL"


class OrderState(StrEnum):
    """Where an order stands; the last four are final."""

    PENDING = "pending"
    FILLED = "filled"
    CANCELED = "canceled"
    REJECTED = "rejected"
    EXPIRED = "expired"

    @property
    def is_final(self) -> bool:
        """Tell whether nothing more will happen to the order."""
        return self is not OrderState.PENDING


class OrderType(StrEnum):
    """How an order is executed, by Binance's names."""

    MARKET = "MARKET"
    LIMIT = "LIMIT"
    LIMIT_MAKER = "LIMIT_MAKER"
    STOP_LOSS = "STOP_LOSS"
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"

    @property
    def has_price(self) -> bool:
        """Tell whether the order names a limit price."""
        return self in _WITH_PRICE

    @property
    def has_trigger(self) -> bool:
        """Tell whether the order sleeps until the market touches its stop price."""
        return self in _WITH_TRIGGER

    @property
    def is_stop(self) -> bool:
        """Tell whether the order sleeps until the market has gone against us as far as its stop price."""
        return self in _STOPS


_WITH_PRICE: Final = frozenset(
    {
        OrderType.LIMIT,
        OrderType.LIMIT_MAKER,
        OrderType.STOP_LOSS_LIMIT,
        OrderType.TAKE_PROFIT_LIMIT,
    }
)
_WITH_TRIGGER: Final = frozenset(
    {
        OrderType.STOP_LOSS,
        OrderType.STOP_LOSS_LIMIT,
        OrderType.TAKE_PROFIT,
        OrderType.TAKE_PROFIT_LIMIT,
    }
)
_STOPS: Final = frozenset({OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT})


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """At what price and for how long an order may wait; a market order has no terms.

    price is the limit and stop_price the trigger, both in the quote asset and on the pair's tick.
    time_to_live_s: what has not been executed by then is canceled, None for no limit.
    Raises ValueError when a price that the type needs is missing, or one that it does not take is given.
    """

    order_type: OrderType = OrderType.MARKET
    price: Decimal | None = None
    stop_price: Decimal | None = None
    time_to_live_s: float | None = None

    def __post_init__(self) -> None:
        """Check once that the prices fit the type."""
        wanted = {"price": self.order_type.has_price, "stop_price": self.order_type.has_trigger}
        for name, needed in wanted.items():
            value: Decimal | None = getattr(self, name)
            if needed is not (value is not None) or (value is not None and not value > 0):
                expected = "a price above 0" if needed else "none"
                msg = f"{name} of a {self.order_type} order was {value}, must be {expected}"
                raise ValueError(msg)
        if self.time_to_live_s is not None and not self.time_to_live_s > 0:
            msg = f"time_to_live_s was {self.time_to_live_s}, must be > 0"
            raise ValueError(msg)

    @property
    def first_price(self) -> Decimal:
        """The price at which something happens to the order: its trigger, else its limit, 0 without both."""
        return self.stop_price or self.price or NOTHING


AT_MARKET: Final = OrderTerms()


@dataclass(frozen=True, slots=True)
class OrderIntent:
    """An order as decided, complete, before anything was sent; at the market unless terms say otherwise.

    quantity is in the coin and already on the venue's step; quantity_text is what is sent,
    unchanged. reason says which rule fired (entry, dca_hard_3, dca_neural_5, trailing_exit).
    expected_price and basis are in the quote asset per coin, basis None when unknown;
    gain_pct is the move against the basis at the decision.
    """

    client_order_id: str
    coin: CoinSymbol
    symbol: str
    side: Side
    quantity: Decimal
    quantity_text: str
    reason: str
    expected_price: float
    basis: float | None
    gain_pct: float | None
    config_hash: str
    decided_at: datetime
    terms: OrderTerms = AT_MARKET


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that is not known to be over, with what is booked of it so far.

    executed is in the coin and quote_quantity in the quote asset, both before fees. realized is the
    profit of what was sold of it; fees are summed by asset, and fee_values what those in a third asset
    were worth in the quote asset. coin_before is what the account held of the coin just before, None
    when unknown.
    """

    intent: OrderIntent
    quote_free_before: Decimal | None
    order_id: str | None = None
    executed: Decimal = NOTHING
    quote_quantity: Decimal = NOTHING
    realized: Decimal = NOTHING
    fees: tuple[tuple[str, Decimal], ...] = ()
    coin_before: Decimal | None = None
    fee_values: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class OrderReport:
    """The venue's word on an order.

    executed_quantity is in the coin, quote_quantity what was paid or received for it in the quote
    asset before fees. fees are summed by asset, None when the venue did not say. time_text is the
    venue's own time stamp, milliseconds as text, empty when it gave none.
    """

    order_id: str
    client_order_id: str
    symbol: str
    side: Side
    state: OrderState
    ordered_quantity: Decimal
    executed_quantity: Decimal
    quote_quantity: Decimal
    time_text: str = ""
    fees: tuple[tuple[str, Decimal], ...] | None = None

    @property
    def average_price(self) -> float:
        """Quote paid per coin over all executions, 0.0 when nothing was executed.

        The original divides the two as floats (golden/BEHAVIOUR.md 3.2).
        """
        executed = float(self.executed_quantity)
        return float(self.quote_quantity) / executed if executed > 0 else 0.0
