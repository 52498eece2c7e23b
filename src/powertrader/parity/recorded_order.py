"""An order at the exchange stand-in of the recorded cases, and what it looks like behind our port."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from powertrader.core.constants import QUOTE_ASSET
from powertrader.models.order import OrderReport, OrderState, Side

_STATES: Final[Mapping[str, OrderState]] = {
    "NEW": OrderState.PENDING,
    "PARTIALLY_FILLED": OrderState.PENDING,
    "FILLED": OrderState.FILLED,
    "CANCELED": OrderState.CANCELED,
    "REJECTED": OrderState.REJECTED,
    "EXPIRED": OrderState.EXPIRED,
    "EXPIRED_IN_MATCH": OrderState.EXPIRED,
}


@dataclass(slots=True)
class RecordedOrder:
    """One order; script and polls say how and after how many requests it settles."""

    symbol: str
    order_id: str
    client_order_id: str
    side: Side
    quantity: Decimal
    price: Decimal
    time_text: str
    status: str = "NEW"
    executed: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    script: Mapping[str, Any] | None = None
    polls: int = 0


def earlier_order(raw: Mapping[str, Any]) -> RecordedOrder:
    """Take over an order that is older than the case, from its raw fields."""
    return RecordedOrder(
        raw["symbol"],
        str(raw["orderId"]),
        "",
        Side(raw["side"]),
        Decimal(str(raw["origQty"])),
        Decimal(str(raw.get("_price", 0))),
        str(raw.get("time", raw.get("transactTime", ""))),
        raw["status"],
        Decimal(str(raw["executedQty"])),
        Decimal(str(raw["cummulativeQuoteQty"])),
    )


def report_of(order: RecordedOrder) -> OrderReport:
    """Give an order as the venue would tell it."""
    fee_asset = order.symbol.removesuffix(QUOTE_ASSET) if order.side is Side.BUY else QUOTE_ASSET
    return OrderReport(
        order.order_id,
        order.client_order_id,
        order.symbol,
        order.side,
        _STATES.get(order.status, OrderState.PENDING),
        order.quantity,
        order.executed,
        order.value,
        order.time_text,
        ((fee_asset, order.fee),),
    )
