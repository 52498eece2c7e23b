"""A drawing as a value: shapes in pixels, the lowest first, that a canvas, an SVG or a PNG shows alike.

A shape's name is its own within a scene and stays the same from one scene to the next, so that a
canvas can move what it has.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TypeAlias

import numpy as np

from powertrader.hub.palettes import Palette
from powertrader.models.types import FloatArray

Anchor: TypeAlias = Literal["n", "s", "e", "w", "center", "nw", "ne", "sw", "se"]
"""The point of a text that is put at its place, as Tk names it."""


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Filled rectangles of one colour; corners (N, 4): left, top, right and bottom of each."""

    name: str
    colour: str
    corners: FloatArray
    outline: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A line through points (N, 2) of x and y; dash is as long as the gaps, 0 for none."""

    name: str
    colour: str
    points: FloatArray
    width: float = 1.0
    dash: int = 0


class Form(Enum):
    """What a dot looks like, for whoever cannot tell its colour."""

    CIRCLE = "circle"
    DIAMOND = "diamond"
    SQUARE = "square"


@dataclass(frozen=True, slots=True, eq=False)
class Dots:
    """Filled dots of one colour around centres (N, 2), with an edge in another."""

    name: str
    colour: str
    centres: FloatArray
    radius: float
    edge: str
    form: Form = Form.CIRCLE

    def boxes(self) -> FloatArray:
        """Give the corners (N, 4) around the dots: left, top, right and bottom; squares are a little less."""
        reach = self.radius if self.form is Form.CIRCLE else self.radius * _SQUARE
        return np.concatenate((self.centres - reach, self.centres + reach), axis=1)

    def diamonds(self) -> FloatArray:
        """Give the corners (N, 8) of diamonds: x and y from the top on."""
        reach = self.radius * _DIAMOND
        steps = np.array((0.0, -reach, reach, 0.0, 0.0, reach, -reach, 0.0))
        corners: FloatArray = np.tile(self.centres, 4) + steps
        return corners


_SQUARE: Final = 0.9
_DIAMOND: Final = 1.3
"""How far dots of these forms reach, so that all look equally large."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text in one of the theme's fonts; width and height in pixels are what the window's font needs."""

    name: str
    text: str
    at: tuple[float, float]
    anchor: Anchor
    colour: str
    font: str
    width: float
    height: float

    @property
    def left(self) -> float:
        """The x where the text begins."""
        x = self.at[0]
        if "w" in self.anchor:
            return x
        return x - self.width if self.anchor.endswith("e") else x - self.width / 2

    @property
    def top(self) -> float:
        """The y where its first line begins."""
        y = self.at[1]
        if self.anchor.startswith("n"):
            return y
        return y - self.height if self.anchor.startswith("s") else y - self.height / 2


Shape: TypeAlias = Bars | Path | Dots | Words


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Shapes on a background of width times height pixels."""

    width: int
    height: int
    background: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """What a scene looks like: colours, and how wide and high text becomes in a font, in pixels."""

    palette: Palette
    measure: Callable[[str, str], int]
    line_height: Callable[[str], int]

    def words(self, name: str, text: str, at: tuple[float, float], anchor: Anchor, **look: str) -> Words:
        """Give text with its size; look: colour and font."""
        colour, font = look.get("colour", self.palette.muted), look.get("font", SMALL)
        lines = text.split("\n")
        width = max(self.measure(line, font) for line in lines)
        return Words(name, text, at, anchor, colour, font, width, self.line_height(font) * len(lines))


SMALL = "pt.small"
BOLD = "pt.bold"
"""Names of the theme's fonts."""


def mixed(colour: str, ground: str, share: float) -> str:
    """Give a colour as it looks on a ground when only a share of it covers that: 1 is all of it."""
    pairs = zip(rgb_of(colour), rgb_of(ground), strict=True)
    return "#" + "".join(f"{round(over * share + under * (1 - share)):02X}" for over, under in pairs)


def rgb_of(colour: str) -> tuple[int, int, int]:
    """Give red, green and blue of #RRGGBB, 0 to 255 each."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def across(left: float, right: float, y: float) -> FloatArray:
    """Give the points of a level line."""
    return np.array(((left, y), (right, y)))


def upright(x: float, top: float, bottom: float) -> FloatArray:
    """Give the points of an upright line."""
    return np.array(((x, top), (x, bottom)))


def without_overlaps(found: Sequence[Words]) -> list[Words]:
    """Give the texts that do not lie on one before them."""
    kept: list[Words] = []
    for words in found:
        if not any(_overlap(words, other) for other in kept):
            kept.append(words)
    return kept


def _overlap(one: Words, other: Words) -> bool:
    beside = one.left >= other.left + other.width or other.left >= one.left + one.width
    above = one.top >= other.top + other.height or other.top >= one.top + one.height
    return not beside and not above
