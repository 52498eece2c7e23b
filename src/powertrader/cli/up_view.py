"""Runs `powertrader up`: the workers under one supervisor, and a picture of them while it lasts."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from powertrader.bootstrap_events import Observers
from powertrader.cli import exit_codes
from powertrader.cli.live_view import LiveView
from powertrader.cli.output import emit_json, people
from powertrader.cli.standing import standing_json
from powertrader.cli.up_news import UpNews
from powertrader.cli.worker import Worker, observed, worker
from powertrader.core.clock import SystemClock
from powertrader.core.config import require_confirmation
from powertrader.core.config_sources import ConfigSources, stamps_of
from powertrader.core.config_watch import ConfigWatcher
from powertrader.core.exceptions import ConfigError
from powertrader.core.findings import findings_of
from powertrader.core.loop import Loop, LoopPorts
from powertrader.core.mailbox import Mailbox
from powertrader.core.process_manager import ManagerPorts, ProcessManager
from powertrader.core.process_news import ProcessNews
from powertrader.core.process_stop import UNUSUAL, Ending
from powertrader.core.redaction import secrets_in
from powertrader.core.snapshot import SnapshotReader
from powertrader.core.storage import FileStore
from powertrader.models.process import WorkerState
from powertrader.models.snapshot import SUPERVISOR, ProcessState, ProcessView, Snapshot
from powertrader.models.types import CoinSymbol

PACE_S: Final = 1.0
"""How often the workers are looked at."""
START_PATIENCE_S: Final = 30
"""How long --detach waits for the first steps of the workers."""
MODE_PATIENCE_S: Final = 30.0
"""How long a trader that runs already is given to tell its mode, which it does before it asks the venue."""
LOOK_AGAIN_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class UpRequest:
    """What was asked for: the word that allows real money, whether to leave, and when to end."""

    confirm_live: str | None
    detach: bool
    seconds: int | None
    config_files: tuple[Path, ...] = ()


def run_and_show(request: UpRequest, sources: ConfigSources, home: Path | None, *, as_json: bool) -> int:
    """Look after the workers until stopped, and give the exit code."""
    with worker(SUPERVISOR, home, sources) as process, observed(process) as observers:
        require_confirmation(process.session.config, request.confirm_live)
        # what a crashed worker printed is shown, and its keys come from the environment
        process.session.redactor.register(*secrets_in(os.environ))
        supervision = _Supervision(process, sources, request, observers)
        supervision.refuse_other_mode()
        left = supervision.run()
        if as_json:
            emit_json(left)
        return exit_codes.OK if supervision.well else exit_codes.DIFFERENT


class _Supervision:
    """One run of the supervisor."""

    def __init__(
        self, process: Worker, sources: ConfigSources, request: UpRequest, observers: Observers
    ) -> None:
        self._process = process
        self._request = request
        self._paths = process.session.paths
        self._wall = SystemClock()
        mailbox = Mailbox(FileStore(self._paths.data), self._paths)
        self._reader = SnapshotReader(self._paths, mailbox)
        self._watcher = ConfigWatcher(sources, process.session.loaded)
        ports = ManagerPorts(
            self._paths,
            mailbox,
            self._wall,
            _shared_options(process, sources, request),
            () if request.confirm_live is None else ("--confirm-live", request.confirm_live),
            lambda: tuple(stamps_of(sources.files).items()),
            process.session.redactor.redact,
            ProcessNews(observers.publish, self._wall).tell,
        )
        self._manager = ProcessManager(ports)
        self._view = LiveView(people(), process.session.redactor.redact)
        self._news = UpNews(self._paths.logs, self._view.show)
        self.well = True

    def refuse_other_mode(self) -> None:
        """Raise ConfigError when a trader runs here that trades in another mode than the one asked for."""
        trader = self._trader_with_mode()
        mode = self._process.session.config.trading.mode
        if trader.pid is None or (trader.heartbeat is not None and trader.heartbeat.mode == mode):
            return
        if trader.heartbeat is None:
            msg = (
                f"a trader runs here already (process {trader.pid}) and has not told its mode: "
                "try again in a minute, or end it with `powertrader stop trader`"
            )
        else:
            msg = (
                f"a trader in mode {trader.heartbeat.mode} runs here already (process {trader.pid}), and "
                f"{mode} was asked for: end it with `powertrader stop trader`, or name its mode with --mode"
            )
        raise ConfigError(self._process.advice(msg))

    def _trader_with_mode(self) -> ProcessView:
        """Give how the trader is, once one that is just starting has told its mode or has ended."""
        ends_s = time.monotonic() + MODE_PATIENCE_S
        trader = self._snapshot().process("trader")
        while trader.pid is not None and trader.heartbeat is None and time.monotonic() < ends_s:
            self._process.alarm.wait(LOOK_AGAIN_S)
            if self._process.alarm.stopped:
                break
            trader = self._snapshot().process("trader")
        return trader

    def run(self) -> dict[str, object]:
        """Supervise, and give what a script is told at the end."""
        mode = self._process.session.config.trading.mode
        publish = self._process.session.heartbeat(SUPERVISOR)
        loop = Loop(SUPERVISOR, mode, LoopPorts(self._wall, self._process.alarm, publish))
        endings: dict[str, Ending] = {}
        try:
            for start in (
                self._manager.start_trainer,
                self._manager.start_thinker,
                self._manager.start_trader,
            ):
                start()
            with self._view.shown():
                loop.run(self._step(self._alarm_when_up), lambda: PACE_S, self._most)
        finally:
            if not self._request.detach:
                people().print("Stopping the workers; what they are doing is finished first.")
                endings = self._manager.stop_all()
        return self._part(endings)

    @property
    def _most(self) -> int | None:
        return START_PATIENCE_S if self._request.detach else self._request.seconds

    def _step(self, after: Callable[[Snapshot], None]) -> Callable[[], None]:
        def step() -> None:
            self._manager.watch()
            self._watcher.poll()
            snapshot = self._snapshot()
            self._news.look(snapshot, self._watcher.loaded.config)
            after(snapshot)

        return step

    def _alarm_when_up(self, snapshot: Snapshot) -> None:
        """End the waiting of --detach once every worker has done a step, or cannot start."""
        waiting = {ProcessState.STARTING, ProcessState.STOPPED}
        if self._request.detach and not any(
            snapshot.process(record.process).state in waiting for record in self._manager.records
        ):
            self._process.alarm.stop()

    def _snapshot(self) -> Snapshot:
        coins: tuple[CoinSymbol, ...] = self._watcher.loaded.config.trading.coins
        return self._reader.read(coins, self._wall.now())

    def _part(self, endings: dict[str, Ending]) -> dict[str, object]:
        """Say what became of the workers."""
        snapshot = self._snapshot()
        console = people()
        if self._request.detach:
            running = [one.process for one in self._manager.records if one.state is WorkerState.RUNNING]
            self.well = len(running) == len(self._manager.records)
            console.print(
                self._process.advice(
                    f"Left running: {', '.join(running) or 'nothing'}. `powertrader status` shows them, "
                    "`powertrader stop` ends them, `powertrader up` looks after them again."
                ),
                soft_wrap=True,
            )
            return standing_json(snapshot, findings_of(snapshot))
        self.well = Ending.ALIVE not in endings.values()
        for process, ending in endings.items():
            console.print(f"{process}: {ending}", style="yellow" if ending in UNUSUAL else None)
        console.print("All stopped. Started again, everything goes on from here.", soft_wrap=True)
        return {
            **standing_json(snapshot, ()),
            "endings": {name: ending.name.lower() for name, ending in endings.items()},
        }


def _shared_options(process: Worker, sources: ConfigSources, request: UpRequest) -> tuple[str, ...]:
    """Spell the options of this command for the workers, so that they read the very same settings."""
    options = ["--home", str(process.session.paths.root)]
    for path in request.config_files:
        options += ["--config", str(path.resolve())]
    for setting in sources.overrides:
        options += ["--set", setting]
    return tuple(options)
