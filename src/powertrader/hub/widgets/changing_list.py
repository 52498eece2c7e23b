"""A list of lines in which only those are drawn anew that changed."""

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from powertrader.hub.widgets.scroll_frame import AutoScrollbar
from powertrader.hub.widgets.wheel import bind_wheel


class ChangingList(ttk.Frame):
    """A list box with a scrollbar that hides while all fits.

    colours gives its background, text, and both of what is selected.
    """

    def __init__(
        self, parent: tk.Misc, *, rows: int, font: str, colours: Callable[[], tuple[str, str, str, str]]
    ) -> None:
        """Make it empty."""
        super().__init__(parent)
        self._colours = colours
        self._lines: list[str] = []
        self.box = tk.Listbox(
            self,
            height=rows,
            activestyle="dotbox",
            exportselection=False,
            borderwidth=0,
            highlightthickness=1,
            font=font,
        )
        bar = AutoScrollbar(self, orient="vertical", command=self.box.yview)
        self.box.configure(yscrollcommand=bar.set)
        self.box.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        bind_wheel(self.box, lambda units: self.box.yview_scroll(units * 2, "units"))
        self.recolour()

    @property
    def lines(self) -> tuple[str, ...]:
        """What it shows."""
        return tuple(self._lines)

    @property
    def selected(self) -> int | None:
        """The number of the selected line, None when none is."""
        found = self.tk.splitlist(self.tk.call(str(self.box), "curselection"))
        return int(found[0]) if found else None

    def show(self, lines: Sequence[str]) -> None:
        """Show these lines; the selection and the place it is scrolled to stay."""
        if len(lines) != len(self._lines):
            first = self.box.yview()[0]
            self.box.delete(0, "end")
            self.box.insert("end", *lines)
            self.box.yview_moveto(first)
        else:
            self._change([number for number, line in enumerate(lines) if line != self._lines[number]], lines)
        self._lines = list(lines)

    def recolour(self) -> None:
        """Take the colours that hold now."""
        background, foreground, select_bg, select_fg = self._colours()
        self.box.configure(
            background=background,
            foreground=foreground,
            selectbackground=select_bg,
            selectforeground=select_fg,
            highlightbackground=select_bg,
            highlightcolor=select_fg,
        )

    def _change(self, numbers: Sequence[int], lines: Sequence[str]) -> None:
        if not numbers:
            return
        selected, top = self.selected, self.tk.call(str(self.box), "nearest", 0)
        for number in numbers:
            self.box.delete(number)
            self.box.insert(number, lines[number])
        if selected is not None and selected in numbers:
            self.box.selection_set(selected)
        self.box.yview(top)
