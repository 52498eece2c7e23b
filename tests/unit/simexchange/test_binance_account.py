"""Binance's signed endpoints: who may call, what is refused, and the shapes of orders and trades."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from powertrader.simexchange.endpoints import Request
from powertrader.simexchange.keys import FIRST_ACCOUNT
from powertrader.simexchange.rights import Rights
from powertrader.simexchange.routes import respond
from tests.unit.simexchange.cases import WALL, Case, exchange_case

ORDER = "/api/v3/order"
BUY = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}


@pytest.fixture
def case() -> Iterator[Case]:
    made = exchange_case()
    yield made
    made.exchange.close()


def price_of(case: Case, symbol: str = "BTCUSDT") -> Decimal:
    return Decimal(case.get("/api/v3/ticker/price", symbol=symbol)["price"])


def resting(case: Case, **changes: object) -> Any:
    """Place a purchase far below the market."""
    price = (price_of(case) * Decimal("0.8")).quantize(Decimal("0.01"))
    limit = {**BUY, "type": "LIMIT", "timeInForce": "GTC", "price": str(price)}
    return case.signed("POST", ORDER, **{**limit, **changes})


def test_an_account_shows_its_money_and_fees(case: Case) -> None:
    account = case.signed("GET", "/api/v3/account")
    assert account["balances"] == [{"asset": "USDT", "free": "10000.00000000", "locked": "0.00000000"}]
    assert (account["makerCommission"], account["commissionRates"]["taker"]) == (10, "0.00100000")
    assert account["canTrade"] is True


def test_balances_of_nothing_are_left_out_on_request(case: Case) -> None:
    case.signed("POST", ORDER, **BUY)
    held = Decimal(case.signed("GET", "/api/v3/account")["balances"][1]["free"])
    case.exchange.venue.withdraw(FIRST_ACCOUNT, "BTC", held)
    assert len(case.signed("GET", "/api/v3/account")["balances"]) == 2
    assert len(case.signed("GET", "/api/v3/account", omitZeroBalances="true")["balances"]) == 1


def test_a_market_order_is_filled_and_looked_up_by_both_ids(case: Case) -> None:
    placed = case.signed("POST", ORDER, **BUY, newClientOrderId="pt-1")
    assert (placed["status"], placed["executedQty"]) == ("FILLED", "0.01000000")
    assert sum(Decimal(fill["qty"]) for fill in placed["fills"]) == Decimal("0.01")
    assert {fill["commissionAsset"] for fill in placed["fills"]} == {"BTC"}
    by_client = case.signed("GET", ORDER, symbol="BTCUSDT", origClientOrderId="pt-1")
    by_number = case.signed("GET", ORDER, symbol="BTCUSDT", orderId=placed["orderId"])
    assert by_client == by_number
    assert by_client["cummulativeQuoteQty"] == placed["cummulativeQuoteQty"]
    trades = case.signed("GET", "/api/v3/myTrades", symbol="BTCUSDT", orderId=placed["orderId"])
    assert [(trade["qty"], trade["commission"]) for trade in trades] == [
        (fill["qty"], fill["commission"]) for fill in placed["fills"]
    ]
    assert trades[0]["isBuyer"] is True


@pytest.mark.parametrize(
    "detail, has_status, has_fills", [("ACK", False, False), ("RESULT", True, False), ("FULL", True, True)]
)
def test_a_reply_has_the_detail_that_was_asked_for(
    case: Case, detail: str, has_status: bool, has_fills: bool
) -> None:
    placed = case.signed("POST", ORDER, **BUY, newOrderRespType=detail)
    assert ("status" in placed, "fills" in placed) == (has_status, has_fills)


def test_an_order_by_value_spends_at_most_that(case: Case) -> None:
    placed = case.signed("POST", ORDER, symbol="ETHUSDT", side="BUY", type="MARKET", quoteOrderQty="100")
    assert placed["origQuoteOrderQty"] == "100.00000000"
    assert Decimal(90) < Decimal(placed["cummulativeQuoteQty"]) <= 100


def test_a_resting_order_is_open_locks_money_and_can_be_canceled(case: Case) -> None:
    placed = resting(case, newClientOrderId="rest")
    assert placed["status"] == "NEW"
    assert [order["orderId"] for order in case.signed("GET", "/api/v3/openOrders")] == [placed["orderId"]]
    assert case.signed("GET", "/api/v3/openOrders", symbol="ETHUSDT") == []
    balance = case.signed("GET", "/api/v3/account")["balances"][0]
    assert Decimal(balance["locked"]) == Decimal(placed["price"]) * Decimal("0.01")
    canceled = case.signed(
        "DELETE", ORDER, symbol="BTCUSDT", origClientOrderId="rest", newClientOrderId="end"
    )
    assert (canceled["status"], canceled["origClientOrderId"], canceled["clientOrderId"]) == (
        "CANCELED",
        "rest",
        "end",
    )
    again = case.signed("DELETE", ORDER, symbol="BTCUSDT", orderId=placed["orderId"])
    assert again["code"] == -2011
    assert case.signed("GET", "/api/v3/openOrders") == []


def test_all_orders_of_a_pair_are_canceled_at_once(case: Case) -> None:
    resting(case)
    resting(case)
    canceled = case.signed("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    assert [order["status"] for order in canceled] == ["CANCELED", "CANCELED"]
    assert case.signed("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")["code"] == -2011


def test_past_orders_come_by_page(case: Case) -> None:
    numbers = [case.signed("POST", ORDER, **BUY)["orderId"] for _ in range(4)]
    path = "/api/v3/allOrders"
    every = [order["orderId"] for order in case.signed("GET", path, symbol="BTCUSDT")]
    assert every == numbers
    page = case.signed("GET", path, symbol="BTCUSDT", orderId=numbers[1], limit=2)
    assert [order["orderId"] for order in page] == numbers[1:3]
    assert case.signed("GET", path, symbol="BTCUSDT", startTime=1, endTime=2) == []


def test_a_pair_of_orders_is_placed_looked_up_and_canceled(case: Case) -> None:
    case.signed("POST", ORDER, **BUY)
    price = price_of(case)
    placed = case.signed(
        "POST",
        "/api/v3/orderList/oco",
        symbol="BTCUSDT",
        side="SELL",
        quantity="0.005",
        aboveType="LIMIT_MAKER",
        abovePrice=str((price * 2).quantize(Decimal("0.01"))),
        belowType="STOP_LOSS",
        belowStopPrice=str((price / 2).quantize(Decimal("0.01"))),
        listClientOrderId="both",
    )
    assert placed["listOrderStatus"] == "EXECUTING"
    assert sorted(report["type"] for report in placed["orderReports"]) == ["LIMIT_MAKER", "STOP_LOSS"]
    number = placed["orderListId"]
    by_id = case.signed("GET", "/api/v3/orderList", origClientOrderId="both")
    assert by_id == case.signed("GET", "/api/v3/orderList", orderListId=number)
    assert [one["orderId"] for one in by_id["orders"]] == [one["orderId"] for one in placed["orders"]]
    ended = case.signed("DELETE", "/api/v3/orderList", symbol="BTCUSDT", orderListId=number)
    assert ended["listOrderStatus"] == "ALL_DONE"
    assert {report["status"] for report in ended["orderReports"]} == {"CANCELED"}
    assert case.signed("GET", "/api/v3/orderList")["code"] == -1102


def test_a_test_order_changes_nothing(case: Case) -> None:
    assert case.signed("POST", "/api/v3/order/test", **BUY) == {}
    assert case.signed("GET", "/api/v3/allOrders", symbol="BTCUSDT") == []
    refused = case.signed("POST", "/api/v3/order/test", **{**BUY, "quantity": "0.000001"})
    assert refused == {"code": -1013, "msg": "Filter failure: LOT_SIZE"}


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"quantity": "5e-05"}, -1100),
        ({"quantity": "-1"}, -1100),
        ({"quantity": None}, -1102),
        ({"quantity": "5"}, -2010),
        ({"side": "HOLD"}, -1117),
        ({"type": "GUESS"}, -1116),
        ({"type": "LIMIT", "timeInForce": "SOON", "price": "1"}, -1115),
        ({"price": "5"}, -1106),
        ({"symbol": "NOPEUSDT"}, -1121),
        ({"symbol": None}, -1102),
        ({"newClientOrderId": "no spaces"}, -1100),
        ({"newClientOrderId": "x" * 37}, -1100),
        ({"newOrderRespType": "ALL"}, -1122),
        ({"colour": "red"}, -1104),
    ],
)
def test_a_wrong_order_is_refused_with_binances_code(
    case: Case, changes: dict[str, object], code: int
) -> None:
    reply = case.signed_reply("POST", ORDER, **{**BUY, **changes})
    assert (reply.status, orjson.loads(reply.body)["code"]) == (400, code)
    assert case.signed("GET", "/api/v3/account")["balances"][0]["free"] == "10000.00000000"


@pytest.mark.parametrize(
    "path, given, code",
    [
        (ORDER, {"symbol": "BTCUSDT"}, -1102),
        (ORDER, {"symbol": "BTCUSDT", "orderId": 99}, -2013),
        (ORDER, {"symbol": "BTCUSDT", "orderId": "9" * 20}, -1130),
        ("/api/v3/myTrades", {"symbol": "BTCUSDT", "startTime": "9" * 19}, -1130),
        ("/api/v3/openOrders", {"symbol": "NOPE"}, -1121),
        ("/api/v3/allOrders", {"symbol": "NOPE"}, -1121),
        ("/api/v3/myTrades", {}, -1102),
    ],
)
def test_a_wrong_look_up_is_refused(case: Case, path: str, given: dict[str, object], code: int) -> None:
    assert case.signed("GET", path, **given)["code"] == code


@pytest.mark.parametrize(
    "changes, status, code",
    [
        ({"api_key": ""}, 401, -2014),
        ({"api_key": "short"}, 401, -2014),
        ({"api_key": "f" * 64}, 401, -2015),
        ({"query": "timestamp=1"}, 400, -1102),
        ({"query": "signature=00"}, 400, -1102),
        ({"query": "timestamp=1&timestamp=2&signature=00"}, 400, -1101),
        ({"query": "timestamp=x&signature=00"}, 400, -1100),
        ({"query": "timestamp=1&signature=00"}, 400, -1021),
        ({"query": "timestamp=NOW&signature=00"}, 400, -1022),
        ({"query": "timestamp=NOW&recvWindow=60001&signature=00"}, 400, -1131),
    ],
)
def test_who_does_not_sign_rightly_is_refused(
    case: Case, changes: dict[str, str], status: int, code: int
) -> None:
    key = case.exchange.keys.first(FIRST_ACCOUNT)
    request = Request("GET", "/api/v3/account", "timestamp=NOW&signature=00", "", key.api_key)
    request = replace(request, **changes)
    request = replace(request, query=request.query.replace("NOW", str(case.exchange.wall_ms())))
    reply = respond(case.exchange, request, 0)
    assert (reply.status, orjson.loads(reply.body)["code"]) == (status, code)


def test_parameters_count_in_query_and_body_together(case: Case) -> None:
    signed = case.signed_reply("POST", "/api/v3/order/test", **BUY)
    assert signed.status == 200
    reply = respond(
        case.exchange,
        Request("DELETE", ORDER, urlencode({"symbol": "BTCUSDT"}), "orderId=1", "f" * 64),
        0,
    )
    assert orjson.loads(reply.body)["code"] == -2015


def test_orders_are_counted_and_too_many_refused(case: Case) -> None:
    replies = [case.signed_reply("POST", ORDER, **{**BUY, "quantity": "0.0002"}) for _ in range(101)]
    assert replies[0].headers["x-mbx-order-count-10s"] == "1"
    assert replies[99].headers["x-mbx-order-count-1d"] == "100"
    assert [reply.status for reply in replies[:100]] == [200] * 100
    assert (replies[100].status, orjson.loads(replies[100].body)["code"]) == (429, -1015)
    counts = {one["interval"]: one["count"] for one in case.signed("GET", "/api/v3/rateLimit/order")}
    assert counts == {"SECOND": 100, "DAY": 100}
    case.wall.sleep(10)
    assert case.signed_reply("POST", ORDER, **{**BUY, "quantity": "0.0002"}).status == 200


def test_the_rules_of_every_pair_are_told(case: Case) -> None:
    told = case.get("/api/v3/exchangeInfo")
    assert [one["symbol"] for one in told["symbols"]] == ["BTCUSDT", "ETHUSDT"]
    assert {one["rateLimitType"] for one in told["rateLimits"]} == {"REQUEST_WEIGHT", "ORDERS"}
    one = case.get("/api/v3/exchangeInfo", symbol="ETHUSDT")["symbols"][0]
    assert one == told["symbols"][1]
    names = {rule["filterType"] for rule in one["filters"]}
    assert {"PRICE_FILTER", "LOT_SIZE", "MARKET_LOT_SIZE", "NOTIONAL"} <= names
    assert case.reply("GET", "/api/v3/exchangeInfo", symbol="NOPE").status == 400


def test_a_halted_pair_says_so_and_takes_no_order(case: Case) -> None:
    case.exchange.venue.halt("BTCUSDT")
    assert case.get("/api/v3/exchangeInfo", symbol="BTCUSDT")["symbols"][0]["status"] == "HALT"
    assert case.signed("POST", ORDER, **BUY)["code"] == -1013
    kucoin = {one["symbol"]: one["enableTrading"] for one in case.get("/api/v2/symbols")["data"]}
    assert kucoin == {"BTC-USDT": False, "ETH-USDT": True}


def test_the_book_begins_with_the_best_prices(case: Case) -> None:
    book = case.get("/api/v3/depth", symbol="BTCUSDT", limit=2)
    ticker = case.get("/api/v3/ticker/bookTicker", symbol="BTCUSDT")
    assert book["bids"][0] == [ticker["bidPrice"], ticker["bidQty"]]
    assert book["asks"][0] == [ticker["askPrice"], ticker["askQty"]]
    assert len(book["bids"]) <= 2


def test_general_clients_find_what_they_ask_for(case: Case) -> None:
    assert case.get("/api/v3/trades", symbol="BTCUSDT")[0]["price"]
    assert case.get("/api/v3/aggTrades", symbol="BTCUSDT")[0]["p"]
    assert case.get("/fapi/v1/exchangeInfo")["symbols"] == []
    assert case.get("/api/v1/contracts/active")["data"] == []
    assert case.signed("GET", "/sapi/v1/margin/allPairs") == []
    assets = case.signed("GET", "/sapi/v1/capital/config/getall")
    assert [one["coin"] for one in assets] == ["BTC", "ETH", "USDT"]
    fees = case.signed("GET", "/sapi/v1/asset/tradeFee", symbol="BTCUSDT")
    assert fees == [{"symbol": "BTCUSDT", "makerCommission": "0.00100000", "takerCommission": "0.00100000"}]
    assert [one["currency"] for one in case.get("/api/v3/currencies")["data"]] == ["BTC", "ETH", "USDT"]
    assert case.get("/api/v1/market/stats", symbol="BTC-USDT")["data"]["symbol"] == "BTC-USDT"


def test_a_key_tells_what_it_may_do(case: Case) -> None:
    path = "/sapi/v1/account/apiRestrictions"
    told = case.signed("GET", path)
    assert (told["enableSpotAndMarginTrading"], told["enableWithdrawals"], told["ipRestrict"]) == (
        True,
        False,
        True,
    )
    assert "tradingAuthorityExpirationTime" not in told
    case.exchange.rights[FIRST_ACCOUNT] = Rights(withdrawing=True, ends_at=WALL)
    told = case.signed("GET", path)
    assert told["enableWithdrawals"] is True
    assert told["tradingAuthorityExpirationTime"] == int(WALL.timestamp() * 1000)


def test_a_key_without_the_right_to_trade_reads_and_orders_nothing(case: Case) -> None:
    case.exchange.rights[FIRST_ACCOUNT] = Rights(trading=False, account_trades=False)
    assert case.signed("GET", "/api/v3/account")["canTrade"] is False
    assert case.signed("POST", ORDER, **BUY)["code"] == -2015
    assert case.signed("POST", f"{ORDER}/test", **BUY)["code"] == -2015
    case.exchange.rights[FIRST_ACCOUNT] = Rights(reading=False)
    assert case.signed("GET", "/api/v3/account")["code"] == -2015
    assert case.signed("POST", ORDER, **BUY)["status"] == "FILLED"
