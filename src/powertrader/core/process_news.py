"""What a supervisor notices of its workers, told as events."""

from collections.abc import Callable
from typing import Final

from powertrader.core.clock import Clock
from powertrader.models.events import Event, WorkerCrashed, WorkerStarted
from powertrader.models.process import ProcessRecord, WorkerState

SILENT: Final = "nothing"


class ProcessNews:
    """Publishes that a worker runs, again or for the first time, and that one ended by itself."""

    def __init__(self, publish: Callable[[Event], None], wall: Clock) -> None:
        """Know of no worker yet."""
        self._publish = publish
        self._wall = wall
        self._pids: dict[str, int] = {}
        self._crashed: set[str] = set()

    def tell(self, record: ProcessRecord) -> None:
        """Publish what a new record of a worker says."""
        process = record.process
        if record.identity is not None:
            self._running(process, record.identity.pid)
        elif record.state in {WorkerState.CRASHED, WorkerState.REFUSED}:
            self._ended(record)
        else:
            self._crashed.discard(process)
            self._pids.pop(process, None)

    def _running(self, process: str, pid: int) -> None:
        if self._pids.get(process) == pid:
            return
        self._pids[process] = pid
        self._publish(WorkerStarted(process, pid, process in self._crashed, self._wall.now()))
        self._crashed.discard(process)

    def _ended(self, record: ProcessRecord) -> None:
        process = record.process
        self._crashed.add(process)
        reason = record.last_output[-1] if record.last_output else SILENT
        # 0: it could not even be started
        pid = self._pids.pop(process, 0)
        self._publish(WorkerCrashed(process, pid, record.exit_code, reason, record.retry_s, self._wall.now()))
