"""Laws of quantities, whatever the size and the step."""

import re
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from powertrader.models.instrument import Instrument
from powertrader.models.money import (
    decimal_of,
    fixed_text,
    floor_to_step,
    order_quantity,
    rounded_down,
    rounded_up,
)

pytestmark = [pytest.mark.property, pytest.mark.money]

FIXED = re.compile(r"[0-9]+\.[0-9]+")
amounts = st.floats(min_value=0.0, max_value=1e18)
steps = st.one_of(
    st.sampled_from([Decimal("1e-8"), Decimal("0.00001"), Decimal("0.1"), Decimal(1), Decimal(1000)]),
    st.decimals(min_value="0.00000001", max_value="1000", places=8),
)


@given(amount=amounts)
def test_the_decimal_of_a_float_reads_back_as_the_same_float(amount: float) -> None:
    assert float(decimal_of(amount)) == amount


@given(amount=amounts, step=steps)
def test_a_floored_amount_is_whole_steps_and_less_than_a_step_below(amount: float, step: Decimal) -> None:
    exact = decimal_of(amount)
    floored = floor_to_step(exact, step)
    numerator, denominator = floored.as_integer_ratio()
    step_numerator, step_denominator = step.as_integer_ratio()
    assert numerator * step_denominator % (denominator * step_numerator) == 0
    assert 0 <= exact - floored < step


@given(raw=amounts, step=steps)
def test_a_safe_order_is_written_without_exponent_and_never_for_more(raw: float, step: Decimal) -> None:
    order = order_quantity(raw, Instrument("XUSDT", "X", step, step), "safe")
    if order is None:
        assert decimal_of(raw) < step
        return
    assert FIXED.fullmatch(order.text)
    assert Decimal(order.text) == order.quantity
    assert step <= order.quantity <= decimal_of(raw)


@given(raw=amounts, step=steps)
def test_an_original_order_reads_back_as_its_quantity(raw: float, step: Decimal) -> None:
    order = order_quantity(raw, Instrument("XUSDT", "X", step, step), "original")
    assume(order is not None)
    assert order is not None
    assert Decimal(order.text) == order.quantity
    assert order.text == repr(float(order.quantity))


@given(raw=st.floats(min_value=0.001, max_value=1e9), decimals=st.integers(0, 5))
def test_both_order_the_same_where_the_original_is_accepted(raw: float, decimals: int) -> None:
    step = Decimal(1).scaleb(-decimals)
    instrument = Instrument("XUSDT", "X", step, step)
    original, safe = order_quantity(raw, instrument, "original"), order_quantity(raw, instrument, "safe")
    assume(original is None or "e" not in original.text)
    assert safe == original


@given(amount=st.decimals(min_value=0, max_value="1e12", places=14))
def test_rounding_is_against_us_and_by_less_than_the_last_decimal(amount: Decimal) -> None:
    assert 0 <= amount - rounded_down(amount) < Decimal("1e-8")
    assert 0 <= rounded_up(amount) - amount < Decimal("1e-8")


@given(amount=st.decimals(min_value=0, max_value="1e20", allow_nan=False, allow_infinity=False))
def test_a_fixed_text_reads_back_as_the_same_number(amount: Decimal) -> None:
    text = fixed_text(amount)
    assert FIXED.fullmatch(text)
    assert Decimal(text) == amount
