"""The whole window in this process over a made-up home, with nothing around it that it could harm.

    with hub_scene(tmp_path, Size(6)) as scene:
        scene.window.show("health")
        scene.wait(lambda: scene.window.scheduler.is_idle)

Workers, views and files are the real ones; the programs it starts sleep, notices and pages are noted only,
and a file dialog that opens is closed again.
"""

import _tkinter
import gc
import sys
import time
import tkinter as tk
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np

from powertrader.cli.home_ledgers import home_ledgers
from powertrader.cli.hub_view import register_workers
from powertrader.cli.options import sources_from
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import load_config
from powertrader.core.event_journal import JournalReader
from powertrader.core.exceptions import RetryLater
from powertrader.core.mailbox import Mailbox
from powertrader.core.process_stop import StopPatience
from powertrader.core.snapshot import SnapshotReader
from powertrader.core.storage import FileStore
from powertrader.hub.account_history import AccountHistoryReader
from powertrader.hub.app import HubWindow
from powertrader.hub.collector import Collector, Sources
from powertrader.hub.output_feed import OutputFeed
from powertrader.hub.ports import CandlesPort, HubPorts
from powertrader.hub.preferences import Preferences
from powertrader.hub.settings_feed import SettingsFeed
from powertrader.hub.state import HubState
from powertrader.hub.window_root import make_root
from powertrader.hub.workers import Workers
from powertrader.models.candle import Candles
from powertrader.models.snapshot import WORKERS
from tests.bench.hub_home import HubHome, Size, made

LOOK_S: Final = 0.002
PATIENCE_S: Final = 10.0
PATIENCE: Final = StopPatience(asked_s=0.0, terminated_s=0.5, killed_s=1.0)
SETTINGS: Final = ("hub.ui_refresh_seconds=0.1",)
_DIALOGS: Final = frozenset({"TkFDialog", "TkChooseDir"})
_CLOSES_MS: Final = 20
_MOST_EVENTS: Final = 1000
_SLEEPS: Final = "import time; time.sleep(600)"
_ANSWERS: Final = """print('{"done": true, "text": "done"}')"""


def program(process: str, _arguments: Sequence[str]) -> tuple[str, ...]:
    """Give a program that does nothing in place of a worker, and one that says done in place of a command."""
    return (sys.executable, "-S", "-E", "-c", _SLEEPS if process in WORKERS else _ANSWERS)


def candles(coin: str, timeframe: str, count: int, before: datetime | None = None) -> Candles:
    """Give made-up candles of any coin; a venue that does not answer for one of the lengths."""
    if timeframe == "1week":
        msg = "the venue does not answer"
        raise RetryLater(msg)
    last_s = 1_700_000_000 if before is None else int(before.timestamp()) // 3600 * 3600
    times = last_s - 3600 * np.arange(count, 0, -1, dtype=np.int64)
    close = 100 + 10 * np.sin(times / 40_000)
    return Candles(times, close, close + 1, close - 1, close, np.ones(count), 3600)


@dataclass
class HubScene:
    """A window and the home below it; `done` are pages opened and notices shown."""

    home: HubHome
    settings: Sequence[str] = SETTINGS
    candles: CandlesPort = candles
    done: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Open the window, also again after it was closed."""
        paths = self.home.paths
        sources = sources_from(paths.root, None, self.settings)
        store = FileStore(paths.data)
        ports = HubPorts(
            paths,
            Mailbox(store, paths),
            store,
            SystemClock(),
            sources,
            open_place=self.done.append,
            notify=lambda title, _words: self.done.append(title),
            candles=self.candles,
            ledger=home_ledgers(paths),
            program=program,
        )
        self.root = make_root()
        state = HubState()
        self.window = HubWindow(self.root, ports, state, Preferences())
        self._workers = Workers(ports, self.window.background, self.window.close, PATIENCE)
        journals = JournalReader(paths.logs)
        outputs = {process: paths.process_output(process) for process in WORKERS}
        feeds = Sources(
            SettingsFeed(sources, load_config(sources)),
            SnapshotReader(paths, ports.mailbox),
            OutputFeed(outputs, str),
            AccountHistoryReader(paths),
            journals,
            ports.ledger,
            ports.wall,
            self._workers.view,
        )
        self._collector = Collector(feeds, state)
        self._workers.on_change = self._collector.wake
        register_workers(self.window, self._workers)
        self._collector.start()
        self._workers.start()
        self.window.start()
        self._due: list[str] = []
        self.root.bind("<Destroy>", self._ended, add=True)
        self._close_file_dialogs()
        self.wait(lambda: self.window.view is not None)

    def open_again(self) -> None:
        """Open another window after one was closed."""
        self.end()
        self.open()

    @property
    def is_open(self) -> bool:
        """Whether the window is there."""
        try:
            return bool(self.root.winfo_exists())
        except tk.TclError:
            return False

    def wait(self, met: Callable[[], bool], patience_s: float = PATIENCE_S) -> float:
        """Let the window work until something is so, and give how long that took in seconds."""
        began_s = time.monotonic()
        while not met():
            waited_s = time.monotonic() - began_s
            assert waited_s < patience_s, "it did not happen in time"
            self.work()
            time.sleep(LOOK_S)
        return time.monotonic() - began_s

    def work(self) -> None:
        """Let the window do what is due; nothing more once it is closed, as in Tk's own loop."""
        for _ in range(_MOST_EVENTS):
            if not (self.is_open and self.root.tk.dooneevent(_tkinter.DONT_WAIT)):
                return

    def end(self) -> None:
        """End what the window started, and close it if it is open."""
        self._workers.stop_everything(lambda _: None, lambda _: None)
        self._workers.end()
        self._collector.stop()
        if self.is_open:
            self.window.close()

    def _ended(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self.root:
            self.root.after_cancel(self._due[0])

    def _close_file_dialogs(self) -> None:
        due = self.root.after(_CLOSES_MS, self._close_file_dialogs)
        self._due[:] = [due]
        if any(kind_of(self.root, path) in _DIALOGS for path in all_below(self.root)):
            # what its button Cancel does
            self.root.tk.eval("set ::tk::Priv(selectFilePath) {}")


def kind_of(root: tk.Tk, path: str) -> str:
    """Give the class of a widget by its path."""
    return str(root.tk.call("winfo", "class", path))


def all_below(root: tk.Tk, path: str = ".") -> Iterator[str]:
    """Give the paths of all widgets, also of those that Tcl made itself."""
    yield path
    for child in root.tk.splitlist(root.tk.call("winfo", "children", path)):
        yield from all_below(root, str(child))


@contextmanager
def hub_scene(folder: Path, size: Size | None = None, venue: CandlesPort = candles) -> Iterator[HubScene]:
    """Give an open window over a home of its own until the block ends.

    Until then nothing is collected but in this thread, by `collect`: Tk's variables may not end in another
    one while no loop of Tk runs.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    scene = HubScene(made(folder / "home", size or Size(6, points=500, trades=60)), candles=venue)
    scene.open()
    with ExitStack() as stack:
        stack.callback(gc.enable)
        stack.callback(gc.collect)
        stack.callback(scene.end)
        yield scene
