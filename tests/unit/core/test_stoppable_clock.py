"""A clock whose waits end when the work shall."""

from datetime import UTC, datetime, timedelta

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.stoppable_clock import StopAsked, StoppableClock

START = datetime(2024, 1, 1, tzinfo=UTC)


def test_a_wait_that_nobody_breaks_off_takes_its_time() -> None:
    base = ManualClock(START)
    StoppableClock(base, lambda: False).sleep(3.25)
    assert base.now() - START == pytest.approx(timedelta(seconds=3.25), abs=timedelta(milliseconds=1))


def test_a_wait_ends_soon_after_it_is_broken_off() -> None:
    base = ManualClock(START)
    clock = StoppableClock(base, lambda: base.now() >= START + timedelta(seconds=2))
    with pytest.raises(StopAsked):
        clock.sleep(3600)
    assert clock.now() - START < timedelta(seconds=2.2)


def test_what_shall_stop_does_not_wait_at_all() -> None:
    base = ManualClock(START)
    with pytest.raises(StopAsked):
        StoppableClock(base, lambda: True).sleep(1)
    assert base.now() == START
