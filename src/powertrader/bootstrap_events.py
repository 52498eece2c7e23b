"""The composition root of events: who is told what happens in a worker, by the settings."""

import logging
import os
import platform
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.config import TradingConfig
from powertrader.core.credentials import SystemKeyring
from powertrader.core.event_journal import EventJournal
from powertrader.core.event_notes import EventWriter, Sender
from powertrader.core.events import EventBus
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.mailbox import OBSERVERS, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.plugin import PluginLimits, PluginManager
from powertrader.core.redaction import Redactor
from powertrader.core.redis_credentials import redis_password
from powertrader.core.storage import FileStore
from powertrader.models.events import PluginDisabled, TradeExecuted
from powertrader.models.observers import ObserverReport, PluginStatus
from powertrader.services.notify import LogChannel, Notifier
from powertrader.services.redis_bus import RedisBus
from powertrader.services.redis_line import RedisAddress

REPORT_EVERY_S: Final = 1.0
"""How the listeners are is written at most this often."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ObserverSetup:
    """Whose events are meant, by which settings, and what keeps secrets out of them."""

    process: str
    config: TradingConfig
    paths: HomePaths
    redactor: Redactor
    wall: Clock


@dataclass(frozen=True, slots=True)
class _Parts:
    """Those whose state is told."""

    journal: EventJournal
    relay: RedisBus | None
    plugins: PluginManager


class Observers:
    """Everybody who is told what happens in one worker, while open_observers is open.

    publish tells a fact to all of them; at the bus others may listen as well.
    """

    def __init__(self, setup: ObserverSetup, bus: EventBus, parts: _Parts) -> None:
        """Bind the parts; see open_observers."""
        self._setup = setup
        self._parts = parts
        self._mailbox = Mailbox(FileStore(setup.paths.data), setup.paths)
        self._written: ObserverReport | None = None
        self._written_s = -REPORT_EVERY_S
        self._problem = ""
        self.publish = bus.publish
        self.bus = bus

    @property
    def plugins(self) -> PluginManager:
        """The plugins of this process."""
        return self._parts.plugins

    def report(self, *, at_once: bool = False) -> None:
        """Write how the listeners are when that changed, once a second or at once.

        A file that cannot be written is told of once.
        """
        since_s = time.monotonic() - self._written_s
        if since_s < REPORT_EVERY_S and not at_once:
            return
        self._written_s = time.monotonic()
        report = self._now()
        before = self._written
        if before is not None and replace(before, at=report.at) == report:
            return
        try:
            self._mailbox.publish(self._setup.paths.observers(self._setup.process), OBSERVERS, report)
        except PowerTraderError as error:
            if str(error) != self._problem:
                log.warning("state of the listeners not written", extra={"reason": str(error)})
            self._problem = str(error)
            return
        self._problem, self._written = "", report

    def _now(self) -> ObserverReport:
        parts, clean = self._parts, self._setup.redactor.redact
        relay = None if parts.relay is None else parts.relay.status()
        return ObserverReport(
            self._setup.process,
            self._setup.wall.now(),
            tuple([replace(one, reason=clean(one.reason)) for one in parts.plugins.status()]),
            tuple([replace(one, last_error=clean(one.last_error)) for one in self.bus.failures()]),
            None if relay is None else replace(relay, problem=clean(relay.problem)),
            parts.journal.lost,
        )


@contextmanager
def open_observers(setup: ObserverSetup, *, with_plugins: bool = False) -> Iterator[Observers]:
    """Give everybody who is told of a worker's events: journal, notifier, Redis, and plugins where wanted.

    None of them can stop or slow the worker. Raises ConfigError when Redis is wanted and its package is
    not installed.
    """
    settings, bus = setup.config, EventBus()
    journal = EventJournal(setup.paths.events(setup.process), FileStore())
    limits = PluginLimits(settings.plugins.most_errors, settings.plugins.deadline_s)
    enabled = settings.plugins.enabled if with_plugins else ()

    def disabled(status: PluginStatus) -> None:
        bus.publish(PluginDisabled(status.name, status.errors, status.reason, setup.wall.now()))

    with ExitStack() as stack:
        relay = _relay(setup)
        outlets = [journal.append] if relay is None else [journal.append, stack.enter_context(relay).offer]
        bus.subscribe_all(EventWriter(_sender(setup), outlets, setup.redactor), "journal")
        if settings.bus.notify:
            bus.subscribe_all(Notifier(LogChannel()), "notifier")
        plugins = stack.enter_context(PluginManager(enabled, limits, disabled))
        bus.subscribe(TradeExecuted, lambda event: plugins.on_trade(event.trade), "plugins")
        observers = Observers(setup, bus, _Parts(journal, relay, plugins))
        bus.subscribe_all(lambda _: observers.report(), "report")
        try:
            yield observers
        finally:
            observers.report(at_once=True)


def _relay(setup: ObserverSetup) -> RedisBus | None:
    settings = setup.config.bus
    if not settings.redis_url:
        return None
    password = redis_password(os.environ, SystemKeyring(), setup.redactor)
    return RedisBus(RedisAddress(settings.redis_url, settings.redis_stream, password), settings.most_waiting)


def _sender(setup: ObserverSetup) -> Sender:
    host, started_ms = platform.node() or "localhost", int(setup.wall.now().timestamp() * 1000)
    return Sender(setup.process, host, f"{host}-{os.getpid()}-{started_ms}")
