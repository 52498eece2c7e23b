"""Whether there is a screen to open a window on."""

import importlib.util
import os
import sys


def has_screen() -> bool:
    """Tell whether a window could be opened here: Tk is installed, and on Linux a screen is named."""
    if importlib.util.find_spec("_tkinter") is None:
        return False
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY"))
