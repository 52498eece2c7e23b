"""Whether a ledger is as it was stored, from its first entry to the last that was acknowledged."""

from dataclasses import dataclass
from pathlib import Path

from powertrader.core.exceptions import DataCorruptionError
from powertrader.core.storage import FileStore
from powertrader.models.book import Book
from powertrader.models.book_state import state_of
from powertrader.persistence.ledger_head import HEAD_FILE, Head, read_head
from powertrader.persistence.ledger_lines import LedgerDamage, Place, state_in
from powertrader.persistence.ledger_segments import (
    Content,
    LedgerReader,
    apply_entry,
    events_in,
)


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """What was found: counts and the hash of the last entry, up to the damage if there is any.

    unfinished counts bytes behind the last whole group, which no process has acknowledged.
    """

    entries: int
    segments: int
    digest: str
    unfinished: int
    damage: DataCorruptionError | None


class _Course:
    """How far a check has come."""

    def __init__(self) -> None:
        self.head = Head()
        self.segments = 0
        self.unfinished = 0
        self.book = Book()

    def take(self, content: Content, known: Head | None) -> None:
        """Check one segment: what it carries over, every event, and the acknowledged head."""
        beginning = Place(content.name, 1, content.head.seq)
        if state_in(content.head, beginning) != state_of(self.book):
            raise LedgerDamage(beginning, "the book carried over is not that of the entries before")
        self.segments += 1
        lines = zip(content.lines, events_in(content), strict=True)
        for number, (line, event) in enumerate(lines, start=2):
            apply_entry(self.book, event, Place(content.name, number, line.seq))
            self.head = Head(line.seq + 1, line.digest)
            if known is not None and known.entries == self.head.entries and known != self.head:
                raise LedgerDamage(
                    Place(content.name, number, line.seq), "the entry is not the acknowledged one"
                )
        self.book.trades.clear()
        self.unfinished = max(content.torn, 0)


def check_ledger(folder: Path, store: FileStore) -> LedgerCheck:
    """Read a whole ledger without its lock. Raises ConfigError when a newer PowerTrader wrote it.

    Found is every change, loss, addition or move of a line, also of the last; not, that all of the
    folder was replaced, or that an entry behind the head was taken away, which only a crash leaves there.
    """
    known = read_head(store, folder)
    course = _Course()
    damage: DataCorruptionError | None = None
    name = str(folder)
    try:
        for content in LedgerReader(folder, store).contents():
            name = content.name
            course.take(content, known)
        _compare(course.head, known, name)
    except DataCorruptionError as error:
        damage = error
    head = course.head
    return LedgerCheck(head.entries, course.segments, head.digest, course.unfinished, damage)


def _compare(head: Head, known: Head | None, name: str) -> None:
    if known is None and head.entries:
        reason = f"{HEAD_FILE} beside it is missing or damaged, so entries may have been cut off unnoticed"
        raise LedgerDamage(
            Place(name, 1, head.entries), f"{reason}; the next start of a trader makes it anew"
        )
    if known is not None and known.entries > head.entries:
        reason = (
            f"{known.entries} entries were acknowledged, the files hold {head.entries}: the end is missing"
        )
        raise LedgerDamage(Place(name, 1, head.entries), reason)
