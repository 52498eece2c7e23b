"""Longer candles are what an exchange would show: hand-made examples."""

from datetime import UTC, datetime

import numpy as np
import pytest

from powertrader.core.exceptions import BadData
from powertrader.market.resample import Weekday, resample, resample_counted
from powertrader.models.candle import Candles
from powertrader.models.timeframe import Timeframe

MONDAY_S = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())


def hours(*numbers: int) -> Candles:
    """Hourly candles that open so many hours after Monday 2024-01-01; candle n goes from n+100 to n+101."""
    opened = np.array(numbers, dtype=np.float64) + 100
    times = MONDAY_S + 3600 * np.array(numbers, dtype=np.int64)
    return Candles(times, opened, opened + 2, opened - 2, opened + 1, opened * 0 + 3, 3600)


def starts_of(candles: Candles) -> list[int]:
    return [int(start - MONDAY_S) // 3600 for start in candles.open_time_s]


def test_four_hours_become_one_candle_from_first_open_to_last_close() -> None:
    made = resample(hours(0, 1, 2, 3), Timeframe.HOUR_4)
    assert len(made) == 1
    only = made.at(0)
    assert (only.open, only.high, only.low, only.close, only.volume) == (100, 105, 98, 104, 12)
    assert (only.open_time_s, made.interval_s) == (MONDAY_S, 14400)


@pytest.mark.parametrize(
    "given, expected", [(range(8), [0, 4]), (range(7), [0]), (range(3), []), (range(1), [])]
)
def test_a_candle_is_there_only_once_its_end_has_been_reached(given: range, expected: list[int]) -> None:
    assert starts_of(resample(hours(*given), Timeframe.HOUR_4)) == expected


def test_the_first_candle_is_left_out_when_its_beginning_is_not_known() -> None:
    assert starts_of(resample(hours(*range(1, 12)), Timeframe.HOUR_4)) == [4, 8]


def test_missing_candles_inside_are_allowed_and_counted() -> None:
    made = resample_counted(hours(0, 1, 3, 6, 8, 9, 10, 11), 14400)
    assert starts_of(made.candles) == [0, 4, 8]
    assert made.members.tolist() == [3, 1, 4]
    assert made.missing == 4
    assert made.candles.at(1).open == 106


def test_a_missing_last_candle_leaves_the_group_open_until_a_later_one_has_closed() -> None:
    assert starts_of(resample(hours(0, 1, 2), Timeframe.HOUR_4)) == []
    assert starts_of(resample(hours(0, 1, 2, 4), Timeframe.HOUR_4)) == [0]
    watched = resample_counted(hours(0, 1, 2), 14400, observed_until_s=MONDAY_S + 4 * 3600)
    assert starts_of(watched.candles) == [0]


def test_a_group_without_any_candle_is_no_candle() -> None:
    assert starts_of(resample(hours(0, 1, 2, 3, 12, 13, 14, 15), Timeframe.HOUR_4)) == [0, 12]


@pytest.mark.parametrize("day", list(Weekday))
def test_weeks_start_on_the_day_asked_for(day: Weekday) -> None:
    made = resample(hours(*range(24 * 30)), Timeframe.WEEK_1, week_start=day)
    opened = [datetime.fromtimestamp(when, UTC) for when in made.open_time_s.tolist()]
    assert len(opened) >= 3
    assert {(when.weekday(), when.hour) for when in opened} == {(int(day), 0)}


def test_weeks_start_on_monday_unless_asked_otherwise() -> None:
    assert starts_of(resample(hours(*range(24 * 14)), Timeframe.WEEK_1)) == [0, 168]


def test_the_given_length_itself_changes_nothing() -> None:
    given = hours(0, 1, 5)
    assert resample(given, Timeframe.HOUR_1) is given


def test_a_length_that_is_no_multiple_is_refused() -> None:
    four = resample(hours(*range(8)), Timeframe.HOUR_4)
    with pytest.raises(BadData, match="cannot make candles of 3600 s from candles of 14400 s"):
        resample(four, Timeframe.HOUR_1)


def test_no_candles_give_no_candles() -> None:
    assert len(resample(hours(), Timeframe.DAY_1)) == 0
