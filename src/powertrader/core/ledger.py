"""The port to the trader's only memory, and its in-memory form."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from powertrader.models.book import Book, book_of
from powertrader.models.journal import JournalEvent


class Ledger(Protocol):
    """An append-only list of events with one writer; what append returned for is never lost."""

    def append(self, event: JournalEvent) -> None:
        """Store one event. Raises StorageError when it could not be stored; then nothing was."""
        ...

    def append_all(self, events: Iterable[JournalEvent]) -> None:
        """Store several events, all or none."""
        ...

    def events(self, first: int = 0) -> Iterator[JournalEvent]:
        """Give every event, or those from a number (counted from 0) on, in the order of storing."""
        ...

    def book(self) -> Book:
        """Give the fold of all events, as a book of its own; fast also when the ledger is long.

        A long ledger on the disk carries the book over and gives only the newest trades with it.
        """
        ...


class MemoryLedger:
    """A ledger that lives as long as its process; for replay, backtest and tests."""

    def __init__(self, events: Iterable[JournalEvent] = ()) -> None:
        self._events = list(events)
        self.append = self._events.append

    def append_all(self, events: Iterable[JournalEvent]) -> None:
        """Store several events, none when the source of them fails."""
        self._events.extend(tuple(events))

    def events(self, first: int = 0) -> Iterator[JournalEvent]:
        """Give every event, or those from a number (counted from 0) on, in the order of storing."""
        return iter(self._events[first:] if first else self._events)

    def book(self) -> Book:
        """Give the fold of all events."""
        return book_of(self._events)
