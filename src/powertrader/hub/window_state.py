"""Where the window was and how large, remembered until the next start."""

import re
import tkinter as tk
from typing import Final

from powertrader.hub.preferences import Preferences

OPENS: Final = (1400, 820)
LEAST: Final = (980, 640)
"""Width and height in pixels, as in the original."""
_GEOMETRY: Final = re.compile(r"^(\d+)x(\d+)\+(-?\d+)\+(-?\d+)$")
_KEY: Final = "window.geometry"
_ZOOMED: Final = "window.zoomed"


def place_window(root: tk.Tk, preferences: Preferences) -> None:
    """Give the window its size, and its former place when that is still on the screen."""
    wide, high = root.winfo_screenwidth(), root.winfo_screenheight()
    root.minsize(min(LEAST[0], wide), min(LEAST[1], high))
    found = _GEOMETRY.match(preferences.words(_KEY))
    width, height = min(OPENS[0], wide), min(OPENS[1], high)
    geometry = f"{width}x{height}"
    if found is not None:
        width, height, x, y = map(int, found.groups())
        if 0 <= x < wide - LEAST[0] // 2 and 0 <= y < high - LEAST[1] // 2:
            geometry = f"{min(width, wide)}x{min(height, high)}+{x}+{y}"
    root.geometry(geometry)
    if preferences.switch(_ZOOMED):
        _zoom(root)


def keep_window_state(root: tk.Tk, preferences: Preferences) -> None:
    """Remember place and size."""
    zoomed = _is_zoomed(root)
    preferences.put(_ZOOMED, zoomed)
    if not zoomed and root.state() == "normal":
        preferences.put(_KEY, root.geometry())


def _is_zoomed(root: tk.Tk) -> bool:
    if root.tk.call("tk", "windowingsystem") == "x11":
        return bool(int(root.attributes("-zoomed") or 0))
    return root.state() == "zoomed"


def _zoom(root: tk.Tk) -> None:
    if root.tk.call("tk", "windowingsystem") == "x11":
        root.attributes("-zoomed", True)  # noqa: FBT003  Tk's own way to say it
    else:
        root.state("zoomed")
