"""ProcessManager: starts, watches, adopts and stops workers; hub, command line and services share it."""

import logging
import subprocess
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.mailbox import HEARTBEAT, PROCESS, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.process_identity import holder_of, identity_of, is_alive, is_same, running_as
from powertrader.core.process_launch import WorkerSpec, launch, powertrader_command
from powertrader.core.process_output import last_lines, trim_output
from powertrader.core.process_policy import WorkerEnd, after_end, after_start, is_due
from powertrader.core.process_stop import Ending, StopPatience, StopPorts, stop_processes, was_asked
from powertrader.core.storage import FileStore
from powertrader.models.process import ProcessIdentity, ProcessRecord, WorkerState
from powertrader.models.types import CoinSymbol

OUTPUT_LINES: Final = 200
"""How much of a worker's output is given unless more is asked for."""
_LINES_OF_CRASH: Final = 12
_LINES_LOGGED: Final = 3
_THREADS_END_S: Final = 1.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ManagerPorts:
    """What a manager works with.

    options and trader_options are given to every worker, and to the trader besides; environment is what
    theirs has besides ours, None for a variable that is kept from them. settings_stamp changes when the
    settings do. redact takes secrets out of a text. on_change is told every record that
    is new.
    """

    paths: HomePaths
    mailbox: Mailbox
    wall: Clock
    options: tuple[str, ...] = ()
    trader_options: tuple[str, ...] = ()
    settings_stamp: Callable[[], Hashable] = lambda: None
    redact: Callable[[str], str] = lambda text: text
    on_change: Callable[[ProcessRecord], None] = lambda _: None
    environment: tuple[tuple[str, str | None], ...] = ()


@dataclass(slots=True)
class _Worker:
    """A worker under our eyes; child is None when another process started it.

    withheld: it was stopped and then started by hand, so that ours does not take its place.
    """

    spec: WorkerSpec
    record: ProcessRecord
    child: "subprocess.Popen[bytes] | None" = None
    foreign: bool = False
    withheld: bool = False
    pid: int = 0
    output_from: int = 0
    settings: Hashable = None
    told: tuple[str, ...] = ()


class ProcessManager:
    """Keeps workers running, each of them once.

    A worker that crashes is started again, after 1, 2, 4 ... 60 seconds. Workers go on when the manager
    ends; the next one adopts them. To be used by one thread.
    """

    def __init__(self, ports: ManagerPorts, patience: StopPatience | None = None) -> None:
        """Bind the parts; nothing is started yet."""
        self._ports = ports
        self._patience = patience or StopPatience()
        self._stopping = StopPorts(ports.paths, ports.mailbox, ports.wall)
        self._store = FileStore()
        self._workers: dict[str, _Worker] = {}
        self._problems: dict[Path, str] = {}

    @property
    def records(self) -> tuple[ProcessRecord, ...]:
        """What is known of each worker, in the order of their starts."""
        return tuple([worker.record for worker in self._workers.values()])

    def start_trainer(self, coins: Iterable[CoinSymbol] = (), *, reprocess: bool = False) -> ProcessRecord:
        """Start the worker that trains what is due; reprocess: forget once what was learnt before."""
        first = ("--reprocess",) if reprocess else ()
        return self.start(self._spec("trainer", (*coins, "--keep"), first))

    def start_thinker(self) -> ProcessRecord:
        """Start the worker that signals."""
        return self.start(self._spec("thinker"))

    def start_trader(self) -> ProcessRecord:
        """Start the worker that trades."""
        return self.start(self._spec("trader", self._ports.trader_options))

    def start(self, spec: WorkerSpec) -> ProcessRecord:
        """Start a worker, or take charge of the one that runs already under its name."""
        known = self._workers.get(spec.process)
        if known is not None and self.is_running(spec.process):
            return known.record
        if not self.adopt(spec):
            worker = self._workers[spec.process] = self._blank(spec)
            self._launch(worker, spec.first)
        return self._workers[spec.process].record

    def adopt(self, spec: WorkerSpec) -> bool:
        """Take charge of the worker that runs under a name; False, and nothing is started, when none does."""
        worker = self._blank(spec)
        if not self._adopt(worker, self._noted(spec.process)):
            return False
        self._workers[spec.process] = worker
        return True

    def watch(self) -> None:
        """Look at every worker once: notice those that ended, and start those whose time has come."""
        for worker in self._workers.values():
            if worker.record.state is WorkerState.RUNNING:
                self._look(worker)
                continue
            worker.withheld = worker.record.state is WorkerState.STOPPED
            if not self._adopt(worker, None):
                self._revive(worker)

    def is_running(self, process: str) -> bool:
        """Tell whether a worker runs, whoever started it."""
        worker = self._workers.get(process)
        identity = worker.record.identity if worker else None
        if identity is not None and is_alive(identity):
            return True
        return holder_of(self._ports.paths.process_lock(process)) is not None

    def get_output(self, process: str, lines: int = OUTPUT_LINES) -> str:
        """Give the last lines that a worker printed, secrets taken out."""
        found = last_lines(self._ports.paths.process_output(process), lines)
        return self._ports.redact("\n".join(found))

    def stop(self, *processes: str, reason: str = "stopped by its supervisor") -> dict[str, Ending]:
        """End workers, within 5 seconds also those that hang, and tell how each ended."""
        named = [self._workers[process] for process in processes if process in self._workers]
        running = {one.spec.process: one.record.identity for one in named if one.record.identity is not None}
        endings = stop_processes(running, self._stopping, reason, self._patience)
        for worker in named:
            process = worker.spec.process
            if endings.get(process) is Ending.ALIVE:
                continue
            code = None if worker.child is None else _exit_code(worker.child)
            self._change(
                worker, after_end(worker.record, WorkerEnd(code, asked=True), self._ports.wall.now())
            )
            worker.child = None
        return endings

    def stop_all(self, reason: str = "stopped with its supervisor") -> dict[str, Ending]:
        """End every worker that is looked after."""
        return self.stop(*self._workers, reason=reason)

    def _spec(self, process: str, arguments: tuple[str, ...] = (), first: tuple[str, ...] = ()) -> WorkerSpec:
        command = powertrader_command(process, (*arguments, *self._ports.options))
        return WorkerSpec(process, command, first, self._ports.environment)

    def _blank(self, spec: WorkerSpec) -> _Worker:
        now, folder = self._ports.wall.now(), str(self._ports.paths.data.resolve())
        waits = WorkerState.WAITING
        return _Worker(spec, ProcessRecord(spec.process, waits, None, spec.options, now, now, folder=folder))

    def _adopt(self, worker: _Worker, noted: ProcessRecord | None) -> bool:
        """Take charge of a worker that runs already; noted: what an earlier supervisor knew of it."""
        spec, before = worker.spec, noted.identity if noted else None
        found = running_as(spec.process, self._ports.paths, lambda: noted)
        if found is None:
            return False
        ours = noted if noted and before and is_same(found, before) else None
        worker.foreign, worker.child, worker.pid = ours is None, None, found.pid
        options = ours.options if ours else ""
        record = after_start(worker.record, found, options, self._ports.wall.now())
        self._change(worker, replace(record, started_at=ours.started_at) if ours else record)
        log.info("%s runs already and is looked after from now on", spec.process, extra=_ours(pid=found.pid))
        if options != spec.options:
            text = "was started with other options" if options else "may have been started with other options"
            advice = "those given now do not reach it; to use them, run `powertrader stop"
            log.warning(
                "%s %s: %s %s` and start again", spec.process, text, advice, spec.process, extra=_ours()
            )
        return True

    def _noted(self, process: str) -> ProcessRecord | None:
        try:
            return self._ports.mailbox.read(self._ports.paths.process_record(process), PROCESS)
        except PowerTraderError as error:
            log.warning("what was known of %s cannot be read", process, extra=_ours(reason=str(error)))
            return None

    def _launch(self, worker: _Worker, arguments: tuple[str, ...] = ()) -> None:
        spec, now = worker.spec, self._ports.wall.now()
        output = self._ports.paths.process_output(spec.process)
        worker.settings = self._ports.settings_stamp()
        try:
            child = launch(spec, arguments, output)
            worker.output_from = self._store.size(output)
        except PowerTraderError as error:
            text = str(error)
            self._ended(worker, WorkerEnd(None, asked=False, last_output=(text,)))
            return
        worker.foreign, worker.child, worker.pid = False, child, child.pid
        # a child that has ended keeps its number until it is asked for, so this finds no other
        identity = identity_of(child.pid) or ProcessIdentity(child.pid, now.timestamp(), 0.0)
        self._change(worker, after_start(worker.record, identity, spec.options, now))
        log.info("%s started", spec.process, extra=_ours(pid=child.pid))

    def _look(self, worker: _Worker) -> None:
        """Notice that a running worker has ended, and keep its output from growing for ever."""
        identity = worker.record.identity
        code = None if worker.child is None else worker.child.poll()
        gone = code is not None if worker.child is not None else identity is None or not is_alive(identity)
        output = self._ports.paths.process_output(worker.spec.process)
        if not gone or identity is None:
            self._guarded(output, lambda: trim_output(output, self._store))
            return
        end = WorkerEnd(
            code,
            was_asked(worker.spec.process, [identity.pid], self._stopping),
            self._said_goodbye(worker.spec.process, identity.pid),
            worker.foreign and not worker.withheld,
            last_lines(output, _LINES_OF_CRASH, worker.output_from),
        )
        worker.child = None
        self._ended(worker, end)

    def _said_goodbye(self, process: str, pid: int) -> bool:
        try:
            beat = self._ports.mailbox.read(self._ports.paths.heartbeat(process), HEARTBEAT)
        except PowerTraderError:
            # a damaged one says nothing; it was moved aside and told of by its reader
            return False
        return beat is not None and beat.pid == pid and not beat.running

    def _ended(self, worker: _Worker, end: WorkerEnd) -> None:
        clean = tuple([self._ports.redact(line) for line in end.last_output])
        record = after_end(worker.record, replace(end, last_output=clean), self._ports.wall.now())
        self._change(worker, record)
        fields = _ours(exit_code=end.exit_code, output=" | ".join(clean[-_LINES_LOGGED:]))
        process = record.process
        if record.state is WorkerState.CRASHED:
            log.warning("%s crashed, starts again in %g s", process, record.retry_s, extra=fields)
        elif record.state is WorkerState.REFUSED and clean != worker.told:
            log.warning("%s cannot start, tried again when the settings change", process, extra=fields)
        elif record.state is not WorkerState.REFUSED:
            log.info("%s has ended", process, extra=_ours())
        worker.told = clean

    def _revive(self, worker: _Worker) -> None:
        record = worker.record
        changed = worker.settings != self._ports.settings_stamp()
        if not is_due(record, self._ports.wall.now(), settings_changed=changed):
            return
        if was_asked(record.process, [worker.pid], self._stopping):
            end = WorkerEnd(record.exit_code, asked=True, last_output=record.last_output)
            self._change(worker, after_end(record, end, self._ports.wall.now()))
            return
        worker.record = replace(record, restarts=record.restarts + 1)
        self._launch(worker)

    def _change(self, worker: _Worker, record: ProcessRecord) -> None:
        worker.record = record
        path = self._ports.paths.process_record(record.process)
        self._guarded(path, lambda: self._ports.mailbox.publish(path, PROCESS, record))
        self._ports.on_change(record)

    def _guarded(self, path: Path, act: Callable[[], None]) -> None:
        """Write what others read; a full disk keeps no worker from running and is told of once."""
        problem = ""
        try:
            act()
        except PowerTraderError as error:
            problem = str(error)
        if problem and problem != self._problems.get(path):
            log.warning("what is known of a worker cannot be written", extra=_ours(reason=problem))
        self._problems[path] = problem


def _exit_code(child: "subprocess.Popen[bytes]") -> int | None:
    """Give the exit code of a child that has ended: the last of its threads may take a moment more."""
    try:
        return child.wait(_THREADS_END_S)
    except subprocess.TimeoutExpired:
        return None


def _ours(**fields: object) -> dict[str, object]:
    """Give the fields of a log entry, which is the supervisor's wherever it is part of."""
    return {"component": "supervisor", **fields}
