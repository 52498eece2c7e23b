"""Orders, trades and order lists in the words of Binance's replies."""

from collections.abc import Sequence
from typing import Final

from powertrader.models.order import Side
from powertrader.simexchange.local_exchange import epoch_ms
from powertrader.simexchange.orders import Order, OrderList, Placed, PlacedPair, Trade
from powertrader.simexchange.symbol_rules import text_of

_NO_PREVENTION: Final = "NONE"


def order_content(order: Order) -> dict[str, object]:
    """Give an order as it is looked up."""
    return {
        **_names(order),
        **_progress(order),
        "stopPrice": text_of(order.stop_price),
        "icebergQty": "0.00000000",
        "time": epoch_ms(order.created),
        "updateTime": epoch_ms(order.updated),
        "isWorking": order.working,
        "workingTime": epoch_ms(order.created) if order.working else -1,
        "selfTradePreventionMode": _NO_PREVENTION,
    }


def placed_content(placed: Placed, detail: str) -> dict[str, object]:
    """Give a new order in the detail that was asked for: ACK, RESULT or FULL."""
    order = placed.order
    moment = {"transactTime": epoch_ms(order.updated)}
    if detail == "ACK":
        return {**_names(order), **moment}
    content = {**_names(order), **moment, **_reported(order)}
    if detail == "FULL":
        content["fills"] = [_fill(trade) for trade in placed.trades]
    return content


def canceled_content(order: Order, cancel_id: str) -> dict[str, object]:
    """Give an order that was canceled; it now answers to the id of the cancellation as well."""
    return {
        **_names(order),
        "origClientOrderId": order.client_order_id,
        "clientOrderId": cancel_id,
        "transactTime": epoch_ms(order.updated),
        **_reported(order),
    }


def trade_content(trade: Trade) -> dict[str, object]:
    """Give one execution as it is looked up."""
    return {
        "symbol": trade.symbol,
        "id": trade.trade_id,
        "orderId": trade.order_id,
        "orderListId": trade.list_id,
        "price": text_of(trade.price),
        "qty": text_of(trade.quantity),
        "quoteQty": text_of(trade.quote_quantity),
        "commission": text_of(trade.fee),
        "commissionAsset": trade.fee_asset,
        "time": epoch_ms(trade.at),
        "isBuyer": trade.side is Side.BUY,
        "isMaker": trade.is_maker,
        "isBestMatch": True,
    }


def list_content(order_list: OrderList, orders: Sequence[Order]) -> dict[str, object]:
    """Give an order list as it is looked up."""
    done = order_list.done
    return {
        "orderListId": order_list.list_id,
        "contingencyType": "OCO",
        "listStatusType": "ALL_DONE" if done else "EXEC_STARTED",
        "listOrderStatus": "ALL_DONE" if done else "EXECUTING",
        "listClientOrderId": order_list.client_list_id,
        "transactionTime": epoch_ms(order_list.updated),
        "symbol": order_list.symbol,
        "orders": [
            {"symbol": order.symbol, "orderId": order.order_id, "clientOrderId": order.client_order_id}
            for order in orders
        ],
    }


def pair_content(pair: PlacedPair) -> dict[str, object]:
    """Give an order list that was placed or canceled, with a report on each of its orders."""
    reports = [
        {**_names(order), "transactTime": epoch_ms(order.updated), **_reported(order)}
        for order in pair.orders
    ]
    return {**list_content(pair.order_list, pair.orders), "orderReports": reports}


def _names(order: Order) -> dict[str, object]:
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderListId": order.list_id,
        "clientOrderId": order.client_order_id,
    }


def _progress(order: Order) -> dict[str, object]:
    return {
        "price": text_of(order.price),
        "origQty": text_of(order.quantity),
        "executedQty": text_of(order.executed),
        "origQuoteOrderQty": text_of(order.quote_quantity),
        "cummulativeQuoteQty": text_of(order.quote_executed),
        "status": order.status.value,
        "timeInForce": order.time_in_force.value,
        "type": order.order_type.value,
        "side": order.side.value,
    }


def _reported(order: Order) -> dict[str, object]:
    """Give what every report on an order holds; a stop price only where there is one."""
    content = {
        **_progress(order),
        "workingTime": epoch_ms(order.created) if order.working else -1,
        "selfTradePreventionMode": _NO_PREVENTION,
    }
    if order.stop_price:
        content["stopPrice"] = text_of(order.stop_price)
    return content


def _fill(trade: Trade) -> dict[str, object]:
    return {
        "price": text_of(trade.price),
        "qty": text_of(trade.quantity),
        "commission": text_of(trade.fee),
        "commissionAsset": trade.fee_asset,
        "tradeId": trade.trade_id,
    }
