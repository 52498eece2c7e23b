"""Scenes as rows of pixels, made without a screen: edges are smooth, letters are strokes."""

from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from powertrader.hub.plot.scene import BOLD, Bars, Dots, Form, Path, Scene, Shape, Words, rgb_of
from powertrader.hub.plot.strokes import ADVANCE, BASE_LINE, CAPITAL, WIDTH, strokes_of
from powertrader.models.types import FloatArray

Pixels: TypeAlias = NDArray[np.uint8]
"""(height, width, 3): red, green and blue."""
CAPITAL_SHARE: Final = 0.58
"""Height of a capital letter in a line."""
BASE_SHARE: Final = 0.8
"""Where the text stands in a line, from its top."""
_STROKE: Final = 1.15
_BOLD_STROKE: Final = 1.8


def pixels_of(scene: Scene, scale: float) -> Pixels:
    """Give a scene as pixels, scale times as large."""
    size = round(scene.height * scale), round(scene.width * scale)
    picture = np.empty((*size, 3), dtype=np.uint8)
    picture[:] = rgb_of(scene.background)
    for shape in scene.shapes:
        _draw(picture, shape, scale)
    return picture


def _draw(picture: Pixels, shape: Shape, scale: float) -> None:
    if isinstance(shape, Bars):
        _draw_bars(picture, shape, scale)
    elif isinstance(shape, Path):
        _draw_path(picture, shape, scale)
    elif isinstance(shape, Dots):
        _draw_dots(picture, shape, scale)
    else:
        _draw_words(picture, shape, scale)


def _draw_bars(picture: Pixels, bars: Bars, scale: float) -> None:
    edge = max(round(scale), 1)
    for left, top, right, bottom in np.round(bars.corners * scale).astype(np.int64).clip(0).tolist():
        if bars.outline:
            picture[top:bottom, left:right] = rgb_of(bars.outline)
            picture[top + edge : bottom - edge, left + edge : right - edge] = rgb_of(bars.colour)
        else:
            picture[top : max(bottom, top + 1), left : max(right, left + 1)] = rgb_of(bars.colour)


def _draw_dots(picture: Pixels, dots: Dots, scale: float) -> None:
    if dots.form is Form.SQUARE:
        _draw_bars(picture, Bars(dots.name, dots.colour, dots.boxes(), dots.edge), scale)
    elif dots.form is Form.DIAMOND:
        for corners in dots.diamonds().reshape(-1, 4, 2) * scale:
            centre = corners.mean(axis=0)
            _blend(picture, dots.colour, centre, centre, dots.radius * scale)
            for start, end in pairwise((*corners, corners[0])):
                _blend(picture, dots.edge, start, end, scale / 2)
    else:
        for centre in dots.centres * scale:
            _blend(picture, dots.edge, centre, centre, dots.radius * scale + scale / 4)
            _blend(picture, dots.colour, centre, centre, (dots.radius - 1) * scale + scale / 4)


def _draw_path(picture: Pixels, path: Path, scale: float) -> None:
    points = path.points * scale
    radius = path.width * scale / 2
    for start, end in pairwise(points):
        for first, last in _dashes(start, end, path.dash * scale):
            _blend(picture, path.colour, first, last, radius)


def _dashes(start: FloatArray, end: FloatArray, dash: float) -> list[tuple[FloatArray, FloatArray]]:
    length = float(np.hypot(*(end - start)))
    if not dash or length <= dash:
        return [(start, end)]
    along = (end - start) / length
    begins = np.arange(0.0, length, 2 * dash)
    return [(start + along * one, start + along * min(one + dash, length)) for one in begins]


def _draw_words(picture: Pixels, words: Words, scale: float) -> None:
    lines = words.text.split("\n")
    height = words.height / len(lines)
    longest = max(map(len, lines))
    unit_y = height * CAPITAL_SHARE / CAPITAL * scale
    radius = (_BOLD_STROKE if words.font == BOLD else _STROKE) * scale / 2
    for number, line in enumerate(lines):
        width = words.width * len(line) / longest if longest else 0.0
        left = words.left + (words.width - width) / 2
        unit_x = width / max(ADVANCE * len(line) - (ADVANCE - WIDTH), 1) * scale
        base = (words.top + height * (number + BASE_SHARE)) * scale
        origin, unit = np.array((left * scale, base)), np.array((unit_x, -unit_y))
        for place, letter in enumerate(line):
            corner = np.array((place * ADVANCE, -BASE_LINE))
            for stroke in strokes_of(letter):
                points = origin + (stroke + corner) * unit
                for start, end in pairwise(points):
                    _blend(picture, words.colour, start, end, radius)


def _blend(picture: Pixels, colour: str, start: FloatArray, end: FloatArray, radius: float) -> None:
    """Draw a line with round ends; a pixel takes as much of the colour as the line covers of it."""
    height, width = picture.shape[:2]
    left, top = np.floor(np.minimum(start, end) - radius - 1).astype(int)
    right, bottom = np.ceil(np.maximum(start, end) + radius + 1).astype(int)
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if left >= right or top >= bottom:
        return
    x = np.arange(left, right) + 0.5 - start[0]
    y = (np.arange(top, bottom) + 0.5 - start[1])[:, None]
    along_x, along_y = end - start
    length = along_x**2 + along_y**2
    share = np.clip((x * along_x + y * along_y) / length, 0.0, 1.0) if length else 0.0
    distance = np.hypot(x - share * along_x, y - share * along_y)
    cover = np.clip(radius + 0.5 - distance, 0.0, 1.0)[..., None]
    part = picture[top:bottom, left:right]
    picture[top:bottom, left:right] = np.round(part + (np.array(rgb_of(colour)) - part) * cover)
