"""Run a step for ever: pace, heartbeat, error policy and a clean end; one of these in every worker."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final, Protocol

from powertrader.core.back_off import pause_s
from powertrader.core.clock import Clock
from powertrader.core.exceptions import ConfigError, PowerTraderError, RateLimitError
from powertrader.core.health import HealthMonitor
from powertrader.models.status import Heartbeat

LONGEST_PAUSE_S: Final = 60.0
"""The longest pause after errors that follow one another."""

log = logging.getLogger(__name__)


class Waiting(Protocol):
    """How a loop passes the time between two steps."""

    def wait(self, seconds: float) -> bool:
        """Let the time pass; tell whether it was cut short because there is something to do."""
        ...

    @property
    def stopped(self) -> bool:
        """Tell whether the loop shall end."""
        ...


class Alarm:
    """Waits for real, until somebody wakes or stops it; may be called from any thread and from signals."""

    def __init__(self) -> None:
        """Start awake and running."""
        self._event = threading.Event()
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Tell whether the loop shall end."""
        return self._stopped

    def wake(self) -> None:
        """End the present wait, or the next one."""
        self._event.set()

    def stop(self) -> None:
        """End the loop after the step that is being done."""
        self._stopped = True
        self._event.set()

    def wait(self, seconds: float) -> bool:
        """Return after so many seconds, or when woken or stopped; tell whether it was one of these."""
        woken = self._stopped or self._event.wait(max(0.0, seconds))
        self._event.clear()
        return woken


@contextmanager
def stopped_by_signals(alarm: Alarm, *more: signal.Signals) -> Iterator[None]:
    """Let SIGINT, SIGTERM and more signals end the loop after its step for as long as the block runs."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        alarm.stop()

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM, *more)}
    try:
        yield
    finally:
        for one, former in before.items():
            signal.signal(one, former)


@dataclass(frozen=True, slots=True)
class LoopPorts:
    """What a loop works with: the wall clock, how it waits, and where its heartbeat goes.

    obey: what whoever wakes the loop may want at once, also in a pause after errors. It is part of every
    step as well.
    """

    wall: Clock
    waiting: Waiting
    publish: Callable[[Heartbeat], None]
    obey: Callable[[], None] = lambda: None


class Loop:
    """Does a step again and again, whatever the step raises.

    What PowerTrader itself reports is logged as a warning once per change; anything else is an error
    with its traceback. After either the pause grows, up to LONGEST_PAUSE_S; a pause that a venue asked for
    is kept at once, up to the same. Waking ends an ordinary pause, and never one after errors: what the
    waker wants is done then, and the step waits. ConfigError ends the loop: going on cannot help.
    """

    def __init__(self, process: str, mode: str, ports: LoopPorts) -> None:
        """Name the process in its heartbeat."""
        self._ports = ports
        now = ports.wall.now()
        self._process = process
        self._health = HealthMonitor(ports.wall, ports.publish)
        self._health.begin(Heartbeat(process, os.getpid(), mode, started_at=now, at=now))
        self._failures = 0
        self._asked_s = 0.0

    @property
    def heartbeat(self) -> Heartbeat:
        """How the process is."""
        return self._health.heartbeat(self._process)

    def run(self, step: Callable[[], None], pace_s: Callable[[], float], most: int | None = None) -> None:
        """Do steps, pace_s apart from start to start, until stopped or `most` steps were done."""
        ports = self._ports
        while not ports.waiting.stopped:
            began = ports.wall.now()
            self._guarded(step)
            took_s = (ports.wall.now() - began).total_seconds()
            # a clock that was set back must not turn into a long wait
            least_s, back_off_s = pace_s() - max(took_s, 0.0), self._back_off_s(pace_s())
            self._beat(max(least_s, back_off_s, 0.0))
            if most is not None and self.heartbeat.steps >= most:
                break
            self._rest(least_s, back_off_s)
        self._beat(0.0, running=False)

    def _guarded(self, step: Callable[[], None]) -> None:
        problem = self._problem_of(step)
        self._failures = self._failures + 1 if problem else 0
        if problem:
            self._health.record_error(self._process, problem)
        else:
            self._health.record_heartbeat(self._process)

    def _problem_of(self, act: Callable[[], None]) -> str:
        """Act, and give what went wrong, nothing when all went well."""
        self._asked_s = 0.0
        try:
            act()
        except ConfigError:
            raise
        except PowerTraderError as error:
            problem = str(error) or type(error).__name__
            self._asked_s = error.retry_after_s if isinstance(error, RateLimitError) else 0.0
            if problem != self.heartbeat.last_error or not self._failures:
                log.warning("step failed, trying again", extra={"reason": problem})
            return problem
        except Exception as error:
            # one of the four places where a worker is kept alive whatever happened (RULINGS 20)
            log.error("step failed unexpectedly", exc_info=True)  # noqa: G201  the count decides the pause below
            return f"{type(error).__name__}: {error}"
        return ""

    def _rest(self, least_s: float, back_off_s: float) -> None:
        """Wait; whoever wakes the loop in a pause after errors is obeyed, and the pause keeps its length."""
        waiting = self._ports.waiting
        # not the wall clock: it may be set back by an hour
        ends_s = time.monotonic() + back_off_s
        woken = waiting.wait(max(least_s, back_off_s))
        while woken and not waiting.stopped and (left_s := ends_s - time.monotonic()) > 0:
            self._problem_of(self._ports.obey)
            woken = waiting.wait(left_s)

    def _back_off_s(self, pace_s: float) -> float:
        grown_s = pause_s(self._failures, max(pace_s, 1.0), LONGEST_PAUSE_S)
        # without a failure both are 0
        return max(grown_s, min(LONGEST_PAUSE_S, self._asked_s))

    def _beat(self, due_s: float, *, running: bool = True) -> None:
        try:
            self._health.publish(self._process, due_s, running=running)
        except PowerTraderError as error:
            # Trading must not end because a status cannot be written.
            log.warning("heartbeat not written", extra={"reason": str(error)})
