"""One window for all tests of a module, with what panels asked for noted beside it."""

import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.hub.background import Background
from powertrader.hub.commands.registry import Commands
from powertrader.hub.panel import PanelContext
from powertrader.hub.ports import HubPorts
from powertrader.hub.preferences import Preferences
from powertrader.hub.theme import Theme
from tests.unit.hub.driving import Said, settle

COMMANDS = (
    "trading.start_all",
    "trading.stop_all",
    "trading.start_thinker",
    "trading.stop_thinker",
    "trading.start_trader",
    "trading.stop_trader",
    "training.start",
    "training.stop",
    "ui.show",
    "settings.open",
    "ui.guide",
    "ui.exit",
)


@dataclass(slots=True)
class Stage:
    """A window, the context of its panels, and what they asked for since the last `clear`."""

    root: tk.Tk
    context: PanelContext
    said: Said
    raised: list[BaseException] = field(default_factory=list)

    def put(self, build: Callable[[tk.Misc], tk.Widget]) -> tk.Widget:
        """Build something that fills the window, in place of what was there."""
        for child in self.root.winfo_children():
            if not isinstance(child, tk.Menu):
                child.destroy()
        made = build(self.root)
        made.pack(fill="both", expand=True)
        settle(self.root)
        return made

    def clear(self) -> None:
        """Forget what was asked for."""
        self.said.shown.clear()
        self.said.words.clear()
        self.said.commands.clear()


@contextmanager
def on_stage(home: Path, size: str = "480x700") -> Iterator[Stage]:
    """Give a window until the block ends."""
    paths = HomePaths(home)
    store = FileStore(paths.data)
    ports = HubPorts(paths, Mailbox(store, paths), store, SystemClock(), ConfigSources(gui_settings=home))
    said, commands, background = Said(), Commands(), Background()
    for name in COMMANDS:
        commands.register(name, said.command(name))
    root = tk.Tk()
    root.geometry(size)
    context = PanelContext(
        Theme(root), commands, background, ports, Preferences(), said.show, said.say, said.explain
    )
    stage = Stage(root, context, said)
    root.report_callback_exception = lambda _kind, error, _trace: stage.raised.append(error)
    yield stage
    background.close()
    root.destroy()


def middle_of(widget: tk.Misc) -> tuple[int, int]:
    """Give the middle of a widget in pixels from its upper left corner."""
    return widget.winfo_width() // 2, widget.winfo_height() // 2
