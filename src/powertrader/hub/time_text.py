"""Times as the window writes them: local, and how long ago something was in a word."""

from datetime import datetime
from typing import Final

from powertrader.hub.text import text

_STEPS: Final = ((86400, "banner.days"), (3600, "banner.hours"), (60, "banner.minutes"))


def age_text(seconds: float) -> str:
    """Give seconds as a person says them: 12 s, 5 min, 3 h, 2 d; what lies ahead counts as now."""
    whole = max(0, int(seconds))
    # below two of a unit the smaller one says more: 90 s is more than 1 min
    size, key = next((one for one in _STEPS if whole >= 2 * one[0]), (1, "banner.seconds"))
    return text(key, n=f"{whole // size:,}")


def moment_text(at: datetime) -> str:
    """Give a time to the second, such as 2024-01-15 13:00:00."""
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def minute_text(at: datetime) -> str:
    """Give a time to the minute, such as 2024-01-15 13:00."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def clock_text(at: datetime) -> str:
    """Give the time of a day alone, such as 13:00:00."""
    return f"{at.astimezone():%H:%M:%S}"
