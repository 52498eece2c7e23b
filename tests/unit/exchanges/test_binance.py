"""Orders on Binance over HTTP, against a server that says what the test wants."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from urllib.parse import parse_qs

import pytest

from powertrader.core.exceptions import (
    FilterRejected,
    InsufficientFundsError,
    OrderUnknown,
    Rejected,
    RetryLater,
)
from powertrader.exchanges.binance import BinanceTradingClient
from powertrader.models.order import OrderIntent, OrderState, OrderTerms, OrderType, Side
from tests.unit.exchanges.binance_cases import TIMES, Desk, desk_of, refusal
from tests.unit.exchanges.stub_venue import CUT, Answer, StubVenue, json_answer, serving
from tests.unit.exchanges.test_binance_wire import ACK, CANCELED, FULL, INTENT, QUERIED, TRADE
from tests.unit.exchanges.test_binance_wire_rules import LOT, NOTIONAL, PRICE, pair

UNKNOWN_ORDER = refusal(400, -2013, "Order does not exist.")
NOT_OPEN = refusal(400, -2011, "Unknown order sent.")
RULES = json_answer({"symbols": [pair(LOT, PRICE, NOTIONAL)]})


@pytest.fixture(scope="module")
def server() -> Iterator[StubVenue]:
    with serving() as venue:
        yield venue


@pytest.fixture
def desk(server: StubVenue) -> Iterator[Desk]:
    with desk_of(server) as found:
        found.answers(*TIMES)
        found.session.measure_clock()
        yield found


@pytest.fixture
def client(desk: Desk) -> BinanceTradingClient:
    return BinanceTradingClient(desk.session, "USDT")


def sent(desk: Desk, method: str, path: str) -> dict[str, str]:
    """The parameters of the last request of a kind, without those of its signature."""
    values = parse_qs(desk.asked(method, path)[-1], keep_blank_values=True)
    signing = ("timestamp", "recvWindow", "signature")
    return {name: value[0] for name, value in values.items() if name not in signing}


def with_terms(
    order_type: OrderType, price: str | None, stop: str | None, client_order_id: str = "pt-1"
) -> OrderIntent:
    terms = OrderTerms(order_type, price and Decimal(price), stop and Decimal(stop))  # type: ignore[arg-type]  # None stays None
    return replace(INTENT, terms=terms, client_order_id=client_order_id)


def test_the_account_is_read_in_one_call(desk: Desk, client: BinanceTradingClient) -> None:
    desk.answers(json_answer({"balances": [{"asset": "USDT", "free": "12.5", "locked": "1"}]}))
    assert client.get_account().free("USDT") == Decimal("12.5")
    assert len(desk.asked("GET", "/account")) == 1


def test_an_account_that_makes_no_sense_is_to_be_asked_for_again_and_is_never_empty(
    desk: Desk, client: BinanceTradingClient
) -> None:
    for content in ({}, {"balances": None}, {"balances": [{"asset": "USDT", "free": "?", "locked": "1"}]}):
        desk.answers(json_answer(content))
        with pytest.raises(RetryLater, match="cannot be used"):
            client.get_account()


def test_the_rules_of_one_pair_come_from_one_call_for_all(desk: Desk, client: BinanceTradingClient) -> None:
    desk.answers(RULES)
    found = client.get_instrument("BTCUSDT")
    assert found is not None
    assert found.price_tick == Decimal("0.01")
    assert client.get_instrument("NOPEUSDT") is None
    assert desk.venue.targets[5:] == ["/api/v3/exchangeInfo"]


def test_pairs_that_make_no_sense_are_told_once(
    desk: Desk, client: BinanceTradingClient, caplog: pytest.LogCaptureFixture
) -> None:
    rules = json_answer({"symbols": [pair(LOT), pair({**LOT, "minQty": "x"}, symbol="ETHUSDT")]})
    desk.answers(rules, rules)
    assert set(client.get_instruments()) == set(client.get_instruments()) == {"BTCUSDT"}
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_market_order_is_sent_as_it_was_decided(desk: Desk, client: BinanceTradingClient) -> None:
    desk.answers(json_answer(FULL))
    report = client.place_order(replace(INTENT, quantity_text="10.00"))
    assert (report.state, report.executed_quantity) == (OrderState.FILLED, Decimal(10))
    assert sent(desk, "POST", "/order") == {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "type": "MARKET",
        "quantity": "10.00",
        "newClientOrderId": "pt-1",
        "newOrderRespType": "FULL",
    }
    assert desk.budget.orders == [1]


@pytest.mark.parametrize(
    "intent, expected",
    [
        (
            with_terms(OrderType.LIMIT, "0.00001230", None),
            {"type": "LIMIT", "price": "0.0000123", "timeInForce": "GTC"},
        ),
        (with_terms(OrderType.LIMIT_MAKER, "4000", None), {"type": "LIMIT_MAKER", "price": "4000.0"}),
        (with_terms(OrderType.STOP_LOSS, None, "3900"), {"type": "STOP_LOSS", "stopPrice": "3900.0"}),
        (
            with_terms(OrderType.STOP_LOSS_LIMIT, "3890.5", "3900"),
            {"type": "STOP_LOSS_LIMIT", "price": "3890.5", "stopPrice": "3900.0", "timeInForce": "GTC"},
        ),
        (with_terms(OrderType.TAKE_PROFIT, None, "4100"), {"type": "TAKE_PROFIT", "stopPrice": "4100.0"}),
        (
            with_terms(OrderType.TAKE_PROFIT_LIMIT, "1E+4", "4100"),
            {"type": "TAKE_PROFIT_LIMIT", "price": "10000.0", "stopPrice": "4100.0", "timeInForce": "GTC"},
        ),
    ],
    ids=lambda value: value.terms.order_type.value if isinstance(value, OrderIntent) else "",
)
def test_each_type_of_order_has_its_own_parameters_in_fixed_notation(
    desk: Desk, client: BinanceTradingClient, intent: OrderIntent, expected: dict[str, str]
) -> None:
    desk.answers(json_answer(ACK))
    assert client.place_order(intent).state is OrderState.PENDING
    given = sent(desk, "POST", "/order")
    names = {"type", "price", "stopPrice", "timeInForce"}
    assert {name: given[name] for name in given if name in names} == expected


@pytest.mark.parametrize(
    "change",
    [
        {"quantity_text": "1e-5"},
        {"quantity_text": ""},
        {"quantity_text": " 1.0"},
        {"quantity_text": "1&side=SELL"},
        {"client_order_id": ""},
        {"client_order_id": "pt 1"},
        {"client_order_id": "x" * 37},
        {"terms": OrderTerms(OrderType.LIMIT, Decimal(1), None, 60.0)},
    ],
    ids=str,
)
def test_an_order_that_binance_could_only_misunderstand_is_never_sent(
    desk: Desk, client: BinanceTradingClient, change: dict[str, str]
) -> None:
    with pytest.raises(Rejected):
        client.place_order(replace(INTENT, **change))  # type: ignore[arg-type]  # one of its fields
    assert desk.asked("POST", "/order") == []


def test_a_refusal_by_a_rule_has_the_numbers_of_the_order_and_of_the_rule(
    desk: Desk, client: BinanceTradingClient
) -> None:
    broken = refusal(400, -1013, "Filter failure: NOTIONAL")
    desk.answers(RULES)
    client.get_instruments()
    desk.answers(broken)
    with pytest.raises(
        FilterRejected, match=r"NOTIONAL.*ordered 10\.0 at about 4000.*worth at least 5"
    ) as told:
        client.place_order(INTENT)
    assert "steps of 0.00001" in str(told.value)
    desk.answers(broken)
    with pytest.raises(FilterRejected, match=r"ordered 10\.0"):
        client.place_order(INTENT)


def test_the_rules_are_asked_for_anew_after_one_was_broken(desk: Desk, client: BinanceTradingClient) -> None:
    desk.answers(RULES, refusal(400, -1013, "Filter failure: LOT_SIZE"), RULES)
    client.get_instrument("BTCUSDT")
    with pytest.raises(FilterRejected):
        client.place_order(INTENT)
    client.get_instrument("BTCUSDT")
    assert len(desk.asked("GET", "/exchangeInfo")) == 2


def test_an_account_without_the_money_is_told_as_such(desk: Desk, client: BinanceTradingClient) -> None:
    desk.answers(refusal(400, -2010, "Account has insufficient balance for requested action."))
    with pytest.raises(InsufficientFundsError):
        client.place_order(INTENT)


@pytest.mark.parametrize(
    "content", [{}, {**FULL, "status": "MELTED"}, {**FULL, "clientOrderId": "pt-9"}, [FULL]], ids=str
)
def test_an_order_whose_answer_makes_no_sense_is_unknown(
    desk: Desk, client: BinanceTradingClient, content: object
) -> None:
    desk.answers(json_answer(content))
    with pytest.raises(OrderUnknown, match="pt-1"):
        client.place_order(INTENT)
    assert len(desk.asked("POST", "/order")) == 1


def test_an_order_is_found_by_our_id_with_the_fees_of_its_trades(
    desk: Desk, client: BinanceTradingClient
) -> None:
    desk.answers(json_answer(QUERIED), json_answer([TRADE]))
    found = client.get_order("BTCUSDT", "pt-1")
    assert found is not None
    assert found.fees == (("BNB", Decimal("10.10")),)
    assert sent(desk, "GET", "/order") == {"symbol": "BTCUSDT", "origClientOrderId": "pt-1"}
    assert sent(desk, "GET", "/myTrades")["orderId"] == "28"


@pytest.mark.parametrize("answer", [json_answer([]), json_answer({"trades": 1}), CUT], ids=str)
def test_fees_that_cannot_be_had_yet_stay_open(
    desk: Desk, client: BinanceTradingClient, answer: Answer
) -> None:
    desk.answers(json_answer(QUERIED), answer, answer, answer)
    found = client.get_order("BTCUSDT", "pt-1")
    assert found is not None
    assert (found.state, found.fees) == (OrderState.FILLED, None)


def test_an_order_that_waits_needs_no_second_call(desk: Desk, client: BinanceTradingClient) -> None:
    waiting = {**QUERIED, "status": "NEW", "executedQty": "0", "cummulativeQuoteQty": "0"}
    desk.answers(json_answer(waiting))
    found = client.get_order("BTCUSDT", "pt-1")
    assert found is not None
    assert found.state is OrderState.PENDING
    assert desk.asked("GET", "/myTrades") == []


@pytest.mark.parametrize(
    "answer", [UNKNOWN_ORDER, refusal(400, -2026, "Order was canceled or expired with no executed qty.")]
)
def test_an_order_that_binance_does_not_have_is_none(
    desk: Desk, client: BinanceTradingClient, answer: Answer
) -> None:
    desk.answers(answer)
    assert client.get_order("BTCUSDT", "pt-1") is None


def test_an_order_that_cannot_be_asked_for_is_not_none(desk: Desk, client: BinanceTradingClient) -> None:
    desk.answers(CUT, CUT, CUT)
    with pytest.raises(RetryLater):
        client.get_order("BTCUSDT", "pt-1")


def test_the_history_is_in_order_and_what_an_old_order_paid_comes_from_its_trades(
    desk: Desk, client: BinanceTradingClient
) -> None:
    old = {**QUERIED, "orderId": 3, "cummulativeQuoteQty": "-1"}
    desk.answers(json_answer([QUERIED, old]), json_answer([{**TRADE, "orderId": 3}]))
    history = client.get_order_history("BTCUSDT")
    assert [one.order_id for one in history] == ["3", "28"]
    assert history[0].quote_quantity == Decimal("40000.1")
    assert len(desk.asked("GET", "/myTrades")) == 1


def test_a_pair_that_binance_does_not_know_has_no_history(desk: Desk, client: BinanceTradingClient) -> None:
    desk.answers(refusal(400, -1121, "Invalid symbol."))
    assert client.get_order_history("NOPEUSDT") == ()


def test_open_orders_are_those_of_the_pair(desk: Desk, client: BinanceTradingClient) -> None:
    waiting = {**QUERIED, "status": "NEW", "executedQty": "0", "cummulativeQuoteQty": "0"}
    desk.answers(json_answer([waiting]))
    assert [one.client_order_id for one in client.get_open_orders("BTCUSDT")] == ["pt-1"]


def test_a_canceled_order_is_given_with_what_was_executed_of_it(
    desk: Desk, client: BinanceTradingClient
) -> None:
    desk.answers(json_answer(CANCELED))
    report = client.cancel_order("BTCUSDT", "pt-1")
    assert (report.state, report.executed_quantity, report.fees) == (OrderState.CANCELED, Decimal(0), ())
    part = {**CANCELED, "executedQty": "10.0", "cummulativeQuoteQty": "40000.1"}
    desk.answers(json_answer(part), json_answer([TRADE]))
    assert client.cancel_order("BTCUSDT", "pt-1").fees == (("BNB", Decimal("10.10")),)


def test_canceling_what_is_over_gives_it_as_it_is(desk: Desk, client: BinanceTradingClient) -> None:
    desk.answers(NOT_OPEN, json_answer(QUERIED), json_answer([TRADE]))
    assert client.cancel_order("BTCUSDT", "pt-1").state is OrderState.FILLED


def test_canceling_what_never_was_is_rejected(desk: Desk, client: BinanceTradingClient) -> None:
    desk.answers(NOT_OPEN, UNKNOWN_ORDER)
    with pytest.raises(Rejected, match="cancelation of pt-1"):
        client.cancel_order("BTCUSDT", "pt-1")


@pytest.mark.parametrize(
    "answer", [CUT, json_answer({}), json_answer({**CANCELED, "origClientOrderId": "x"})]
)
def test_a_cancellation_without_an_answer_is_unknown(
    desk: Desk, client: BinanceTradingClient, answer: Answer
) -> None:
    desk.answers(answer)
    with pytest.raises(OrderUnknown):
        client.cancel_order("BTCUSDT", "pt-1")
    assert len(desk.asked("DELETE", "/order")) == 1


ABOVE = with_terms(OrderType.LIMIT_MAKER, "4100", None, "pt-a")
BELOW = with_terms(OrderType.STOP_LOSS_LIMIT, "3880", "3900", "pt-b")


def leg(client_order_id: str, number: int) -> dict[str, object]:
    waiting = {"status": "NEW", "executedQty": "0", "cummulativeQuoteQty": "0", "fills": []}
    return {**FULL, **waiting, "clientOrderId": client_order_id, "orderId": number, "side": "SELL"}


def test_two_orders_that_exclude_each_other_are_sent_as_one(desk: Desk, client: BinanceTradingClient) -> None:
    desk.answers(json_answer({"orderListId": 1, "orderReports": [leg("pt-b", 2), leg("pt-a", 1)]}))
    above, below = client.place_oco(replace(ABOVE, side=Side.SELL), replace(BELOW, side=Side.SELL))
    assert (above.client_order_id, below.client_order_id) == ("pt-a", "pt-b")
    given = sent(desk, "POST", "/orderList/oco")
    del given["listClientOrderId"]
    assert given == {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "quantity": "10.0",
        "newOrderRespType": "FULL",
        "aboveType": "LIMIT_MAKER",
        "aboveClientOrderId": "pt-a",
        "abovePrice": "4100.0",
        "belowType": "STOP_LOSS_LIMIT",
        "belowClientOrderId": "pt-b",
        "belowPrice": "3880.0",
        "belowStopPrice": "3900.0",
        "belowTimeInForce": "GTC",
    }


@pytest.mark.parametrize(
    "answer", [CUT, json_answer({}), json_answer({"orderReports": [leg("pt-a", 1)]})], ids=str
)
def test_a_pair_of_orders_without_an_answer_is_unknown(
    desk: Desk, client: BinanceTradingClient, answer: Answer
) -> None:
    desk.answers(answer)
    with pytest.raises(OrderUnknown):
        client.place_oco(ABOVE, BELOW)
    assert len(desk.asked("POST", "/orderList/oco")) == 1


def test_a_pair_of_orders_that_breaks_a_rule_is_rejected_with_its_numbers(
    desk: Desk, client: BinanceTradingClient
) -> None:
    desk.answers(refusal(400, -1013, "Filter failure: PRICE_FILTER"))
    with pytest.raises(FilterRejected, match=r"PRICE_FILTER.*ordered 10\.0"):
        client.place_oco(ABOVE, BELOW)
