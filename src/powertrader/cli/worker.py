"""What every worker begins with: settings, folders, its lock, what makes it end in order, and a wait."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from powertrader.bootstrap_events import Observers, ObserverSetup, open_observers
from powertrader.cli.home_advice import exclusive_in, with_home
from powertrader.cli.session import CommandSession, command_session
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources
from powertrader.core.exceptions import PowerTraderError, RetryLater
from powertrader.core.health import HealthMonitor
from powertrader.core.loop import Alarm, stopped_by_signals
from powertrader.core.mailbox import Mailbox
from powertrader.core.retry import RetryPolicy, asked_pause_s, call_with_retry
from powertrader.core.stop_request import stopped_by_request
from powertrader.core.stoppable_clock import StopAsked, StoppableClock
from powertrader.core.storage import FileStore
from powertrader.models.status import Heartbeat

START: Final = RetryPolicy(sys.maxsize, first_delay_s=1.0, longest_delay_s=30.0, jitter_fraction=0.25)
"""How a worker that cannot begin without its venue asks it again, for as long as it takes."""
Opened = TypeVar("Opened")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that is the only one of its name in its home, and the alarm that ends it.

    home: the one that was named by --home, None for the usual one.
    """

    process: str
    session: CommandSession
    alarm: Alarm
    home: Path | None = None

    def advice(self, text: str) -> str:
        """Give an advice whose commands act on this home."""
        return with_home(text, self.home)


@contextmanager
def worker(
    process: str, home: Path | None, sources: ConfigSources, *, market: bool = True
) -> Iterator[Worker]:
    """Be the one process of a name until the block ends.

    market: what it does belongs to the market of exchange.url, so the data folder must as well.
    SIGINT, SIGTERM and a stop request stop the alarm. Raises ConfigError when another process holds the
    name, or the settings cannot be used; StorageError when the home cannot be written.
    """
    with (
        command_session(process, home, sources, market=market) as session,
        exclusive_in(home, session.paths.process_lock(process)),
    ):
        alarm, store = Alarm(), FileStore(session.paths.data)
        path, mailbox = session.paths.stop_request(process), Mailbox(store, session.paths)
        with stopped_by_signals(alarm), stopped_by_request(alarm, path, store, mailbox, os.getpid()):
            yield Worker(process, session, alarm, home)


def observed(process: Worker, *, with_plugins: bool = False) -> AbstractContextManager[Observers]:
    """Give those who are told what happens in a worker, by its settings, while the block runs."""
    session = process.session
    setup = ObserverSetup(process.process, session.config, session.paths, session.redactor, SystemClock())
    return open_observers(setup, with_plugins=with_plugins)


@contextmanager
def opened(
    process: Worker, mode: str, make: Callable[[], AbstractContextManager[Opened]]
) -> Iterator[Opened | None]:
    """Give what a worker works with as soon as its venue answers, None when it was stopped before.

    mode: the trading mode, empty where the process does not trade. Meanwhile the heartbeat and the log
    say what is waited for. What waiting cannot mend is raised.
    """
    with ExitStack() as stack:
        waits = _Start(process, mode)
        clock = StoppableClock(SystemClock(), lambda: process.alarm.stopped)
        try:
            found = call_with_retry(lambda: waits.tried(lambda: stack.enter_context(make())), clock, START)
        except StopAsked:
            waits.tell(0.0, running=False)
            yield None
        else:
            yield found


class _Start:
    """The tries of a worker to begin, and what it tells of them."""

    def __init__(self, process: Worker, mode: str) -> None:
        self._process, self._wall = process.process, SystemClock()
        self._health = HealthMonitor(self._wall, process.session.heartbeat(process.process))
        now = self._wall.now()
        self._health.begin(Heartbeat(self._process, os.getpid(), mode, now, now))
        self._problem = ""

    def tried(self, begin: Callable[[], Opened]) -> Opened:
        """Try once. Raises RetryLater after telling of it."""
        try:
            return begin()
        except RetryLater as error:
            problem = f"it cannot begin yet: {error}"
            self._health.record_error(self._process, problem)
            if problem != self._problem:
                log.warning("not started yet, trying again", extra={"reason": str(error)})
            self._problem = problem
            self.tell(asked_pause_s(error), running=True)
            raise

    def tell(self, asked_s: float, *, running: bool) -> None:
        """Let others see how it stands; that this cannot be written keeps nothing from beginning.

        asked_s: the pause that the venue asked for, in seconds.
        """
        due_s = max(START.longest_delay_s, asked_s) * (1 + START.jitter_fraction)
        try:
            self._health.publish(self._process, due_s, running=running)
        except PowerTraderError as error:
            log.warning("heartbeat not written", extra={"reason": str(error)})
