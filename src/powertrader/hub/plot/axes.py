"""From numbers to pixels: the frame of a chart, round numbers beside it, moments below it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from powertrader.hub.plot.scene import Bars, Path, Shape, Style, Words, across, mixed, without_overlaps
from powertrader.models.moment import utc_of
from powertrader.models.types import FloatArray

ROUND: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_GRID_SHARE: Final = 0.55
_TICK_GAP: Final = 6
_LINE_HEIGHTS_OF_TICK: Final = 3


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def share(self, x: float) -> float:
        """Give where a pixel lies, 0 at the left edge and 1 at the right one, never outside."""
        return min(max((x - self.left) / self.width, 0.0), 1.0)

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies in it."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from low to high along pixels from start to end; on a screen an upright one ends at the top."""

    low: float
    high: float
    start: float
    end: float

    def pixel(self, value: float) -> float:
        """Give the pixel of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def pixels(self, values: FloatArray) -> FloatArray:
        """Give the pixel of each value."""
        return self.start + (values - self.low) * ((self.end - self.start) / (self.high - self.low))

    def value(self, pixel: float) -> float:
        """Give the value at a pixel."""
        return self.low + (pixel - self.start) / (self.end - self.start) * (self.high - self.low)

    def holds(self, value: float) -> bool:
        """Tell whether a value lies on it."""
        return self.low <= value <= self.high


def ticks(low: float, high: float, most: int) -> tuple[tuple[float, ...], int]:
    """Give at most so many round numbers from low to high, and how many decimals they need."""
    if not low < high or most < 1:
        return (), 0
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * one for one in ROUND if power * one >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    found = [number * step for number in range(first, first + most + 1) if number * step <= high]
    return tuple(found), decimals_of(step)


def decimals_of(step: float) -> int:
    """Give how many decimals tell apart numbers that lie a step apart, at most 10."""
    wanted = max(0, -math.floor(math.log10(step) + 1e-9))
    return min(wanted + int(round(step * 10**wanted, 6) % 1 != 0), 10)


def number_text(value: float, decimals: int) -> str:
    """Give a number with separators of thousands."""
    return f"{value:,.{decimals}f}"


def local_text(time_s: float, form: str) -> str:
    """Give a time, in seconds since 1970, as this computer's clock shows it; empty where that has none."""
    try:
        return f"{utc_of(time_s).astimezone():{form}}"
    except (OverflowError, ValueError, OSError):
        return ""


def tick_texts(scale: Scale, style: Style, unit: str = "") -> list[tuple[float, str]]:
    """Give round values of an upright scale with their text, not closer than three lines."""
    room = abs(scale.end - scale.start) / (_LINE_HEIGHTS_OF_TICK * style.line_height("pt.small"))
    values, decimals = ticks(scale.low, scale.high, max(2, int(room)))
    return [(value, unit + number_text(value, decimals)) for value in values]


def grid(box: Box, scale: Scale, found: Sequence[tuple[float, str]], style: Style) -> list[Shape]:
    """Give the chart's ground, its level lines and the numbers to their left."""
    palette = style.palette
    faint = mixed(palette.border, palette.panel, _GRID_SHARE)
    corners = np.array(((box.left, box.top, box.right, box.bottom),))
    shapes: list[Shape] = [Bars("ground", palette.panel, corners, palette.border)]
    for number, (value, label) in enumerate(found):
        y = scale.pixel(value)
        shapes.append(Path(f"grid.{number}", faint, across(box.left + 1, box.right, y)))
        shapes.append(style.words(f"tick.{number}", label, (box.left - _TICK_GAP, y), "e"))
    return shapes


def left_of(found: Sequence[tuple[float, str]], style: Style) -> float:
    """Give the room that the numbers to the left need."""
    widest = max([style.measure(label, "pt.small") for _, label in found], default=0)
    return widest + 2.0 * _TICK_GAP


def moments(box: Box, width: int, found: Sequence[tuple[float, str]], style: Style) -> list[Words]:
    """Give texts below the chart at pixels, none over an edge or another; the ends count before the rest."""
    shapes = []
    for number, (x, label) in enumerate(found):
        half = max(style.measure(line, "pt.small") for line in label.split("\n")) / 2
        place = max(min(x, width - half - 2), half + 2)
        shapes.append(style.words(f"moment.{number}", label, (place, box.bottom + 4), "n"))
    kept = without_overlaps(shapes[:1] + shapes[:0:-1])
    return sorted(kept, key=lambda words: words.at[0])


def apart(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move pixels as little as needed so that they lie a gap apart between low and high, in their order."""
    order = sorted(range(len(places)), key=lambda one: places[one])
    found = [0.0] * len(places)
    below = low - gap
    for one in order:
        below = found[one] = max(places[one], below + gap)
    above = high + gap
    for one in reversed(order):
        above = found[one] = min(found[one], above - gap)
    return found
