"""The seven timeframes, and the eleven of charts."""

from powertrader.models.timeframe import TIMEFRAMES, ChartTimeframe, Timeframe


def test_there_are_seven_by_the_names_of_the_original_shortest_first() -> None:
    assert TIMEFRAMES == ("1hour", "2hour", "4hour", "8hour", "12hour", "1day", "1week")
    assert [timeframe.minutes for timeframe in TIMEFRAMES] == [60, 120, 240, 480, 720, 1440, 10080]


def test_exchanges_name_them_shortly() -> None:
    assert [one.short for one in TIMEFRAMES] == ["1h", "2h", "4h", "8h", "12h", "1d", "1w"]


def test_a_length_in_seconds_is_the_one_in_minutes() -> None:
    assert Timeframe.DAY_1.seconds == 86400
    assert Timeframe.WEEK_1.seconds == 604800


def test_charts_have_eleven_lengths_by_the_names_of_the_original() -> None:
    assert [one.value for one in ChartTimeframe] == [
        "1min", "5min", "15min", "30min", *TIMEFRAMES
    ]  # fmt: skip
    assert [one.short for one in ChartTimeframe] == [
        "1m", "5m", "15m", "30m", *[one.short for one in TIMEFRAMES]
    ]  # fmt: skip
    assert [one.seconds for one in ChartTimeframe][:5] == [60, 300, 900, 1800, 3600]
