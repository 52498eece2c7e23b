"""FileStore: the only way our processes read and write files.

A write either replaces the whole file or leaves the old one and raises. A reader never sees a part.
"""

import contextlib
import json
import logging
import math
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from powertrader.core.exceptions import DataCorruptionError, StorageError
from powertrader.core.file_operations import (
    BINARY,
    PARTIAL_SUFFIX,
    append_whole,
    delete_abandoned,
    json_of,
    mend_end,
    move_aside,
    put_back,
    reason_of,
    records_of,
    refuse_outside,
    replace,
    sync_folder,
    write_whole,
)

log = logging.getLogger(__name__)
Default = TypeVar("Default")
Parsed = TypeVar("Parsed")

READ, WRITTEN, APPENDED, MOVED, DELETED = "read", "written", "appended to", "moved aside", "deleted"


class FileStore:
    """Atomic reads and writes of whole files, and appended lines.

    root: when given, a path that leaves it, also through a symbolic link, is refused with BadData.
    durable writes are on the disk when the call returns, not only in the computer's memory.
    Every write raises StorageError naming path and reason when it failed, and leaves the old file.
    """

    def __init__(self, root: Path | None = None) -> None:
        """Bind the store to a folder, or to none."""
        self._root = root.resolve() if root is not None else None
        self._swept: set[Path] = set()
        self._mended: set[Path] = set()

    def read_bytes(self, path: Path, start: int = 0, most: int = -1) -> bytes | None:
        """Give the content from a place on, at most so many bytes (-1: all); None when there is no such file.

        Raises StorageError when it cannot be read.
        """
        self._check_inside(path)
        try:
            with path.open("rb") as stream:
                if start:
                    stream.seek(start)
                return stream.read(most)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _failure(path, error, READ) from error

    def size(self, path: Path) -> int:
        """Give the length of a file in bytes, 0 when there is none. Raises StorageError."""
        self._check_inside(path)
        try:
            return path.stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return 0
        except OSError as error:
            raise _failure(path, error, READ) from error

    def read_start(self, path: Path, length: int) -> bytes:
        """Give at most so many bytes from the beginning of a file. Raises StorageError."""
        self._check_inside(path)
        with _named(path, READ), path.open("rb") as stream:
            return stream.read(length)

    def read_text(self, path: Path, default: str = "") -> str:
        """Give the text, default when there is no such file.

        Raises DataCorruptionError when it is no UTF-8.
        """
        raw = self.read_bytes(path)
        if raw is None:
            return default
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            msg = f"{path} is not UTF-8 text: {error.reason} at byte {error.start}"
            raise DataCorruptionError(msg) from error

    def read_json(self, path: Path, default: Default) -> object | Default:
        """Give the parsed content, default when there is no such file.

        A damaged file is moved aside, reported once, and DataCorruptionError is raised.
        """
        found = self.read_parsed(path, lambda raw: (json_of(raw, path),))
        return default if found is None else found[0]

    def read_parsed(self, path: Path, parse: Callable[[bytes], Parsed]) -> Parsed | None:
        """Give what parse makes of the content, None when there is no such file.

        A file that parse refuses with DataCorruptionError is moved aside, reported once, and the error
        raised again with its new name. Another that took its place meanwhile stays, and is what counts.
        """
        while True:
            raw = self.read_bytes(path)
            if raw is None:
                return None
            try:
                return parse(raw)
            except DataCorruptionError as error:
                aside = self._put_aside(path, raw)
                if aside is not None:
                    msg = f"{error}; it was moved to {aside.name}"
                    raise DataCorruptionError(msg) from error

    def read_signal(self, path: Path, default: float = 0.0) -> float:
        """Give the single finite number of a file, default when there is no such file.

        Raises DataCorruptionError when it holds anything else.
        """
        text = self.read_text(path, "").strip()
        if not text:
            return default
        try:
            number = float(text)
        except ValueError as error:
            msg = f"{path} holds {text[:40]!r}, must be one number"
            raise DataCorruptionError(msg) from error
        if not math.isfinite(number):
            msg = f"{path} holds {text!r}, must be a finite number"
            raise DataCorruptionError(msg)
        return number

    def write_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
        """Replace the whole file at once; its folder is made when it is missing.

        What killed processes left half written in the folder is deleted once it is an hour old.
        """
        self._check_inside(path)
        partial = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}{PARTIAL_SUFFIX}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(partial, content, durable=durable)
            replace(partial, path)
            if durable:
                sync_folder(path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            raise _failure(path, error, WRITTEN) from error
        if path.parent not in self._swept:
            self._swept.add(path.parent)
            delete_abandoned(path)

    def write_text(self, path: Path, content: str, *, durable: bool = False) -> None:
        """Replace the whole file with UTF-8 text, line ends as given."""
        self.write_bytes(path, content.encode("utf-8"), durable=durable)

    def write_json(
        self, path: Path, content: object, *, durable: bool = False, indent: int | None = 2
    ) -> None:
        """Replace the whole file with JSON. Raises ValueError on NaN and infinities.

        indent: spaces for each level; None puts all in one line, which takes a quarter of the time.
        """
        text = json.dumps(content, indent=indent, ensure_ascii=False, allow_nan=False)
        self.write_text(path, text, durable=durable)

    def write_signal(self, path: Path, value: float) -> None:
        """Replace the whole file with one number as its shortest text."""
        self.write_text(path, repr(value))

    def append_jsonl(self, path: Path, record: Mapping[str, object], *, durable: bool = False) -> None:
        """Append one record as a line of JSON; a line is written in one piece."""
        line = json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
        self.append_bytes(path, line.encode("utf-8"), durable=durable)

    def append_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
        """Append whole lines; when it failed, what was written of them is cut off again.

        The first time, the torn last line of a process that died while writing is cut off and reported.
        A file has one writer, see core.storage_lock. Raises ValueError unless content ends its last line.
        """
        if not content.endswith(b"\n"):
            msg = f"what is appended to {path} must end its line, ends with {content[-20:]!r}"
            raise ValueError(msg)
        self._check_inside(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | BINARY, 0o644)
            try:
                if path not in self._mended:
                    content = mend_end(descriptor, path) + content
                append_whole(descriptor, content, durable=durable)
            finally:
                os.close(descriptor)
        except OSError as error:
            self._mended.discard(path)
            raise _failure(path, error, APPENDED) from error
        self._mended.add(path)

    def overwrite(self, path: Path, content: bytes) -> None:
        """Write over the beginning of a file that exists, in place: quick, but not at once.

        For short records of fixed length that carry a checksum. Raises StorageError.
        """
        self._check_inside(path)
        with _named(path, WRITTEN), path.open("r+b", buffering=0) as stream:
            stream.write(content)

    def rewrite_text(self, path: Path, content: str) -> None:
        """Let a file hold UTF-8 text by writing over what it holds, line ends as given; make a missing one.

        Many times as quick as replacing the file. For an instant a reader may find the end of a longer
        former text behind the new one: for texts that are shown, and never for messages.
        """
        self._check_inside(path)
        written = content.encode("utf-8")
        try:
            with path.open("r+b", buffering=0) as stream:
                length = os.fstat(stream.fileno()).st_size
                stream.write(written)
                if length > len(written):
                    stream.truncate()
        except FileNotFoundError:
            self.write_bytes(path, written)
        except OSError as error:
            raise _failure(path, error, WRITTEN) from error

    def cut(self, path: Path, length: int) -> None:
        """Keep so many bytes of a file, durably; needs no space. Raises StorageError."""
        self._check_inside(path)
        with _named(path, WRITTEN), path.open("r+b") as stream:
            stream.truncate(length)
            os.fsync(stream.fileno())

    def read_jsonl(self, path: Path) -> tuple[list[object], str | None]:
        """Give the records, and the torn last line of a process that died while writing, if there is one.

        A last record that lacks only the end of its line is whole, and counts.
        Raises DataCorruptionError naming the line when another line is damaged.
        """
        return records_of(self.read_bytes(path) or b"", path)

    def quarantine(self, path: Path) -> Path:
        """Move the file that is there aside, report it, and give its new name; nothing takes its place."""
        self._check_inside(path)
        with _named(path, MOVED):
            return _reported(path, move_aside(path))

    def remove(self, path: Path) -> None:
        """Delete a file; one that is not there is fine."""
        self._check_inside(path)
        with _named(path, DELETED):
            path.unlink(missing_ok=True)

    def _put_aside(self, path: Path, seen: bytes) -> Path | None:
        """Move a file aside unless it is another one by now."""
        # gone: another process was quicker to move it, and reports it
        with _named(path, MOVED), contextlib.suppress(FileNotFoundError):
            aside = move_aside(path)
            if aside.read_bytes() == seen:
                return _reported(path, aside)
            put_back(aside, path)
        return None

    def _check_inside(self, path: Path) -> None:
        if self._root is not None:
            refuse_outside(path, self._root)


def _reported(path: Path, aside: Path) -> Path:
    log.warning("damaged file moved aside", extra={"file": str(path), "moved_to": aside.name})
    return aside


@contextlib.contextmanager
def _named(path: Path, deed: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _failure(path, error, deed) from error


def _failure(path: Path, error: OSError, deed: str) -> StorageError:
    return StorageError(f"{path} cannot be {deed}: {reason_of(path, error)}")
