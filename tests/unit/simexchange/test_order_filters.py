"""Every filter of a pair, told in exchangeInfo and kept: refusals name it as Binance does."""

from dataclasses import replace
from decimal import Decimal

import pytest

from powertrader.simexchange.orders import Status
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.symbol_rules import (
    NotionalRule,
    PercentRule,
    QuantityRule,
    SymbolRules,
    document,
    filters,
    usual_rules,
)
from tests.unit.simexchange.venue_stage import BTC, Stage, stage

pytestmark = pytest.mark.money

RULES = replace(
    usual_rules("BTC", "USDT", 100.0),
    price=QuantityRule(Decimal(1), Decimal(1_000), Decimal("0.1")),
    lot=QuantityRule(Decimal("0.1"), Decimal(50), Decimal("0.1")),
    market=QuantityRule(Decimal(0), Decimal(20), Decimal(0)),
    notional=NotionalRule(Decimal(20), Decimal(4_000)),
    percent=PercentRule(Decimal("1.5"), Decimal("0.5"), Decimal(2), Decimal("0.8")),
)


@pytest.mark.parametrize(
    "values, name",
    [
        ({"quantity": "1", "price": "100.05"}, "PRICE_FILTER"),
        ({"quantity": "1", "price": "0.9"}, "PRICE_FILTER"),
        ({"quantity": "1", "price": "1000.1"}, "PRICE_FILTER"),
        ({"quantity": "1", "price": "150.1"}, "PERCENT_PRICE_BY_SIDE"),
        ({"quantity": "1", "price": "49.9"}, "PERCENT_PRICE_BY_SIDE"),
        ({"quantity": "1", "price": "79.9", "side": "SELL"}, "PERCENT_PRICE_BY_SIDE"),
        ({"quantity": "1", "price": "200.1", "side": "SELL"}, "PERCENT_PRICE_BY_SIDE"),
        ({"quantity": "0.05", "price": "100"}, "LOT_SIZE"),
        ({"quantity": "1.05", "price": "100"}, "LOT_SIZE"),
        ({"quantity": "50.1", "price": "60"}, "LOT_SIZE"),
        ({"quantity": "0.1", "price": "100"}, "NOTIONAL"),
        ({"quantity": "45", "price": "90"}, "NOTIONAL"),
        ({"quantity": "20.1", "type": "MARKET"}, "MARKET_LOT_SIZE"),
        ({"quantity": "0.1", "type": "MARKET"}, "NOTIONAL"),
        ({"quoteOrderQty": "19", "type": "MARKET"}, "NOTIONAL"),
        ({"quantity": "1", "stopPrice": "151", "type": "STOP_LOSS"}, "PERCENT_PRICE_BY_SIDE"),
    ],
)
def test_an_order_that_breaks_a_filter_is_refused_with_its_name(values: dict[str, str], name: str) -> None:
    desk = _desk(RULES)

    with pytest.raises(ApiError) as refused:
        _place(desk, values)

    assert (refused.value.code, refused.value.message) == (-1013, f"Filter failure: {name}")


@pytest.mark.parametrize(
    "values",
    [
        {"quantity": "0.2", "price": "100"},
        {"quantity": "1", "price": "150"},
        {"quantity": "1", "price": "200", "side": "SELL"},
        {"quantity": "20", "type": "MARKET"},
        {"quoteOrderQty": "20", "type": "MARKET"},
    ],
)
def test_an_order_that_just_keeps_every_filter_is_taken(values: dict[str, str]) -> None:
    assert _place(_desk(RULES), values) in (Status.NEW, Status.PARTIALLY_FILLED, Status.FILLED)


def test_market_orders_are_held_to_a_value_only_where_the_filter_says_so() -> None:
    free = replace(RULES, notional=NotionalRule(Decimal(50), Decimal(1_000), smallest_at_market=False))
    strict = replace(RULES, notional=replace(free.notional, largest_at_market=True))

    _place(_desk(free), {"quantity": "0.1", "type": "MARKET"})
    _place(_desk(free), {"quantity": "15", "type": "MARKET"})
    with pytest.raises(ApiError, match="NOTIONAL"):
        _place(_desk(strict), {"quantity": "15", "type": "MARKET"})


def test_the_older_percent_filter_has_one_pair_of_factors_for_both_sides() -> None:
    desk = _desk(replace(RULES, percent=replace(RULES.percent, by_side=False)))

    with pytest.raises(ApiError, match=r"^Filter failure: PERCENT_PRICE$"):
        _place(desk, {"quantity": "1", "price": "150.1", "side": "SELL"})


def test_open_orders_of_a_pair_are_limited_and_those_with_a_trigger_more_so() -> None:
    desk = _desk(replace(RULES, max_orders=3, max_trigger_orders=1))
    stop = {"type": "STOP_LOSS", "quantity": "1", "stopPrice": "90", "side": "SELL"}
    _place(desk, stop)

    with pytest.raises(ApiError, match=r"^Filter failure: MAX_NUM_ALGO_ORDERS$"):
        _place(desk, stop)
    for _number in range(2):
        _place(desk, {"quantity": "1", "price": "60"})
    with pytest.raises(ApiError, match=r"^Filter failure: MAX_NUM_ORDERS$"):
        _place(desk, {"quantity": "1", "price": "60"})
    assert _place(desk, {"quantity": "1", "type": "MARKET"}) is Status.FILLED


def test_a_purchase_may_not_lead_above_the_largest_position_counting_what_is_still_to_come() -> None:
    desk = _desk(replace(RULES, max_position=Decimal(102)))
    _place(desk, {"quantity": "1", "price": "60"})

    for values in ({"quantity": "1.1"}, {"quoteOrderQty": "110"}):
        with pytest.raises(ApiError, match=r"^Filter failure: MAX_POSITION$"):
            _place(desk, {"type": "MARKET", **values})
    _place(desk, {"quantity": "1", "type": "MARKET"})
    _place(desk, {"quantity": "5", "type": "MARKET", "side": "SELL"})


@pytest.mark.parametrize(
    "values, name",
    [
        ({"quantity": "1.000000001", "price": "100"}, "quantity"),
        ({"quantity": "1", "price": "100.000000001"}, "price"),
        ({"quoteOrderQty": "100.000000001", "type": "MARKET"}, "quoteOrderQty"),
    ],
)
def test_more_than_eight_places_are_too_precise(values: dict[str, str], name: str) -> None:
    with pytest.raises(ApiError, match=f"^Parameter '{name}' has too much precision") as refused:
        _place(_desk(RULES), values)
    assert refused.value.code == -1111


def test_amounts_to_spend_are_refused_where_the_pair_does_not_take_them() -> None:
    desk = _desk(replace(RULES, quote_quantity_allowed=False))

    with pytest.raises(ApiError, match="Quote order qty market orders are not supported"):
        _place(desk, {"quoteOrderQty": "100", "type": "MARKET"})


def test_every_filter_of_binance_is_told() -> None:
    told = {one["filterType"]: one for one in filters(replace(RULES, max_position=Decimal(9)))}

    assert set(told) == {
        "PRICE_FILTER",
        "LOT_SIZE",
        "ICEBERG_PARTS",
        "MARKET_LOT_SIZE",
        "TRAILING_DELTA",
        "PERCENT_PRICE_BY_SIDE",
        "NOTIONAL",
        "MAX_NUM_ORDERS",
        "MAX_NUM_ALGO_ORDERS",
        "MAX_POSITION",
    }
    assert told["LOT_SIZE"]["stepSize"] == "0.10000000"
    assert told["MAX_POSITION"]["maxPosition"] == "9.00000000"


def test_the_older_filters_are_told_under_their_names() -> None:
    old = replace(RULES, notional=NotionalRule(old=True), percent=PercentRule(by_side=False))

    names = [one["filterType"] for one in filters(old)]

    assert "MIN_NOTIONAL" in names
    assert "PERCENT_PRICE" in names
    assert "NOTIONAL" not in names


def test_a_halted_pair_is_told_as_halted() -> None:
    assert (document(RULES)["status"], document(RULES, halted=True)["status"]) == ("TRADING", "HALT")


@pytest.mark.parametrize(
    "coin, price, tick, step",
    [
        ("BTC", 60_000.0, "0.01", "0.00001"),
        ("ETH", 3_000.0, "0.01", "0.0001"),
        ("DOGE", 0.12, "0.00001", "1"),
        ("PEPE", 0.00001, "0.00000001", "1"),
        ("NEW", 250.0, "0.01", "0.0001"),
    ],
)
def test_usual_steps_follow_the_coin_and_its_price(coin: str, price: float, tick: str, step: str) -> None:
    rules = usual_rules(coin, "USDT", price)

    assert (rules.price.step, rules.step) == (Decimal(tick), Decimal(step))


def _desk(rules: SymbolRules) -> Stage:
    desk = stage(USDT="100000", BTC="100")
    desk.use(rules)
    assert rules.symbol == BTC
    return desk


def _place(desk: Stage, values: dict[str, str]) -> Status:
    usual = {"side": "BUY", "type": "LIMIT"}
    if "stopPrice" not in values and values.get("type") != "MARKET":
        usual["timeInForce"] = "GTC"
    return desk.place(**{**usual, **values}).order.status
