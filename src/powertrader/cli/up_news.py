"""What the workers tell while `powertrader up` runs: how they stand, and what happens."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from powertrader.core.config import TradingConfig
from powertrader.core.event_journal import JournalReader
from powertrader.core.event_words import is_worth_telling, words_of
from powertrader.hub.state import HubState
from powertrader.hub.view import Change, HubView, Part, SettingsView
from powertrader.models.events import WorkerCrashed, WorkerStarted
from powertrader.models.snapshot import Snapshot

_STANDING: Final = frozenset(Part) - {Part.NEWS}
log = logging.getLogger(__name__)


class UpNews:
    """Brings snapshots and the events of all workers together, and shows what is new once a look."""

    def __init__(self, logs: Path, show: Callable[[Snapshot], None]) -> None:
        """Begin with what happens from now on; show draws how things stand."""
        self._journals = JournalReader(logs)
        self._journals.skip_past()
        self._state = HubState()
        self._state.subscribe("news", {Part.NEWS}, _log_news)
        self._state.subscribe("picture", _STANDING, lambda view, _: show(view.snapshot))

    def look(self, snapshot: Snapshot, config: TradingConfig) -> None:
        """Take how things stand and what has happened since, and show it."""
        before = self._state.view
        news = tuple([note.event for note in self._journals.read_new()])
        for problem in self._journals.take_problems():
            log.warning("event left out", extra={"component": "supervisor", "reason": problem})
        # the picture tells ages too: any other snapshot is another picture
        same = before is not None and before.snapshot == snapshot
        parts = frozenset([Part.NEWS] if news else []) | (frozenset() if same else _STANDING)
        version = before.version + 1 if before is not None else 1
        view = HubView(version, snapshot.at, snapshot, SettingsView(config), news=news)
        self._state.put(view, Change(parts))
        self._state.notify()


def _log_news(view: HubView, _change: Change) -> None:
    """Log what a person wants to know; starts and crashes are in the supervisor's own words already."""
    for event in view.news:
        if is_worth_telling(event) and not isinstance(event, WorkerStarted | WorkerCrashed):
            log.info("%s", words_of(event), extra={"component": "news"})
