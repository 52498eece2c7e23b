"""What Binance's replies about an account and its orders mean. Source: design/EXCHANGE.md section 2."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from powertrader.core.exceptions import BadData
from powertrader.exchanges.binance_wire_fields import (
    Fields,
    amount,
    fields_of,
    number,
    rows_of,
    text,
    whole,
)
from powertrader.models.account import Account, Balance
from powertrader.models.order import OrderIntent, OrderReport, OrderState, Side

_NOTHING: Final = Decimal(0)

_STATES: Final[Mapping[str, OrderState]] = {
    "NEW": OrderState.PENDING,
    "PENDING_NEW": OrderState.PENDING,
    "PARTIALLY_FILLED": OrderState.PENDING,
    "PENDING_CANCEL": OrderState.PENDING,
    "FILLED": OrderState.FILLED,
    "CANCELED": OrderState.CANCELED,
    "REJECTED": OrderState.REJECTED,
    "EXPIRED": OrderState.EXPIRED,
    "EXPIRED_IN_MATCH": OrderState.EXPIRED,
}
"""EXPIRED may have executions: a market order that ran out of book ends so."""


@dataclass(frozen=True, slots=True)
class Execution:
    """One fill of an order: quantity in the coin, quote_quantity what was paid or received for it."""

    trade_id: int
    quantity: Decimal
    quote_quantity: Decimal
    fee: Decimal
    fee_asset: str


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """A report, and whether Binance said what was paid; for some old orders it no longer does."""

    report: OrderReport
    is_quote_known: bool = True


def account_of(content: object) -> Account:
    """Give every balance in Binance's order. Raises BadData."""
    rows = rows_of(fields_of(content, "account").get("balances"), "balances")
    return Account(tuple(_balance(fields_of(row, "balance")) for row in rows))


def order_of(content: object) -> OrderAnswer:
    """Give an order as a query, a list of orders, or a reply of RESULT or FULL tells it. Raises BadData.

    The fees are those of the fills in the reply, None when it has none for what was executed.
    """
    fields = fields_of(content, "order")
    state = _state(text(fields, "status"))
    executed = amount(fields, "executedQty")
    spent = number(fields, "cummulativeQuoteQty")
    is_known = spent >= 0
    report = OrderReport(
        order_id=str(whole(fields, "orderId")),
        client_order_id=_client_order_id(fields),
        symbol=text(fields, "symbol"),
        side=_side(text(fields, "side")),
        state=state,
        ordered_quantity=amount(fields, "origQty"),
        executed_quantity=executed,
        quote_quantity=spent if is_known else _NOTHING,
        time_text=_time_text(fields),
        fees=_fees_in(fields, executed, state),
    )
    return OrderAnswer(report, is_known or executed == 0)


def placed_order(content: object, intent: OrderIntent) -> OrderReport:
    """Give the report of an order that was just sent; an ACK says only that it was taken.

    Raises BadData, also when the reply is about another order.
    """
    fields = fields_of(content, "order")
    if "status" in fields:
        report = order_of(fields).report
    else:
        report = OrderReport(
            order_id=str(whole(fields, "orderId")),
            client_order_id=text(fields, "clientOrderId"),
            symbol=text(fields, "symbol"),
            side=intent.side,
            state=OrderState.PENDING,
            ordered_quantity=intent.quantity,
            executed_quantity=_NOTHING,
            quote_quantity=_NOTHING,
            time_text=_time_text(fields),
        )
    told = (report.client_order_id, report.symbol, report.side)
    if told != (intent.client_order_id, intent.symbol, intent.side):
        msg = f"Binance's reply is about order {' '.join(told)}, expected {intent.client_order_id}"
        raise BadData(msg)
    return report


def orders_of(content: object) -> tuple[OrderAnswer, ...]:
    """Give a list of orders in order of creation. Raises BadData."""
    found = [order_of(row) for row in rows_of(content, "orders")]
    return tuple(sorted(found, key=lambda answer: int(answer.report.order_id)))


def listed_orders(content: object) -> tuple[object, ...]:
    """Give the orders inside the reply to an order list, unread. Raises BadData."""
    return tuple(rows_of(fields_of(content, "order list").get("orderReports"), "orderReports"))


def canceled_order(content: object, client_order_id: str) -> OrderReport:
    """Give the order that was asked for out of a cancellation, of a single order or of its list.

    Raises BadData, also when it is about other orders.
    """
    fields = fields_of(content, "cancellation")
    rows = listed_orders(fields) if "orderReports" in fields else (fields,)
    for row in rows:
        report = order_of(row).report
        if report.client_order_id == client_order_id:
            return report
    msg = f"Binance's reply to the cancellation is not about order {client_order_id}"
    raise BadData(msg)


def executions_of(content: object) -> tuple[Execution, ...]:
    """Give the trades of a list of trades, oldest first. Raises BadData."""
    rows = [fields_of(row, "trade") for row in rows_of(content, "trades")]
    found = [
        Execution(
            trade_id=whole(row, "id"),
            quantity=amount(row, "qty"),
            quote_quantity=amount(row, "quoteQty"),
            fee=number(row, "commission"),
            fee_asset=text(row, "commissionAsset"),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda execution: execution.trade_id))


def with_executions(answer: OrderAnswer, executions: Sequence[Execution]) -> OrderReport:
    """Give the report with the fees of its executions; None as long as some of them are missing."""
    report = answer.report
    if sum((one.quantity for one in executions), _NOTHING) != report.executed_quantity:
        return report
    fees = _summed((one.fee_asset, one.fee) for one in executions)
    if answer.is_quote_known:
        return replace(report, fees=fees)
    return replace(
        report, fees=fees, quote_quantity=sum((one.quote_quantity for one in executions), _NOTHING)
    )


def _balance(fields: Fields) -> Balance:
    return Balance(text(fields, "asset"), amount(fields, "free"), amount(fields, "locked"))


def _state(status: str) -> OrderState:
    state = _STATES.get(status)
    if state is None:
        msg = f"Binance's status was {status[:40]!r}, must be one of {', '.join(_STATES)}"
        raise BadData(msg)
    return state


def _side(name: str) -> Side:
    try:
        return Side(name)
    except ValueError:
        msg = f"Binance's side was {name[:40]!r}, must be BUY or SELL"
        raise BadData(msg) from None


def _client_order_id(fields: Fields) -> str:
    """Give the order's own id; in the reply to a cancellation the other one is the cancellation's."""
    return text(fields, "origClientOrderId" if fields.get("origClientOrderId") else "clientOrderId")


def _time_text(fields: Fields) -> str:
    name = "time" if "time" in fields else "transactTime"
    return str(whole(fields, name)) if name in fields else ""


def _fees_in(fields: Fields, executed: Decimal, state: OrderState) -> tuple[tuple[str, Decimal], ...] | None:
    if executed == 0:
        return () if state.is_final else None
    if not fields.get("fills"):
        return None
    fills = [fields_of(row, "fill") for row in rows_of(fields["fills"], "fills")]
    if sum((amount(fill, "qty") for fill in fills), _NOTHING) != executed:
        return None
    return _summed((text(fill, "commissionAsset"), number(fill, "commission")) for fill in fills)


def _summed(fees: Iterable[tuple[str, Decimal]]) -> tuple[tuple[str, Decimal], ...]:
    by_asset: dict[str, Decimal] = {}
    for asset, fee in fees:
        by_asset[asset] = by_asset.get(asset, _NOTHING) + fee
    return tuple(by_asset.items())
