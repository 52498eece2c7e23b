"""Gaps between candles, counted and said."""

import numpy as np
import pytest

from powertrader.models.candle import Candles
from powertrader.models.candle_gaps import gaps_in


def hours(*numbers: int) -> Candles:
    ones = np.ones(len(numbers))
    return Candles(np.array(numbers, dtype=np.int64) * 3600, ones, ones, ones, ones, ones, 3600)


def test_gaps_are_counted_and_the_longest_is_named() -> None:
    gaps = gaps_in(hours(0, 1, 3, 4, 8, 9))
    assert (gaps.expected, gaps.missing, gaps.count) == (10, 4, 2)
    assert str(gaps) == (
        "4 of 10 candles are missing in 2 gaps, the longest between 1970-01-01 04:00 and 1970-01-01 08:00 UTC"
    )


@pytest.mark.parametrize("numbers", [(), (5,), (5, 6, 7)])
def test_whole_candles_have_no_gap(numbers: tuple[int, ...]) -> None:
    assert str(gaps_in(hours(*numbers))) == "no candle is missing"
    assert gaps_in(hours(*numbers)).expected == len(numbers)
