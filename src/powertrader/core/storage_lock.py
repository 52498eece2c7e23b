"""One process at a time: a lock that the system frees when its holder dies."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import filelock

from powertrader.core.exceptions import ConfigError, StorageError
from powertrader.core.file_operations import reason_of


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold path for this process alone for as long as the block runs.

    Raises ConfigError naming the process that holds it, at once; StorageError when it cannot be made.
    """
    lock = filelock.FileLock(path, timeout=0, is_singleton=False, thread_local=False)
    holder = path.with_name(f"{path.name}.pid")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout as error:
        msg = f"{path} is held by process {_pid(holder)}: another PowerTrader works here; stop that one first"
        raise ConfigError(msg) from error
    except OSError as error:
        msg = f"{path} cannot be locked: {reason_of(path, error)}"
        raise StorageError(msg) from error
    try:
        # beside the lock, because opening a lock empties it
        with contextlib.suppress(OSError):
            holder.write_text(str(os.getpid()), encoding="ascii")
        yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _pid(holder: Path) -> str:
    try:
        return holder.read_text(encoding="ascii", errors="replace").strip() or "unknown"
    except OSError:
        return "unknown"
