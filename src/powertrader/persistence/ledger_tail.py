"""LedgerTail: what a ledger holds, entry by entry, and then what is added to it while somebody writes."""

from pathlib import Path
from typing import Final, NamedTuple

from powertrader.core.storage import FileStore
from powertrader.models.journal import JournalEvent
from powertrader.persistence.ledger_lines import (
    GENESIS,
    LedgerDamage,
    Line,
    Place,
    checked,
    event_of,
)
from powertrader.persistence.ledger_segments import Segment, segments_of

MOST_BYTES: Final = 128 * 1024
"""So much is read at once: about 250 entries."""


class Piece(NamedTuple):
    """Events in the order of storing.

    restarted: they are the first of the ledger, and what was given before counts no more. more: there is
    something to be read at once. entries: how many were read since the ledger's beginning.
    """

    events: tuple[JournalEvent, ...]
    restarted: bool
    more: bool
    entries: int


class _Position(NamedTuple):
    """How far was read: the segment's number, bytes of it, the last line's hash, the next entry's number."""

    number: int = 0
    offset: int = 0
    digest: str = GENESIS
    entry: int = 0
    lines: int = 0

    def behind(self, row: bytes, line: Line) -> "_Position":
        """Give the place behind an entry."""
        return _Position(self.number, self.offset + len(row) + 1, line.digest, self.entry + 1, self.lines + 1)


class LedgerTail:
    """Reads a ledger once, needs no lock, changes nothing, and never gives half of a group."""

    def __init__(self, folder: Path, store: FileStore, ignored: frozenset[str] = frozenset()) -> None:
        """Bind the folder, which need not exist. Events of the ignored kinds are checked and left out."""
        self._folder = folder
        self._store = store
        self._ignored = ignored
        self._position = _Position()
        self._segments: tuple[Segment, ...] = ()
        self._damaged: int | None = None

    def read(self, most_bytes: int = MOST_BYTES) -> Piece | None:
        """Give the next piece, None when nothing was added. Raises LedgerDamage and StorageError.

        When entries that were read are no longer there, as a write that failed is taken back and a ledger
        may be replaced by its backup, the reading begins anew. Of a ledger that stays damaged everything
        before the damage is given once.
        """
        try:
            piece = self._read(most_bytes)
        except LedgerDamage as error:
            if error.place.entry == self._damaged:
                raise
            self._damaged = error.place.entry
            self._position = _Position()
            return self._read(most_bytes) or Piece((), restarted=True, more=False, entries=0)
        if piece is not None and self._damaged is not None and piece.entries > self._damaged:
            self._damaged = None
        return piece

    def _read(self, most_bytes: int) -> Piece | None:
        at = self._position
        segment = self._segment(at.number)
        if segment is None:
            return self._begin(at.number + 1, most_bytes)
        raw = self._store.read_bytes(segment.path, at.offset, most_bytes)
        if raw is None or (not raw and self._store.size(segment.path) < at.offset):
            place = Place(str(segment.path), at.lines, at.entry)
            raise LedgerDamage(place, "what was read of the file is no longer there")
        if not raw:
            return self._begin(at.number + 1, most_bytes)
        events = self._take(segment, raw)
        if self._position.offset == at.offset:
            if len(raw) == most_bytes:
                return self._read(most_bytes * 2)  # a group is larger than a piece
            return None
        more = len(raw) == most_bytes or self._segments[-1].number > at.number
        return Piece(events, at.entry == 0, more, self._position.entry)

    def _segment(self, number: int) -> Segment | None:
        if not number:
            return None
        return next((one for one in self._segments if one.number == number), None)

    def _begin(self, number: int, most_bytes: int) -> Piece | None:
        """Go on with the next segment, None while there is none that has begun."""
        self._segments = segments_of(self._folder)
        segment = self._segment(number)
        if segment is None:
            if self._position.number and self._segment(number - 1) is None:
                place = Place(str(self._folder), 1, self._position.entry)
                raise LedgerDamage(place, "the segment that was read is no longer there")
            return None
        before = self._position
        ended = self._segment(before.number)
        if ended is not None and self._store.size(ended.path) > before.offset:
            return self._read(most_bytes)  # its end was written between the two looks
        raw = self._store.read_bytes(segment.path, 0, most_bytes) or b""
        while b"\n" not in raw and len(raw) == most_bytes:
            most_bytes *= 2
            raw = self._store.read_bytes(segment.path, 0, most_bytes) or b""
        row, end, _ = raw.partition(b"\n")
        if not end:
            return None
        head = checked(row, before.digest, Place(str(segment.path), 1, before.entry))
        self._position = _Position(number, len(row) + 1, head.digest, before.entry, 1)
        return self._read(most_bytes)

    def _take(self, segment: Segment, raw: bytes) -> tuple[JournalEvent, ...]:
        """Give the events of the whole groups, and stand behind them."""
        events: list[JournalEvent] = []
        group: list[tuple[Line, Place]] = []
        begun_at = read_to = self._position
        rows = raw.split(b"\n")
        rows.pop()  # a line whose end is being written is found whole by the next look
        try:
            for row in rows:
                place = Place(str(segment.path), read_to.lines + 1, read_to.entry)
                line = checked(row, read_to.digest, place)
                read_to = read_to.behind(row, line)
                if line.kind not in self._ignored:
                    group.append((line, place))
                if not line.more:
                    events += [event_of(one, where) for one, where in group]
                    group.clear()
                    self._position = read_to
        except LedgerDamage:
            # what is whole before it is given; the next look meets the damage again
            if self._position is begun_at:
                raise
        return tuple(events)
