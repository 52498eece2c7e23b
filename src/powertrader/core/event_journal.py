"""The journal of a worker's events: appended while it runs, put aside when it is full, read by anybody."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from powertrader.core.event_notes import EventNote, note_of
from powertrader.core.exceptions import BadData, PowerTraderError
from powertrader.core.file_operations import replace, stamp_of
from powertrader.core.storage import FileStore

MOST_BYTES: Final = 5 * 1024 * 1024
KEPT: Final = 3
"""So many older journals are kept beside the one in use."""
ENDING: Final = "_events.jsonl"
log = logging.getLogger(__name__)


class EventJournal:
    """Appends lines to a file of at most most_bytes; full ones become .1 to .KEPT, the oldest goes.

    Events are news: a journal that cannot be written is told of once and stops nothing.
    """

    def __init__(self, path: Path, store: FileStore, most_bytes: int = MOST_BYTES) -> None:
        """Bind the file; its one writer is the worker whose name it has."""
        self._path = path
        self._store = store
        self._most_bytes = most_bytes
        self._problem = ""
        self.lost = 0
        """Events that could not be written."""

    def append(self, line: bytes) -> None:
        """Add a line that ends with a line end."""
        try:
            if self._store.size(self._path) + len(line) > self._most_bytes:
                self._put_aside()
            self._store.append_bytes(self._path, line)
        except (PowerTraderError, OSError) as error:
            self.lost += 1
            if str(error) != self._problem:
                log.warning("events not written", extra={"reason": str(error)})
            self._problem = str(error)
            return
        self._problem = ""

    def _put_aside(self) -> None:
        for age in range(KEPT, 0, -1):
            younger = _aged(self._path, age - 1)
            if younger.exists():
                replace(younger, _aged(self._path, age))


class JournalReader:
    """Reads the journals of all workers of a home, and what comes to them later.

    problems: what could not be read, one sentence each; reading goes on behind it.
    """

    def __init__(self, folder: Path) -> None:
        """Bind the folder of the journals."""
        self._folder = folder
        self._places: dict[Path, tuple[int, int]] = {}
        self.problems: list[str] = []

    def read_all(self) -> tuple[EventNote, ...]:
        """Give every event that is kept, oldest first; read_new goes on from there."""
        notes: list[EventNote] = []
        for path in self._journals():
            for age in range(KEPT, 0, -1):
                notes.extend(self._notes(_aged(path, age), 0)[0])
        return tuple(sorted((*notes, *self.read_new()), key=_order))

    def skip_past(self) -> None:
        """Let read_new begin with what comes from now on."""
        for path in self._journals():
            stamp = stamp_of(path)
            if stamp is not None:
                self._places[path] = stamp[2], stamp[1]

    def read_new(self) -> tuple[EventNote, ...]:
        """Give the events that came since the last call, oldest first."""
        return tuple(sorted((note for path in self._journals() for note in self._news(path)), key=_order))

    def _news(self, path: Path) -> Iterator[EventNote]:
        stamp = stamp_of(path)
        if stamp is None:
            return
        inode, place = self._places.get(path, (stamp[2], 0))
        if inode != stamp[2] or stamp[1] < place:
            # it was put aside meanwhile: first what was still added to the old one
            old = stamp_of(_aged(path, 1))
            if old is not None and old[2] == inode:
                yield from self._notes(_aged(path, 1), place)[0]
            place = 0
        notes, place = self._notes(path, place)
        self._places[path] = stamp[2], place
        yield from notes

    def _notes(self, path: Path, place: int) -> tuple[list[EventNote], int]:
        """Read whole lines from a place on; also give the place behind the last one."""
        try:
            with path.open("rb") as stream:
                stream.seek(place)
                raw = stream.read()
        except FileNotFoundError:
            return [], place
        except OSError as error:
            self.problems.append(f"{path} cannot be read: {error.strerror or error}")
            return [], place
        lines = raw.split(b"\n")
        # the last one is not ended yet, or empty
        unfinished = lines.pop()
        notes = []
        for line in lines:
            try:
                notes.append(note_of(line))
            except BadData as error:
                self.problems.append(f"{path}: {error}")
        return notes, place + len(raw) - len(unfinished)

    def _journals(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{ENDING}"))


def _aged(path: Path, age: int) -> Path:
    return path.with_name(f"{path.name}.{age}") if age else path


def _order(note: EventNote) -> tuple[object, str, int]:
    return note.at, note.sender.run, note.number
