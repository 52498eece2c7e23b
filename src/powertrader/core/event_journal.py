"""The journal of a worker's events: appended while it runs, put aside when it is full, read by anybody."""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a file was read; inode tells it from the one that took its name."""

    inode: int
    at: int


@dataclass(frozen=True, slots=True)
class _Part:
    """Whole lines of a file, and the place behind them."""

    path: Path
    lines: list[bytes]
    end: _Place


class JournalReader:
    """Reads the journals of all workers of a home, and what comes to them later."""

    def __init__(self, folder: Path) -> None:
        """Bind the folder of the journals."""
        self._folder = folder
        self._places: dict[Path, _Place] = {}
        self._problems: list[str] = []

    def read_all(self) -> tuple[EventNote, ...]:
        """Give every event that is kept, oldest first; read_new goes on from there."""
        notes: list[EventNote] = []
        for path in self._journals():
            for age in range(KEPT, 0, -1):
                part = self._part(_aged(path, age), None)
                notes.extend(() if part is None else self._notes(part))
        return tuple(sorted((*notes, *self.read_new()), key=_order))

    def skip_past(self) -> None:
        """Let read_new begin with what comes from now on."""
        for path in self._journals():
            stamp = stamp_of(path)
            if stamp is not None:
                self._places[path] = _Place(stamp[2], stamp[1])

    def read_new(self) -> tuple[EventNote, ...]:
        """Give the events that came since the last call, oldest first."""
        return tuple(sorted((note for path in self._journals() for note in self._news(path)), key=_order))

    def take_problems(self) -> tuple[str, ...]:
        """Give what could not be read since the last call, a sentence each; reading goes on behind it."""
        taken, self._problems = tuple(self._problems), []
        return taken

    def _news(self, path: Path) -> Iterator[EventNote]:
        known = self._places.get(path)
        part = self._part(path, known)
        if part is None:
            return
        parts = {part.end.inode: part}
        if known is not None and part.end.inode != known.inode:
            # it was put aside meanwhile: what was added to it, and to those after it, comes first
            parts |= self._aside(path, known, part)
        self._places[path] = part.end
        for one in reversed(parts.values()):
            yield from self._notes(one)

    def _aside(self, path: Path, known: _Place, newest: _Part) -> dict[int, _Part]:
        """Read older files up to the known one, the younger first: those that move on meanwhile are met."""
        parts: dict[int, _Part] = {}
        for age in range(1, KEPT + 1):
            part = self._part(_aged(path, age), known)
            if part is None or part.end.inode in {newest.end.inode, *parts}:
                continue
            parts[part.end.inode] = part
            if part.end.inode == known.inode:
                break
        return parts

    def _part(self, path: Path, known: _Place | None) -> _Part | None:
        """Read the whole lines of a file, from a known place on when it is still the same file."""
        try:
            with path.open("rb") as stream:
                status = os.fstat(stream.fileno())
                is_same = known is not None and known.inode == status.st_ino and known.at <= status.st_size
                start = known.at if known is not None and is_same else 0
                stream.seek(start)
                raw = stream.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._problems.append(f"{path} cannot be read: {error.strerror or error}")
            return None
        # the last line is not ended yet, or empty
        lines = raw.split(b"\n")[:-1]
        return _Part(path, lines, _Place(status.st_ino, start + sum(len(line) + 1 for line in lines)))

    def _notes(self, part: _Part) -> Iterator[EventNote]:
        for line in part.lines:
            try:
                yield note_of(line)
            except BadData as error:
                self._problems.append(f"{part.path}: {error}")

    def _journals(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{ENDING}"))


def _aged(path: Path, age: int) -> Path:
    return path.with_name(f"{path.name}.{age}") if age else path


def _order(note: EventNote) -> tuple[object, str, int]:
    return note.at, note.sender.run, note.number
