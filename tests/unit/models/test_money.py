"""Money: from the text of a float to a quantity that a venue takes."""

import math
from decimal import Decimal

import numpy as np
import pytest

from powertrader.models.instrument import Instrument
from powertrader.models.money import (
    OrderQuantity,
    decimal_of,
    fixed_text,
    floor_to_step,
    order_quantity,
    product,
    rounded_down,
    rounded_up,
)
from powertrader.models.types import Compat

pytestmark = pytest.mark.money

BTC = Instrument("BTCUSDT", "BTC", Decimal("0.00001"), Decimal("0.00001"))


def test_a_float_becomes_the_decimal_that_its_shortest_text_shows() -> None:
    assert decimal_of(0.1) == Decimal("0.1")
    assert decimal_of(1e-8) == Decimal("0.00000001")
    assert decimal_of(float(np.float64(2.5))) == decimal_of(np.float64(2.5)) == Decimal("2.5")


@pytest.mark.parametrize("amount", [math.nan, math.inf, -math.inf])
def test_an_endless_amount_is_no_money(amount: float) -> None:
    with pytest.raises(ValueError, match="must be a finite number"):
        decimal_of(amount)


@pytest.mark.parametrize(
    "amount,step,floored",
    [
        ("0.123456", "0.00001", "0.12345"),
        ("0.3", "0.1", "0.3"),
        ("7.99", "2.5", "7.5"),
        ("0.00000999", "0.00001", "0"),
        ("12.34", "0", "12.34"),
        ("1000000000000000000000000000001", "0.3", "1000000000000000000000000000000.8"),
    ],
)
def test_an_amount_is_cut_to_whole_steps(amount: str, step: str, floored: str) -> None:
    assert floor_to_step(Decimal(amount), Decimal(step)) == Decimal(floored)


def test_what_we_receive_is_rounded_down_and_what_we_pay_up() -> None:
    assert rounded_down(Decimal("1.234567899")) == Decimal("1.23456789")
    assert rounded_up(Decimal("1.234567891")) == Decimal("1.23456790")
    assert rounded_up(Decimal("1.5")) == rounded_down(Decimal("1.5")) == Decimal("1.5")


def test_a_product_keeps_every_digit() -> None:
    nines = Decimal("9" * 20)
    assert product(nines, nines) == Decimal(9999999999999999999800000000000000000001)


@pytest.mark.parametrize(
    "amount,text",
    [("4E-5", "0.00004"), ("1E+3", "1000.0"), ("5", "5.0"), ("0.10", "0.1"), ("0", "0.0")],
)
def test_a_fixed_text_has_no_exponent_and_no_idle_zeros(amount: str, text: str) -> None:
    assert fixed_text(Decimal(amount)) == text


def test_original_sends_the_text_of_a_float_with_its_exponent() -> None:
    assert order_quantity(0.0000412, BTC, "original") == OrderQuantity(Decimal("0.00004"), "4e-05")


def test_safe_sends_the_same_quantity_in_fixed_notation() -> None:
    assert order_quantity(0.0000412, BTC, "safe") == OrderQuantity(Decimal("0.00004"), "0.00004")


@pytest.mark.parametrize("raw", [0.123456789, 3.0, 250.5, 0.0001, 99999.99999])
def test_both_send_the_same_text_where_the_original_needs_no_exponent(raw: float) -> None:
    assert order_quantity(raw, BTC, "safe") == order_quantity(raw, BTC, "original")


def test_original_loses_digits_that_a_float_cannot_hold_and_safe_does_not() -> None:
    fine = Instrument("SHIBUSDT", "SHIB", Decimal("0.00000003"))
    original = order_quantity(90071992.54740994, fine, "original")
    safe = order_quantity(90071992.54740994, fine, "safe")
    assert original is not None
    assert safe is not None
    assert safe.quantity % Decimal("0.00000003") == 0
    assert float(safe.quantity) == float(original.quantity)


@pytest.mark.parametrize("compat", ["original", "safe"])
@pytest.mark.parametrize("raw", [0.00000999, 0.0, -1.0, math.nan, math.inf])
def test_less_than_the_minimum_is_not_ordered(raw: float, compat: Compat) -> None:
    assert order_quantity(raw, BTC, compat) is None


def test_original_without_instrument_rounds_to_eight_decimals_by_the_binary_value() -> None:
    assert order_quantity(0.123456785, None, "original") == OrderQuantity(Decimal("0.12345678"), "0.12345678")
    assert order_quantity(0.000000004, None, "original") == OrderQuantity(Decimal(0), "0.0")


def test_safe_without_instrument_orders_nothing() -> None:
    assert order_quantity(1.0, None, "safe") is None


def test_safe_orders_no_more_than_the_largest_order() -> None:
    small = Instrument("BTCUSDT", "BTC", Decimal("0.1"), Decimal("0.1"), max_quantity=Decimal("2.55"))
    assert order_quantity(9.0, small, "safe") == OrderQuantity(Decimal("2.5"), "2.5")
    assert order_quantity(9.0, small, "original") == OrderQuantity(Decimal(9), "9.0")


def test_safe_never_orders_nothing_even_where_the_venue_names_no_minimum() -> None:
    free = Instrument("BTCUSDT", "BTC", Decimal("0.1"), Decimal(0))
    assert order_quantity(0.05, free, "safe") is None
    assert order_quantity(0.05, free, "original") == OrderQuantity(Decimal(0), "0.0")
