"""How prices, amounts and percents are written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis.strategies import floats

from powertrader.hub.clipboard import rows_text
from powertrader.hub.price_text import money_text, percent_text, price_text, quantity_text


@pytest.mark.parametrize(
    "price, written",
    [
        (98123.456, "$98,123.46"),
        (1000.0, "$1,000"),
        (999.99951, "$1,000"),
        (999.9994, "$999.999"),
        (100.0, "$100"),
        (99.123456, "$99.1235"),
        (1.5, "$1.5"),
        (0.99999, "$0.99999"),
        (0.1234567, "$0.12346"),
        (0.01234567, "$0.012346"),
        (0.001234567, "$0.0012346"),
        (0.00012345678, "$0.00012346"),
        (0.0, "$0"),
        (-2.5, "-$2.5"),
        (Decimal("1234.50"), "$1,234.5"),
        (None, "N/A"),
        (float("nan"), "N/A"),
        (float("inf"), "N/A"),
    ],
)
def test_checklist_a_price_has_the_decimals_of_its_size_without_zeros_at_its_end(
    price: float | None, written: str
) -> None:
    assert price_text(price) == written


@given(floats(0, 1e12))
def test_a_written_price_is_never_further_off_than_half_its_last_decimal(price: float) -> None:
    read = float(price_text(price).removeprefix("$").replace(",", ""))
    assert abs(read - price) <= max(price * 5.1e-4, 5.1e-9)


def test_amounts_have_two_decimals_and_a_sign_where_it_matters() -> None:
    assert money_text(1234567.891) == "$1,234,567.89"
    assert money_text(Decimal("-0.004"), signed=True) == money_text(0, signed=True) == "$0.00"
    assert money_text(5, signed=True) == "+$5.00"
    assert money_text(-5.125, signed=True) == "-$5.12"
    assert money_text(None) == "N/A"


def test_another_quote_asset_is_named_behind_the_number() -> None:
    assert price_text(0.05123, "BTC") == "0.05123 BTC"
    assert money_text(Decimal("0.00012345"), "BTC") == "0.00012345 BTC"
    assert money_text(1, "USDC") == "$1.00"


def test_percents_have_a_sign_and_quantities_no_zeros_at_their_end() -> None:
    assert [percent_text(one) for one in (2.5, -0.456, None)] == ["+2.50%", "-0.46%", "N/A"]
    assert [quantity_text(one) for one in (1.0, 0.1, 12345.678901234, 1e-8)] == [
        "1",
        "0.1",
        "12345.67890123",
        "0.00000001",
    ]


def test_copied_rows_keep_one_line_and_one_cell_each() -> None:
    assert rows_text([("a\tb", "c\nd"), ("", "e")]) == "a b\tc d\n\te"
