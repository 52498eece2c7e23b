"""The ledger on the disk: segments of chained lines that are only ever appended to, and a head.

An append is on the disk before it returns. What a process that died while writing left behind was never
acknowledged and is cut off at the next start. A segment begins with the book carried over from those
before it, so a start reads the newest one only. Layout: persistence.ledger_lines.
"""

import contextlib
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import StorageError
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.models.book import Book
from powertrader.models.book_state import state_of
from powertrader.models.journal import JournalEvent
from powertrader.persistence.ledger_head import HEAD_FILE, Head, head_text, read_head
from powertrader.persistence.ledger_lines import (
    GENESIS,
    LedgerDamage,
    Place,
    encode_events,
    encode_state,
    last_digest,
)
from powertrader.persistence.ledger_segments import (
    Content,
    LedgerReader,
    Segment,
    month_of,
    read_segment,
    segment_of,
    segments_of,
)
from powertrader.persistence.ledger_upgrade import old_events, remove_old

log = logging.getLogger(__name__)

SEGMENT_ENTRIES: Final = 50_000
"""A start reads one segment: with so many entries that takes about a second."""
_UPGRADE_GROUP: Final = 1_000


class LedgerFile:
    """A Ledger in a folder. Its holder must be the only writer: see `open_ledger`."""

    def __init__(self, folder: Path, store: FileStore, segment_entries: int = SEGMENT_ENTRIES) -> None:
        """Bind the folder; `open_ledger` reads it. A segment ends with its month or with so many entries."""
        self._folder = folder
        self._store = store
        self.limit = segment_entries
        self._reader = LedgerReader(folder, store)
        self._segment: Segment | None = None
        self._begins = 0
        self._size = 0
        self._head = Head()
        self._digest = GENESIS
        self._in_doubt = False

    def __len__(self) -> int:
        """Give the number of entries."""
        return self._head.entries

    def recover(self) -> int:
        """Check the newest segment, cut off what was never acknowledged, and give how many bytes that were.

        Raises LedgerDamage naming file, line and entry when something stored was changed or is missing,
        and ConfigError when a newer PowerTrader wrote it.
        """
        known = read_head(self._store, self._folder)
        segments = segments_of(self._folder)
        if not segments:
            if known is not None and known.entries:
                reason = f"all segments of {known.entries} entries are missing"
                raise LedgerDamage(Place(str(self._folder), 1, 0), reason)
            return 0
        content = read_segment(self._store, segments[-1], None)
        compare_with_head(content, known)
        path = segments[-1].path
        self._take(segments[-1], content)
        if known is None and self._head.entries:
            log.warning("head of the ledger missing or damaged, made anew", extra={"file": HEAD_FILE})
        if content.torn > 0:
            self._store.cut(path, content.kept)
            log.warning("unfinished line cut off", extra={"file": content.name, "bytes": content.torn})
        elif content.torn < 0:
            self._store.write_bytes(path, (self._store.read_bytes(path) or b"") + b"\n", durable=True)
        if known != self._head:
            self._store.write_bytes(self._folder / HEAD_FILE, head_text(self._head), durable=True)
        return max(content.torn, 0)

    def append(self, event: JournalEvent) -> None:
        """Store one event. Raises StorageError when it could not be stored; then nothing was."""
        self.append_all((event,))

    def append_all(self, events: Iterable[JournalEvent]) -> None:
        """Store several events with one write, all or none. Raises StorageError; then nothing was."""
        group = tuple(events)
        if not group:
            return
        encode_events(group)  # what cannot be written is refused before any file changes
        self._settle_doubt()
        # whatever ends this call early, an interrupt of the user too, leaves the files in doubt
        self._in_doubt = True
        segment = self._segment_for(group)
        lines = encode_events(group, self._head.entries, self._digest)
        self._store.append_bytes(segment.path, lines, durable=True)
        self._size += len(lines)
        self._digest = last_digest(lines)
        self._head = Head(self._head.entries + len(group), self._digest)
        self._in_doubt = False
        self._write_head()

    def events(self, first: int = 0) -> Iterator[JournalEvent]:
        """Give the events from a number on in the order of storing. Raises LedgerDamage."""
        self._settle_doubt()
        return self._reader.events(first)

    def book(self) -> Book:
        """Give the fold of all events, from the newest segment alone; without the trades before it."""
        self._settle_doubt()
        return self._reader.book()

    def _take(self, segment: Segment, content: Content) -> None:
        self._segment, self._begins, self._size = segment, content.head.seq, content.kept
        self._digest = content.digest
        last = content.lines[-1].digest if content.lines else content.head.prev
        self._head = Head(content.head.seq + len(content.lines), last)

    def _segment_for(self, group: tuple[JournalEvent, ...]) -> Segment:
        """Give the segment that a group belongs to, a new one when the month or its room is over."""
        segment, month = self._segment, month_of(group[0].at)
        if segment is not None:
            full = self._head.entries - self._begins >= self.limit
            if month <= segment.month and not full:
                return segment
            month = max(month, segment.month)
        state = state_of(self._reader.book())
        line = encode_state(state, self._head.entries, self._digest)
        made = segment_of(self._folder, month, segment.number + 1 if segment else 1)
        if segment is None:
            # before the first entry, so that entries without a head were never written
            self._store.write_bytes(self._folder / HEAD_FILE, head_text(self._head), durable=True)
        self._store.write_bytes(made.path, line, durable=True)
        self._segment, self._begins, self._size = made, self._head.entries, len(line)
        self._digest = last_digest(line)
        return made

    def _write_head(self) -> None:
        try:
            self._store.overwrite(self._folder / HEAD_FILE, head_text(self._head))
        except StorageError as error:
            # the entries are stored; a head that lags only finds less when some are taken away
            log.warning("head of the ledger not written", extra={"reason": str(error)})

    def _settle_doubt(self) -> None:
        """After a write that did not come to its end, take away what it may have left behind."""
        if not self._in_doubt:
            return
        number = self._segment.number if self._segment else 0
        for segment in reversed(segments_of(self._folder)):
            if segment.number > number:
                self._store.remove(segment.path)
        if self._segment is not None:
            self._store.cut(self._segment.path, self._size)
        self._in_doubt = False


def compare_with_head(content: Content, known: Head | None) -> None:
    """Check that the newest segment holds what the head counts.

    Raises LedgerDamage when entries are missing at the end or the last one is another.
    """
    if known is None or known.entries < content.head.seq:
        return
    place = known.entries - content.head.seq
    found = Place(content.name, len(content.lines) + 2, content.head.seq + len(content.lines))
    if place > len(content.lines):
        reason = (
            f"{known.entries} entries were acknowledged, the files hold {found.entry}: the end is missing"
        )
        raise LedgerDamage(found, reason)
    digest = content.lines[place - 1].digest if place else content.head.prev
    if digest != known.digest:
        raise LedgerDamage(
            Place(content.name, place + 1, known.entries - 1), "the entry is not the acknowledged one"
        )


def lock_of(folder: Path) -> Path:
    """Give the file that the one writer of a ledger holds."""
    return folder.with_name(f"{folder.name}.lock")


@contextlib.contextmanager
def open_ledger(
    folder: Path, store: FileStore, segment_entries: int = SEGMENT_ENTRIES
) -> Iterator[LedgerFile]:
    """Hold a ledger for this process alone for as long as the block runs; one of old form is upgraded.

    Raises ConfigError when another process holds it, LedgerDamage when it is damaged.
    """
    with exclusive(lock_of(folder)):
        ledger = LedgerFile(folder, store, segment_entries)
        _upgrade(ledger, folder, store)
        ledger.recover()
        yield ledger


def _upgrade(ledger: LedgerFile, folder: Path, store: FileStore) -> None:
    """Take over the ledger of the first form, a single file, after a copy of it was stored.

    It is done once the old file is gone; until then a start that was killed does it again.
    """
    old = old_events(folder, store)
    if old is None:
        return
    ledger.recover()
    if len(ledger) < len(old):
        for segment in segments_of(folder):
            store.remove(segment.path)
        store.remove(folder / HEAD_FILE)
        fresh = LedgerFile(folder, store, ledger.limit)
        for start in range(0, len(old), _UPGRADE_GROUP):
            fresh.append_all(old[start : start + _UPGRADE_GROUP])
        log.info("ledger upgraded", extra={"folder": str(folder), "entries": len(old)})
    remove_old(folder, store)
