"""Which rows of a table are selected: by mouse, keyboard, and by typing the beginning of a name."""

import time
import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from powertrader.hub.clipboard import copy_rows

if TYPE_CHECKING:
    # the table owns its selection; at run time only one of the two may import the other
    from powertrader.hub.widgets.keyed_table import KeyedTable

SHIFT: Final = 0x0001
CONTROL: Final = 0x0004
_ACROSS: Final = 40
"""Pixels by which Left and Right scroll."""
TYPED_TOGETHER_S: Final = 1.0
"""Letters typed within this time find one name."""


class TableSelection:
    """The selected rows, and the one the cursor is on; keys of rows that left are given up."""

    def __init__(self, table: "KeyedTable") -> None:
        """Select nothing, and listen to the table's keys."""
        self._table = table
        self.keys: frozenset[str] = frozenset()
        self.cursor: str | None = None
        self._anchor: str | None = None
        self._typed = ""
        self._typed_at_s = 0.0
        self._bind()

    def ordered(self) -> tuple[str, ...]:
        """Give the selected rows that can be seen or scrolled to, as they are sorted."""
        return tuple([key for key in self._table.model.visible if key in self.keys])

    def select(self, key: str | None) -> None:
        """Select one row alone and scroll to it; None selects none."""
        place = None if key is None else self._table.model.place_of(key)
        if place is None:
            self._set(frozenset(), None)
            return
        self._table.see(place)
        self._anchor = key
        self._set(frozenset([str(key)]), key)

    def clicked(self, key: str | None, state: int) -> None:
        """Do what a click on a row means; state has the modifier keys. Beside the rows it does nothing."""
        if key is None:
            return
        if state & SHIFT:
            self._extend(key)
        elif state & CONTROL:
            self._anchor = key
            self._set(self.keys ^ {key}, key)
        else:
            self._anchor = key
            self._set(frozenset([key]), key)

    def copy(self, *, headings: bool = False) -> int:
        """Put the selected rows on the clipboard and give how many there were."""
        model = self._table.model
        rows = [model.rows[key].cells for key in self.ordered()]
        titles = [tuple(self._table.columns.titles.values())] if headings else []
        if rows:
            copy_rows(self._table, [*titles, *rows])
        return len(rows)

    def select_all(self) -> None:
        """Select every row that the filter lets through."""
        visible = self._table.model.visible
        self._set(frozenset(visible), self.cursor or (visible[0] if visible else None))

    def rows_changed(self) -> None:
        """Give up the selected rows that are not there any more."""
        rows = self._table.model.rows
        if self.cursor is not None and self.cursor not in rows:
            self._set(frozenset([key for key in self.keys if key in rows]), None)
        elif not self.keys <= rows.keys():
            self.keys = frozenset([key for key in self.keys if key in rows])

    def _bind(self) -> None:
        tree, model = self._table.tree, self._table.model
        moves: dict[str, Callable[[], int]] = {
            "<Up>": lambda: -1,
            "<Down>": lambda: 1,
            "<Prior>": lambda: -self._table.capacity,
            "<Next>": lambda: self._table.capacity,
            "<Home>": lambda: -len(model),
            "<End>": lambda: len(model),
        }
        for key, step in moves.items():
            self._table.on(key, partial(self._move, step))
        for key, act in self._keys().items():
            if _is_known(tree, key):
                self._table.on(key, partial(_done, act))
        self._table.on("<Double-Button-1>", self._opened_at)
        self._table.on("<Key>", self._key)
        for menu in ("<Button-3>", "<Button-2>") if _is_mac(tree) else ("<Button-3>",):
            self._table.on(menu, self._menu_at)

    def _keys(self) -> dict[str, Callable[[], object]]:
        tree = self._table.tree
        return {
            "<Control-a>": self.select_all,
            "<Control-c>": self.copy,
            "<Control-Insert>": self.copy,
            "<Command-c>": self.copy,
            "<Return>": self._open,
            "<Left>": partial(tree.xview_scroll, -_ACROSS, "units"),
            "<Right>": partial(tree.xview_scroll, _ACROSS, "units"),
            "<Shift-F10>": self._menu_by_key,
            "<Menu>": self._menu_by_key,
            "<App>": self._menu_by_key,
        }

    def _move(self, by: Callable[[], int], event: "tk.Event[tk.Misc]") -> str:
        visible = self._table.model.visible
        if not visible:
            return "break"
        step = by()
        place = self._table.model.place_of(self.cursor) if self.cursor is not None else None
        start = place if place is not None else (-1 if step > 0 else len(visible))
        key = visible[max(0, min(len(visible) - 1, start + step))]
        if int(event.state) & SHIFT:
            self._table.see(self._table.model.place_of(key) or 0)
            self._extend(key)
        else:
            self.select(key)
        return "break"

    def _extend(self, key: str) -> None:
        """Select everything from the row that was selected first to this one."""
        model = self._table.model
        first = model.place_of(self._anchor) if self._anchor is not None else None
        last = model.place_of(key)
        if first is None or last is None:
            self._anchor = key
            self._set(frozenset([key]), key)
            return
        begin, end = sorted((first, last))
        self._set(frozenset(model.visible[begin : end + 1]), key)

    def _set(self, keys: frozenset[str], cursor: str | None) -> None:
        moved = cursor != self.cursor
        self.keys, self.cursor = keys, cursor
        self._table.scroll_to(self._table.top)
        if moved:
            self._table.options.on_select(cursor)

    def _key(self, event: "tk.Event[tk.Misc]") -> str | None:
        """Go to the next row that begins with what is typed."""
        if not event.char or not event.char.isprintable() or event.char in " /" or int(event.state) & CONTROL:
            return None
        now_s = time.monotonic()
        goes_on = now_s - self._typed_at_s < TYPED_TOGETHER_S
        self._typed = self._typed + event.char if goes_on else event.char
        self._typed_at_s = now_s
        model = self._table.model
        here = (model.place_of(self.cursor) if self.cursor is not None else None) or 0
        place = model.first_beginning_with(self._typed, here if len(self._typed) > 1 else here + 1)
        if place is not None:
            self.select(model.visible[place])
        return "break"

    def _open(self) -> None:
        if self.cursor is not None:
            self._table.options.on_open(self.cursor)

    def _opened_at(self, event: "tk.Event[tk.Misc]") -> str | None:
        if self._table.tree.identify_region(event.x, event.y) != "cell":
            return None
        state = int(event.state)
        if state & (SHIFT | CONTROL):
            # a second click on the same row soon after the first, not a wish to open it
            self.clicked(self._table.key_at(event.y), state)
            return "break"
        self._open()
        return "break"

    def _menu_at(self, event: "tk.Event[tk.Misc]") -> str:
        self._table.tree.focus_set()
        key = self._table.key_at(event.y)
        if key is not None and key not in self.keys:
            self.clicked(key, 0)
        if key is not None:
            self._table.menu.open(event.x_root, event.y_root)
        return "break"

    def _menu_by_key(self) -> None:
        tree, place = self._table.tree, self._table.model.place_of(self.cursor or "")
        if place is None:
            return
        self._table.see(place)
        box = tree.bbox(str(place - self._table.top))
        if box:
            below = tree.winfo_rooty() + int(box[1]) + int(box[3])
            self._table.menu.open(tree.winfo_rootx() + _ACROSS, below)


def _done(act: Callable[[], object], _: object) -> str:
    """Do what a key means, and let nothing else be done with it."""
    act()
    return "break"


def _is_mac(widget: tk.Misc) -> bool:
    return str(widget.tk.call("tk", "windowingsystem")) == "aqua"


def _is_known(widget: tk.Misc, sequence: str) -> bool:
    """Tell whether this system's Tk has a key; App is Windows' name of the menu key."""
    system = str(widget.tk.call("tk", "windowingsystem"))
    wanted = {"<App>": system == "win32", "<Menu>": system != "win32", "<Command-c>": system == "aqua"}
    return wanted.get(sequence, True)
