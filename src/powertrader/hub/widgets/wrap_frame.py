"""A frame whose children stand in rows and wrap like words."""

import tkinter as tk
from collections.abc import Iterable, Sequence
from tkinter import ttk
from typing import NamedTuple


class Box(NamedTuple):
    """Where a child stands, in pixels."""

    x: int
    y: int
    width: int
    height: int


def wrapped(sizes: Iterable[tuple[int, int]], width: int, gap: int) -> tuple[list[Box], int]:
    """Place boxes of these sizes in rows that are not wider than width, and give the height of all rows.

    A box that is wider than a row has one of its own.
    """
    boxes: list[Box] = []
    x = y = row_height = 0
    for box_width, box_height in sizes:
        if x and x + box_width > width:
            x, y, row_height = 0, y + row_height + gap, 0
        boxes.append(Box(x, y, box_width, box_height))
        x += box_width + gap
        row_height = max(row_height, box_height)
    return boxes, y + row_height


class WrapFrame(ttk.Frame):
    """Make widgets with this frame as their parent, then call `arrange` with them."""

    def __init__(self, parent: tk.Misc, *, gap: int = 6) -> None:
        """Stand empty; gap is between widgets and between rows, in pixels."""
        super().__init__(parent, height=1, width=1)
        self._gap = gap
        self._shown: tuple[tk.Widget, ...] = ()
        self._pending = False
        self.bind("<Configure>", lambda _: self._place())

    def arrange(self, widgets: Sequence[tk.Widget]) -> None:
        """Show these children, in this order, and no others; one that was shown may be destroyed."""
        for gone in set(self._shown) - set(widgets):
            if gone.winfo_exists():
                gone.place_forget()
        for new in set(widgets) - set(self._shown):
            new.bind("<Configure>", lambda _: self._soon(), add=True)
        self._shown = tuple(widgets)
        self._place()

    def _soon(self) -> None:
        """Place all anew after one of them has got another size, such as by another font."""
        if not self._pending:
            self._pending = True
            self.after_idle(self._place)

    def _place(self) -> None:
        self._pending = False
        if not self.winfo_exists():
            return
        self._shown = tuple([one for one in self._shown if one.winfo_exists()])
        width = self.winfo_width()
        if width <= 1:
            width = sum(one.winfo_reqwidth() + self._gap for one in self._shown)
        sizes = [(one.winfo_reqwidth(), one.winfo_reqheight()) for one in self._shown]
        boxes, height = wrapped(sizes, width, self._gap)
        for widget, box in zip(self._shown, boxes, strict=True):
            widget.place(x=box.x, y=box.y, width=width if box.width > width else "")
        if int(self.cget("height")) != max(height, 1):
            self.configure(height=max(height, 1))
