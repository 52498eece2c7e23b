"""Wakes come through at once while they are rare, and in the long run no more than steps are made."""

from powertrader.core.wake_limit import MOST_AT_ONCE, WakeLimit


class Bell:
    """A limit that waits for nobody: wakes are counted, time is what the test says."""

    def __init__(self, step_s: float) -> None:
        self.now_s, self.rung, self.step_s = 1_000.0, 0, step_s
        self.ring = WakeLimit(self._count, lambda: self.step_s, lambda: self.now_s)

    def _count(self) -> None:
        self.rung += 1

    def storm(self, seconds: int, a_second: int) -> int:
        """Ring evenly for so long, and give how many wakes came through."""
        before = self.rung
        for _ in range(seconds * a_second):
            self.now_s += 1 / a_second
            self.ring()
        return self.rung - before


def test_every_wake_comes_through_while_there_are_no_more_than_steps() -> None:
    bell = Bell(step_s=1.0)
    assert bell.storm(600, 1) == 600


def test_a_storm_wakes_no_more_often_than_there_are_steps_after_its_first_moments() -> None:
    bell = Bell(step_s=2.0)
    # what came before the first wake does not count
    assert bell.storm(60, 1_024) == MOST_AT_ONCE + 29
    assert bell.storm(60, 1_024) == 30


def test_after_a_storm_it_is_as_quick_as_before() -> None:
    bell = Bell(step_s=1.0)
    bell.storm(10, 1_024)
    bell.now_s += 3_600
    assert bell.storm(1, 1_024) == MOST_AT_ONCE


def test_the_pace_of_the_steps_counts_as_it_is_now() -> None:
    bell = Bell(step_s=1.0)
    bell.storm(60, 128)
    bell.step_s = 10.0
    assert bell.storm(100, 128) == 10
