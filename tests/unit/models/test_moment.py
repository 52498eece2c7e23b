"""Times from seconds and as text, by hand-calculated examples."""

from datetime import UTC, datetime

import pytest

from powertrader.models.moment import iso_text, utc_of


@pytest.mark.parametrize(
    "seconds, expected",
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (-1, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (1704067200, datetime(2024, 1, 1, tzinfo=UTC)),
        (1704067200.25, datetime(2024, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC)),
        (32_535_216_000, datetime(3001, 1, 1, tzinfo=UTC)),
    ],
)
def test_seconds_become_an_aware_time_on_every_system(seconds: float, expected: datetime) -> None:
    assert utc_of(seconds) == expected
    assert utc_of(seconds).tzinfo is UTC


def test_a_time_that_no_calendar_has_is_refused() -> None:
    with pytest.raises(OverflowError):
        utc_of(253_402_300_800)


def test_a_file_holds_a_time_to_the_second_with_its_zone() -> None:
    assert iso_text(datetime(2022, 1, 4, 19, 5, 9, tzinfo=UTC)) == "2022-01-04T19:05:09Z"
