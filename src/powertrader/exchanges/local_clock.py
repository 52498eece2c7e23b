"""The market time of a local exchange, so that workers live in the same time as the market they ask."""

from datetime import timedelta
from typing import Any, Final

import requests

from powertrader.core.clock import Clock, ScaledClock
from powertrader.core.exceptions import BadData, RetryLater
from powertrader.models.moment import utc_of

_PATH: Final = "/local/clock"
_TIMEOUT_S: Final = 10.0
_MS_PER_S: Final = 1000


def market_clock(url: str, wall_clock: Clock) -> ScaledClock:
    """Ask a local exchange for its market time and give a clock that runs along with it.

    wall_clock: this computer's time, on which the exchange runs too. Ask again after market time was
    moved by hand. Raises RetryLater when nobody answers, BadData when the answer is no clock reading.
    """
    try:
        reply = requests.get(url + _PATH, timeout=_TIMEOUT_S)
    except requests.RequestException as error:
        msg = f"the local exchange at {url} does not answer: {type(error).__name__}; start it first"
        raise RetryLater(msg) from error
    try:
        wall_ms, market_ms, rate = clock_reading(reply.json())
        # what has passed since the exchange looked at both clocks, at the market's pace
        passed = wall_clock.now() - utc_of(wall_ms / _MS_PER_S)
        start = utc_of(market_ms / _MS_PER_S) + max(passed, timedelta()) * rate
        return ScaledClock(wall_clock, start, rate)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        msg = f"{url}{_PATH} gave {reply.text[:80]!r}, must be a clock reading; is it a local exchange?"
        raise BadData(msg) from error


def clock_reading(content: Any) -> tuple[float, float, float]:  # noqa: ANN401  parsed JSON gets its types here
    """Give wall time and market time, both in milliseconds since 1970, and the rate of an answer.

    Raises KeyError, TypeError or ValueError for anything else.
    """
    return float(content["wall_ms"]), float(content["market_ms"]), float(content["rate"])
