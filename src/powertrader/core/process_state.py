"""How a process is, judged from outside by its lock, its heartbeat and its supervisor's note."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from powertrader.core.health import Health, health_of
from powertrader.models.process import ProcessRecord, WorkerState
from powertrader.models.snapshot import ProcessState, ProcessView
from powertrader.models.status import Heartbeat

_OF_HEALTH: Final[Mapping[Health, ProcessState]] = {
    Health.OK: ProcessState.RUNNING,
    Health.WARNING: ProcessState.WARNING,
    Health.FAILING: ProcessState.FAILING,
    Health.STALE: ProcessState.STALE,
}
_OF_RECORD: Final[Mapping[WorkerState, ProcessState]] = {
    WorkerState.CRASHED: ProcessState.CRASHED,
    WorkerState.REFUSED: ProcessState.REFUSED,
    WorkerState.STOPPED: ProcessState.STOPPED,
}


def process_view(
    process: str, pid: int | None, beat: Heartbeat | None, record: ProcessRecord | None, now: datetime
) -> ProcessView:
    """Give how a process is; pid is that of the one that runs now, None when none does."""
    health = None if beat is None else health_of(beat, now)
    age_s = None if health is None else health.age_s
    if pid is None:
        state = _ended_state(beat, record)
    elif health is None or beat is None or beat.pid != pid:
        # what lies there is from an earlier process
        state, age_s, beat = ProcessState.STARTING, None, None
    elif not beat.steps:
        state, age_s = ProcessState.STARTING, None
    else:
        state = _OF_HEALTH[health.health]
    return ProcessView(process, state, pid, age_s, beat, record)


def _ended_state(beat: Heartbeat | None, record: ProcessRecord | None) -> ProcessState:
    """Tell how a process ended that does not run: by the newer of the two who know."""
    if beat is not None and beat.running and not beat.steps:
        # it came from a start that got no further, which says less than the supervisor
        beat = None
    if record is not None and (beat is None or record.at >= beat.at):
        # a supervisor that still says it runs was killed before it could see the end
        return _OF_RECORD.get(record.state, ProcessState.CRASHED)
    if beat is not None and beat.running:
        return ProcessState.CRASHED
    return ProcessState.STOPPED
