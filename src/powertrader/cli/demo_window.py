"""The window of a demo: a process of its own, on the demo's folder."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from powertrader.core.paths import HomePaths
from powertrader.core.process_launch import powertrader_command
from powertrader.core.storage import FileStore

_ENDS_S: Final = 5.0
_REMEMBERED: Final = json.dumps({"guide.seen": True})
"""A demo is under way already: nobody needs the steps to a first trade."""


@contextmanager
def demo_window(paths: HomePaths, environment: Mapping[str, str]) -> Iterator[Callable[[], bool]]:
    """Show the window until the block ends; give what tells whether it is still open."""
    FileStore().write_text(paths.window_state, _REMEMBERED)
    command = powertrader_command("hub", ("--home", str(paths.root)))
    with subprocess.Popen(  # noqa: S603  the command is made by us, no shell takes part
        command, env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as window:
        try:
            yield lambda: window.poll() is None
        finally:
            window.terminate()
            try:
                window.wait(_ENDS_S)
            except subprocess.TimeoutExpired:
                window.kill()


@contextmanager
def no_window() -> Iterator[Callable[[], bool]]:
    """Stand for a window where there is no screen: one that nobody closes."""
    yield lambda: True
