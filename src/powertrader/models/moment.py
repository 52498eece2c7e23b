"""Times as aware UTC values: from seconds since 1970, and as the text that files hold."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def utc_of(seconds: float) -> datetime:
    """Give the time that lies so many seconds after 1970-01-01 00:00 UTC.

    Raises OverflowError outside the years 1 to 9999.
    """
    # datetime.fromtimestamp fails on Windows before 1970 and from the year 3001 on
    return _EPOCH + timedelta(seconds=seconds)


def iso_text(moment: datetime) -> str:
    """Give an aware UTC time to the second, such as 2022-01-01T06:00:00Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
