"""Whether a coin's training is young enough to be asked. Source: golden/BEHAVIOUR.md section 2.2."""

from typing import Final

import numpy as np

from powertrader.core.constants import TRAINING_STALE_DAYS
from powertrader.models.types import BoolArray, FloatArray, IntArray

_SECONDS_PER_DAY: Final = 86400
LONGEST_AGE_S: Final = TRAINING_STALE_DAYS * _SECONDS_PER_DAY


def is_fresh(trained_at_s: float | None, now_s: float) -> bool:
    """Tell whether a training of this time (seconds since 1970, None for never) may be used.

    One from the future may be, as in the original (Q32).
    """
    return trained_at_s is not None and bool(fresh_rows(np.array([trained_at_s]), now_s)[0])


def fresh_rows(trained_at_s: FloatArray, now_s: float | IntArray) -> BoolArray:
    """Tell the same of many trainings at once, nan for never; now_s may be a time for each."""
    with np.errstate(over="ignore"):
        return (trained_at_s > 0) & (now_s - trained_at_s <= LONGEST_AGE_S)


def refusal(trained_at_s: float | None, now_s: float) -> str:
    """Say why a training that is not fresh cannot be used, and what to do."""
    if trained_at_s is None or not trained_at_s > 0:
        return "not trained yet; train this coin"
    days = (now_s - trained_at_s) / _SECONDS_PER_DAY
    return f"trained {days:.1f} days ago, at most {TRAINING_STALE_DAYS} are allowed; train this coin again"
