"""An order before it is sent, while it is open, and what the venue says of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class OrderIntent:
    """A market order as decided, complete, before anything was sent.

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


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that is not known to be over, with what is booked of it so far.

    executed is in the coin and quote_quantity in the quote asset, both before fees. realized is the
    profit of what was sold of it; fees are summed by asset.
    """

    intent: OrderIntent
    quote_free_before: Decimal | None
    order_id: str | None = None
    executed: Decimal = NOTHING
    quote_quantity: Decimal = NOTHING
    realized: Decimal = NOTHING
    fees: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class OrderReport:
    """The venue's word on an order.

    executed_quantity is in the coin, quote_quantity what was paid or received for it in the quote
    asset before fees. fee is in fee_asset; None when the venue did not say. time_text is the
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
    fee: Decimal | None = None
    fee_asset: str | None = None

    @property
    def average_price(self) -> float:
        """Quote paid per coin over all executions, 0.0 when nothing was executed.

        The original divides the two as floats (golden/BEHAVIOUR.md 3.2).
        """
        executed = float(self.executed_quantity)
        return float(self.quote_quantity) / executed if executed > 0 else 0.0
