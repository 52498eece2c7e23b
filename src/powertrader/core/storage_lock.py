"""One process at a time: a lock that the system frees when its holder dies."""

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import filelock

from powertrader.core.exceptions import ConfigError, StorageError
from powertrader.core.file_operations import reason_of

POLL_S: Final = 0.001
"""How often a waiting lock looks whether it is free."""


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold path for this process alone for as long as the block runs.

    Raises ConfigError naming the process that holds it, at once; StorageError when it cannot be made.
    """
    lock = filelock.FileLock(path, timeout=0, is_singleton=False, thread_local=False)
    holder = holder_path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout as error:
        msg = (
            f"{path} is held by process {_pid(holder)}: another PowerTrader works here; "
            "stop that one first (`powertrader status` shows what runs)"
        )
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


class WaitingLock:
    """A lock for moments: whoever comes second waits. Threads of one process take turns as well."""

    def __init__(self, path: Path, longest_wait_s: float) -> None:
        """Bind the file; nothing is opened yet."""
        self._path = path
        self._threads = threading.Lock()
        self._lock = filelock.FileLock(path, longest_wait_s, is_singleton=False, thread_local=False)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock while the block runs.

        Raises StorageError when it cannot be made, or is not free after the longest wait.
        """
        with self._threads:
            self._acquire()
            try:
                yield
            finally:
                self._lock.release()

    def _acquire(self) -> None:
        try:
            if not self._path.parent.is_dir():
                self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(poll_interval=POLL_S)
        except filelock.Timeout as error:
            msg = f"{self._path} was not free within {self._lock.timeout:g} s: a process halted in between"
            raise StorageError(msg) from error
        except OSError as error:
            msg = f"{self._path} cannot be locked: {reason_of(self._path, error)}"
            raise StorageError(msg) from error


def holder_path(path: Path) -> Path:
    """Give the file that names the process which holds a lock, or held it when it was killed."""
    return path.with_name(f"{path.name}.pid")


def is_held(path: Path) -> bool:
    """Tell whether a process holds path now. Raises StorageError when that cannot be found out."""
    if not path.exists():
        return False
    try:
        with exclusive(path):
            return False
    except ConfigError:
        return True


def _pid(holder: Path) -> str:
    try:
        return holder.read_text(encoding="ascii", errors="replace").strip() or "unknown"
    except OSError:
        return "unknown"
