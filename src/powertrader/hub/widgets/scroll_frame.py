"""A frame that scrolls, with a scrollbar that hides while everything fits."""

import tkinter as tk
from tkinter import ttk
from typing import Final

from powertrader.hub.widgets.wheel import bind_wheel_class

_SCROLL_THEMSELVES: Final = frozenset({"Text", "Listbox", "Treeview", "Canvas"})
_STEP_PX: Final = 24
LEAST_PX: Final = 10
"""What a canvas asks for beside such a scrollbar: grid places nothing anew while it is asked for 1 pixel."""


class AutoScrollbar(ttk.Scrollbar):
    """A scrollbar in a grid cell, hidden while there is nothing to scroll."""

    def set(self, first: float | str, last: float | str) -> None:
        """Show the part between first and last, both from 0 to 1."""
        if float(first) <= 0.0 and float(last) >= 1.0:
            self.grid_remove()
        else:
            self.grid()
        super().set(first, last)


class ScrollFrame(ttk.Frame):
    """Put widgets into `body`; it is as wide as the frame and scrolls up and down.

    The wheel scrolls over every widget inside that does not scroll by itself; it never changes the value of
    a combo or a spin box there, and never moves the focus. A widget that gets the focus by the keyboard is
    scrolled into sight.
    """

    def __init__(self, parent: tk.Misc) -> None:
        """Make it empty."""
        super().__init__(parent)
        self._canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0, yscrollincrement=_STEP_PX)
        self._bar = AutoScrollbar(self, orient="vertical", command=self._canvas.yview)
        self._canvas.configure(yscrollcommand=self._bar.set, width=LEAST_PX, height=LEAST_PX)
        self._canvas.grid(row=0, column=0, sticky="nsew")
        self._bar.grid(row=0, column=1, sticky="ns")
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.body = ttk.Frame(self._canvas)
        self._window = self._canvas.create_window(0, 0, anchor="nw", window=self.body)
        self._tag = f"Wheel{self.body}"
        bind_wheel_class(self, self._tag, self.scroll)
        self.body.bind("<Configure>", lambda _: self._resized(), add=True)
        self._canvas.bind("<Configure>", self._widened)
        self.body.bind_class(self._tag, "<FocusIn>", lambda event: self.see(event.widget))
        self.bind("<<ThemeChanged>>", lambda _: self.recolour(), add=True)
        self.recolour()
        self._adopt(self._canvas)

    def scroll(self, units: int) -> None:
        """Scroll down by so many steps, up when negative; nothing happens while everything fits."""
        if self.body.winfo_reqheight() > self._canvas.winfo_height():
            self._canvas.yview_scroll(units * 2, "units")

    def see(self, widget: tk.Misc) -> None:
        """Scroll until a widget inside can be seen."""
        height = self.body.winfo_reqheight()
        top = widget.winfo_rooty() - self.body.winfo_rooty()
        seen_from, seen_to = (part * height for part in self._canvas.yview())
        if top < seen_from:
            self._canvas.yview_moveto(top / height)
        elif top + widget.winfo_height() > seen_to:
            self._canvas.yview_moveto((top + widget.winfo_height() - self._canvas.winfo_height()) / height)

    def to_top(self) -> None:
        """Show the beginning."""
        self._canvas.yview_moveto(0.0)

    def recolour(self) -> None:
        """Take the theme's colour."""
        self._canvas.configure(background=ttk.Style(self).lookup("TFrame", "background"))

    def _resized(self) -> None:
        self._canvas.configure(scrollregion=(0, 0, self.body.winfo_reqwidth(), self.body.winfo_reqheight()))
        self._adopt(self.body)

    def _widened(self, event: "tk.Event[tk.Canvas]") -> None:
        self._canvas.itemconfigure(self._window, width=event.width)

    def _adopt(self, widget: tk.Misc) -> None:
        """Let the wheel over a widget and those inside it scroll this frame."""
        tags = widget.bindtags()
        scrolls_itself = widget is not self._canvas and widget.winfo_class() in _SCROLL_THEMSELVES
        if self._tag not in tags and not scrolls_itself:
            widget.bindtags((self._tag, *tags))
        if widget is not self._canvas:
            for child in widget.winfo_children():
                self._adopt(child)
