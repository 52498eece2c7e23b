"""A signal as the original's text files, there and back."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.original_signals import (
    UNTRAINED,
    SignalTexts,
    bounds_text,
    export_signal,
    parse_bounds,
    parse_level,
    parse_margin,
    parse_view,
)
from powertrader.models.signal import Signal, SignalView

MOMENT = datetime(2024, 3, 1, tzinfo=UTC)
prices = st.floats(0.011, 1e12)


def test_the_files_hold_seven_bounds_and_the_original_s_tokens_for_the_missing_ones() -> None:
    signal = Signal("BTC", 3, 0, (39647.5, 39519.25), (40314.69269446555,), 1.5, 1.5, MOMENT)
    assert export_signal(signal) == SignalTexts(
        low_bounds="39647.5, 39519.25, 0.01, 0.01, 0.01, 0.01, 0.01",
        high_bounds="40314.69269446555" + ", 99999999999999999" * 6,
        long_margin="1.5",
        short_margin="1.5",
        long_level="3",
        short_level="0",
    )


@given(
    lows=st.lists(prices, max_size=7),
    highs=st.lists(prices, max_size=7),
    long=st.integers(0, 7),
    margin=st.floats(0.25, 1e6),
)
def test_what_is_exported_is_read_back_exactly(
    lows: list[float], highs: list[float], long: int, margin: float
) -> None:
    texts = export_signal(Signal("ETH", long, 7 - long, tuple(lows), tuple(highs), margin, margin, MOMENT))
    assert parse_view(texts) == SignalView(long, 7 - long, tuple(lows))
    assert parse_bounds(texts.high_bounds) == tuple(highs)
    assert parse_margin(texts.long_margin) == parse_margin(texts.short_margin) == margin


def test_both_spellings_of_an_inactive_bound_are_understood() -> None:
    assert parse_bounds("inf, 99999999999999999, 1e17, 5.5") == (5.5,)
    assert parse_bounds(".01, 0.01, -inf, 0.02") == (0.02,)


def test_infinity_in_memory_becomes_the_original_s_integer() -> None:
    assert bounds_text([40.5, math.inf]) == "40.5, 99999999999999999"


def test_bounds_are_read_as_leniently_as_the_original_read_them() -> None:
    assert parse_bounds("['40.5', oops, nan, \"39\",]") == (40.5, 39.0)
    assert parse_bounds(None) == parse_bounds("") == ()


@pytest.mark.parametrize(
    "text, level",
    [
        ("3", 3),
        (" 4.9\n", 4),
        ("0.9", 0),
        ("-1", -1),
        ("1e1", 10),
        ("nan", 0),
        ("inf", 0),
        ("x", 0),
        (None, 0),
    ],
)
def test_a_level_is_cut_towards_zero_and_a_failure_is_none_at_all(text: str | None, level: int) -> None:
    assert parse_level(text) == level


@pytest.mark.parametrize("text", [None, "", "x", "nan", "inf"])
def test_a_margin_that_is_no_number_is_absent(text: str | None) -> None:
    assert parse_margin(text) is None


def test_an_untrained_coin_says_nothing_and_leaves_the_bounds_alone() -> None:
    assert UNTRAINED.low_bounds is None
    assert UNTRAINED.high_bounds is None
    assert parse_view(UNTRAINED) == SignalView(0, 0)
