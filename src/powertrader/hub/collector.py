"""Collector: a thread that reads what all workers tell and makes views of it for the window."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from powertrader.core.clock import Clock
from powertrader.core.config import TradingConfig
from powertrader.core.event_journal import JournalReader
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.findings import findings_of
from powertrader.core.loop import Alarm, Loop, LoopPorts
from powertrader.core.snapshot import SnapshotReader
from powertrader.hub.account_history import AccountHistory, AccountHistoryReader
from powertrader.hub.changes import change_between
from powertrader.hub.output_feed import OutputFeed
from powertrader.hub.ports import LedgerPort
from powertrader.hub.settings_feed import SettingsFeed
from powertrader.hub.state import HubState
from powertrader.hub.trades_view import LedgerName, TradesView
from powertrader.hub.view import Change, HubView, Part, everything
from powertrader.hub.workers_view import WorkersView
from powertrader.models.events import Event
from powertrader.models.snapshot import Snapshot
from powertrader.models.status import Heartbeat

_ENDS_S: Final = 1.0
"""How long a reading that is going on may take when the window closes."""
_READS_ON_S: Final = 0.05
"""The pause while a long ledger is read in parts."""
Found = TypeVar("Found")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sources:
    """What the collector reads, each by what knows its files."""

    settings: SettingsFeed
    snapshots: SnapshotReader
    output: OutputFeed
    account: AccountHistoryReader
    journals: JournalReader
    ledger: LedgerPort | None
    clock: Clock
    workers: Callable[[], WorkersView] = WorkersView


class Collector:
    """Reads again and again and puts what is new where the window takes it."""

    def __init__(self, sources: Sources, state: HubState) -> None:
        """Bind what is read; `start` begins."""
        self._sources = sources
        self._state = state
        self._alarm = Alarm()
        self._view: HubView | None = None
        self._problems: dict[str, str] = {}
        self._failure = ""
        self._thread = threading.Thread(target=self._run, name="hub-collector", daemon=True)

    def start(self) -> None:
        """Begin to read in a thread of its own."""
        self._thread.start()

    def wake(self) -> None:
        """Read now: somebody has just changed something."""
        self._alarm.wake()

    def stop(self) -> None:
        """End after what is being read."""
        self._alarm.stop()
        if self._thread.is_alive():
            self._thread.join(_ENDS_S)

    def look(self) -> HubView:
        """Read once and hand over what is new; give the view. The first one is without histories."""
        before = self._view
        view = self._read(before)
        change = everything(view) if before is None else change_between(before, view)
        self._view = view
        self._state.touch()
        if change:
            self._state.put(view, change)
        return view

    def _run(self) -> None:
        loop = Loop("hub", "", LoopPorts(self._sources.clock, self._alarm, self._beat))
        loop.run(self._step, self._pace_s)

    def _step(self) -> None:
        self.look()

    def _pace_s(self) -> float:
        if self._view is None:
            return 1.0
        return (
            self._view.settings.config.hub.ui_refresh_seconds if self._view.trades.complete else _READS_ON_S
        )

    def _beat(self, beat: Heartbeat) -> None:
        """Tell the window when the reading itself fails: what it shows is old then."""
        failure = beat.last_error if beat.failing else ""
        if failure != self._failure and self._view is not None:
            self._failure = failure
            problems = (*self._problems.values(), *([failure] if failure else []))
            self._view = replace(self._view, problems=problems)
            self._state.put(self._view, Change(frozenset({Part.FINDINGS})))

    def _read(self, before: HubView | None) -> HubView:
        sources, began_s = self._sources, time.perf_counter()
        settings = sources.settings.read()
        now = sources.clock.now()
        snapshot = sources.snapshots.read(settings.config.trading.coins, now)
        known = before.trades if before and before.version > 1 else TradesView(complete=before is not None)
        # the first view is there at once with the coins; long histories follow
        account = self._guarded("account", sources.account.read) if before else None
        trades = self._trades(_ledger_of(snapshot, settings.config)) if before else None
        return HubView(
            version=before.version + 1 if before else 1,
            at=now,
            snapshot=snapshot,
            settings=settings,
            findings=findings_of(snapshot),
            trades=trades or known,
            account=account[0] if account else (before.account if before else AccountHistory()),
            output=sources.output.read(),
            news=tuple(self._news()),
            reading_s=time.perf_counter() - began_s,
            problems=tuple(self._problems.values()),
            workers=sources.workers(),
        )

    def _trades(self, whose: LedgerName) -> TradesView | None:
        ledger = self._sources.ledger
        return None if ledger is None else self._guarded("ledger", lambda: ledger.read(whose))

    def _news(self) -> Iterator[Event]:
        for note in self._sources.journals.read_new():
            yield note.event
        for problem in self._sources.journals.take_problems():
            log.warning("event left out", extra={"reason": problem})

    def _guarded(self, name: str, read: Callable[[], Found | None]) -> Found | None:
        """Read one source; one that fails is named in the view, and the others go on."""
        try:
            found = read()
        except PowerTraderError as error:
            if self._problems.get(name) != str(error):
                log.warning("cannot be read for the window", extra={"source": name, "reason": str(error)})
            self._problems[name] = str(error)
            return None
        self._problems.pop(name, None)
        return found


def _ledger_of(snapshot: Snapshot, config: TradingConfig) -> LedgerName:
    """Name the ledger of the trader that the snapshot tells of, else that of the settings."""
    trader = snapshot.trader
    if trader is None:
        return LedgerName(config.trading.mode, "default", config.trading.quote_asset)
    return LedgerName(trader.mode, trader.account, trader.quote_asset)
