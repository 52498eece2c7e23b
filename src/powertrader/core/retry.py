"""Bounded retries and rate limits, on the clock they are given."""

import random
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

import tenacity

from powertrader.core.clock import Clock
from powertrader.core.exceptions import RateLimitError, RetryLater

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently a call is repeated.

    The pause before try n + 1 is first_delay_s * factor ** (n - 1), at most longest_delay_s, made longer by
    up to jitter_fraction of itself at random, so that processes that failed together do not come back
    together. Raises ValueError when a number makes no sense.
    """

    max_tries: int = 3
    first_delay_s: float = 3.5
    factor: float = 2.0
    longest_delay_s: float = 60.0
    jitter_fraction: float = 0.0

    def __post_init__(self) -> None:
        """Check the ranges once."""
        if self.max_tries < 1:
            msg = f"max_tries was {self.max_tries}, must be >= 1"
            raise ValueError(msg)
        if self.factor < 1:
            msg = f"factor was {self.factor}, must be >= 1"
            raise ValueError(msg)
        if min(self.first_delay_s, self.longest_delay_s, self.jitter_fraction) < 0:
            msg = f"a number of {self} is below 0"
            raise ValueError(msg)


STANDARD: Final = RetryPolicy()


def call_with_retry(call: Callable[[], Answer], clock: Clock, policy: RetryPolicy = STANDARD) -> Answer:
    """Give the answer of the first try that works.

    Only RetryLater is tried again, after the venue's own pause when it named a longer one. Every other
    error, above all OrderUnknown, comes through at once, and so does the error of the last try.
    """
    waits = tenacity.wait_exponential(policy.first_delay_s, policy.longest_delay_s, policy.factor)
    stretch = random.Random()  # noqa: S311  spreads processes in time, protects nothing
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(RetryLater),
        stop=tenacity.stop_after_attempt(policy.max_tries),
        wait=lambda state: (
            max(waits(state), _asked_pause_s(state)) * (1 + stretch.uniform(0, policy.jitter_fraction))
        ),
        sleep=clock.sleep,
        reraise=True,
    )
    return retrying(call)


def _asked_pause_s(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after_s if isinstance(error, RateLimitError) else 0.0


class RateLimiter:
    """Lets at most `most` calls pass in any window of per_s seconds; callers beyond that wait in line.

    Raises ValueError unless both are above 0.
    """

    def __init__(self, clock: Clock, most: int, per_s: float) -> None:
        """Start with an empty window."""
        if most < 1 or per_s <= 0:
            msg = f"most was {most} and per_s {per_s}, both must be above 0"
            raise ValueError(msg)
        self._clock = clock
        self._window = timedelta(seconds=per_s)
        self._passed: deque[datetime] = deque(maxlen=most)
        self._lock = threading.Lock()

    def acquire(self) -> None:
        """Return when the caller may go ahead."""
        with self._lock:
            while (wait := self._wait(self._clock.now())) > timedelta(0):
                self._clock.sleep(wait.total_seconds())
            self._passed.append(self._clock.now())

    def _wait(self, now: datetime) -> timedelta:
        if self._passed and now < self._passed[-1]:
            # the computer's clock was set back: count what passed as of now, wait one window at most
            for place in range(len(self._passed)):
                self._passed[place] = now
        if len(self._passed) < (self._passed.maxlen or 0):
            return timedelta(0)
        return self._passed[0] + self._window - now
