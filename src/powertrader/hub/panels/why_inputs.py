"""What a decision was made from, as boxes of lines beside one another."""

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

from powertrader.hub.decision_inputs import Group
from powertrader.hub.widgets.wrap_frame import WrapFrame


class InputBoxes(WrapFrame):
    """Shows groups of lines; as many boxes stand beside one another as there is room for."""

    def __init__(self, parent: tk.Misc) -> None:
        """Show none yet."""
        super().__init__(parent, gap=8)
        self._boxes: list[tuple[ttk.Labelframe, ttk.Label, ttk.Label]] = []
        self._groups: tuple[Group, ...] = ()
        self._due = ""

    def show(self, groups: Sequence[Group]) -> None:
        """Show these groups in place of those before."""
        found = tuple(groups)
        if found == self._groups:
            return
        self._groups = found
        while len(self._boxes) < len(found):
            self._boxes.append(self._made())
        for (box, names, values), group in zip(self._boxes, found, strict=False):
            box.configure(text=group.title)
            names.configure(text="\n".join(name for name, _ in group.lines))
            values.configure(text="\n".join(value for _, value in group.lines))
        if not self._due:
            # how large a box is, Tk knows only when it is idle
            self._due = self.after(1, self._arrange_boxes)

    def destroy(self) -> None:
        """Go, and arrange nothing any more."""
        if self._due:
            self.after_cancel(self._due)
        super().destroy()

    def _arrange_boxes(self) -> None:
        self._due = ""
        self.arrange([box for box, _, _ in self._boxes[: len(self._groups)]])

    def _made(self) -> tuple[ttk.Labelframe, ttk.Label, ttk.Label]:
        box = ttk.Labelframe(self, padding=(8, 2, 8, 6))
        names = ttk.Label(box, style="Muted.TLabel", justify="left")
        values = ttk.Label(box, justify="right", anchor="e")
        names.pack(side="left", anchor="n")
        values.pack(side="right", anchor="n", padx=(14, 0))
        return box, names, values
