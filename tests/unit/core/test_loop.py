"""Loop: steps go on whatever one of them raises, and end when they shall."""

import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import ConfigError, RateLimitError, RetryLater, StorageError
from powertrader.core.loop import Alarm, Loop, LoopPorts, stopped_by_signals
from powertrader.models.status import Heartbeat

START = datetime(2024, 1, 1, tzinfo=UTC)


class ManualWaiting:
    """Moves the clock and remembers the waits; stops after so many."""

    def __init__(self, clock: ManualClock, most: int = 1000) -> None:
        self.clock = clock
        self.waits: list[float] = []
        self.most = most

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.clock.sleep(seconds)
        return False

    @property
    def stopped(self) -> bool:
        return len(self.waits) >= self.most


class World:
    def __init__(self, most: int = 1000) -> None:
        self.clock = ManualClock(START)
        self.waiting = ManualWaiting(self.clock, most)
        self.beats: list[Heartbeat] = []
        self.loop = Loop("trader", "paper", LoopPorts(self.clock, self.waiting, self.beats.append))

    def run(self, step: Callable[[], None], most: int | None = None) -> None:
        self.loop.run(step, lambda: 2.0, most)


def failing(*errors: Exception | None) -> Callable[[], None]:
    """A step that raises these one after the other, then nothing more."""
    left = list(errors)

    def step() -> None:
        error = left.pop(0) if left else None
        if error is not None:
            raise error

    return step


def test_steps_begin_a_pace_apart_however_long_they_take() -> None:
    world = World()
    world.run(lambda: world.clock.sleep(0.5), most=3)
    assert world.waiting.waits == [1.5, 1.5]


def test_a_step_that_takes_longer_than_its_pace_is_followed_at_once() -> None:
    world = World()
    world.run(lambda: world.clock.sleep(9.0), most=3)
    assert world.waiting.waits == [0.0, 0.0]


def test_the_loop_ends_when_it_shall_and_says_so_in_its_heartbeat() -> None:
    world = World(most=4)
    world.run(failing())
    assert world.loop.heartbeat.steps == 4
    assert [beat.running for beat in world.beats[-2:]] == [True, False]
    assert (world.beats[-1].process, world.beats[-1].pid, world.beats[-1].mode) == (
        "trader",
        os.getpid(),
        "paper",
    )


def test_errors_make_pauses_that_grow_to_a_minute_and_end_with_the_first_good_step() -> None:
    world = World()
    world.run(failing(*[RetryLater("no network")] * 8), most=10)
    assert world.waiting.waits == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, 2.0]
    beat = world.beats[-1]
    assert (beat.errors, beat.failing, beat.last_error) == (8, False, "no network")


def test_a_pause_that_a_venue_asked_for_is_kept_at_once(caplog: pytest.LogCaptureFixture) -> None:
    world = World(3)
    world.run(failing(RateLimitError("wait 45 s", 45.0), RateLimitError("wait 9000 s", 9000.0)))
    assert world.waiting.waits == [45.0, 60.0, 2.0]
    assert len(caplog.messages) == 2


def test_an_error_that_repeats_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    same = [StorageError("disk full"), StorageError("disk full"), None, StorageError("disk full")]
    world.run(failing(*same), most=4)
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]


def test_an_error_that_nobody_foresaw_is_logged_with_its_traceback_and_the_loop_goes_on(
    expected_errors: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    world.run(failing(ZeroDivisionError("odd")), most=2)
    assert len(expected_errors) == 1
    assert "ZeroDivisionError: odd" in caplog.text
    assert world.loop.heartbeat.steps == 2


def test_settings_that_cannot_be_used_end_the_loop() -> None:
    world = World()
    with pytest.raises(ConfigError, match="wrong"):
        world.run(failing(ConfigError("wrong")))


def test_a_heartbeat_that_cannot_be_written_stops_nothing() -> None:
    world = World()

    def unwritable(_: Heartbeat) -> None:
        msg = "disk full"
        raise StorageError(msg)

    loop = Loop("trader", "paper", LoopPorts(world.clock, world.waiting, unwritable))
    loop.run(failing(), lambda: 2.0, 3)
    assert loop.heartbeat.steps == 3


def test_heartbeats_are_not_written_more_than_once_a_second() -> None:
    world = World()
    world.loop.run(failing(), lambda: 0.25, 9)
    assert [beat.steps for beat in world.beats] == [1, 5, 9, 9]


@pytest.mark.parametrize("look", range(1, 9))
def test_a_clock_that_is_set_back_neither_stops_heartbeats_nor_makes_the_loop_wait(look: int) -> None:
    world = World()
    looks = count()

    class Jumping(ManualClock):
        """A clock that is set back by an hour before one of its looks, anywhere in a step."""

        def now(self) -> datetime:
            number = next(looks)
            return START + timedelta(seconds=number if number < look else number - 3600)

    loop = Loop("trader", "paper", LoopPorts(Jumping(START), world.waiting, world.beats.append))
    loop.run(failing(), lambda: 2.0, 3)
    assert max(world.waiting.waits) <= 2.0
    assert len(world.beats) >= 2


def test_an_alarm_wakes_and_stops_from_another_thread() -> None:
    alarm = Alarm()
    alarm.wake()
    alarm.wait(30.0)
    threading.Timer(0.01, alarm.stop).start()
    alarm.wait(30.0)
    assert alarm.stopped
    alarm.wait(30.0)


class Woken(Alarm):
    """An alarm that is woken in its first waits, and stopped in the last of so many."""

    def __init__(self, wakes: int, last: int) -> None:
        super().__init__()
        self.wakes = wakes
        self.last = last
        self.waits: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        if len(self.waits) >= self.last:
            self.stop()
        return len(self.waits) <= self.wakes or self.stopped


def run_woken(waiting: Woken, step: Callable[[], None], obey: Callable[[], None]) -> Heartbeat:
    ports = LoopPorts(ManualClock(START), waiting, lambda _: None, obey)
    loop = Loop("trader", "paper", ports)
    loop.run(step, lambda: 2.0)
    return loop.heartbeat


def test_who_wakes_the_loop_in_a_pause_after_an_error_is_obeyed_and_the_pause_keeps_its_length() -> None:
    waiting, obeyed = Woken(wakes=3, last=6), list[int]()
    beat = run_woken(waiting, failing(RetryLater("no network")), lambda: obeyed.append(1))
    assert len(obeyed) == 3
    assert beat.steps == 3
    # the first four waits are one pause of two seconds, cut three times
    assert waiting.waits[:4] == sorted(waiting.waits[:4], reverse=True)
    assert 1.0 < waiting.waits[3] < 2.0 == waiting.waits[0]


def test_who_wakes_the_loop_in_an_ordinary_pause_gets_a_step() -> None:
    waiting, obeyed = Woken(wakes=3, last=5), list[int]()
    assert run_woken(waiting, failing(), lambda: obeyed.append(1)).steps == 5
    assert obeyed == []


def test_what_cannot_be_obeyed_in_a_pause_ends_nothing(expected_errors: list[str]) -> None:
    def obey() -> None:
        msg = "odd"
        raise ZeroDivisionError(msg)

    assert run_woken(Woken(wakes=2, last=4), failing(RetryLater("no network")), obey).steps == 2
    assert len(expected_errors) == 2


def test_waiting_tells_whether_it_was_cut_short() -> None:
    alarm = Alarm()
    assert not alarm.wait(0.001)
    alarm.wake()
    assert alarm.wait(30.0)
    assert not alarm.wait(0.001)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_loop_after_its_step(number: int) -> None:
    alarm = Alarm()
    before = signal.getsignal(number)
    with stopped_by_signals(alarm):
        signal.raise_signal(number)
    assert alarm.stopped
    assert signal.getsignal(number) == before
