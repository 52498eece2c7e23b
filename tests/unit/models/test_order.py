"""Order states and reports."""

from decimal import Decimal

import pytest

from powertrader.models.order import OrderReport, OrderState, Side


@pytest.mark.parametrize(
    "state,final",
    [("pending", False), ("filled", True), ("canceled", True), ("rejected", True), ("expired", True)],
)
def test_only_a_pending_order_can_still_change(state: str, final: bool) -> None:
    assert OrderState(state).is_final is final


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
