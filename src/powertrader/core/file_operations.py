"""What reading, writing and moving files is made of; FileStore is what the rest of the program uses."""

import contextlib
import json
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from powertrader.core.exceptions import BadData, DataCorruptionError

log = logging.getLogger(__name__)

REPLACE_TRIES: Final = 20 if os.name == "nt" else 1
REPLACE_PAUSE_S: Final = 0.05
"""Windows refuses to replace a file that somebody reads; such a reader is gone within a second."""
PARTIAL_SUFFIX: Final = ".partial"
ABANDONED_AFTER_S: Final = 3600
"""No write takes an hour: a partial file that old belongs to a process that was killed."""
TAIL_BLOCK: Final = 65536
SHOWN_OF_TORN: Final = 200
BINARY: Final[int] = getattr(os, "O_BINARY", 0)
Stamp: TypeAlias = tuple[int, int, int] | None
"""Modification time (ns), size and inode of a file; None while it is not there."""


def stamp_of(path: Path) -> Stamp:
    """Give what changes whenever a file does, or None when it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino)


def write_whole(path: Path, content: bytes, *, durable: bool) -> None:
    """Write a new file; durable: it is on the disk when the call returns."""
    with path.open("wb") as stream:
        stream.write(content)
        if durable:
            stream.flush()
            os.fsync(stream.fileno())


def append_whole(descriptor: int, content: bytes, *, durable: bool) -> None:
    """Append all of content, or cut what was written of it off again and raise."""
    before = os.fstat(descriptor).st_size
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if durable:
            os.fsync(descriptor)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, before)
        raise


def mend_end(descriptor: int, path: Path) -> bytes:
    """Cut off a torn last line; give what has to come before the next line."""
    size = start = os.fstat(descriptor).st_size
    tail = b""
    while start and b"\n" not in tail:
        step = 1 if start == size else min(start, TAIL_BLOCK)
        start -= step
        os.lseek(descriptor, start, os.SEEK_SET)
        tail = os.read(descriptor, step) + tail
    torn = tail.rpartition(b"\n")[2]
    if not torn:
        return b""
    if is_record(torn):
        return b"\n"
    os.ftruncate(descriptor, size - len(torn))
    shown = torn[:SHOWN_OF_TORN].decode("utf-8", "replace")
    log.warning("torn last line cut off", extra={"file": str(path), "size": len(torn), "torn": shown})
    return b""


def json_of(raw: bytes, path: Path) -> object:
    """Give the parsed content of a file; raises DataCorruptionError naming it when it is no JSON."""
    try:
        parsed: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        msg = f"{path} holds no JSON ({error})"
        raise DataCorruptionError(msg) from error
    return parsed


def records_of(raw: bytes, path: Path) -> tuple[list[object], str | None]:
    """Give the records of lines of JSON, and a torn last line; a last record may lack its end of line.

    Raises DataCorruptionError naming file and line when another line is damaged.
    """
    records: list[object] = []
    lines = raw.split(b"\n")
    torn = lines.pop()
    if torn and is_record(torn):
        lines.append(torn)
        torn = b""
    for number, line in enumerate(lines, start=1):
        try:
            records.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            msg = f"{path}, line {number} holds no JSON: {error}"
            raise DataCorruptionError(msg) from error
    return records, torn.decode("utf-8", "replace") if torn else None


def is_record(line: bytes) -> bool:
    """Tell whether a line is a whole JSON object; the start of one never is."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def delete_abandoned(written: Path) -> None:
    """Delete old partial files beside a file written just now, whose time is the disk's own."""
    with contextlib.suppress(OSError):
        oldest = written.stat().st_mtime - ABANDONED_AFTER_S
        for path in written.parent.glob(f".*{PARTIAL_SUFFIX}"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def replace(source: Path, target: Path) -> None:
    """Put source in the place of target at once."""
    repeat_while_held(lambda: source.replace(target))


def move_aside(path: Path) -> Path:
    """Give a file a name that says that it is damaged, and give that name."""
    aside = path.with_name(f"{path.name}.corrupt-{path.stat().st_mtime_ns}")
    replace(path, aside)
    return aside


def put_back(aside: Path, path: Path) -> None:
    """Give a file its name back, unless a newer one has it by now, which then counts."""
    try:
        # a link, unlike a new name, never takes the place of another file
        path.hardlink_to(aside)
    except OSError:
        # there is another file, or the disk knows no links
        if not path.exists():
            replace(aside, path)
            return
    repeat_while_held(aside.unlink)


def refuse_outside(path: Path, root: Path) -> None:
    """Raise BadData when a path leaves a folder, also through a symbolic link."""
    try:
        real = path.resolve()
    except (OSError, RuntimeError) as error:
        msg = f"{path} cannot be followed: {error}"
        raise BadData(msg) from error
    if not real.is_relative_to(root):
        msg = f"{path} leads to {real}, outside {root}; links out of the data folder are not followed"
        raise BadData(msg)


def repeat_while_held(act: Callable[[], object], tries: int = REPLACE_TRIES) -> None:
    """Act, again after a pause while that is forbidden; the last refusal comes through."""
    for tries_left in reversed(range(tries)):
        try:
            act()
        except PermissionError:
            if not tries_left:
                raise
            time.sleep(REPLACE_PAUSE_S)
        else:
            return


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reason_of(path: Path, error: OSError) -> str:
    """Say why path could not be used and what to do; a file in the place of its folder is named."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        for parent in path.parents:
            if parent.is_file():
                return f"{parent} is a file, a folder is needed there; move that file away"
    return f"{error.strerror or error}; check space and permissions"
