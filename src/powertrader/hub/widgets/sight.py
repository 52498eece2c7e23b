"""When a part of a screen comes into sight and when it goes: Tk tells of the screen, not of its parts."""

import tkinter as tk
from collections.abc import Callable, Iterator
from functools import partial


def follow_sight(widget: tk.Misc, shown: Callable[[], None], hidden: Callable[[], None]) -> None:
    """Call shown and hidden when widget, or what it is in, appears or goes; another tab is chosen."""
    for one in _around(widget):
        one.bind("<Map>", partial(_tell, one, shown), add=True)
        one.bind("<Unmap>", partial(_tell, one, hidden), add=True)


def _tell(at: tk.Misc, act: Callable[[], None], event: "tk.Event[tk.Misc]") -> None:
    if event.widget is at:
        act()


def _around(widget: tk.Misc) -> Iterator[tk.Misc]:
    """Give a widget and all that it is in, within its window."""
    one: tk.Misc | None = widget
    while one is not None and one is not widget.winfo_toplevel():
        yield one
        one = one.master
