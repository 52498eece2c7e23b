"""Retries, on a clock that never waits."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import ExchangeError, OrderUnknown, RateLimitError, Rejected, RetryLater
from powertrader.core.retry import RetryPolicy, call_with_retry

START = datetime(2024, 1, 1, tzinfo=UTC)


class Venue:
    """Fails with the given errors, one a call, then answers; remembers when it was called."""

    def __init__(self, clock: ManualClock, *errors: ExchangeError) -> None:
        self.clock, self.errors, self.calls_at_s = clock, list(errors), list[float]()

    def __call__(self) -> str:
        self.calls_at_s.append((self.clock.now() - START).total_seconds())
        if self.errors:
            raise self.errors.pop(0)
        return "filled"


def test_the_third_try_may_succeed_after_pauses_of_3_5_and_7_seconds() -> None:
    venue = Venue(clock := ManualClock(START), RetryLater("a"), RetryLater("b"))
    assert call_with_retry(venue, clock) == "filled"
    assert venue.calls_at_s == [0, 3.5, 10.5]


def test_after_three_tries_the_last_error_comes_through() -> None:
    venue = Venue(clock := ManualClock(START), *(RetryLater(str(number)) for number in range(9)))
    with pytest.raises(RetryLater, match=r"^2$"):
        call_with_retry(venue, clock)
    assert len(venue.calls_at_s) == 3


@pytest.mark.parametrize("error", [OrderUnknown("no answer"), Rejected("no"), ExchangeError("odd")])
def test_what_must_not_be_repeated_is_called_once(error: ExchangeError) -> None:
    venue = Venue(clock := ManualClock(START), error)
    with pytest.raises(type(error)):
        call_with_retry(venue, clock)
    assert venue.calls_at_s == [0]


@pytest.mark.parametrize("asked, second_call", [(30.0, 30.0), (1.0, 3.5)])
def test_the_longer_of_the_venues_pause_and_our_own_is_kept(asked: float, second_call: float) -> None:
    venue = Venue(clock := ManualClock(START), RateLimitError("slow down", asked))
    call_with_retry(venue, clock)
    assert venue.calls_at_s == [0, second_call]


def test_a_pause_grows_up_to_the_longest_and_jitter_only_stretches_it() -> None:
    venue = Venue(clock := ManualClock(START), *(RetryLater("x") for _ in range(5)))
    policy = RetryPolicy(max_tries=6, first_delay_s=1, factor=3, longest_delay_s=5, jitter_fraction=0.1)
    call_with_retry(venue, clock, policy)
    pauses = [later - earlier for earlier, later in pairwise(venue.calls_at_s)]
    for pause, least in zip(pauses, [1, 3, 5, 5, 5], strict=True):
        assert least <= pause <= least * 1.1 + 1e-6
    assert pauses != [1, 3, 5, 5, 5]


@pytest.mark.parametrize(
    "make",
    [
        lambda: RetryPolicy(max_tries=0),
        lambda: RetryPolicy(factor=0.5),
        lambda: RetryPolicy(jitter_fraction=-0.1),
    ],
)
def test_numbers_without_sense_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"was|below"):
        make()
