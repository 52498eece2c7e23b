"""Panes with sashes between them, whose least sizes hold: when a sash is dragged, when the window shrinks."""

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from tkinter import ttk
from typing import Final, Literal

SASH_PX: Final = 6
_SETTLE_MS: Final = 1


@dataclass(frozen=True, slots=True)
class PaneSize:
    """Sizes of a pane along the split in pixels: the least, and the one wanted at the start.

    share: how much of the space that the window gains or loses it takes, compared with the others.
    """

    least: int
    wanted: int
    share: int = 1


def fitted(sizes: Sequence[int], panes: Sequence[PaneSize], total: int) -> list[int]:
    """Give sizes that fill a total, none below its least while all of these have room.

    What is missing or left over is shared out; a pane at its least gives nothing more.
    """
    least = [pane.least for pane in panes]
    if sum(least) >= total:
        return _scaled(least, total)
    found = _with_shares(list(sizes), [pane.share for pane in panes], total - sum(sizes))
    missing = sum(max(0, low - size) for low, size in zip(least, found, strict=True))
    found = [max(low, size) for low, size in zip(least, found, strict=True)]
    while missing > 0:
        widest = max(range(len(found)), key=lambda number: found[number] - least[number])
        taken = min(missing, found[widest] - least[widest])
        found[widest] -= taken
        missing -= taken
    return found


def _scaled(sizes: Sequence[int], total: int) -> list[int]:
    whole = sum(sizes) or 1
    found = [size * max(total, 0) // whole for size in sizes]
    found[-1] += max(total, 0) - sum(found)
    return found


def _with_shares(sizes: list[int], shares: list[int], extra: int) -> list[int]:
    whole = sum(shares)
    ends = [extra * part // whole for part in accumulate(shares)]
    parts = [end - before for before, end in zip([0, *ends], ends, strict=False)]
    return [size + part for size, part in zip(sizes, parts, strict=True)]


class Panes(tk.PanedWindow):
    """Make the widgets with this as their parent, `add_pane` each, and pack or grid this.

    The sashes stand as wanted until the user drags one; from then on their places are kept.
    """

    def __init__(
        self,
        parent: tk.Misc,
        orient: Literal["horizontal", "vertical"],
        *,
        start: Sequence[float] = (),
        on_drag: Callable[[tuple[float, ...]], None] | None = None,
    ) -> None:
        """Begin without panes; start: the sizes after an earlier drag; on_drag is told those after one."""
        super().__init__(
            parent,
            orient=orient,
            borderwidth=0,
            sashwidth=SASH_PX,
            sashpad=0,
            showhandle=False,
            opaqueresize=True,
        )
        self._orient = orient
        self._on_drag = on_drag
        self._sizes: list[PaneSize] = []
        self._shown: list[tk.Widget] = []
        self._kept: list[int] = [int(size) for size in start]
        self._pending = False
        self._total = 0
        self.bind("<Configure>", lambda _: self._changed())
        self.bind("<ButtonRelease-1>", lambda _: self._dragged(), add=True)
        self.bind("<<ThemeChanged>>", lambda _: self.recolour(), add=True)
        self.recolour()

    def add_pane(self, child: tk.Widget, size: PaneSize) -> None:
        """Put a widget behind the others."""
        self._sizes.append(size)
        self._shown.append(child)
        self.add(child, minsize=size.least, stretch="always")

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes along the split, in pixels."""
        return tuple([self._length(child) for child in self._shown])

    def drag(self, number: int, position: int) -> None:
        """Move a sash to a place, as far as the least sizes allow, as if the user had dragged it."""
        x, y = (position, 0) if self._is_wide else (0, position)
        self.sash_place(number, x, y)
        self.update_idletasks()
        self._dragged()

    def recolour(self) -> None:
        """Take the theme's colour."""
        self.configure(background=ttk.Style(self).lookup(".", "background"))

    @property
    def _is_wide(self) -> bool:
        return self._orient == "horizontal"

    def _length(self, widget: tk.Misc) -> int:
        return widget.winfo_width() if self._is_wide else widget.winfo_height()

    def _changed(self) -> None:
        if not self._pending:
            self._pending = True
            self.after(_SETTLE_MS, self._settle)

    def _settle(self) -> None:
        """Bring every pane to its size; the least ones hold in a window that became smaller too."""
        self._pending = False
        total = self._length(self) - SASH_PX * (len(self._sizes) - 1)
        if total <= 1 or len(self._sizes) < 2 or total == self._total:  # noqa: PLR2004  one pane has no sash
            return
        self._total = total
        usable = len(self._kept) == len(self._sizes)
        before = self._kept if usable else [pane.wanted for pane in self._sizes]
        self._place(fitted(before, self._sizes, total))

    def _place(self, sizes: Sequence[int]) -> None:
        for child, pane, size in zip(self._shown, self._sizes, sizes, strict=True):
            # a window that is too small for all the least sizes has them smaller, in proportion
            least = min(pane.least, size)
            length = "-width" if self._is_wide else "-height"
            self.tk.call(str(self), "paneconfigure", str(child), "-minsize", least, length, size)

    def _dragged(self) -> None:
        sizes = list(self.sizes)
        if sum(sizes) <= 1 or self._total <= 0:
            return
        expected = self._kept or fitted([pane.wanted for pane in self._sizes], self._sizes, self._total)
        if sizes != expected:
            self._kept = sizes
            if self._on_drag is not None:
                self._on_drag(tuple([float(size) for size in sizes]))
