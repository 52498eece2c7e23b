"""Supervision: what the window does with the workers, in the one thread that may."""

import subprocess
from collections.abc import Iterable
from concurrent.futures import Future
from datetime import timedelta
from typing import Final

from powertrader.core.config_sources import load_config, stamps_of
from powertrader.core.exceptions import ConfigError
from powertrader.core.mailbox import HEARTBEAT, PROCESS, STOP, THINKER
from powertrader.core.process_launch import WorkerSpec, launch
from powertrader.core.process_manager import ManagerPorts, ProcessManager
from powertrader.core.process_news import ProcessNews
from powertrader.core.process_policy import LONGEST_PAUSE_S
from powertrader.core.process_stop import Ending, StopPatience, StopPorts
from powertrader.core.stop_by_name import keep_ended, running_process, stop_by_name
from powertrader.hub.ports import HubPorts
from powertrader.hub.start_flow import StartFlow, StartOutcome
from powertrader.hub.supervisor_role import SupervisorRole
from powertrader.hub.training_desk import TRAINER, TrainingDesk
from powertrader.hub.workers_view import WorkersView
from powertrader.models.process import ProcessIdentity, ProcessRecord, WorkerState
from powertrader.models.snapshot import WORKERS
from powertrader.models.status import Heartbeat
from powertrader.models.types import CoinSymbol

REASON: Final = "stopped in the window"
TRADER: Final = "trader"
STARTED: Final = ("thinker", TRADER)
"""What Start All starts and Stop All stops."""
STILL_WANTED: Final = timedelta(seconds=2 * LONGEST_PAUSE_S)
"""A worker that crashed longer ago is not started by opening a window."""


class Supervision:
    """Starts, watches and stops workers; while another supervisor looks after them, by their files alone.

    For one thread, which calls `step` again and again; view may be read by any.
    """

    def __init__(self, ports: HubPorts, patience: StopPatience | None = None) -> None:
        """Bind the parts; nothing is looked at yet."""
        self._ports = ports
        self._patience = patience or StopPatience()
        self._stopping = StopPorts(ports.paths, ports.mailbox, ports.wall)
        self._role = SupervisorRole(self._stopping)
        manager_ports = ManagerPorts(
            ports.paths,
            ports.mailbox,
            ports.wall,
            ports.options,
            settings_stamp=lambda: tuple(stamps_of(ports.sources.files).items()),
            redact=ports.redact,
            on_change=ProcessNews(ports.publish, ports.wall).tell,
        )
        self._manager = ProcessManager(manager_ports, self._patience)
        self._known: set[str] = set()
        self._handed_over: dict[str, subprocess.Popen[bytes]] = {}
        self._flow: StartFlow | None = None
        self._desk = TrainingDesk(ports)
        self.view = WorkersView()
        """What the window does about the workers at this moment."""

    @property
    def waits(self) -> bool:
        """Whether the trader shall start as soon as there are signals."""
        return self._flow is not None

    @property
    def asked_to_end(self) -> bool:
        """Whether somebody wants this supervisor to end, as by `powertrader stop`."""
        return self._role.asked_to_end()

    def step(self) -> None:
        """Look after everything once. Raises PowerTraderError."""
        taken_over = self._role.look()
        self._forget_ended()
        if self._role.ours:
            self._adopt()
            if taken_over:
                self._revive()
            self._manager.watch()
        self._go_on_starting()
        self._tend_trainer()
        self._show()

    def start(self, process: str, word: str = "") -> None:
        """Start thinker or trader unless it runs; word lets the trader spend real money."""
        confirmed = ("--confirm-live", word) if word and process == TRADER else ()
        self._start(self._spec(process, *confirmed))

    def start_all(
        self, outcome: "Future[StartOutcome]", word: str = "", *, keep_trained: bool = False
    ) -> None:
        """Start the thinker, and the trader when it is ready; outcome is told how that ends.

        keep_trained: a trainer follows that trains again what becomes too old for signals.
        """
        self._cancel_start()
        if not outcome.set_running_or_notify_cancel():
            # whoever asked has asked once more meanwhile; from here on it cannot be taken back
            return
        self.start("thinker")
        self._flow = StartFlow(outcome, word, keep_trained)
        self._show()

    def stop(self, *processes: str) -> dict[str, Ending]:
        """End workers within 5 seconds and tell how each ended. Raises PowerTraderError."""
        if set(STARTED) & set(processes):
            self._cancel_start()
        if TRAINER in processes:
            self._desk.forget_all()
        # the end takes seconds, and what is not waited for any more is seen at once
        self._show()
        known = [process for process in processes if process in self._known]
        endings = self._manager.stop(*known, reason=REASON) if known else {}
        others = [process for process in processes if process not in endings]
        endings |= stop_by_name(others, self._stopping, REASON, self._patience)
        if not self._role.ours:
            idle = [process for process in others if process not in endings]
            keep_ended(idle, self._stopping, REASON)
        self._forget_ended()
        self._show()
        return endings

    def restart(self, process: str, word: str = "") -> dict[str, Ending]:
        """Stop a worker and start it again, such as a trader in another mode; tell how the old one ended."""
        endings = self.stop(process)
        self.start(process, word)
        return endings

    def stop_all(self) -> dict[str, Ending]:
        """End thinker and trader, and the trainer too unless somebody asked for a training."""
        self._desk.keeps_trained = False
        return self.stop(*STARTED, *(() if self._desk.asked else (TRAINER,)))

    def stop_everything(self) -> dict[str, Ending]:
        """End all workers within 5 seconds, and tell how each ended. Raises PowerTraderError."""
        return self.stop(*WORKERS)

    def train(self, coins: Iterable[CoinSymbol], *, anew: bool = False) -> None:
        """Have coins trained, beside those that are being trained already. Raises PowerTraderError."""
        self._desk.ask(coins, anew=anew)
        self._show()
        spec = self._desk.wanted()
        if spec is not None and self._running(TRAINER) is None:
            self._start(spec)

    def stop_training(self, coins: Iterable[CoinSymbol]) -> None:
        """Stop the trainings of some coins in order: each goes on where it was when it is asked for again.

        Raises PowerTraderError.
        """
        self._desk.take_back(coins, by_file=self._options_of(TRAINER) != self._desk.asked_spec.options)
        self._show()

    def end(self) -> None:
        """Let somebody else look after the workers, which go on."""
        self._cancel_start()
        self._role.give_up()
        self._show()

    def _adopt(self) -> None:
        """Take charge of workers that run and that nobody looks after, such as those of an earlier window."""
        for process in WORKERS:
            if process in self._known or not self._may_adopt(process):
                continue
            if self._manager.adopt(self._spec_of(process)):
                self._known.add(process)

    def _may_adopt(self, process: str) -> bool:
        """Tell whether a worker runs; a trader must have told its mode, which it does as it starts."""
        running = self._running(process)
        if running is None or process != TRADER:
            return running is not None
        beat = self._beat_of_trader()
        return beat is not None and beat.pid == running.pid

    def _revive(self) -> None:
        """Start what an earlier supervisor would start again by now, had it not ended in the pause before."""
        now, folder = self._ports.wall.now(), str(self._ports.paths.data.resolve())
        for process in WORKERS:
            noted = self._noted(process)
            if noted is None or noted.state is not WorkerState.CRASHED or process in self._known:
                continue
            # a note that was copied with its folder is of another home
            if noted.folder == folder and timedelta() <= now - noted.at <= STILL_WANTED:
                self._start(self._spec_of(process))

    def _spec_of(self, process: str) -> WorkerSpec:
        if process == TRAINER:
            return self._desk.spec_like(self._options_of(TRAINER))
        return self._spec(process, *(self._mode_of_trader() if process == TRADER else ()))

    def _mode_of_trader(self) -> tuple[str, ...]:
        """Give the option with which a trader comes back in the mode it had, where the settings say another.

        One that traded live is not replaced by one on paper; without the word it refuses to start.
        """
        beat = self._beat_of_trader()
        if beat is None or not beat.mode:
            return ()
        try:
            same = load_config(self._ports.sources).config.trading.mode == beat.mode
        except ConfigError:
            same = False
        return () if same else ("--mode", beat.mode)

    def _beat_of_trader(self) -> Heartbeat | None:
        return self._ports.mailbox.read(self._ports.paths.heartbeat(TRADER), HEARTBEAT)

    def _options_of(self, process: str) -> str:
        """Give what tells apart the command line of a process that a supervisor started, empty for none."""
        noted = self._noted(process)
        return noted.options if noted is not None else ""

    def _noted(self, process: str) -> ProcessRecord | None:
        return self._ports.mailbox.read(self._ports.paths.process_record(process), PROCESS)

    def _start(self, spec: WorkerSpec) -> None:
        if self._role.ours:
            self._manager.start(spec)
            self._known.add(spec.process)
        elif spec.process not in self._handed_over and self._running(spec.process) is None:
            # the other supervisor takes charge of what it finds running
            output = self._ports.paths.process_output(spec.process)
            self._handed_over[spec.process] = launch(spec, (), output)

    def _forget_ended(self) -> None:
        # a child that nobody asks for stays in the system's table
        left = {name: child for name, child in self._handed_over.items() if child.poll() is None}
        self._handed_over = left

    def _spec(self, process: str, *arguments: str) -> WorkerSpec:
        return WorkerSpec(process, self._ports.program(process, (*arguments, *self._ports.options)))

    def _running(self, process: str) -> ProcessIdentity | None:
        return running_process(process, self._stopping)

    def _go_on_starting(self) -> None:
        flow = self._flow
        if flow is None:
            return
        report = self._ports.mailbox.read(self._ports.paths.thinker_report, THINKER)
        if not flow.look(self._running("thinker"), report, lambda: self.start("trader", flow.word)):
            return
        self._flow = None
        self._desk.keeps_trained = flow.keep_trained and flow.outcome.result() is StartOutcome.TRADING

    def _cancel_start(self) -> None:
        if self._flow is not None:
            self._flow.end(StartOutcome.CANCELLED)
            self._flow = None

    def _tend_trainer(self) -> None:
        """Start a trainer when there is something to train, none runs, and nobody has stopped it."""
        spec = self._desk.wanted()
        if spec is None or self._running(TRAINER) is not None or self._comes_back(TRAINER):
            return
        stopped = self._ports.mailbox.read(self._ports.paths.stop_request(TRAINER), STOP)
        if stopped is None:
            self._start(spec)

    def _comes_back(self, process: str) -> bool:
        """Tell whether a worker is started again by itself; one that has just ended is not noticed yet."""
        records = {record.process: record for record in self._manager.records}
        known = records.get(process)
        return known is not None and known.state is not WorkerState.STOPPED

    def _show(self) -> None:
        self.view = WorkersView(self._role.ours, self._role.other, self.waits, self._desk.asked)
