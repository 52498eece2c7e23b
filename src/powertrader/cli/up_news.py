"""What the workers tell while `powertrader up` runs: how they stand, and what happens."""

import logging
from collections.abc import Callable
from pathlib import Path

from powertrader.core.event_journal import JournalReader
from powertrader.core.event_words import is_worth_telling, words_of
from powertrader.hub.state import HubState, HubView
from powertrader.models.events import WorkerCrashed, WorkerStarted
from powertrader.models.snapshot import Snapshot

log = logging.getLogger(__name__)


class UpNews:
    """Brings snapshots and the events of all workers together, and shows what is new once a look."""

    def __init__(self, logs: Path, show: Callable[[Snapshot], None]) -> None:
        """Begin with what happens from now on; show draws how things stand."""
        self._journals = JournalReader(logs)
        self._journals.skip_past()
        self._state = HubState()
        self._state.subscribe(_log_news)
        self._state.subscribe(lambda view: show(view.snapshot) if view.snapshot else None)

    def look(self, snapshot: Snapshot) -> None:
        """Take how things stand and what has happened since, and show it."""
        self._state.take(snapshot)
        for note in self._journals.read_new():
            self._state.apply(note.event)
        for problem in self._journals.take_problems():
            log.warning("event left out", extra={"component": "supervisor", "reason": problem})
        self._state.notify()


def _log_news(view: HubView) -> None:
    """Log what a person wants to know; starts and crashes are in the supervisor's own words already."""
    for event in view.news:
        if is_worth_telling(event) and not isinstance(event, WorkerStarted | WorkerCrashed):
            log.info("%s", words_of(event), extra={"component": "news"})
