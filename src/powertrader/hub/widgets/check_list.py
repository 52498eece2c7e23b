"""A list of things that were looked at: a state as a word, what it is about, what was found, what to do."""

import tkinter as tk
from collections.abc import Sequence
from dataclasses import dataclass
from tkinter import ttk
from typing import Final

from powertrader.hub.widgets.scroll_frame import ScrollFrame
from powertrader.hub.widgets.wrapped_label import WrappedLabel

_GAP_PX: Final = 10
_ROW_PX: Final = 5


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One row: the word of its state and its style, its title, what was found, and the way out."""

    state: str
    style: str
    title: str
    found: str
    fix: str = ""

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """What a spreadsheet gets of it."""
        return self.state, self.title, self.found, self.fix


class CheckList(ttk.Frame):
    """Shows rows of which each is as high as its words need."""

    def __init__(self, parent: tk.Misc, *, scrolls: bool = True) -> None:
        """Make it empty; one that does not scroll is as high as its rows."""
        super().__init__(parent)
        frame = ScrollFrame(self) if scrolls else ttk.Frame(self)
        frame.pack(fill="both", expand=True)
        self._frame = frame if isinstance(frame, ScrollFrame) else None
        self._body = frame.body if isinstance(frame, ScrollFrame) else frame
        self._body.columnconfigure(2, weight=1)
        self.rows: tuple[CheckRow, ...] = ()

    def show(self, rows: Sequence[CheckRow]) -> None:
        """Show these rows in place of others, from the first one on."""
        for child in self._body.winfo_children():
            child.destroy()
        self.rows = tuple(rows)
        for number, row in enumerate(self.rows):
            self._add(number * 2, row)
        # an empty frame would keep the height it had
        self._body.configure(height=1)
        if self._frame is not None:
            self._frame.to_top()

    def _add(self, place: int, row: CheckRow) -> None:
        body = self._body
        top = (_ROW_PX, 0 if row.fix else _ROW_PX)
        for column, (words, style) in enumerate(((row.state, row.style), (row.title, "Bold.TLabel"))):
            label = ttk.Label(body, text=words, style=style)
            label.grid(row=place, column=column, sticky="nw", padx=(0, _GAP_PX), pady=top)
        found = WrappedLabel(body, words=row.found)
        found.grid(row=place, column=2, sticky="new", pady=top)
        if row.fix:
            fix = WrappedLabel(body, words=row.fix, style="Muted.TLabel")
            fix.grid(row=place + 1, column=2, sticky="new", pady=(0, _ROW_PX))
