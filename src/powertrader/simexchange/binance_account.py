"""Binance's signed endpoints: the account, its orders, order lists and trades."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from powertrader.models.money import ZERO
from powertrader.models.order import OrderType
from powertrader.simexchange.binance_orders import (
    canceled_content,
    list_content,
    order_content,
    pair_content,
    placed_content,
    trade_content,
)
from powertrader.simexchange.endpoints import Answer, Call, Endpoint, Security, Weight
from powertrader.simexchange.local_exchange import LocalExchange
from powertrader.simexchange.order_requests import pair_of, request_of
from powertrader.simexchange.orders import OrderKey, Query
from powertrader.simexchange.parameters import Parameters
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.symbol_rules import text_of

_USUAL_ROWS: Final = 500
_MOST_ROWS: Final = 1_000
_DETAILS: Final = frozenset({"ACK", "RESULT", "FULL"})
_FULL_BY_ITSELF: Final = frozenset({OrderType.MARKET, OrderType.LIMIT})


def account(exchange: LocalExchange, call: Call) -> object:
    """Give every balance of the account."""
    without_zeros = call.parameters.text("omitZeroBalances").lower() == "true"
    costs = exchange.costs
    maker, taker = (round(percent * 100) for percent in (costs.maker_pct, costs.taker_pct))
    return {
        "makerCommission": maker,
        "takerCommission": taker,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {
            "maker": f"{costs.maker_pct / 100:.8f}",
            "taker": f"{costs.taker_pct / 100:.8f}",
            "buyer": "0.00000000",
            "seller": "0.00000000",
        },
        "canTrade": exchange.rights_of(call.account).account_trades,
        "canWithdraw": True,
        "canDeposit": True,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": exchange.market_ms(),
        "accountType": "SPOT",
        "balances": [
            {"asset": one.asset, "free": text_of(one.free), "locked": text_of(one.locked)}
            for one in exchange.venue.balances(call.account)
            if not without_zeros or one.free > ZERO or one.locked > ZERO
        ],
        "permissions": ["SPOT"],
        "uid": 1,
    }


def place(exchange: LocalExchange, call: Call) -> object:
    """Place an order."""
    given = call.parameters
    request = request_of(given.values)
    usual = "FULL" if request.order_type in _FULL_BY_ITSELF else "ACK"
    detail = given.text("newOrderRespType", usual)
    if detail not in _DETAILS:
        raise ApiError(-1122, "Invalid newOrderRespType.")
    exchange.count_order(call.account, call.now_ms)
    return placed_content(exchange.venue.place(call.account, request), detail)


def check(exchange: LocalExchange, call: Call) -> object:
    """Check an order without placing it."""
    exchange.venue.check(call.account, request_of(call.parameters.values))
    return {}


def order(exchange: LocalExchange, call: Call) -> object:
    """Look one order up."""
    return order_content(exchange.venue.order(call.account, _key(call.parameters)))


def cancel(exchange: LocalExchange, call: Call) -> object:
    """Cancel one order."""
    cancel_id = call.parameters.text("newClientOrderId") or _made_id()
    return canceled_content(exchange.venue.cancel(call.account, _key(call.parameters), cancel_id), cancel_id)


def cancel_all(exchange: LocalExchange, call: Call) -> object:
    """Cancel every open order of a pair."""
    symbol = call.parameters.text("symbol")
    exchange.coin_of(symbol)
    canceled = exchange.venue.cancel_all(call.account, symbol)
    if not canceled:
        raise ApiError(-2011, "Unknown order sent.")
    return [canceled_content(one, _made_id()) for one in canceled]


def open_orders(exchange: LocalExchange, call: Call) -> object:
    """Give the open orders of one pair or of all."""
    symbol = call.parameters.text("symbol")
    if symbol:
        exchange.coin_of(symbol)
    return [order_content(one) for one in exchange.venue.open_orders(call.account, symbol)]


def all_orders(exchange: LocalExchange, call: Call) -> object:
    """Give the orders of one pair, oldest first; without a start the newest ones."""
    query = _query(exchange, call.parameters)
    query = replace(query, from_id=call.parameters.whole("orderId"), order_id=None)
    return [order_content(one) for one in exchange.venue.orders(call.account, query)]


def trades(exchange: LocalExchange, call: Call) -> object:
    """Give the executions of one pair or of one order, oldest first."""
    query = _query(exchange, call.parameters)
    return [trade_content(one) for one in exchange.venue.trades(call.account, query)]


def place_pair(exchange: LocalExchange, call: Call) -> object:
    """Place two orders of which one ends the other."""
    request = pair_of(call.parameters.values)
    exchange.count_order(call.account, call.now_ms)
    return pair_content(exchange.venue.place_pair(call.account, request))


def order_list(exchange: LocalExchange, call: Call) -> object:
    """Look one order list up."""
    given = call.parameters
    key = OrderKey("", given.whole("orderListId"), given.text("origClientOrderId"))
    found = exchange.venue.order_list(call.account, _said(key, "orderListId"))
    return list_content(found.order_list, found.orders)


def cancel_list(exchange: LocalExchange, call: Call) -> object:
    """Cancel both orders of a list."""
    given = call.parameters
    exchange.coin_of(given.text("symbol"))
    key = OrderKey(given.text("symbol"), given.whole("orderListId"), given.text("listClientOrderId"))
    return pair_content(exchange.venue.cancel_list(call.account, _said(key, "orderListId")))


def rate_limits(exchange: LocalExchange, call: Call) -> object:
    """Tell how many orders were placed lately."""
    return exchange.order_limits(call.account, call.now_ms)


def _key(given: Parameters) -> OrderKey:
    key = OrderKey(given.text("symbol"), given.whole("orderId"), given.text("origClientOrderId"))
    return _said(key, "orderId")


def _said(key: OrderKey, name: str) -> OrderKey:
    """Give the key when it names an order. Raises ApiError otherwise."""
    if key.order_id is None and not key.client_order_id:
        text = f"Param 'origClientOrderId' or '{name}' must be sent, but both were empty/null!"
        raise ApiError(-1102, text)
    return key


def _query(exchange: LocalExchange, given: Parameters) -> Query:
    exchange.coin_of(given.text("symbol"))
    return Query(
        symbol=given.text("symbol"),
        from_id=given.whole("fromId"),
        since=given.moment("startTime"),
        until=given.moment("endTime"),
        limit=given.limit(_USUAL_ROWS, _MOST_ROWS),
        order_id=given.whole("orderId"),
    )


def _made_id() -> str:
    """Make the id that a cancellation gets when its sender gave none."""
    return secrets.token_hex(11)


def _signed(method: str, path: str, weight: Weight, answer: Answer, **names: str) -> Endpoint:
    """Give a signed endpoint; required and optional parameters are words with spaces between."""
    return Endpoint(
        method,
        path,
        weight,
        answer,
        frozenset(names.get("required", "").split()),
        frozenset(names.get("optional", "").split()),
        Security.SIGNED,
        counts_order=answer in {place, place_pair},
    )


_ORDER: Final[Mapping[str, str]] = {
    "required": "symbol side type",
    "optional": "timeInForce quantity quoteOrderQty price stopPrice newClientOrderId newOrderRespType "
    "selfTradePreventionMode strategyId strategyType computeCommissionRates",
}
_LEG: Final = "{0}Price {0}StopPrice {0}TimeInForce {0}ClientOrderId {0}IcebergQty {0}TrailingDelta"
_PAGE: Final = "orderId startTime endTime limit"

ENDPOINTS: Final[Sequence[Endpoint]] = (
    _signed("GET", "/api/v3/account", 20, account, optional="omitZeroBalances"),
    _signed("POST", "/api/v3/order", 1, place, **_ORDER),
    _signed("POST", "/api/v3/order/test", 1, check, **_ORDER),
    _signed("GET", "/api/v3/order", 4, order, required="symbol", optional="orderId origClientOrderId"),
    _signed(
        "DELETE",
        "/api/v3/order",
        1,
        cancel,
        required="symbol",
        optional="orderId origClientOrderId newClientOrderId",
    ),
    _signed(
        "GET",
        "/api/v3/openOrders",
        lambda values: 6 if values.get("symbol") else 80,
        open_orders,
        optional="symbol",
    ),
    _signed("DELETE", "/api/v3/openOrders", 1, cancel_all, required="symbol"),
    _signed("GET", "/api/v3/allOrders", 20, all_orders, required="symbol", optional=_PAGE),
    _signed("GET", "/api/v3/myTrades", 20, trades, required="symbol", optional=f"{_PAGE} fromId"),
    _signed(
        "POST",
        "/api/v3/orderList/oco",
        1,
        place_pair,
        required="symbol side quantity aboveType belowType",
        optional=f"listClientOrderId newOrderRespType selfTradePreventionMode {_LEG.format('above')} "
        f"{_LEG.format('below')}",
    ),
    _signed("GET", "/api/v3/orderList", 4, order_list, optional="orderListId origClientOrderId"),
    _signed(
        "DELETE",
        "/api/v3/orderList",
        1,
        cancel_list,
        required="symbol",
        optional="orderListId listClientOrderId newClientOrderId",
    ),
    _signed("GET", "/api/v3/rateLimit/order", 40, rate_limits),
)
