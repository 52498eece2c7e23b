"""What a supervisor knows of the worker processes that it started."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process and no other: numbers are given again, a number with its start is not.

    started_s is the start in seconds since 1970, since_boot_s in seconds since the computer was started.
    A clock that is set changes the first, another start of the computer the second.
    """

    pid: int
    started_s: float
    since_boot_s: float


class WorkerState(StrEnum):
    """What a supervisor makes of a worker."""

    RUNNING = "running"
    CRASHED = "crashed"
    """Ended by itself; it is started again after a pause."""
    REFUSED = "refused"
    """Ended because its settings or its command line cannot be used."""
    WAITING = "waiting"
    """One that was started by hand has ended; the supervisor's own takes its place in a moment."""
    STOPPED = "stopped"
    """Ended because somebody wanted it to; it is not started again."""


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """What a supervisor tells of one worker.

    identity is None while it does not run. options tells apart the command lines it was started with,
    without what stands in them. started_at and at are the wall clock's. failures counts the crashes that
    followed one another, restarts all of them since the supervisor's own start. exit_code is that of the
    last end, None when it is not known; last_output is what it said then. retry_s: the pause before the
    next start, counted from at. folder: the data folder it works in, by which a copied note is told.
    """

    process: str
    state: WorkerState
    identity: ProcessIdentity | None
    options: str
    started_at: datetime
    at: datetime
    failures: int = 0
    restarts: int = 0
    exit_code: int | None = None
    last_output: tuple[str, ...] = ()
    retry_s: float = 0.0
    folder: str = ""
