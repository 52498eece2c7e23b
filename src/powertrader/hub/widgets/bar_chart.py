"""Bars from a common zero line, told apart by how they are filled, their words and their numbers."""

import tkinter as tk
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Fill = Literal["solid", "striped", "hollow"]
_PAD_PX: Final = 6
_STRIPE_PX: Final = 5
_LEAST_PX: Final = 2
"""So wide is also the bar of nothing, so that it is seen to be there."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is, its number, and that number as a text."""

    name: str
    value: float
    words: str
    fill: Fill
    colour: str


def spans(values: Sequence[float], width: float) -> tuple[float, list[tuple[float, float]]]:
    """Give where zero is, and from where to where each bar reaches, in pixels from the left."""
    least, most = min((0.0, *values)), max((0.0, *values))
    reach = most - least
    if not reach > 0:
        return 0.0, [(0.0, 0.0) for _ in values]
    zero = -least / reach * width
    ends = [(value - least) / reach * width for value in values]
    return zero, [(min(zero, end), max(zero, end)) for end in ends]


class BarChart(tk.Canvas):
    """Draws some bars below one another, each under its name and number; it is as high as they need."""

    def __init__(self, parent: tk.Misc, *, font: str, line_px: int) -> None:
        """Draw nothing yet; line_px is the height of a line of text."""
        super().__init__(parent, highlightthickness=0, borderwidth=0, height=1, width=200)
        self._font = font
        self._line_px = line_px
        self._bars: tuple[Bar, ...] = ()
        self._colours = ("", "", "")
        self.bind("<Configure>", lambda _: self._draw())

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What is drawn, from top to bottom."""
        return self._bars

    def show(self, bars: Sequence[Bar], *, background: str, text: str, axis: str) -> None:
        """Draw these bars; the same ones are not drawn again."""
        shown, colours = tuple(bars), (background, text, axis)
        if (shown, colours) == (self._bars, self._colours):
            return
        self._bars, self._colours = shown, colours
        self.configure(background=background, height=max(1, len(shown) * self._bar_px()))
        self._draw()

    def _bar_px(self) -> int:
        return 2 * self._line_px + 2 * _PAD_PX

    def _draw(self) -> None:
        self.delete("all")
        if not self._bars:
            return
        width = max(self.winfo_width() - 2 * _PAD_PX, 1)
        zero, reaches = spans([bar.value for bar in self._bars], width)
        for place, (bar, (begin, end)) in enumerate(zip(self._bars, reaches, strict=True)):
            top = place * self._bar_px()
            self._draw_words(bar, top + self._line_px / 2, width)
            box = (_PAD_PX + begin, top + self._line_px + 2, _PAD_PX + max(end, begin + _LEAST_PX))
            self._draw_bar(bar, box)
            # beside the bar only: through the words it could not be read
            ends = (box[1] - 2, box[1] + self._line_px + _PAD_PX)
            self.create_line(_PAD_PX + zero, ends[0], _PAD_PX + zero, ends[1], fill=self._colours[2], width=2)

    def _draw_words(self, bar: Bar, y: float, width: int) -> None:
        colour = self._colours[1]
        self.create_text(_PAD_PX, y, text=bar.name, anchor="w", fill=colour, font=self._font)
        self.create_text(_PAD_PX + width, y, text=bar.words, anchor="e", fill=colour, font=self._font)

    def _draw_bar(self, bar: Bar, box: tuple[float, float, float]) -> None:
        left, top, right = box
        bottom = top + self._line_px
        inside = bar.colour if bar.fill == "solid" else self._colours[0]
        self.create_rectangle(left, top, right, bottom, fill=inside, outline=bar.colour)
        if bar.fill == "striped":
            # a stipple would do, but macOS draws none
            for x in range(int(left) + _STRIPE_PX, int(right), _STRIPE_PX):
                self.create_line(x, top, x, bottom, fill=bar.colour)
