"""Which coin is to be trained when nobody asks for it: pure, in days of the market's time."""

from typing import Final

_SECONDS_PER_DAY: Final = 86400
_DAYS_AHEAD: Final = 1.0
"""A clock that was set by less did no harm."""


def due_reason(trained_at_s: float | None, broken_off: bool, now_s: float, retrain_days: float) -> str:  # noqa: FBT001  one of four facts
    """Say why a coin is to be trained now, empty when it is not.

    trained_at_s: seconds since 1970, None or not above 0 for never. broken_off: a training is half done.
    retrain_days: how old a training may become, 0 for any age.
    """
    if broken_off:
        return "its training was broken off"
    if trained_at_s is None or not trained_at_s > 0:
        return "it was never trained"
    days = (now_s - trained_at_s) / _SECONDS_PER_DAY
    if days < -_DAYS_AHEAD:
        return "its training is from the future: a clock was moved"
    if retrain_days and days >= retrain_days:
        return f"it was trained {days:.1f} days ago"
    return ""
