"""Puts the window together: what it reads, what it may do, and the frame itself."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from powertrader.bootstrap_events import ObserverSetup, open_observers
from powertrader.bootstrap_hub import ChartVenue, VenueCandles
from powertrader.cli import exit_codes
from powertrader.cli.home_advice import exclusive_in
from powertrader.cli.home_ledgers import home_ledgers
from powertrader.cli.session import CommandSession, command_session
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources
from powertrader.core.event_journal import JournalReader
from powertrader.core.exceptions import ConfigError, PowerTraderError
from powertrader.core.loop import Alarm, stopped_by_signals
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.process_identity import holder_of
from powertrader.core.redaction import secrets_in
from powertrader.core.snapshot import SnapshotReader
from powertrader.core.storage import FileStore
from powertrader.hub.account_history import AccountHistoryReader
from powertrader.hub.app import HubWindow
from powertrader.hub.collector import Collector, Sources
from powertrader.hub.commands.trading import TradingCommands
from powertrader.hub.commands.training import TrainingCommands
from powertrader.hub.output_feed import OutputFeed
from powertrader.hub.ports import HubPorts
from powertrader.hub.preferences import Preferences, read_preferences
from powertrader.hub.screens import SCREENS
from powertrader.hub.settings_feed import SettingsFeed
from powertrader.hub.state import HubState
from powertrader.hub.tidying import Tidying
from powertrader.hub.view import HubView
from powertrader.hub.window_root import make_root
from powertrader.hub.workers import Workers
from powertrader.models.events import Event
from powertrader.models.snapshot import WORKERS
from powertrader.services.desktop import DesktopNotices

HUB: Final = "hub"
SWITCH_S: Final = 0.0005
"""After so long another thread has its turn."""
LOOK_AGAIN_MS: Final = 100
SAVE_EVERY_MS: Final = 5000
"""How often is saved what the window remembers of itself."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HubRequest:
    """What was asked for on the command line."""

    screen: str | None = None
    config_files: tuple[Path, ...] = ()
    overrides: tuple[str, ...] = ()


def run_window(
    request: HubRequest,
    sources: ConfigSources,
    home: Path | None,
    opened: Callable[[HubWindow], None] = lambda _: None,
) -> int:
    """Show the window until it is closed, and give the exit code; opened is told of it when it is there."""
    if request.screen is not None and request.screen not in SCREENS:
        msg = f"there is no screen {request.screen!r}; the screens are {', '.join(SCREENS)}"
        raise typer.BadParameter(msg)
    with (
        command_session(HUB, home, sources, market=True) as session,
        _only_window(home, session.paths),
        open_observers(_observer_setup(session)) as observers,
    ):
        session.redactor.register(*secrets_in(os.environ))
        root, alarm = make_root(), Alarm()
        ports = _ports(request, session, sources, observers.publish)
        preferences = read_preferences(session.paths.window_state, ports.store)
        state = HubState()
        window = HubWindow(root, ports, state, preferences)
        workers = Workers(ports, window.background, window.close)
        collector = Collector(_sources(session, sources, ports, workers), state)
        workers.on_change = collector.wake
        register_workers(window, workers)
        with _closed(collector, workers):
            collector.start()
            workers.start()
            window.start()
            Tidying(root).start()
            # a reader that parses for long would else keep a click waiting for 5 ms at a time
            sys.setswitchinterval(SWITCH_S)
            _keep_saving(window, preferences)
            if request.screen is not None:
                window.show(request.screen)
            opened(window)
            with stopped_by_signals(alarm):
                _close_when_stopped(window, alarm)
                root.mainloop()
        _save(session, ports, preferences)
    return exit_codes.OK


def _close_when_stopped(window: HubWindow, alarm: Alarm) -> None:
    """Close the window without a question once a signal asks for it; the workers go on."""
    if alarm.stopped:
        window.close()
        return
    window.root.after(LOOK_AGAIN_MS, _close_when_stopped, window, alarm)


def register_workers(window: HubWindow, workers: Workers) -> None:
    """Let the window's commands reach the workers, and start them with it where the settings say so."""

    def view() -> HubView | None:
        return window.view

    TradingCommands(window.root, window.context, workers, view).register()
    TrainingCommands(window.context, workers, view).register()

    def start() -> None:
        if window.view is None:
            window.root.after(LOOK_AGAIN_MS, start)
        else:
            window.commands.run("trading.auto_start")

    window.root.after(LOOK_AGAIN_MS, start)


@contextmanager
def _only_window(home: Path | None, paths: HomePaths) -> Iterator[None]:
    """Be the one window of a home. Raises ConfigError when there is one already."""
    lock = paths.process_lock(HUB)
    holder = holder_of(lock)
    if holder is not None:
        msg = (
            f"the window of {paths.root} is open already (process {holder.pid}): "
            "look for it on the desktop and in the task bar"
        )
        raise ConfigError(msg)
    with exclusive_in(home, lock):
        yield


def _observer_setup(session: CommandSession) -> ObserverSetup:
    return ObserverSetup(HUB, session.config, session.paths, session.redactor, SystemClock())


def _ports(
    request: HubRequest,
    session: CommandSession,
    sources: ConfigSources,
    publish: Callable[[Event], None],
) -> HubPorts:
    paths = session.paths
    store = FileStore()
    options = ["--home", str(paths.root)]
    for path in request.config_files:
        options += ["--config", str(path.resolve())]
    for setting in request.overrides:
        options += ["--set", setting]
    return HubPorts(
        paths=paths,
        mailbox=Mailbox(FileStore(paths.data), paths),
        store=store,
        wall=SystemClock(),
        sources=sources,
        options=tuple(options),
        redact=session.redactor.redact,
        open_place=_open_place,
        notify=DesktopNotices().send,
        publish=publish,
        candles=VenueCandles(ChartVenue(session.config, paths, SystemClock(), session.redactor).open),
        ledger=home_ledgers(paths),
    )


def _sources(session: CommandSession, sources: ConfigSources, ports: HubPorts, workers: Workers) -> Sources:
    paths = ports.paths
    journals = JournalReader(paths.logs)
    journals.skip_past()
    outputs = {process: paths.process_output(process) for process in WORKERS}
    return Sources(
        settings=SettingsFeed(sources, session.loaded),
        snapshots=SnapshotReader(paths, ports.mailbox),
        output=OutputFeed(outputs, ports.redact),
        account=AccountHistoryReader(paths),
        journals=journals,
        ledger=ports.ledger,
        clock=ports.wall,
        workers=workers.view,
    )


@contextmanager
def _closed(collector: Collector, workers: Workers) -> Iterator[None]:
    try:
        yield
    finally:
        workers.end()
        collector.stop()


def _keep_saving(window: HubWindow, preferences: Preferences) -> None:
    """Save now and then what the window remembers, so that a crash of the desktop loses little."""
    ports = window.context.ports

    def save() -> None:
        window.root.after(SAVE_EVERY_MS, save)
        words = preferences.unsaved()
        if words is not None:
            path = ports.paths.window_state
            window.background.ask(
                "preferences", lambda: ports.store.write_text(path, words), lambda _: None, _not_saved
            )

    window.root.after(SAVE_EVERY_MS, save)


def _save(session: CommandSession, ports: HubPorts, preferences: Preferences) -> None:
    words = preferences.unsaved()
    if words is None:
        return
    try:
        ports.store.write_text(session.paths.window_state, words)
    except PowerTraderError as error:
        _not_saved(error)


def _not_saved(error: PowerTraderError) -> None:
    log.warning("what the window remembers cannot be saved", extra={"reason": str(error)})


def _open_place(place: str) -> None:
    """Open a folder or an address with what the desktop has for it."""
    typer.launch(place)
