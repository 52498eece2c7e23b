"""The line above a table: a field that filters its rows, and how many of them are shown."""

import tkinter as tk
from tkinter import ttk
from typing import Final

from powertrader.hub.text import text
from powertrader.hub.widgets.keyed_table import KeyedTable

_PAUSE_MS: Final = 120
"""A filter is applied when nothing was typed for so long."""


class FilterBar(ttk.Frame):
    """Filters one table; `follow` tells which. Escape empties the field, Down goes on to the rows."""

    def __init__(self, parent: tk.Misc) -> None:
        """Filter nothing yet."""
        super().__init__(parent)
        self._table: KeyedTable | None = None
        self._wanted = tk.StringVar(self)
        self._pending = ""
        ttk.Label(self, text=text("tables.filter")).pack(side="left", padx=(0, 6))
        self.entry: Final = ttk.Entry(self, textvariable=self._wanted, width=22)
        self.entry.pack(side="left")
        self.count: Final = ttk.Label(self, style="Muted.TLabel")
        self.count.pack(side="left", padx=10)
        self._wanted.trace_add("write", lambda *_: self._typed())
        self.entry.bind("<Escape>", self._escaped)
        self.entry.bind("<Return>", lambda _: self._apply())
        self.entry.bind("<Down>", lambda _: self._to_rows())

    def follow(self, table: KeyedTable) -> None:
        """Filter this table."""
        self._table = table
        table.watch(self._tell)
        self._tell()

    def focus_field(self) -> None:
        """Let the user type at once; what is there is selected."""
        self.entry.focus_set()
        self.entry.selection_range(0, "end")

    def set(self, wanted: str) -> None:
        """Filter by these words at once."""
        self._wanted.set(wanted)
        self._apply()

    def destroy(self) -> None:
        """Go, and filter nothing any more."""
        if self._pending:
            self.after_cancel(self._pending)
        super().destroy()

    def _typed(self) -> None:
        if self._pending:
            self.after_cancel(self._pending)
        self._pending = self.after(_PAUSE_MS, self._apply)

    def _apply(self) -> None:
        if self._pending:
            self.after_cancel(self._pending)
            self._pending = ""
        if self._table is not None:
            self._table.filter(self._wanted.get())

    def _escaped(self, _: "tk.Event[ttk.Entry]") -> str | None:
        if not self._wanted.get():
            return None
        self.set("")
        return "break"

    def _to_rows(self) -> str:
        if self._table is not None:
            self._apply()
            visible = self._table.model.visible
            self._table.selection.select(visible[0] if visible else None)
            self._table.tree.focus_set()
        return "break"

    def _tell(self) -> None:
        if self._table is None:
            return
        model = self._table.model
        total, shown = len(model), len(model.visible)
        key = (
            "tables.some_shown"
            if shown != total
            else ("tables.one_shown" if total == 1 else "tables.all_shown")
        )
        self.count.configure(text=text(key, shown=f"{shown:,}", total=f"{total:,}"))
