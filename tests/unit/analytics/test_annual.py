"""How many candles a year has."""

import pytest

from powertrader.analytics.annual import periods_per_year, timeframe_of


@pytest.mark.parametrize(
    "timeframe, count",
    [
        ("1h", 8760.0),
        ("2h", 4380.0),
        ("4h", 2190.0),
        ("8h", 1095.0),
        ("12h", 730.0),
        ("1d", 365.0),
        ("1w", 365 / 7),
        ("1week", 365 / 7),
        ("1hour", 8760.0),
        ("15m", 35040.0),
    ],
)
def test_a_year_has_as_many_candles_as_fit_into_365_days(timeframe: str, count: float) -> None:
    assert periods_per_year(timeframe) == count


@pytest.mark.parametrize("timeframe", ["", "3h", "1M", "1H", "hourly"])
def test_an_unknown_timeframe_is_refused_with_the_known_ones(timeframe: str) -> None:
    with pytest.raises(ValueError, match=f"timeframe was '{timeframe}', must be one of 1m, 5m, .*1h.*1w"):
        periods_per_year(timeframe)


def test_a_length_has_the_name_it_is_known_by() -> None:
    assert [timeframe_of(seconds) for seconds in (60, 3600, 86400, 604800)] == ["1m", "1h", "1d", "1w"]
    with pytest.raises(ValueError, match=r"candles of 10800 s have no name.*3600 \(1h\)"):
        timeframe_of(10800)
