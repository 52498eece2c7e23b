"""The seven timeframes."""

from powertrader.models.timeframe import TIMEFRAMES, Timeframe


def test_there_are_seven_by_the_names_of_the_original_shortest_first() -> None:
    assert TIMEFRAMES == ("1hour", "2hour", "4hour", "8hour", "12hour", "1day", "1week")
    assert [timeframe.minutes for timeframe in TIMEFRAMES] == [60, 120, 240, 480, 720, 1440, 10080]


def test_exchanges_name_them_shortly() -> None:
    assert [one.short for one in TIMEFRAMES] == ["1h", "2h", "4h", "8h", "12h", "1d", "1w"]


def test_a_length_in_seconds_is_the_one_in_minutes() -> None:
    assert Timeframe.DAY_1.seconds == 86400
    assert Timeframe.WEEK_1.seconds == 604800
