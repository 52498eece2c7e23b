"""The connection to the screen, as sharp as the screen is."""

import re
import sys
import tkinter as tk
from collections.abc import Callable
from typing import Final

from powertrader.core.exceptions import ConfigError

_HEARING: Final = "hear_script_error"
_TOO_LATE: Final = re.compile(r'^invalid command name "\d+\D|application has been destroyed')
"""Names of Python's functions in Tk begin with a number."""


class NoScreen(ConfigError):
    """There is no screen to open a window on."""


def make_root() -> tk.Tk:
    """Open a connection to the screen. Raises NoScreen saying what to do when there is none."""
    _be_sharp()
    try:
        return tk.Tk(className="PowerTrader")
    except tk.TclError as error:
        msg = (
            f"no screen to open the window on ({error}); start it on a desktop, "
            "or use `powertrader up` and `powertrader status` in this terminal"
        )
        raise NoScreen(msg) from error


def hear_script_errors(root: tk.Tk, told: Callable[[str], None]) -> None:
    """Tell what goes wrong in Tk's own scripts, for which Tk would open a window of its own."""

    def hear(words: str, _options: str) -> None:
        # a delayed call of something that was taken away meanwhile has nothing to do any more
        if not _TOO_LATE.search(words):
            told(words)

    root.tk.createcommand(_HEARING, hear)
    root.tk.call("interp", "bgerror", "", _HEARING)


def _be_sharp() -> None:
    """Tell Windows that the window scales itself; otherwise it enlarges a blurred picture."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415  only there

        ctypes.windll.shcore.SetProcessDpiAwareness(1)
