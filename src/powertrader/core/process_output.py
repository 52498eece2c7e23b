"""What workers in the background print: a file for each, bounded, that outlives whoever started them."""

import os
from pathlib import Path
from typing import BinaryIO, Final

from powertrader.core.exceptions import StorageError
from powertrader.core.file_operations import reason_of, replace
from powertrader.core.storage import FileStore

MOST_AT_START: Final = 1024 * 1024
"""An output file that is larger when its worker starts is put aside."""
MOST_WHILE_RUNNING: Final = 10 * 1024 * 1024
"""One that has grown larger meanwhile begins anew; its end is kept aside."""
_TAIL_BYTES: Final = 65536
_MOST_OF_LINE: Final = 500


def open_output(path: Path) -> BinaryIO:
    """Open the file that takes what a new process prints, after what earlier ones printed.

    Raises StorageError when it cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > MOST_AT_START:
            replace(path, aside_of(path))
        return path.open("ab", buffering=0)
    except OSError as error:
        msg = f"{path} cannot be opened for a worker's output: {reason_of(path, error)}"
        raise StorageError(msg) from error


def trim_output(path: Path, store: FileStore) -> None:
    """Let a file that has grown too large begin anew, while its process goes on. Raises StorageError."""
    if store.size(path) > MOST_WHILE_RUNNING:
        store.write_bytes(aside_of(path), _tail(path, 0, MOST_AT_START))
        store.cut(path, 0)


def last_lines(path: Path, lines: int, start: int = 0) -> tuple[str, ...]:
    """Give the last lines of a file from a place on, none when it cannot be read."""
    try:
        text = _tail(path, start, _TAIL_BYTES).decode("utf-8", "replace")
    except OSError:
        return ()
    found = [line.rstrip()[:_MOST_OF_LINE] for line in text.splitlines()]
    return tuple([line for line in found if line][-lines:])


def read_on(path: Path, start: int) -> tuple[bytes, int]:
    """Give what was printed from a place on, at most its last megabyte, and where that ends.

    What cannot be read is nothing, for now.
    """
    try:
        with path.open("rb") as stream:
            begins = stream.seek(max(start, stream.seek(0, os.SEEK_END) - MOST_AT_START))
            found = stream.read(MOST_AT_START)
    except OSError:
        return b"", start
    return found, begins + len(found)


def aside_of(path: Path) -> Path:
    """Give the file that keeps what was printed before."""
    return path.with_name(f"{path.name}.1")


def _tail(path: Path, start: int, most: int) -> bytes:
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        # a file that is shorter than the place has begun anew since
        stream.seek(max(start if start <= size else 0, size - most))
        return stream.read(most)
