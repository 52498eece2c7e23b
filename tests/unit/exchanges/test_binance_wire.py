"""Binance's replies about accounts and orders, as recorded and as nobody should send them."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.exceptions import BadData
from powertrader.exchanges.binance_wire import (
    Execution,
    OrderAnswer,
    account_of,
    canceled_order,
    executions_of,
    listed_orders,
    order_of,
    orders_of,
    placed_order,
    with_executions,
)
from powertrader.exchanges.binance_wire_market import candle_rows, next_open_ms, quotes_of, server_time_s
from powertrader.exchanges.binance_wire_rules import rules_of
from powertrader.exchanges.binance_wire_stream import Told, message_of
from powertrader.models.account import Balance
from powertrader.models.order import OrderIntent, OrderState, Side

FULL = {
    "symbol": "BTCUSDT",
    "orderId": 28,
    "orderListId": -1,
    "clientOrderId": "pt-1",
    "transactTime": 1507725176595,
    "price": "0.00000000",
    "origQty": "10.00000000",
    "executedQty": "10.00000000",
    "cummulativeQuoteQty": "40000.10000000",
    "status": "FILLED",
    "timeInForce": "GTC",
    "type": "MARKET",
    "side": "BUY",
    "fills": [
        {"price": "4000.0", "qty": "1.0", "commission": "4.0", "commissionAsset": "USDT", "tradeId": 56},
        {"price": "4000.0", "qty": "5.0", "commission": "0.1", "commissionAsset": "BNB", "tradeId": 57},
        {"price": "4000.0", "qty": "4.0", "commission": "5.5", "commissionAsset": "USDT", "tradeId": 58},
    ],
}
ACK = {
    "symbol": "BTCUSDT",
    "orderId": 28,
    "orderListId": -1,
    "clientOrderId": "pt-1",
    "transactTime": 1507725176595,
}
QUERIED = {
    **{name: value for name, value in FULL.items() if name not in ("fills", "transactTime")},
    "stopPrice": "0.0",
    "icebergQty": "0.0",
    "time": 1499827319559,
    "updateTime": 1499827319599,
    "isWorking": True,
    "origQuoteOrderQty": "0.000000",
}
CANCELED = {
    **QUERIED,
    "origClientOrderId": "pt-1",
    "clientOrderId": "cancelMyOrder1",
    "status": "CANCELED",
    "executedQty": "0",
    "cummulativeQuoteQty": "0",
}
TRADE = {
    "symbol": "BTCUSDT",
    "id": 28457,
    "orderId": 28,
    "price": "4000.0",
    "qty": "10.0",
    "quoteQty": "40000.1",
    "commission": "10.10",
    "commissionAsset": "BNB",
    "time": 1499865549590,
    "isBuyer": True,
    "isMaker": False,
    "isBestMatch": True,
}
INTENT = OrderIntent(
    client_order_id="pt-1",
    coin="BTC",
    symbol="BTCUSDT",
    side=Side.BUY,
    quantity=Decimal(10),
    quantity_text="10.0",
    reason="entry",
    expected_price=4000.0,
    basis=None,
    gain_pct=None,
    config_hash="c0ffee",
    decided_at=datetime(2024, 1, 1, tzinfo=UTC),
)


def test_an_account_has_its_balances_in_binances_order() -> None:
    account = account_of(
        {
            "makerCommission": 15,
            "balances": [
                {"asset": "BTC", "free": "4723846.89208129", "locked": "0.00000000"},
                {"asset": "LTC", "free": "0.1", "locked": "2.5"},
            ],
        }
    )
    assert account.balances == (
        Balance("BTC", Decimal("4723846.89208129"), Decimal(0)),
        Balance("LTC", Decimal("0.1"), Decimal("2.5")),
    )


def test_a_full_reply_has_what_was_executed_and_its_fees_by_asset() -> None:
    report = placed_order(FULL, INTENT)
    assert (report.order_id, report.client_order_id, report.symbol) == ("28", "pt-1", "BTCUSDT")
    assert (report.state, report.side) == (OrderState.FILLED, Side.BUY)
    assert (report.ordered_quantity, report.executed_quantity) == (Decimal(10), Decimal(10))
    assert report.quote_quantity == Decimal("40000.1")
    assert report.fees == (("USDT", Decimal("9.5")), ("BNB", Decimal("0.1")))
    assert report.time_text == "1507725176595"


def test_an_acknowledgement_is_an_order_that_waits() -> None:
    report = placed_order(ACK, INTENT)
    assert (report.state, report.executed_quantity, report.fees) == (OrderState.PENDING, Decimal(0), None)
    assert (report.ordered_quantity, report.side) == (Decimal(10), Side.BUY)


def test_a_result_without_fills_leaves_the_fees_open() -> None:
    result = {name: value for name, value in FULL.items() if name != "fills"}
    assert placed_order(result, INTENT).fees is None
    assert placed_order({**FULL, "fills": []}, INTENT).fees is None


def test_fees_are_open_as_long_as_a_fill_is_missing() -> None:
    assert placed_order({**FULL, "fills": FULL["fills"][:2]}, INTENT).fees is None  # type: ignore[index]  # a list


@pytest.mark.parametrize(
    "change", [{"clientOrderId": "pt-2"}, {"symbol": "ETHUSDT"}, {"side": "SELL"}, {"clientOrderId": ""}]
)
def test_a_reply_about_another_order_is_none(change: dict[str, str]) -> None:
    with pytest.raises(BadData):
        placed_order({**FULL, **change}, INTENT)


@pytest.mark.parametrize(
    "status, state",
    [
        ("NEW", OrderState.PENDING),
        ("PENDING_NEW", OrderState.PENDING),
        ("PARTIALLY_FILLED", OrderState.PENDING),
        ("PENDING_CANCEL", OrderState.PENDING),
        ("FILLED", OrderState.FILLED),
        ("CANCELED", OrderState.CANCELED),
        ("REJECTED", OrderState.REJECTED),
        ("EXPIRED", OrderState.EXPIRED),
        ("EXPIRED_IN_MATCH", OrderState.EXPIRED),
    ],
)
def test_every_status_of_binance_is_known(status: str, state: OrderState) -> None:
    assert order_of({**QUERIED, "status": status}).report.state is state


def test_a_market_order_that_ran_out_of_book_keeps_what_it_got() -> None:
    report = order_of({**QUERIED, "status": "EXPIRED", "executedQty": "3.5"}).report
    assert (report.state, report.executed_quantity) == (OrderState.EXPIRED, Decimal("3.5"))
    assert report.fees is None


def test_an_order_that_is_over_without_a_fill_cost_nothing() -> None:
    unfilled = {**QUERIED, "executedQty": "0", "cummulativeQuoteQty": "0"}
    assert order_of({**unfilled, "status": "EXPIRED"}).report.fees == ()
    assert order_of({**unfilled, "status": "NEW"}).report.fees is None


def test_what_an_old_order_paid_is_not_known_and_comes_from_its_trades() -> None:
    answer = order_of({**QUERIED, "cummulativeQuoteQty": "-1"})
    assert not answer.is_quote_known
    assert answer.report.quote_quantity == 0
    report = with_executions(answer, executions_of([TRADE]))
    assert report.quote_quantity == Decimal("40000.1")
    assert report.fees == (("BNB", Decimal("10.10")),)


def test_an_old_order_without_a_fill_paid_nothing() -> None:
    assert order_of({**QUERIED, "executedQty": "0", "cummulativeQuoteQty": "-1"}).is_quote_known


def test_the_trades_of_an_order_give_its_fees_once_all_are_there() -> None:
    answer = order_of(QUERIED)
    half = {**TRADE, "id": 2, "qty": "4.0", "commission": "0.5"}
    rest = {**TRADE, "id": 1, "qty": "6.0", "commission": "0.25"}
    assert with_executions(answer, executions_of([half])).fees is None
    report = with_executions(answer, executions_of([half, rest]))
    assert report.fees == (("BNB", Decimal("0.75")),)
    assert report.quote_quantity == Decimal("40000.1")


def test_trades_are_given_oldest_first() -> None:
    later, earlier = {**TRADE, "id": 9}, {**TRADE, "id": 8}
    assert [one.trade_id for one in executions_of([later, earlier])] == [8, 9]
    assert executions_of([]) == ()


def test_orders_are_given_in_order_of_creation() -> None:
    found = orders_of([{**QUERIED, "orderId": 100}, {**QUERIED, "orderId": 9}])
    assert [one.report.order_id for one in found] == ["9", "100"]


def test_a_cancellation_is_about_the_order_and_not_about_itself() -> None:
    report = canceled_order(CANCELED, "pt-1")
    assert (report.client_order_id, report.state) == ("pt-1", OrderState.CANCELED)


def test_canceling_one_leg_gives_that_leg_out_of_its_list() -> None:
    other = {**CANCELED, "origClientOrderId": "pt-2", "orderId": 29}
    listed = {"orderListId": 7, "contingencyType": "OCO", "orderReports": [other, CANCELED]}
    assert canceled_order(listed, "pt-1").order_id == "28"
    assert len(listed_orders(listed)) == 2


def test_a_cancellation_of_something_else_is_bad() -> None:
    with pytest.raises(BadData, match="pt-3"):
        canceled_order(CANCELED, "pt-3")


@pytest.mark.parametrize(
    "change, named",
    [
        ({"status": "MELTED"}, "status"),
        ({"status": None}, "status"),
        ({"side": "HOLD"}, "side"),
        ({"orderId": "28"}, "orderId"),
        ({"orderId": True}, "orderId"),
        ({"orderId": -1}, "orderId"),
        ({"executedQty": "NaN"}, "executedQty"),
        ({"executedQty": "-1"}, "executedQty"),
        ({"executedQty": ""}, "executedQty"),
        ({"executedQty": "1" * 61}, "executedQty"),
        ({"executedQty": "1e400"}, "executedQty"),
        ({"executedQty": [1]}, "executedQty"),
        ({"origQty": "Infinity"}, "origQty"),
        ({"cummulativeQuoteQty": None}, "cummulativeQuoteQty"),
        ({"symbol": 7}, "symbol"),
        ({"clientOrderId": ""}, "clientOrderId"),
        ({"fills": {}}, "fills"),
        ({"fills": [7]}, "fill"),
        ({"fills": [{"qty": "10"}]}, "commissionAsset"),
    ],
)
def test_a_field_that_makes_no_sense_is_named(change: dict[str, object], named: str) -> None:
    content = {**FULL, **change}
    if change.get("fills") == {}:
        content["fills"] = {"a": 1}
    with pytest.raises(BadData, match=named):
        order_of(content)


ANSWER = OrderAnswer(order_of(QUERIED).report)
PARSERS: tuple[Callable[[object], object], ...] = (
    account_of,
    order_of,
    orders_of,
    listed_orders,
    executions_of,
    lambda content: placed_order(content, INTENT),
    lambda content: canceled_order(content, "pt-1"),
    lambda content: rules_of(content, "USDT"),
    quotes_of,
    server_time_s,
    next_open_ms,
    lambda content: candle_rows(content, 1e12, 3600),
)
NAMES = sorted({*FULL, *TRADE, "balances", "asset", "free", "locked", "symbols", "filters", "e", "event"})
TEXTS = st.sampled_from(
    ["FILLED", "BUY", "1.5", "-1", "NaN", "1e999", "", "USDT", "BTC", "LOT_SIZE", "\ud7ff"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=8,
)
SAMPLES = (
    [FULL],
    FULL,
    ACK,
    QUERIED,
    CANCELED,
    [TRADE],
    {"balances": [{"asset": "A", "free": "1", "locked": "0"}]},
)
ROUNDS = 10_000


def value_or_bad_data(content: object) -> None:
    for parse in PARSERS:
        with suppress(BadData):
            parse(content)


@given(JSON)
def test_any_json_is_a_value_or_bad_data(content: object) -> None:
    value_or_bad_data(content)


@given(st.sampled_from(sorted(FULL)), JSON)
def test_an_order_with_any_field_spoilt_is_a_value_or_bad_data(name: str, value: object) -> None:
    value_or_bad_data({**FULL, name: value})


def test_thousands_of_damaged_replies_are_values_or_bad_data() -> None:
    chance = random.Random(20)
    texts = [orjson.dumps(sample) for sample in SAMPLES]
    readable = 0
    for _ in range(ROUNDS):
        raw = bytearray(chance.choice(texts))
        for _ in range(chance.randint(1, 3)):
            raw[chance.randrange(len(raw))] = chance.choice(b'0123456789-.eE"{}[]:,tfnN')
        with suppress(orjson.JSONDecodeError):
            value_or_bad_data(orjson.loads(raw))
            readable += 1
    assert readable > ROUNDS / 10


def test_thousands_of_random_bytes_on_a_stream_are_messages() -> None:
    chance = random.Random(21)
    for _ in range(ROUNDS):
        assert message_of(chance.randbytes(chance.randint(0, 60))).told is Told.NOTHING


@given(st.lists(st.decimals(0, 1000, places=3), max_size=5))
def test_fees_are_open_unless_the_trades_add_up(quantities: list[Decimal]) -> None:
    executions = [Execution(n, one, one, Decimal(1), "BNB") for n, one in enumerate(quantities)]
    report = with_executions(ANSWER, executions)
    assert (report.fees is not None) == (sum(quantities) == ANSWER.report.executed_quantity)
