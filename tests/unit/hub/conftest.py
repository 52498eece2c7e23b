"""A real Tk window for each test, on a screen of its own; an error in any Tk callback fails the test."""

import contextlib
import gc
import os
import time
import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

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
from tests.display import SIZE
from tests.unit.hub.driving import Said


@pytest.fixture(scope="session")
def display(lasting_screen: Callable[[str], str]) -> Iterator[str]:
    """A screen that all windows of this test process share."""
    # what was imported before need not be looked at after each test: that takes longer than the test
    gc.freeze()
    name = lasting_screen(SIZE)
    before = os.environ.get("DISPLAY")
    if name:
        os.environ["DISPLAY"] = name
    yield name
    if before is None:
        os.environ.pop("DISPLAY", None)
    else:
        os.environ["DISPLAY"] = before


def pytest_runtest_logfinish() -> None:
    """Free the test's window in this thread: Tcl aborts the process when another thread does it."""
    if gc.get_freeze_count():
        # the display was asked for, so there may have been a window
        gc.collect()


@pytest.fixture
def root(display: str) -> Iterator[tk.Tk]:
    """A window; what a Tk callback raises fails the test."""
    window = tk.Tk()
    raised: list[BaseException] = []

    def report(_kind: object, error: BaseException, _trace: object) -> None:
        raised.append(error)

    window.report_callback_exception = report
    window.geometry("1280x720")
    yield window
    with contextlib.suppress(tk.TclError):
        # a test may have closed it
        window.destroy()
    if raised:
        raise raised[0]


@pytest.fixture
def said() -> Said:
    """What panels said and asked for, in order."""
    return Said()


@pytest.fixture
def hub_ports(tmp_path: Path) -> HubPorts:
    """Ports to a home of its own; nothing in it runs."""
    paths = HomePaths(tmp_path)
    store = FileStore(paths.data)
    return HubPorts(
        paths, Mailbox(store, paths), store, SystemClock(), ConfigSources(gui_settings=paths.gui_settings)
    )


@pytest.fixture
def hub_context(root: tk.Tk, said: Said, hub_ports: HubPorts) -> Iterator[Callable[..., PanelContext]]:
    """Make the context of a panel; its commands note themselves in `said` unless a test registers them."""
    background = Background()

    def deliver() -> None:
        background.deliver()
        root.after(5, deliver)

    root.after(5, deliver)

    def make(*commands: str, **parts: Any) -> PanelContext:
        known = Commands()
        for name in commands:
            known.register(name, said.command(name))
        plain = {
            "theme": Theme(root),
            "commands": known,
            "background": background,
            "ports": hub_ports,
            "preferences": Preferences(),
            "show": said.show,
            "say": said.say,
            "explain": said.explain,
        }
        return PanelContext(**{**plain, **parts})

    yield make
    background.close()


@pytest.fixture
def wait_until(root: tk.Tk) -> Callable[[Callable[[], bool]], None]:
    """Let the window work until a condition holds; fails after ten seconds."""

    def wait(condition: Callable[[], bool], seconds: float = 10.0) -> None:
        ends_s = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < ends_s, "it did not happen in time"
            root.update()
            time.sleep(0.002)

    return wait
