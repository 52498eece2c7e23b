"""Order states and reports."""

from decimal import Decimal

import pytest

from powertrader.models.order import OrderReport, OrderState, OrderTerms, OrderType, Side


@pytest.mark.parametrize(
    "state,final",
    [("pending", False), ("filled", True), ("canceled", True), ("rejected", True), ("expired", True)],
)
def test_only_a_pending_order_can_still_change(state: str, final: bool) -> None:
    assert OrderState(state).is_final is final


def test_only_a_stop_waits_for_a_price_that_is_worse() -> None:
    assert [one for one in OrderType if one.is_stop] == [OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT]


@pytest.mark.parametrize(
    "terms,first",
    [
        (OrderTerms(), 0),
        (OrderTerms(OrderType.LIMIT, Decimal(7)), 7),
        (OrderTerms(OrderType.STOP_LOSS_LIMIT, Decimal(7), Decimal(8)), 8),
    ],
)
def test_an_order_is_first_met_at_its_trigger_else_at_its_limit(terms: OrderTerms, first: int) -> None:
    assert terms.first_price == first


def report(executed: str, quote: str) -> OrderReport:
    return OrderReport(
        "1", "pt-1", "BTCUSDT", Side.BUY, OrderState.FILLED, Decimal(3), Decimal(executed), Decimal(quote)
    )


@pytest.mark.parametrize(
    "executed,quote,price",
    # divided as floats like the original: as decimals the last one would be 3
    [("2", "201", 100.5), ("0", "0", 0.0), ("0.1", "0.3", 2.9999999999999996)],
)
def test_the_average_price_is_what_was_paid_for_what_was_executed(
    executed: str, quote: str, price: float
) -> None:
    assert report(executed, quote).average_price == price


@pytest.mark.parametrize(
    "order_type,price,stop",
    [
        (OrderType.MARKET, "1", None),
        (OrderType.LIMIT, None, None),
        (OrderType.LIMIT, "1", "1"),
        (OrderType.LIMIT_MAKER, "0", None),
        (OrderType.STOP_LOSS, None, None),
        (OrderType.STOP_LOSS, "1", "1"),
        (OrderType.STOP_LOSS_LIMIT, "1", None),
        (OrderType.TAKE_PROFIT_LIMIT, None, "1"),
        (OrderType.TAKE_PROFIT, None, "-1"),
    ],
)
def test_terms_without_the_prices_of_their_type_cannot_be_made(
    order_type: OrderType, price: str | None, stop: str | None
) -> None:
    with pytest.raises(ValueError, match=f"of a {order_type} order was"):
        OrderTerms(order_type, Decimal(price) if price else None, Decimal(stop) if stop else None)


def test_a_time_to_live_is_above_zero() -> None:
    assert OrderTerms(OrderType.LIMIT, Decimal(1), time_to_live_s=0.5).time_to_live_s == 0.5
    with pytest.raises(ValueError, match="time_to_live_s was 0"):
        OrderTerms(time_to_live_s=0.0)
