"""A ledger that tells the original's files what it has stored."""

import logging
from collections.abc import Iterable, Iterator

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.ledger import Ledger
from powertrader.core.original_exports import OriginalExports
from powertrader.models.book import Book
from powertrader.models.journal import JournalEvent

log = logging.getLogger(__name__)


class ExportedLedger:
    """A ledger whose every event reaches the original's files as well, once it is stored.

    Those files decide nothing: when they cannot be written that is told once, and made up for later.
    """

    def __init__(self, ledger: Ledger, exports: OriginalExports) -> None:
        """Pass events on to both."""
        self._ledger = ledger
        self._exports = exports
        self._problem = ""

    def append(self, event: JournalEvent) -> None:
        """Store one event. Raises StorageError when it could not be stored; then nothing was."""
        self.append_all((event,))

    def append_all(self, events: Iterable[JournalEvent]) -> None:
        """Store several events, all or none."""
        group = tuple(events)
        self._ledger.append_all(group)
        for event in group:
            try:
                self._exports.apply(event)
                self._problem = ""
            except PowerTraderError as error:
                # raised further, what is stored would be missing from the book
                if not self._problem:
                    log.warning("the original's files lag behind", extra={"reason": str(error)})
                self._problem = str(error)

    def events(self, first: int = 0) -> Iterator[JournalEvent]:
        """Give every event from a number on in the order of storing."""
        return self._ledger.events(first)

    def book(self) -> Book:
        """Give the fold of all events."""
        return self._ledger.book()
