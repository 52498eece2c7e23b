"""The segments of a ledger, read without its lock: only what was acknowledged, also while it is written."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

from powertrader.core.exceptions import StorageError
from powertrader.core.storage import FileStore
from powertrader.models.book import Book
from powertrader.models.book_state import book_from
from powertrader.models.journal import JournalEvent
from powertrader.persistence.ledger_lines import (
    GENESIS,
    PREFIX_LENGTH,
    LedgerDamage,
    Line,
    Place,
    checked,
    event_of,
    is_whole,
    number_of,
    state_in,
)

_NAME: Final = re.compile(r"(?P<month>\d{4}-\d{2})\.(?P<number>\d{4,9})\.jsonl")


class Segment(NamedTuple):
    """One file of a ledger: its number from 1, the month it was begun in, and where it lies."""

    number: int
    month: str
    path: Path


class Content(NamedTuple):
    """What a segment holds: its first line with the carried book, the entries, and bytes of each.

    kept counts the bytes up to the last whole group, torn those behind it.
    """

    name: str
    head: Line
    lines: tuple[Line, ...]
    kept: int
    torn: int

    @property
    def digest(self) -> str:
        """The hash of the last entry's line, of those before where there is none yet."""
        return self.lines[-1].digest if self.lines else self.head.digest


def month_of(moment: datetime) -> str:
    """Give the month a time belongs to, such as 2026-11."""
    return moment.astimezone(UTC).isoformat()[:7]


def segment_of(folder: Path, month: str, number: int) -> Segment:
    """Give the segment of a month and number, whether its file exists or not."""
    return Segment(number, month, folder / f"{month}.{number:04d}.jsonl")


def segments_of(folder: Path) -> tuple[Segment, ...]:
    """Find the segments of a ledger, oldest first.

    Raises LedgerDamage when one is missing in between, StorageError when the folder cannot be read.
    """
    try:
        names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    except OSError as error:
        msg = f"{folder} cannot be read: {error.strerror or error}; check permissions"
        raise StorageError(msg) from error
    matches = [found for found in map(_NAME.fullmatch, names) if found]
    segments = sorted(Segment(int(found["number"]), found["month"], folder / found[0]) for found in matches)
    for expected, segment in enumerate(segments, start=1):
        if segment.number != expected:
            place = Place(str(segment.path), 1, 0)
            raise LedgerDamage(place, f"it is segment {segment.number}, expected {expected}: one is missing")
    return tuple(segments)


def read_segment(
    store: FileStore, segment: Segment, before: Line | None, limit: int | None = None
) -> Content:
    """Give the checked lines of a segment up to its last whole group; limit: read so many bytes of it.

    before is the last line of the segment before, None when it was not looked at.
    Raises LedgerDamage naming file, line and entry.
    """
    raw = (store.read_bytes(segment.path) or b"")[:limit]
    name = str(segment.path)
    rows = raw.split(b"\n")
    rest = rows.pop()
    if rest and is_whole(rest):
        rows.append(rest)  # only the end of the line is missing, as some editors leave it
    first = before.seq + 1 if before else number_of(raw[:PREFIX_LENGTH]) or 0
    if segment.number == 1:
        first = 0
    if not rows:
        raise LedgerDamage(Place(name, 1, first), "the segment is empty or cut off")
    prev = before.digest if before else GENESIS if segment.number == 1 else None
    head = checked(rows[0], prev, Place(name, 1, first))
    lines: list[Line] = []
    whole, size, kept, prev = 0, len(rows[0]) + 1, len(rows[0]) + 1, head.digest
    for number, row in enumerate(rows[1:], start=2):
        line = checked(row, prev, Place(name, number, first + number - 2))
        prev = line.digest
        lines.append(line)
        size += len(row) + 1
        if not line.more:
            whole, kept = len(lines), size
    return Content(name, head, tuple(lines[:whole]), kept, len(raw) - kept)


class LedgerReader:
    """The ledger in a folder, for looking at it; needs no lock and changes nothing."""

    def __init__(self, folder: Path, store: FileStore) -> None:
        """Bind the folder."""
        self._folder = folder
        self._store = store

    def segments(self) -> tuple[Segment, ...]:
        """Give the segments, oldest first."""
        return segments_of(self._folder)

    def contents(self, first: int = 0) -> Iterator[Content]:
        """Give the segments' lines one by one, from the segment with an entry on; each chained to the last.

        Raises LedgerDamage naming file, line and entry.
        """
        segments = self.segments()
        skipped = 0
        while first and skipped + 1 < len(segments) and self._begins(segments[skipped + 1]) <= first:
            skipped += 1
        before: Line | None = None
        for segment in segments[skipped:]:
            content = read_segment(self._store, segment, before)
            before = _last(content)
            if content.torn and segment is not segments[-1]:
                place = Place(content.name, len(content.lines) + 2, before.seq + 1)
                raise LedgerDamage(place, "the line is damaged or cut off")
            yield content

    def events(self, first: int = 0) -> Iterator[JournalEvent]:
        """Give the events from a number on in the order of storing."""
        for content in self.contents(first):
            yield from events_in(content, first)

    def book(self) -> Book:
        """Give the fold of all events, from the newest segment alone; without trades before it."""
        segments = self.segments()
        return book_in(read_segment(self._store, segments[-1], None)) if segments else Book()

    def _begins(self, segment: Segment) -> int:
        return number_of(self._store.read_start(segment.path, PREFIX_LENGTH)) or 0


def events_in(content: Content, first: int = 0) -> Iterator[JournalEvent]:
    """Give the events of a segment from a number of the ledger on."""
    for number, line in enumerate(content.lines, start=2):
        if line.seq >= first:
            yield event_of(line, Place(content.name, number, line.seq))


def book_in(content: Content) -> Book:
    """Give the book at the end of a segment. Raises LedgerDamage when an event cannot be."""
    book = book_from(state_in(content.head, Place(content.name, 1, content.head.seq)))
    for line, event in zip(content.lines, events_in(content), strict=True):
        apply_entry(book, event, Place(content.name, line.seq - content.head.seq + 2, line.seq))
    return book


def apply_entry(book: Book, event: JournalEvent, place: Place) -> None:
    """Take an entry into account. Raises LedgerDamage when no book can, as for an order that is not open."""
    try:
        book.apply(event)
    except KeyError as error:
        raise LedgerDamage(place, f"the entry speaks of order {error}, which is not open") from error
    except ArithmeticError as error:
        raise LedgerDamage(place, f"nobody can reckon with its numbers: {type(error).__name__}") from error


def _last(content: Content) -> Line:
    """Give the last line; the first line of a segment counts as the end of the entries before it."""
    if content.lines:
        return content.lines[-1]
    return content.head._replace(seq=content.head.seq - 1)
