"""Sizing: what a venue can take, and the reason with its numbers where it could not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from powertrader.models.instrument import Instrument
from powertrader.trader.sizing import (
    Refusal,
    Sized,
    size_as_original,
    size_purchase,
    size_sale,
    smallest_quantity,
    text_differs,
)
from tests.unit.trader.venue import pair

pytestmark = pytest.mark.money
BTC = pair("BTC")


def refused(found: Sized | Refusal) -> tuple[str, float | None, float | None]:
    assert isinstance(found, Refusal)
    assert found.gate is not None
    return found.reason, found.gate.value, found.gate.limit


def text(found: Sized | Refusal) -> str:
    assert isinstance(found, Sized)
    return found.order.text


def test_a_purchase_is_floored_to_the_step() -> None:
    assert text(size_purchase(100.0, 40_004.0, BTC, 1_000.0)) == "0.00249"


def test_a_purchase_below_the_minimum_or_above_the_funds_is_refused_with_its_numbers() -> None:
    assert refused(size_purchase(0.3, 40_000.0, BTC, 1_000.0))[0] == "below_min_quantity"
    assert refused(size_purchase(4.0, 40_000.0, BTC, 1_000.0)) == ("below_min_notional", 4.0, 5.0)
    assert refused(size_purchase(400.0, 40_000.0, BTC, 399.0)) == ("over_funds", 400.0, 399.0)
    assert text(size_purchase(400.0, 40_000.0, BTC, 400.0)) == "0.01"


def test_a_sale_takes_what_is_owned_and_free() -> None:
    owned, free = Decimal("0.123456"), Decimal("0.2")
    assert text(size_sale(owned, free, 40_000.0, BTC)) == "0.12345"
    assert text(size_sale(free, owned, 40_000.0, BTC)) == "0.12345"
    assert text(size_sale(free, free, 40_000.0, replace(BTC, max_quantity=Decimal("0.05")))) == "0.05"


@pytest.mark.parametrize("free", ["0", "0.000009", "-1"])
def test_a_sale_of_less_than_the_minimum_is_refused(free: str) -> None:
    assert refused(size_sale(Decimal(1), Decimal(free), 40_000.0, BTC))[0] == "below_min_quantity"
    assert refused(size_sale(Decimal("0.0001"), Decimal(1), 40_000.0, BTC))[0] == "below_min_notional"


def test_the_original_looks_at_the_minimum_quantity_only_and_keeps_the_exponent() -> None:
    assert text(size_as_original(0.00004, 1.0, BTC)) == "4e-05"
    assert refused(size_as_original(0.000004, 1.0, BTC))[0] == "below_min_quantity"
    assert text(size_as_original(0.123456785, 1.0, None)) == "0.12345678"


def test_the_smallest_sale_is_the_larger_of_step_and_minimum() -> None:
    assert smallest_quantity(Instrument("BTCUSDT", "BTC", Decimal("0.1"), Decimal(0))) == Decimal("0.1")
    assert smallest_quantity(Instrument("BTCUSDT", "BTC", Decimal("0.1"), Decimal(2))) == Decimal(2)


def test_a_minimum_between_two_steps_makes_the_upper_one_the_smallest_sale() -> None:
    odd = Instrument("BTCUSDT", "BTC", Decimal("0.01"), Decimal("0.015"))
    assert smallest_quantity(odd) == Decimal("0.02")
    assert refused(size_sale(Decimal("0.019"), Decimal(1), 40_000.0, odd))[0] == "below_min_quantity"
    assert text(size_sale(Decimal("0.02"), Decimal(1), 40_000.0, odd)) == "0.02"
    assert smallest_quantity(replace(odd, lot_step=Decimal(0))) == Decimal("0.015")


def test_only_a_text_with_an_exponent_differs_between_the_two_modes() -> None:
    small, plain = size_purchase(8.0, 200_000.0, BTC, 99.0), size_purchase(80.0, 40_000.0, BTC, 99.0)
    assert isinstance(small, Sized)
    assert isinstance(plain, Sized)
    assert text_differs(8.0 / 200_000.0, small, BTC)
    assert not text_differs(80.0 / 40_000.0, plain, BTC)
