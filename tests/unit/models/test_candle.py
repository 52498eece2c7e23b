"""Candles: ordered columns, views, and what has closed by a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.models.candle import Candle, CandleHistory, Candles


def hourly(*hours: int) -> Candles:
    """Candles that open at these hours, with prices told apart by the hour."""
    base = np.array(hours, dtype=np.float64)
    times = np.array(hours, dtype=np.int64) * 3600
    return Candles(times, base + 1, base + 4, base + 0.5, base + 2, base * 10, 3600)


def test_a_body_is_the_move_from_open_to_close_in_percent_of_the_open() -> None:
    assert Candle(0, open=200.0, high=0.0, low=0.0, close=190.0).body_pct == -5.0
    with pytest.raises(ZeroDivisionError):
        _ = Candle(0, 0.0, 1.0, 0.0, 1.0).body_pct


def test_columns_become_candles_oldest_first() -> None:
    candles = hourly(0, 1, 3)
    assert len(candles) == 3
    assert list(candles)[1] == Candle(3600, 2.0, 5.0, 1.5, 3.0, 10.0)
    assert candles.at(-1).open_time_s == 3 * 3600


def test_several_candles_make_one_from_the_first_open_to_the_last_close() -> None:
    candles = hourly(1, 2, 4)
    assert candles.joined() == Candle(3600, 2.0, 8.0, 1.5, 6.0, 70.0)
    assert candles.joined(1800) == Candle(1800, 2.0, 8.0, 1.5, 6.0, 70.0)
    assert hourly().joined() is None


@pytest.mark.parametrize("hours", [(1, 1), (2, 1), (0, 2, 1)])
def test_times_that_do_not_rise_are_refused(hours: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must rise strictly"):
        hourly(*hours)


def test_columns_of_different_lengths_are_refused_by_name() -> None:
    one, two = np.zeros(1), np.zeros(2)
    with pytest.raises(ValueError, match="column low has 2 rows, open_time_s has 1"):
        Candles(np.zeros(1, dtype=np.int64), one, one, two, one, one, 60)


@pytest.mark.parametrize("interval_s", [0, -60])
def test_a_candle_without_length_is_refused(interval_s: int) -> None:
    one = np.zeros(1)
    with pytest.raises(ValueError, match="interval_s was"):
        Candles(np.zeros(1, dtype=np.int64), one, one, one, one, one, interval_s)


def test_a_part_is_a_view_of_the_same_memory() -> None:
    candles = hourly(0, 1, 2, 3)
    part = candles.between(1, 3)
    assert [candle.open_time_s for candle in part] == [3600, 7200]
    assert np.shares_memory(part.close, candles.close)


@given(
    hours=st.lists(st.integers(0, 50), unique=True).map(sorted),
    time_s=st.integers(0, 60 * 3600),
)
def test_what_has_closed_by_a_time_is_every_candle_that_ended_then_or_before(
    hours: list[int], time_s: int
) -> None:
    closed = hourly(*hours).closed_by(time_s)
    assert closed.open_time_s.tolist() == [hour * 3600 for hour in hours if (hour + 1) * 3600 <= time_s]


def test_a_clean_history_counts_the_running_row_as_the_original_did() -> None:
    history = CandleHistory.of(hourly(0, 1, 2))
    assert history.row_number.tolist() == [3, 2, 1]
    assert history.rows_counted == 4
    without = CandleHistory.of(hourly(0, 1), running_rows=0)
    assert (without.row_number.tolist(), without.rows_counted) == ([1, 0], 2)
