"""ccxt's unified structures, as its venues fill them and as they should not."""

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from powertrader.core.exceptions import BadData
from powertrader.exchanges.ccxt_wire import (
    DECIMAL_PLACES,
    TICK_SIZE,
    account_of,
    candle_rows,
    client_id_of,
    fees_by_asset,
    instrument_of,
    quote_of,
    report_of,
    symbol_of,
    with_trades,
)
from powertrader.models.account import Quote
from powertrader.models.order import OrderState, Side

pytestmark = pytest.mark.money

MARKET: dict[str, object] = {
    "id": "BTCUSDT",
    "symbol": "BTC/USDT",
    "base": "BTC",
    "quote": "USDT",
    "spot": True,
    "active": True,
    "precision": {"amount": "0.00001", "price": "0.01", "base": "1e-8", "quote": "1e-8"},
    "limits": {
        "amount": {"min": "0.00001", "max": "9000.0"},
        "price": {"min": "0.01", "max": "1000000"},
        "cost": {"min": "5.0", "max": "9000000"},
        "market": {"min": "0.00000000", "max": "117.5"},
    },
    "info": {"status": "TRADING"},
}
ORDER: dict[str, object] = {
    "id": "4711",
    "clientOrderId": "pt-1",
    "symbol": "BTC/USDT",
    "side": "buy",
    "status": "closed",
    "amount": "0.10",
    "filled": "0.10",
    "cost": "1000.5",
    "average": "10005",
    "timestamp": 1700000000123,
    "fees": [{"currency": "BTC", "cost": "0.0001"}],
}
ID_ONLY: dict[str, object] = {
    "id": "5bd6e9286d99522a52e458de",
    "clientOrderId": None,
    "side": None,
    "status": None,
    "amount": None,
    "filled": None,
    "fee": {"currency": None, "cost": None},
    "fees": [{"currency": None, "cost": None}],
    "timestamp": None,
}


def changed(whole: dict[str, object], **parts: object) -> dict[str, object]:
    return {**whole, **parts}


def test_rules_are_exact_and_the_stricter_maximum_holds() -> None:
    rules = instrument_of(MARKET, TICK_SIZE)
    assert (rules.symbol, rules.coin, symbol_of(MARKET)) == ("BTCUSDT", "BTC", "BTCUSDT")
    assert (rules.lot_step, rules.price_tick) == (Decimal("0.00001"), Decimal("0.01"))
    assert (rules.min_quantity, rules.max_quantity) == (Decimal("0.00001"), Decimal("117.5"))
    assert (rules.min_notional, rules.max_notional) == (Decimal(5), Decimal(9000000))
    assert (rules.tradable, rules.status) == (True, "TRADING")


def test_a_step_may_be_told_as_a_number_of_decimals() -> None:
    rules = instrument_of(changed(MARKET, precision={"amount": "8", "price": 2}), DECIMAL_PLACES)
    assert (rules.lot_step, rules.price_tick) == (Decimal("1e-8"), Decimal("0.01"))


@pytest.mark.parametrize("precision", [{}, {"amount": None}, {"amount": "0"}, None])
def test_a_pair_whose_step_is_not_known_is_not_traded(precision: object) -> None:
    rules = instrument_of(changed(MARKET, precision=precision), TICK_SIZE)
    assert not rules.tradable
    assert "step" in rules.status


def test_significant_digits_are_no_step() -> None:
    assert not instrument_of(changed(MARKET, precision={"amount": 5}), 3).tradable


@pytest.mark.parametrize("active,tradable", [(True, True), (None, True), (False, False)])
def test_a_pair_is_traded_unless_the_venue_says_it_is_not(active: object, tradable: bool) -> None:
    assert instrument_of(changed(MARKET, active=active), TICK_SIZE).tradable is tradable


def test_missing_limits_are_no_limits() -> None:
    rules = instrument_of(changed(MARKET, limits={}), TICK_SIZE)
    assert [rules.min_quantity, rules.max_quantity, rules.min_notional] == [0, None, 0]


@pytest.mark.parametrize("market", [None, [], "x", changed(MARKET, limits={"cost": {"min": "-1"}})])
def test_a_market_that_makes_no_sense_is_refused_by_type(market: object) -> None:
    with pytest.raises(BadData):
        instrument_of(market, TICK_SIZE)


def test_balances_are_exact() -> None:
    account = account_of(
        {
            "info": {"balances": []},
            "free": {"USDT": "1000.00000001", "ODD": None, "NONE": None},
            "used": {"USDT": "0.1", "ODD": "1"},
            "total": {"USDT": "1000.10000001", "ODD": "3", "NONE": None},
        }
    )
    assert account.free("USDT") == Decimal("1000.00000001")
    assert {one.asset: (one.free, one.locked) for one in account.balances} == {
        "USDT": (Decimal("1000.00000001"), Decimal("0.1")),
        "ODD": (Decimal(2), Decimal(1)),
    }


@pytest.mark.parametrize("balance", [None, "", {}, {"info": {}, "free": {}, "used": {}, "total": {}}])
def test_an_account_of_which_nothing_is_said_is_not_an_empty_one(balance: object) -> None:
    with pytest.raises(BadData):
        account_of(balance)


def test_a_filled_order_tells_what_was_paid_and_the_fee() -> None:
    report = report_of(ORDER, "BTCUSDT", "pt-1")
    assert (report.state, report.side, report.order_id) == (OrderState.FILLED, Side.BUY, "4711")
    assert (report.executed_quantity, report.quote_quantity) == (Decimal("0.10"), Decimal("1000.5"))
    assert report.fees == (("BTC", Decimal("0.0001")),)
    assert report.time_text == "1700000000123"


def test_a_reply_that_holds_only_the_number_is_pending() -> None:
    report = report_of(ID_ONLY, "BTCUSDT", "pt-1", Side.SELL)
    assert (report.state, report.side, report.order_id) == (
        OrderState.PENDING,
        Side.SELL,
        "5bd6e9286d99522a52e458de",
    )
    assert [report.executed_quantity, report.quote_quantity, report.fees] == [0, 0, ()]


@pytest.mark.parametrize(
    "status,filled,state",
    [
        ("open", "0", OrderState.PENDING),
        ("open", "0.05", OrderState.PENDING),
        ("canceling", "0", OrderState.PENDING),
        ("a word of tomorrow", "0", OrderState.PENDING),
        ("closed", "0.10", OrderState.FILLED),
        ("closed", "0.05", OrderState.EXPIRED),
        ("closed", "0", OrderState.EXPIRED),
        ("expired", "0.05", OrderState.EXPIRED),
        ("canceled", "0.05", OrderState.CANCELED),
        ("rejected", "0", OrderState.REJECTED),
    ],
)
def test_every_status_has_its_state(status: str, filled: str, state: OrderState) -> None:
    report = report_of(changed(ORDER, status=status, filled=filled), "BTCUSDT", "pt-1")
    assert report.state is state
    assert report.executed_quantity == Decimal(filled)


def test_what_was_paid_follows_from_the_average_when_only_that_is_told() -> None:
    assert report_of(changed(ORDER, cost=None), "BTCUSDT", "pt-1").quote_quantity == Decimal("1000.5")


def test_what_was_paid_is_open_until_the_trades_tell() -> None:
    report = report_of(changed(ORDER, cost=None, average=None, fees=[]), "BTCUSDT", "pt-1")
    assert report.quote_quantity.is_nan()
    assert report.fees is None
    first = {"amount": "0.04", "price": "10000", "fee": {"currency": "BNB", "cost": "0.01"}}
    second = {"amount": "0.06", "cost": "600.6", "fees": [{"currency": "BNB", "cost": "0.02"}]}
    assert with_trades(report, [first]) == report or with_trades(report, [first]).quote_quantity.is_nan()
    whole = with_trades(report, [first, second, "rubbish"])
    assert whole.quote_quantity == Decimal("1000.6")
    assert whole.fees == (("BNB", Decimal("0.03")),)


def test_fees_are_summed_by_asset_and_unknown_when_nobody_says() -> None:
    entries = [
        {"currency": "BNB", "cost": "0.1"},
        {"currency": "BTC", "cost": "1"},
        {"currency": "BNB", "cost": "0.2"},
    ]
    assert fees_by_asset(entries) == (("BNB", Decimal("0.3")), ("BTC", Decimal(1)))
    assert fees_by_asset([None, {"currency": None, "cost": "1"}, {"currency": "X", "cost": None}]) is None


@pytest.mark.parametrize(
    "order",
    [
        None,
        [],
        changed(ORDER, filled="much"),
        changed(ORDER, side="up"),
        changed(ORDER, amount="NaN"),
        changed(ORDER, status="closed", filled=None),
        changed(ORDER, status="closed", filled=None, amount=None),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_by_type(order: object) -> None:
    with pytest.raises(BadData):
        report_of(order, "BTCUSDT", "pt-1")


def test_the_client_id_of_an_order_may_be_missing() -> None:
    assert [client_id_of(order) for order in (ORDER, ID_ONLY, None)] == ["pt-1", "", ""]


def test_candles_are_given_newest_first_without_those_of_another_page() -> None:
    content: list[object] = [
        [0, "1", "2", "0.5", "1.5", "9"],
        [3_600_000, "1", "2", "0.5", "1.5", "9"],
        ["x", "1", "2", "0.5", "1.5", "9"],
        [7_200_000, "1", "2", "0.5", "1.5", "9"],
        [10_800_000, "1", "2", "0.5", "1.5", "9"],
    ]
    rows = candle_rows(content, range(3600, 10_801), 10_801, 3600)
    assert rows == [
        None,
        (7200.0, 1.0, 2.0, 0.5, 1.5, 9.0),
        None,
        (3600.0, 1.0, 2.0, 0.5, 1.5, 9.0),
    ]


def test_candles_that_are_no_list_are_refused_by_type() -> None:
    with pytest.raises(BadData, match="expected a list"):
        candle_rows({}, range(9), 9, 3600)


def test_a_ticker_without_prices_has_no_quote() -> None:
    assert quote_of({"bid": "9", "ask": "10"}) == Quote(9.0, 10.0)
    for ticker in (None, {}, {"bid": None, "ask": "1"}, {"bid": "0", "ask": "1"}, {"bid": True, "ask": "1"}):
        assert quote_of(ticker) is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["1", "0.1", "-2", "1e99"]),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=3,
)


def shaped(whole: dict[str, object]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({name: JSON | st.just(value) for name, value in whole.items()})


@settings(max_examples=100)
@given(shaped(ORDER) | JSON, shaped(MARKET) | JSON, JSON)
def test_whatever_a_venue_says_is_a_value_or_bad_data(order: object, market: object, other: object) -> None:
    for read in (
        lambda: report_of(order, "BTCUSDT", "pt-1", Side.BUY),
        lambda: instrument_of(market, TICK_SIZE),
        lambda: instrument_of(market, DECIMAL_PLACES),
        lambda: account_of({"info": [1], "free": other, "used": {}, "total": order}),
        lambda: quote_of(order),
        lambda: with_trades(report_of(ORDER, "BTCUSDT", "pt-1"), [order, market]),
    ):
        try:
            read()
        except BadData:
            continue


@settings(max_examples=100)
@given(st.lists(st.lists(JSON, min_size=5, max_size=7) | JSON, max_size=4))
def test_whatever_the_fields_are_candles_are_finite(content: list[object]) -> None:
    for row in candle_rows(content, range(1, 1 << 40), 2.0**40, 3600):
        assert row is None or all(math.isfinite(value) for value in row)
