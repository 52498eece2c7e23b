"""The menu of a row: what can be done with it, with a right click, Shift+F10 or the menu key."""

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from powertrader.hub.text import text


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of a menu; act None draws a line between groups. One that is not possible now is greyed."""

    label: str = ""
    act: Callable[[], object] | None = None
    is_possible: bool = True


DIVIDER: Final = MenuItem()


class RowMenu:
    """A menu that is made anew each time it opens, as what can be done differs by row."""

    def __init__(self, parent: tk.Misc, items: Callable[[], Sequence[MenuItem]]) -> None:
        """Bind the widget it belongs to and what it is asked for."""
        self._items = items
        self.menu = tk.Menu(parent, tearoff=False)

    def open(self, x: int, y: int) -> None:
        """Open at a place of the screen; nothing opens when there is nothing to be done."""
        items = self._items()
        self.menu.delete(0, "end")
        for item in items:
            if item.act is None:
                self.menu.add_separator()
            else:
                self.menu.add_command(label=item.label, command=item.act)
                if not item.is_possible:
                    self.menu.entryconfigure("end", state="disabled")
        if items:
            self.menu.tk_popup(x, y)

    def choose(self, label: str) -> None:
        """Do what the line with this label says, as a click would. Raises KeyError when there is none."""
        for item in self._items():
            if item.label == label and item.act is not None:
                item.act()
                return
        raise KeyError(label)


def copy_items(copy: Callable[..., object]) -> tuple[MenuItem, ...]:
    """Give the lines that every table has; copy takes headings=True for a copy with them."""
    return (
        MenuItem(text("tables.copy"), copy),
        MenuItem(text("tables.copy_with_headings"), lambda: copy(headings=True)),
    )
