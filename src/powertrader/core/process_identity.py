"""Which process is which: found again by number and start, ended by its number only when it is the same."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil

from powertrader.core.paths import HomePaths
from powertrader.core.storage_lock import holder_path, is_held
from powertrader.models.process import ProcessIdentity, ProcessRecord

SAME_START_S: Final = 1.0
"""Two looks at the start of one process differ by less; a number is not given again that soon."""


def identity_of(pid: int) -> ProcessIdentity | None:
    """Give the process that has a number now, None when there is none, or only its remains."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        started_s = process.create_time()
    except (psutil.Error, OverflowError, ValueError):
        return None
    return ProcessIdentity(pid, started_s, started_s - psutil.boot_time())


def is_alive(identity: ProcessIdentity) -> bool:
    """Tell whether the very process still runs; another one that was given its number is not it."""
    found = identity_of(identity.pid)
    return found is not None and is_same(found, identity)


def is_same(one: ProcessIdentity, other: ProcessIdentity) -> bool:
    """Tell whether two identities are of one process, also when the clock was set in between."""
    if one.pid != other.pid:
        return False
    # the start since boot does not move with the clock; where it is measured coarsely the other does not move
    apart_s = min(abs(one.since_boot_s - other.since_boot_s), abs(one.started_s - other.started_s))
    return apart_s < SAME_START_S


def holder_of(lock: Path) -> ProcessIdentity | None:
    """Give the process that holds a lock, None when nobody does.

    The lock itself is tried only when its last holder may be alive, so that asking keeps nobody from
    taking it. Raises StorageError when the lock cannot be tried.
    """
    try:
        pid = int(holder_path(lock).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    found = identity_of(pid)
    return found if found is not None and is_held(lock) else None


def noted_in(record: ProcessRecord | None, folder: Path) -> ProcessIdentity | None:
    """Give the process that a supervisor noted in a data folder and that still runs, None when none does.

    It may be on the way to its lock. A note that was copied with its folder names a process of another one.
    """
    identity = record.identity if record is not None and record.folder == str(folder.resolve()) else None
    return identity if identity is not None and is_alive(identity) else None


def running_as(
    process: str, paths: HomePaths, read_note: Callable[[], ProcessRecord | None]
) -> ProcessIdentity | None:
    """Give the process that runs under a name in a home, None when none does.

    read_note gives what a supervisor noted; it is asked only while nobody holds the lock of the name.
    Raises StorageError when the lock cannot be tried, and what read_note raises.
    """
    return holder_of(paths.process_lock(process)) or noted_in(read_note(), paths.data)


def terminate(identity: ProcessIdentity) -> None:
    """Ask a process to end, as the system does; on Windows that ends it at once."""
    _send(identity, signal.SIGTERM)


def kill(identity: ProcessIdentity) -> None:
    """End a process whatever it does."""
    _send(identity, getattr(signal, "SIGKILL", signal.SIGTERM))


def _send(identity: ProcessIdentity, number: signal.Signals) -> None:
    if identity.pid == os.getpid() or not is_alive(identity):
        return
    try:
        os.kill(identity.pid, number)
    except (ProcessLookupError, PermissionError):
        # it has just ended, or is another user's: whoever asked looks whether it still runs
        return
