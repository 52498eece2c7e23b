"""OutputFeed: what workers print, read as it grows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from powertrader.core.file_operations import stamp_of
from powertrader.core.process_output import read_on
from powertrader.hub.view import OutputTail

KEPT_LINES: Final = 2500
"""So many lines of each worker are kept."""


@dataclass(slots=True)
class _Place:
    """How far a file was read: its inode, the bytes taken, and what came after its last line feed."""

    inode: int = 0
    offset: int = 0
    rest: bytes = b""


class OutputFeed:
    """Gives the newest lines of each worker; what was read is not read again."""

    def __init__(self, files: Mapping[str, Path], redact: Callable[[str], str]) -> None:
        """Bind the file of each process; redact takes secrets out of a text."""
        self._files = files
        self._redact = redact
        self._places = {process: _Place() for process in files}
        self._tails: Mapping[str, OutputTail] = {process: OutputTail() for process in files}

    def read(self) -> Mapping[str, OutputTail]:
        """Give the lines by process; the same object as before when nothing was printed."""
        tails = {process: self._tail(process, path) for process, path in self._files.items()}
        if any(tails[process] is not self._tails[process] for process in tails):
            self._tails = tails
        return self._tails

    def _tail(self, process: str, path: Path) -> OutputTail:
        place, before = self._places[process], self._tails[process]
        stamp = stamp_of(path)
        if stamp is None:
            return before
        _, size, inode = stamp
        anew = inode != place.inode or size < place.offset
        if anew:
            place.inode, place.offset, place.rest = inode, 0, b""
            before = OutputTail(generation=before.generation + 1)
        elif size == place.offset:
            return before
        found, place.offset = read_on(path, place.offset)
        *whole, place.rest = (place.rest + found).split(b"\n")
        lines = [self._redact(line.decode("utf-8", "replace").rstrip()) for line in whole]
        return _grown(before, lines)


def _grown(before: OutputTail, lines: list[str]) -> OutputTail:
    kept = (*before.lines, *lines)[-KEPT_LINES:]
    return OutputTail(kept, before.ends + len(lines) - len(kept), before.generation)
