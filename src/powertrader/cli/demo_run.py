"""Runs a demo: the local exchange and the three workers as processes, watched until the time is up."""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from time import monotonic
from typing import Final

from rich.console import Console

from powertrader.cli import exit_codes
from powertrader.cli.demo_exchange import DemoMarket, demo_exchange
from powertrader.cli.demo_home import closed_environment, demo_home, is_closed, write_settings
from powertrader.cli.demo_summary import DemoSummary, summary_of
from powertrader.cli.demo_view import DemoView, show_summary
from powertrader.cli.demo_watch import DemoWatch
from powertrader.cli.demo_window import demo_window, no_window
from powertrader.cli.output import people
from powertrader.core.clock import SystemClock
from powertrader.core.health import HealthMonitor
from powertrader.core.logging_setup import close_logging, setup_logger
from powertrader.core.loop import Alarm, stopped_by_signals
from powertrader.core.mailbox import HEARTBEAT, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.process_manager import ManagerPorts, ProcessManager
from powertrader.core.redaction import Redactor
from powertrader.core.screen import has_screen
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.models.snapshot import SUPERVISOR
from powertrader.models.status import Heartbeat

COINS: Final = ("BTC", "ETH")
SEED: Final = 7
START: Final = datetime(2025, 6, 7, 16, tzinfo=UTC)
"""With SEED a lively time of the market: whenever the workers are ready, a sale is not far."""
SPEED: Final = 14_400
"""Market seconds per second: four hours of the market each second."""
STEP_S: Final = 0.25
"""A step for each hour of the market."""
LOOK_S: Final = 0.25
SECONDS: Final = 60
"""How long it runs where there is no window to close."""
_CLOSED_WINDOW: Final = (signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()
"""Who closes the window of a demo wants its processes to end as well."""


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """The command line of a demo."""

    seconds: int | None
    headless: bool
    seed: int | None
    keep: bool
    home: Path | None
    json_file: Path | None


def run_demo(request: DemoRequest) -> int:
    """Run a demo, show it on stderr, and give the exit code."""
    alarm, console = Alarm(), people()
    with (
        stopped_by_signals(alarm, *_CLOSED_WINDOW),
        demo_home(request.home, keep=request.keep) as paths,
        _logging(paths),
    ):
        summary = _run(request, paths, alarm, console)
    show_summary(console, summary)
    if request.keep or request.home is not None:
        console.print(f"Everything is in {paths.root}", soft_wrap=True, markup=False)
    if request.json_file is not None:
        FileStore().write_json(request.json_file, summary.as_json())
    if summary.complete:
        return exit_codes.OK
    return exit_codes.INTERRUPTED if alarm.stopped else exit_codes.DIFFERENT


def _run(request: DemoRequest, paths: HomePaths, alarm: Alarm, console: Console) -> DemoSummary:
    began = monotonic()
    market = DemoMarket(COINS, SEED if request.seed is None else request.seed, START, SPEED)
    watch = DemoWatch(paths, COINS, lambda: monotonic() - began)
    with_window = has_screen() and not request.headless
    most_s = request.seconds or (None if with_window else SECONDS)
    view = DemoView(console, market, most_s, watch.record)
    environment = closed_environment(paths)
    with (
        view.shown(live=console.is_terminal and not request.headless),
        demo_exchange(paths, market, environment) as exchange,
        # the window looks on: this is who starts again what crashes
        exclusive(paths.process_lock(SUPERVISOR)),
        ExitStack() as stack,
    ):
        write_settings(paths, COINS, exchange.url, STEP_S)
        manager, life = _manager(paths), _signs_of_life(paths)
        is_open = stack.enter_context(demo_window(paths, environment) if with_window else no_window())
        try:
            # all three at once: each compiles what it needs while the others do
            manager.start_trainer()
            manager.start_thinker()
            manager.start_trader()
            while not alarm.stopped and is_open() and monotonic() - began < (most_s or inf):
                manager.watch()
                life.record_heartbeat(SUPERVISOR)
                life.publish(SUPERVISOR, LOOK_S)
                view.show(watch.look(), exchange.state, monotonic() - began)
                alarm.wait(LOOK_S)
        finally:
            endings = manager.stop_all("the demo is over")
        # what was done between the last look and the end counts as well
        last = watch.look()
        view.show(last, exchange.state, monotonic() - began)
    return summary_of(market, watch.record, last, monotonic() - began, endings)


@contextmanager
def _logging(paths: HomePaths) -> Iterator[None]:
    """Tell of crashes of workers on stderr, and of all else in the folder of the demo."""
    setup_logger("demo", paths.logs, redactor=Redactor(), level=logging.WARNING)
    try:
        yield
    finally:
        close_logging()


def _signs_of_life(paths: HomePaths) -> HealthMonitor:
    """Let the window see that somebody looks after the workers."""
    mailbox, clock = Mailbox(FileStore(paths.data), paths), SystemClock()
    monitor = HealthMonitor(clock, lambda beat: mailbox.publish(paths.heartbeat(SUPERVISOR), HEARTBEAT, beat))
    now = clock.now()
    monitor.begin(Heartbeat(SUPERVISOR, os.getpid(), "", now, now))
    return monitor


def _manager(paths: HomePaths) -> ProcessManager:
    mailbox, options = Mailbox(FileStore(paths.data), paths), ("--home", str(paths.root))
    taken = tuple((name, None) for name in os.environ if is_closed(name))
    return ProcessManager(ManagerPorts(paths, mailbox, SystemClock(), options, environment=taken))
