"""The whole of a heading that is cut, while the mouse rests on it."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Final

from powertrader.hub.widgets.table_columns import TableColumns

DELAY_MS: Final = 500


class HeadingTip:
    """Watches the mouse over the headings of a table."""

    def __init__(self, tree: ttk.Treeview, columns: TableColumns, column_at: Callable[[int], str]) -> None:
        """Show nothing yet; column_at gives the column at a place from the left, "" beside all."""
        self._tree = tree
        self._columns = columns
        self._column_at = column_at
        self._over = ""
        self._waiting = ""
        self._label = tk.Label(tree, padx=6, pady=3, borderwidth=1, relief="solid")
        tree.bind("<Motion>", self._moved, add=True)
        for away in ("<Leave>", "<ButtonPress>", "<KeyPress>"):
            tree.bind(away, lambda _: self._to(""), add=True)
        tree.bind("<Destroy>", lambda _: self._wait_no_more(), add=True)

    @property
    def shown(self) -> str:
        """The words that are shown now, empty when none are."""
        return str(self._label.cget("text")) if self._label.winfo_manager() else ""

    def _moved(self, event: "tk.Event[ttk.Treeview]") -> None:
        is_heading = self._tree.identify_region(event.x, event.y) == "heading"
        column = self._column_at(event.x) if is_heading else ""
        self._to(column if column and self._columns.is_cut(column) else "", event.x)

    def _to(self, column: str, x: int = 0) -> None:
        if column == self._over:
            return
        self._over = column
        self._wait_no_more()
        self._label.place_forget()
        if column:
            self._waiting = self._tree.after(DELAY_MS, self._show, column, x)

    def _wait_no_more(self) -> None:
        if self._waiting:
            self._tree.after_cancel(self._waiting)
            self._waiting = ""

    def _show(self, column: str, x: int) -> None:
        self._waiting = ""
        style = ttk.Style(self._tree)
        self._label.configure(
            text=self._columns.title(column),
            background=style.lookup("Treeview.Heading", "background"),
            foreground=style.lookup("Treeview", "foreground"),
        )
        room = self._tree.winfo_width() - self._label.winfo_reqwidth()
        self._label.place(x=max(0, min(x, room)), y=self._columns.heading_px())
