"""What is to be done about a worker that ended: decisions only, nothing is started or asked here."""

from dataclasses import dataclass, replace
from datetime import datetime
from signal import Signals
from typing import Final

from powertrader.core.back_off import pause_s
from powertrader.models.process import ProcessIdentity, ProcessRecord, WorkerState

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0
"""The longest pause before a worker that keeps crashing is started again."""
HEALTHY_S: Final = 300.0
"""A worker that ran for so long is well: its next crash counts as the first."""
_DONE: Final = frozenset({0, 130, -Signals.SIGINT, -Signals.SIGTERM})
"""How a worker ends that somebody stopped; every other end of its own is a crash."""
_WRONG_SETTINGS: Final = 2


@dataclass(frozen=True, slots=True)
class WorkerEnd:
    """How a worker ended: its exit code where it is known, and whether somebody had asked for it.

    in_order: it said so itself in its last heartbeat. foreign: it was not started by a supervisor.
    """

    exit_code: int | None
    asked: bool
    in_order: bool = False
    foreign: bool = False
    last_output: tuple[str, ...] = ()


def state_after(end: WorkerEnd) -> WorkerState:
    """Tell what a worker is once it has ended."""
    if end.asked:
        return WorkerState.STOPPED
    well = end.in_order if end.exit_code is None else end.exit_code in _DONE
    if well:
        return WorkerState.WAITING if end.foreign else WorkerState.STOPPED
    return WorkerState.REFUSED if end.exit_code == _WRONG_SETTINGS else WorkerState.CRASHED


def after_end(record: ProcessRecord, end: WorkerEnd, now: datetime) -> ProcessRecord:
    """Give the record of a worker that has just ended."""
    state = state_after(end)
    ran_s = (now - record.started_at).total_seconds()
    before = 0 if ran_s >= HEALTHY_S else record.failures
    failures = before + 1 if state is WorkerState.CRASHED else 0
    pauses = {
        WorkerState.CRASHED: pause_s(failures, FIRST_PAUSE_S, LONGEST_PAUSE_S),
        WorkerState.REFUSED: LONGEST_PAUSE_S,
        WorkerState.WAITING: FIRST_PAUSE_S,
    }
    return replace(
        record,
        state=state,
        identity=None,
        at=now,
        failures=failures,
        exit_code=end.exit_code,
        last_output=end.last_output,
        retry_s=pauses.get(state, 0.0),
    )


def after_start(
    record: ProcessRecord, identity: ProcessIdentity, options: str, now: datetime
) -> ProcessRecord:
    """Give the record of a worker that was started, again or for the first time."""
    return replace(
        record,
        state=WorkerState.RUNNING,
        identity=identity,
        options=options,
        started_at=now,
        at=now,
        retry_s=0.0,
    )


def is_due(record: ProcessRecord, now: datetime, *, settings_changed: bool) -> bool:
    """Tell whether a worker that does not run is to be started now."""
    if record.state is WorkerState.RUNNING or record.state is WorkerState.STOPPED:
        return False
    if record.state is WorkerState.REFUSED and settings_changed:
        return True
    waited_s = (now - record.at).total_seconds()
    # a clock that was set back must not turn into a long wait
    return not 0 <= waited_s < record.retry_s
