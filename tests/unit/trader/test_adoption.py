"""Basis and stage from an order history, by hand-calculated examples (golden/BEHAVIOUR.md 3.3)."""

from decimal import Decimal

import pytest

from powertrader.models.order import OrderReport, OrderState, Side
from powertrader.trader.adoption import basis_of, stage_of


def order(
    side: Side, quantity: str, value: str, time: str, state: OrderState = OrderState.FILLED
) -> OrderReport:
    amount = Decimal(quantity)
    return OrderReport("1", "", "BTCUSDT", side, state, amount, amount, Decimal(value), time)


HISTORY = (
    order(Side.BUY, "1", "90", "10"),
    order(Side.SELL, "1", "100", "20"),
    order(Side.BUY, "1", "80", "30"),
    order(Side.BUY, "2", "140", "40"),
)


def test_the_newest_buys_that_cover_the_holding_make_the_basis() -> None:
    assert basis_of(HISTORY, 3.0) == pytest.approx(220 / 3)
    assert basis_of(HISTORY, 2.0) == 70.0
    assert basis_of(HISTORY, 1.0) == 70.0


def test_sales_are_not_subtracted_and_what_is_not_covered_counts_as_free() -> None:
    assert basis_of(HISTORY, 4.0) == pytest.approx(310 / 4)
    assert basis_of(HISTORY, 8.0) == pytest.approx(310 / 8)


def test_without_buys_or_without_a_holding_there_is_no_basis() -> None:
    canceled = order(Side.BUY, "1", "90", "10", OrderState.CANCELED)
    assert basis_of((canceled, HISTORY[1]), 1.0) == 0.0
    assert basis_of(HISTORY, 0.0) == 0.0
    assert basis_of((order(Side.BUY, "1", "0", "10"),), 1.0) == 0.0


def test_the_stage_counts_buys_after_the_first_one_since_the_last_sale() -> None:
    assert stage_of(HISTORY) == 1
    assert stage_of(HISTORY[2:]) == 1
    assert stage_of(HISTORY[:2]) == 0
    assert stage_of(()) is None


def test_a_buy_at_the_very_time_of_the_first_one_counts_with_it() -> None:
    assert stage_of((HISTORY[2], order(Side.BUY, "1", "79", "30"), HISTORY[3])) == 1


def test_times_are_compared_as_text() -> None:
    assert stage_of((order(Side.BUY, "1", "90", "9"), order(Side.BUY, "1", "80", "10"))) == 1
    assert stage_of((order(Side.SELL, "1", "90", "9"), order(Side.BUY, "1", "80", "10"))) == 0
