"""From downloaded rows to candles with their row numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from powertrader.models.candle_rows import CandleRow, history_of_rows, newest_of_rows

HOUR = 3600


def row(time_s: float) -> CandleRow:
    return time_s, 1.0, 3.0, 0.5, 2.0, 7.0


def test_rows_come_newest_first_and_candles_leave_oldest_first() -> None:
    history = history_of_rows([row(3 * HOUR), row(2 * HOUR), row(HOUR)], HOUR)
    assert history.candles.open_time_s.tolist() == [HOUR, 2 * HOUR, 3 * HOUR]
    assert history.row_number.tolist() == [2, 1, 0]
    candle = history.candles.at(0)
    assert (candle.open, candle.high, candle.low, candle.close, candle.volume) == (1.0, 3.0, 0.5, 2.0, 7.0)


def test_rows_that_are_no_candles_are_counted_and_keep_their_numbers() -> None:
    history = history_of_rows([None, row(2 * HOUR), None, row(HOUR), None], HOUR)
    assert history.row_number.tolist() == [3, 1]
    assert history.rows_counted == 5


def test_a_row_that_came_before_is_counted_and_used_once() -> None:
    history = history_of_rows([row(2 * HOUR), row(HOUR), row(HOUR), row(3 * HOUR), row(0)], HOUR)
    assert history.candles.open_time_s.tolist() == [0, HOUR, 2 * HOUR]
    assert history.rows_counted == 5


def test_the_newest_closed_candle_is_found_in_any_order() -> None:
    for rows in ([row(HOUR), None, row(2 * HOUR)], [row(2 * HOUR), row(HOUR)]):
        newest = newest_of_rows(rows)
        assert newest is not None
        assert (newest.open_time_s, newest.open, newest.close) == (2 * HOUR, 1.0, 2.0)
    assert newest_of_rows([None]) is None


def test_no_rows_are_no_candles() -> None:
    assert len(history_of_rows([], HOUR).candles) == 0
    assert history_of_rows([None], HOUR).rows_counted == 1


@given(st.lists(st.none() | st.integers(0, 50).map(lambda hour: row(float(hour * HOUR)))))
def test_whatever_the_order_candles_rise_and_every_row_counts(rows: list[CandleRow | None]) -> None:
    history = history_of_rows(rows, HOUR)
    assert history.rows_counted == len(rows)
    assert bool(np.all(np.diff(history.candles.open_time_s) > 0))
    assert bool(np.all(np.diff(history.row_number) < 0))
    for number, time_s in zip(history.row_number, history.candles.open_time_s, strict=True):
        found = rows[number]
        assert found is not None
        assert found[0] == time_s
