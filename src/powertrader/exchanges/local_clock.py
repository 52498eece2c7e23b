"""The market time of a local exchange, so that workers live in the same time as the market they ask."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

import requests

from powertrader.core.clock import Clock, ScaledClock
from powertrader.core.exceptions import BadData, RetryLater
from powertrader.models.moment import iso_text, utc_of

LOOK_EVERY_S: Final = 5.0
"""How often a clock is compared with the exchange's."""
APART_S: Final = 0.5
"""So far apart, in seconds of this computer's time, two clocks still count as the same."""
_PATH: Final = "/local/clock"
_TIMEOUT_S: Final = 10.0
_SHORT_TIMEOUT_S: Final = 1.0
_MS_PER_S: Final = 1000
log = logging.getLogger(__name__)


class LocalClock(ScaledClock):
    """A market time that runs along with a local exchange, and follows when that is moved or restarted."""

    def __init__(self, url: str, wall: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Ask for the time. Raises RetryLater when nobody answers, BadData when the answer is no reading.

        wall: this computer's time, on which the exchange runs too; monotonic cannot be moved.
        """
        self._url = url
        self._monotonic = monotonic
        start, rate = _reading(url, wall, monotonic, _TIMEOUT_S)
        super().__init__(wall, start, rate)
        self._looked()

    def follow(self) -> None:
        """Compare with the exchange now and then, at once when the computer's clock was moved.

        An exchange that does not answer changes nothing: whoever asks it for prices tells of it.
        """
        passed_s = self._monotonic() - self._looked_s
        moved_s = (self._base.now() - self._looked_at).total_seconds() - passed_s
        if passed_s < LOOK_EVERY_S and abs(moved_s) < APART_S:
            return
        try:
            start, rate = _reading(self._url, self._base, self._monotonic, _SHORT_TIMEOUT_S)
        except (RetryLater, BadData) as error:
            log.debug("the time of the local exchange is not known", extra={"reason": str(error)})
        else:
            self._take_over(start, rate)
        self._looked()

    def _take_over(self, start: datetime, rate: float) -> None:
        before = self.now()
        if rate == self.rate and abs(start - before) <= timedelta(seconds=APART_S * rate):
            return
        self.restart(start, rate)
        log.warning(
            "the local exchange has another time now, which is taken over",
            extra={"was": iso_text(before), "is": iso_text(start), "speed": rate},
        )

    def _looked(self) -> None:
        self._looked_s, self._looked_at = self._monotonic(), self._base.now()


def _reading(
    url: str, wall: Clock, monotonic: Callable[[], float], timeout_s: float
) -> tuple[datetime, float]:
    """Ask a local exchange for its present market time and its pace."""
    asked_s = monotonic()
    try:
        reply = requests.get(url + _PATH, timeout=timeout_s)
    except requests.RequestException as error:
        msg = f"the local exchange at {url} does not answer: {type(error).__name__}"
        raise RetryLater(msg) from error
    if reply.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        msg = f"the local exchange at {url} answered HTTP {reply.status_code}"
        raise RetryLater(msg)
    try:
        wall_ms, market_ms, rate = clock_reading(reply.json())
        # what has passed since the exchange looked at both clocks: never more than the question took, also
        # where somebody moved the clock of one of the two processes
        passed_s = (wall.now() - utc_of(wall_ms / _MS_PER_S)).total_seconds()
        passed_s = min(max(passed_s, 0.0), monotonic() - asked_s)
        start = utc_of(market_ms / _MS_PER_S) + timedelta(seconds=passed_s * rate)
        # a pace that no clock can have is found by making one
        ScaledClock(wall, start, rate)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        msg = f"{url}{_PATH} gave {reply.text[:80]!r}, must be a clock reading; is it a local exchange?"
        raise BadData(msg) from error
    return start, rate


def clock_reading(content: Any) -> tuple[float, float, float]:  # noqa: ANN401  parsed JSON gets its types here
    """Give wall time and market time, both in milliseconds since 1970, and the rate of an answer.

    Raises KeyError, TypeError or ValueError for anything else.
    """
    return float(content["wall_ms"]), float(content["market_ms"]), float(content["rate"])
