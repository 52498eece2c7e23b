"""A ladder of prices: a line for each, with a shape, its words and its colour."""

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from powertrader.hub.widgets.table_columns import shortened

_LEFT_PX: Final = 10
_SHAPE_PX: Final = 9
_TEXT_PX: Final = 28
_PAD_PX: Final = 8
_BETWEEN_PX: Final = 4


@dataclass(frozen=True, slots=True)
class LadderLine:
    """One line: shape is full, hollow, diamond, arrow or line; name and price are its two texts."""

    shape: str
    name: str
    price: str
    colour: str
    is_strong: bool = False


class Ladder(tk.Canvas):
    """Draws lines from top to bottom, joined by a rail."""

    def __init__(self, parent: tk.Misc, *, fonts: tuple[str, str]) -> None:
        """Draw nothing yet; fonts are that of lines and of strong ones."""
        super().__init__(parent, highlightthickness=0, borderwidth=0, height=1, width=280)
        self._fonts = fonts
        self._line_px = 0
        self._lines: tuple[LadderLine, ...] = ()
        self._rail = ""
        self.bind("<Configure>", lambda _: self._draw())

    @property
    def lines(self) -> tuple[LadderLine, ...]:
        """What is drawn, from top to bottom."""
        return self._lines

    def show(self, lines: Sequence[LadderLine], *, background: str, rail: str) -> None:
        """Draw these lines; the same ones are not drawn again."""
        shown = tuple(lines)
        line_px = int(self.tk.call("font", "metrics", self._fonts[0], "-linespace")) + 4
        as_before = (self._lines, self._rail, self._line_px, str(self.cget("background")))
        if as_before == (shown, rail, line_px, background):
            return
        self._lines, self._rail, self._line_px = shown, rail, line_px
        height = 2 * _PAD_PX + len(shown) * self._line_px if shown else 1
        self.configure(background=background, height=height)
        self._draw()

    def _draw(self) -> None:
        self.delete("all")
        if not self._lines:
            return
        middle = _LEFT_PX + _SHAPE_PX / 2
        last = _PAD_PX + len(self._lines) * self._line_px
        self.create_line(middle, _PAD_PX, middle, last, fill=self._rail, width=2)
        for place, line in enumerate(self._lines):
            self._draw_line(line, _PAD_PX + (place + 0.5) * self._line_px)

    def _draw_line(self, line: LadderLine, y: float) -> None:
        SHAPES[line.shape](self, y, line.colour)
        right = self.winfo_width() - _PAD_PX
        # a price is never written over: the words give way, first their weight, then their end
        is_strong = line.is_strong and self._room(line, right, self._fonts[1]) >= 0
        font = self._fonts[is_strong]
        room = self._room(line, right, font) + self._measured(font, line.name)
        name = shortened(line.name, room, lambda words: self._measured(font, words))
        self.create_text(_TEXT_PX, y, text=name, anchor="w", fill=line.colour, font=font)
        self.create_text(right, y, text=line.price, anchor="e", fill=line.colour, font=font)

    def _room(self, line: LadderLine, right: int, font: str) -> int:
        """Give how many pixels are left between words and price, less than 0 when they would meet."""
        return (
            right
            - _TEXT_PX
            - _BETWEEN_PX
            - self._measured(font, line.name)
            - self._measured(font, line.price)
        )

    def _measured(self, font: str, words: str) -> int:
        return int(self.tk.call("font", "measure", font, words))


def _box(canvas: tk.Canvas, y: float, colour: str) -> None:
    half = _SHAPE_PX / 2
    canvas.create_rectangle(_LEFT_PX, y - half, _LEFT_PX + _SHAPE_PX, y + half, fill=colour, outline=colour)


def _hollow(canvas: tk.Canvas, y: float, colour: str) -> None:
    half, inside = _SHAPE_PX / 2, str(canvas.cget("background"))
    canvas.create_rectangle(_LEFT_PX, y - half, _LEFT_PX + _SHAPE_PX, y + half, fill=inside, outline=colour)


def _diamond(canvas: tk.Canvas, y: float, colour: str) -> None:
    middle, half = _LEFT_PX + _SHAPE_PX / 2, _SHAPE_PX / 2 + 1
    points = (middle, y - half, middle + half, y, middle, y + half, middle - half, y)
    canvas.create_polygon(*points, fill=colour, outline=colour)


def _arrow(canvas: tk.Canvas, y: float, colour: str) -> None:
    half = _SHAPE_PX / 2 + 1
    points = (_LEFT_PX - 2, y - half, _LEFT_PX + _SHAPE_PX + 2, y, _LEFT_PX - 2, y + half)
    canvas.create_polygon(*points, fill=colour, outline=colour)


def _dash(canvas: tk.Canvas, y: float, colour: str) -> None:
    canvas.create_line(_LEFT_PX - 4, y, _LEFT_PX + _SHAPE_PX + 4, y, fill=colour, width=3)


SHAPES: Final[Mapping[str, Callable[[tk.Canvas, float, str], None]]] = {
    "full": _box,
    "hollow": _hollow,
    "diamond": _diamond,
    "arrow": _arrow,
    "line": _dash,
}
