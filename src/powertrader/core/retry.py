"""Bounded retries, on the clock they are given."""

import random
from collections.abc import Callable
from dataclasses import dataclass
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
            max(waits(state), _pause_after_s(state)) * (1 + stretch.uniform(0, policy.jitter_fraction))
        ),
        sleep=clock.sleep,
        reraise=True,
    )
    return retrying(call)


def asked_pause_s(error: BaseException | None) -> float:
    """Give the pause in seconds that a venue asked for with an error, 0 when it named none."""
    return error.retry_after_s if isinstance(error, RateLimitError) else 0.0


def _pause_after_s(state: tenacity.RetryCallState) -> float:
    return asked_pause_s(state.outcome.exception() if state.outcome else None)
