"""Clocks: none runs back, market time keeps its rate."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.clock import ManualClock, ScaledClock, SystemClock

START = datetime(2024, 1, 1, tzinfo=UTC)


def test_the_system_clock_is_aware_and_really_waits() -> None:
    clock = SystemClock()
    before, started = clock.now(), time.monotonic()
    clock.sleep(0.02)
    clock.sleep(-5)
    assert time.monotonic() - started >= 0.02
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.now() >= before


@given(pauses=st.lists(st.floats(-10, 1000)))
def test_a_manual_clock_moves_by_its_pauses_and_never_back(pauses: list[float]) -> None:
    clock = ManualClock(START)
    for pause in pauses:
        before = clock.now()
        clock.sleep(pause)
        assert clock.now() >= before
    clock.move_to(clock.now() + timedelta(hours=1))
    with pytest.raises(ValueError, match="cannot go back"):
        clock.move_to(START - timedelta(microseconds=1))


def test_a_manual_clock_needs_an_aware_start() -> None:
    with pytest.raises(ValueError, match="must be an aware time"):
        ManualClock(datetime(2024, 1, 1))  # noqa: DTZ001  the mistake under test


def test_scaled_time_runs_at_its_rate_both_ways() -> None:
    base = ManualClock(datetime(2026, 6, 1, tzinfo=UTC))
    market = ScaledClock(base, START, 3600)
    base.sleep(2)
    assert market.now() == START + timedelta(hours=2)
    market.sleep(1800)
    assert base.now() == datetime(2026, 6, 1, 0, 0, 2, 500_000, tzinfo=UTC)
    assert market.now() == START + timedelta(hours=2, minutes=30)


def test_a_rate_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match="must be > 0"):
        ScaledClock(ManualClock(START), START, 0)
