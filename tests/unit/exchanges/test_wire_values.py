"""Fields of any venue's reply: a value or nothing, whatever was sent."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.exchanges.wire_values import finite, plain, quote_from
from powertrader.models.account import Quote


@pytest.mark.parametrize("field,number", [("0.5", 0.5), (2, 2.0), (-1.25, -1.25), ("1e3", 1000.0)])
def test_a_number_may_be_written_as_one_or_as_text(field: object, number: float) -> None:
    assert finite(field) == number


@pytest.mark.parametrize("field", [None, True, "", "one", "nan", "inf", math.inf, 10**400, [], {}, "1_0x"])
def test_what_is_no_finite_number_is_none(field: object) -> None:
    assert finite(field) is None


@pytest.mark.parametrize("bid,ask", [("0", "1"), ("1", 0), (None, 1), (1, None), ("-1", "1"), (1, -1)])
def test_prices_are_known_only_when_both_are_above_0(bid: object, ask: object) -> None:
    assert quote_from("1.5", 2) == Quote(bid=1.5, ask=2.0)
    assert quote_from(bid, ask) is None


def test_words_are_one_line_of_a_bounded_length() -> None:
    assert plain("two\nlines\x1b[31m") == "two lines [31m"
    assert plain("abcdef", 3) == "abc"
    assert plain(None) == plain(7) == ""


@given(st.text())
def test_any_words_can_be_printed(words: str) -> None:
    shown = plain(words)
    assert shown.isprintable()
    assert len(shown) <= 200
