"""The connection to the screen, as sharp as the screen is."""

import sys
import tkinter as tk

from powertrader.core.exceptions import ConfigError


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


def _be_sharp() -> None:
    """Tell Windows that the window scales itself; otherwise it enlarges a blurred picture."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415  only there

        ctypes.windll.shcore.SetProcessDpiAwareness(1)
