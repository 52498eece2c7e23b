"""A table of any number of rows: only those that can be seen are widgets, and only what changed is drawn."""

import tkinter as tk
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from tkinter import ttk
from typing import Final

from powertrader.hub.text import text
from powertrader.hub.widgets.heading_tip import HeadingTip
from powertrader.hub.widgets.row_menu import DIVIDER, MenuItem, RowMenu, copy_items
from powertrader.hub.widgets.scroll_frame import AutoScrollbar
from powertrader.hub.widgets.table_columns import PLAIN, SMALL, TableColumns
from powertrader.hub.widgets.table_model import AS_MADE, Column, Row, TableModel, TableState
from powertrader.hub.widgets.table_selection import TableSelection
from powertrader.hub.widgets.wheel import bind_wheel

WHEEL_ROWS: Final = 3
_ARROWS: Final = (" ▲", " ▼")
_TAG: Final = "KeyedTable"
NO_TITLES: Final[Mapping[str, str]] = {}
_CELLS: Final = ("cell", "tree", "nothing")


@dataclass(frozen=True, slots=True)
class TableOptions:
    """How a table behaves.

    empty is what is said while there are no rows. on_select is told the row the cursor is on, None for
    none, on_open the row that was double-clicked or chosen with Enter. menu gives what can be done with the
    row the cursor is on; copying can always be. state is how the user left the table, remember is told
    when he changed it. height is in rows: what it asks for, it takes whatever it is given. small makes
    letters smaller, for many columns in little room.
    """

    empty: str = ""
    on_select: Callable[[str | None], None] = lambda _: None
    on_open: Callable[[str], None] = lambda _: None
    menu: Callable[[], Sequence[MenuItem]] = tuple
    state: TableState = AS_MADE
    remember: Callable[[TableState], None] = lambda _: None
    height: int = 8
    small: bool = False


class KeyedTable(ttk.Frame):
    """Rows by key. Sorts by a click on a heading, is used with the keyboard, and copies what is selected."""

    def __init__(
        self, parent: tk.Misc, columns: Iterable[Column], options: TableOptions | None = None
    ) -> None:
        """Show no rows yet."""
        super().__init__(parent)
        self.options: Final = options or TableOptions()
        self.model: Final = TableModel(columns)
        self.model.sort(self.options.state.sorted_by, descending=self.options.state.descending)
        self._top = 0
        self._shown: list[Row | None] = []
        self._watchers: list[Callable[[], None]] = []
        self._due = ""
        self.tree: Final = self._made_tree()
        self.columns: Final = TableColumns(self.tree, self.model.columns, self.options.state.widths)
        self.columns.on_click(self._by)
        self.on("<Button-1>", self._pressed)
        self.on("<ButtonRelease-1>", self._released)
        self.tip: Final = HeadingTip(self.tree, self.columns, self.column_at)
        self.selection: Final = TableSelection(self)
        self.menu: Final = RowMenu(self.tree, self._menu_items)
        self._title_columns()

    def show(self, rows: Iterable[Row]) -> None:
        """Replace all rows; what was selected stays so as far as it is still there."""
        self.model.show(rows)
        self.refresh()

    def put(self, rows: Iterable[Row]) -> None:
        """Change the rows of these keys, and append those that are new."""
        self.model.put(rows)
        self.refresh()

    def drop(self, keys: Iterable[str]) -> None:
        """Remove rows."""
        self.model.drop(keys)
        self.refresh()

    def filter(self, wanted: str) -> None:
        """Show only rows that hold each of these words."""
        self.model.filter(wanted)
        self._top = 0
        self.refresh()

    def sort(self, column: str, *, descending: bool = False) -> None:
        """Sort by a column, "" for the order in which rows came."""
        self.model.sort(column, descending=descending)
        self._title_columns()
        self.refresh()

    def retitle(self, titles: Mapping[str, str]) -> None:
        """Give columns other headings."""
        if any(self.columns.titles[key] != title for key, title in titles.items()):
            self._title_columns(titles)

    def paint(self, colours: Mapping[str, str]) -> None:
        """Give rows with these tags these text colours."""
        for tag, colour in colours.items():
            self.tree.tag_configure(tag, foreground=colour)

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call watcher whenever other rows are shown, so that it may say how many there are."""
        self._watchers.append(watcher)

    @property
    def capacity(self) -> int:
        """How many rows can be seen at once."""
        height = self.tree.winfo_height()
        if height <= 1:
            return self.options.height
        heading = self._bbox_top()
        return max(1, (height - heading) // self._row_height())

    @property
    def top(self) -> int:
        """The place of the first row that can be seen."""
        return self._top

    def see(self, place: int) -> None:
        """Scroll as little as needed to show the row at a place."""
        last = self.capacity - 1
        self.scroll_to(min(max(self._top, place - last), place))

    def scroll_to(self, top: int) -> None:
        """Show the row at a place first, as far as there are enough behind it."""
        self._top = top
        self._fill()

    def refresh(self) -> None:
        """Draw when Tk is idle what was changed; several changes make one drawing."""
        if not self._due:
            self._due = self.after_idle(self._refreshed)

    def column_at(self, x: int) -> str:
        """Give the column at a place from the left, "" beside all."""
        name = self.tree.identify_column(x)
        place = int(name.removeprefix("#") or 0) - 1
        return self.model.columns[place].key if 0 <= place < len(self.model.columns) else ""

    def key_at(self, y: int) -> str | None:
        """Give the row at a place from the top, None where there is none."""
        item = self.tree.identify_row(y)
        row = self._shown[int(item)] if item else None
        return row.key if row is not None else None

    def on(self, sequence: str, act: Callable[["tk.Event[tk.Misc]"], object]) -> None:
        """Do something with a key or click in the rows."""
        self.tree.bind_class(f"{_TAG}{self.tree}", sequence, act)

    def destroy(self) -> None:
        """Go, and draw nothing any more."""
        if self._due:
            self.after_cancel(self._due)
        super().destroy()

    def _made_tree(self) -> ttk.Treeview:
        keys = [column.key for column in self.model.columns]
        tree = ttk.Treeview(self, columns=keys, show="headings", height=self.options.height)
        style = SMALL if self.options.small else PLAIN
        tree.configure(selectmode="none", takefocus=True, style=style)
        bar = AutoScrollbar(self, orient="vertical", command=self._scrolled)
        across = AutoScrollbar(self, orient="horizontal", command=tree.xview)
        tree.configure(xscrollcommand=across.set)
        tree.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        across.grid(row=1, column=0, sticky="ew")
        bar.grid_remove()
        across.grid_remove()
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self._bar = bar
        self._hint = ttk.Label(tree, style="Panel.TLabel", anchor="center", justify="center")
        # a tag of its own: others who bind the tree's own tag hear of every key and click as well
        widget, *rest = tree.bindtags()
        tree.bindtags((widget, f"{_TAG}{tree}", *rest))
        tree.bind("<Configure>", lambda _: self._resized())
        self.bind("<<ThemeChanged>>", lambda _: self._restyled(), add=True)
        bind_wheel(tree, lambda units: self.scroll_to(self._top + units * WHEEL_ROWS))
        return tree

    def _menu_items(self) -> list[MenuItem]:
        """Give what can be done with the selected rows; nothing when there are none."""
        if not self.selection.ordered():
            return []
        own = self.options.menu()
        return [*own, *([DIVIDER] if own else []), *copy_items(self.selection.copy)]

    def _title_columns(self, titles: Mapping[str, str] = NO_TITLES) -> None:
        sorted_by, descending = self.model.sorting
        self.columns.show_titles(titles, {sorted_by: _ARROWS[descending]} if sorted_by else {})

    def _by(self, column: str) -> None:
        """Sort by a column: upwards, downwards with the second click, as it came with the third."""
        sorted_by, descending = self.model.sorting
        if column != sorted_by:
            self.sort(column)
        elif not descending:
            self.sort(column, descending=True)
        else:
            self.sort("")
        self._remember()

    def _resized(self) -> None:
        self.columns.place()
        self._hint.configure(wraplength=max(self.tree.winfo_width() - 40, 100))
        self._fill()

    def _restyled(self) -> None:
        self.columns.restyle()
        self.refresh()

    def _pressed(self, event: "tk.Event[tk.Misc]") -> str | None:
        self.tree.focus_set()
        if self.tree.identify_region(event.x, event.y) not in _CELLS:
            return None
        self.selection.clicked(self.key_at(event.y), int(event.state))
        return "break"

    def _released(self, event: "tk.Event[tk.Misc]") -> None:
        """Keep the widths that the user has dragged, as shares of the window."""
        region = self.tree.identify_region(event.x, event.y)
        if region in {"separator", "heading"} and self.columns.dragged():
            self._remember()

    def _remember(self) -> None:
        sorted_by, descending = self.model.sorting
        self.options.remember(TableState(sorted_by, descending, self.columns.wanted))

    def _scrolled(self, action: str, amount: str, unit: str = "") -> None:
        if action == "moveto":
            self.scroll_to(round(float(amount) * len(self.model.visible)))
        else:
            self.scroll_to(self._top + int(amount) * (self.capacity if unit == "pages" else 1))

    def _refreshed(self) -> None:
        self._due = ""
        self._fill()
        self.selection.rows_changed()
        for watcher in self._watchers:
            watcher()

    def _fill(self) -> None:
        """Put the rows that can be seen into the items of the tree, touching those that differ only."""
        keys = self.model.visible
        capacity = self.capacity
        self._top = max(0, min(self._top, len(keys) - capacity))
        seen = [self.model.rows[key] for key in keys[self._top : self._top + capacity]]
        for place in range(len(seen), len(self._shown)):
            self.tree.delete(str(place))
        del self._shown[len(seen) :]
        for place, row in enumerate(seen):
            if place == len(self._shown):
                self.tree.insert("", "end", iid=str(place))
                self._shown.append(None)
            if self._shown[place] != row:
                self.tree.item(str(place), values=row.cells, tags=(row.tag,) if row.tag else ())
                self._shown[place] = row
        self.columns.fit(seen)
        self._mark()
        self._bar.set(*_part(self._top, len(seen), len(keys)))
        self._say_why_empty(is_empty=not keys)

    def _mark(self) -> None:
        """Show which of the rows that can be seen are selected, and where the cursor is."""
        keys = [row.key if row is not None else "" for row in self._shown]
        marked = [str(place) for place, key in enumerate(keys) if key in self.selection.keys]
        if list(self.tree.selection()) != marked:
            self.tree.selection_set(marked)
        cursor = self.selection.cursor
        at = str(keys.index(cursor)) if cursor in keys else ""
        # setting either draws the whole table anew, also where nothing is different
        if str(self.tree.focus()) != at:
            self.tree.focus(at)

    def _say_why_empty(self, *, is_empty: bool) -> None:
        if not is_empty:
            self._hint.place_forget()
            return
        filtered = bool(self.model.wanted) and len(self.model) > 0
        words = text("tables.nothing_matches", wanted=self.model.wanted) if filtered else self.options.empty
        self._hint.configure(text=words)
        self._hint.place(relx=0.5, rely=0.55, anchor="center")

    def _bbox_top(self) -> int:
        box = self.tree.bbox("0") if self._shown else ""
        return int(box[1]) if box else self._row_height() + 4

    def _row_height(self) -> int:
        return int(ttk.Style(self).lookup("Treeview", "rowheight") or 20)


def _part(top: int, seen: int, total: int) -> tuple[float, float]:
    return (top / total, (top + seen) / total) if total else (0.0, 1.0)
