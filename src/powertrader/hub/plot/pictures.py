"""Scenes as files: PNG pictures and SVG drawings."""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape

import numpy as np

from powertrader.hub.plot.raster import Pixels, pixels_of
from powertrader.hub.plot.scene import BOLD, Bars, Dots, Form, Path, Scene, Shape, Words

PNG_SCALE: Final = 2.0
"""A picture has so many times as many pixels as the window: it is looked at more closely."""
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_COLOURS: Final = 2
_BITS: Final = 8
_FAMILY: Final = "DejaVu Sans, Verdana, Segoe UI, sans-serif"
_SIZE_SHARE: Final = 0.83
"""Size of a font in the height of its line."""
_BASE_SHARE: Final = 0.8


def picture(scene: Scene, suffix: str) -> bytes:
    """Give the file that shows a scene; suffix: one of SUFFIXES."""
    return _WRITERS[suffix](scene)


def png_of(scene: Scene) -> bytes:
    """Give a scene as a PNG picture."""
    return _png(pixels_of(scene, PNG_SCALE))


def svg_of(scene: Scene) -> bytes:
    """Give a scene as an SVG drawing, which stays sharp at any size."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {_size(scene)} font-family="{_FAMILY}">',
        f'<rect width="{scene.width}" height="{scene.height}" fill="{scene.background}"/>',
    ]
    for shape in scene.shapes:
        parts += _elements(shape)
    return "\n".join((*parts, "</svg>\n")).encode()


SUFFIXES: Final = (".png", ".svg")
_WRITERS: Final[Mapping[str, Callable[[Scene], bytes]]] = dict(zip(SUFFIXES, (png_of, svg_of), strict=True))


def _png(pixels: Pixels) -> bytes:
    height, width = pixels.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, _BITS, _COLOURS, 0, 0, 0)
    # each row begins with the number of its filter, 0: none
    rows = np.zeros((height, 1 + width * 3), dtype=np.uint8)
    rows[:, 1:] = pixels.reshape(height, width * 3)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return _SIGNATURE + b"".join([_chunk(name, content) for name, content in chunks])


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)


def _size(scene: Scene) -> str:
    width, height = scene.width, scene.height
    return f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'


def _elements(shape: Shape) -> Iterator[str]:
    if isinstance(shape, Bars):
        yield from _bars(shape)
    elif isinstance(shape, Path):
        points = " ".join(f"{x:.2f},{y:.2f}" for x, y in shape.points.tolist())
        dash = f' stroke-dasharray="{shape.dash}"' if shape.dash else ""
        yield (
            f'<polyline points="{points}" fill="none" stroke="{shape.colour}" '
            f'stroke-width="{shape.width}" stroke-linejoin="round"{dash}/>'
        )
    elif isinstance(shape, Dots):
        yield from _dots(shape)
    else:
        yield from _words(shape)


def _bars(bars: Bars) -> Iterator[str]:
    """Give all bars of one colour as one path."""
    moves = [
        f"M{left:.2f} {top:.2f}H{right:.2f}V{bottom:.2f}H{left:.2f}Z"
        for left, top, right, bottom in bars.corners.tolist()
    ]
    if moves:
        outline = f' stroke="{bars.outline}"' if bars.outline else ""
        yield f'<path d="{"".join(moves)}" fill="{bars.colour}"{outline}/>'


def _dots(dots: Dots) -> Iterator[str]:
    look = f'fill="{dots.colour}" stroke="{dots.edge}"'
    if dots.form is Form.SQUARE:
        yield from _bars(Bars(dots.name, dots.colour, dots.boxes(), dots.edge))
    elif dots.form is Form.DIAMOND:
        for corners in dots.diamonds().tolist():
            yield f'<polygon points="{" ".join(f"{one:.2f}" for one in corners)}" {look}/>'
    else:
        for x, y in dots.centres.tolist():
            yield f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{dots.radius}" {look}/>'


def _words(words: Words) -> Iterator[str]:
    lines = words.text.split("\n")
    height = words.height / len(lines)
    weight = ' font-weight="bold"' if words.font == BOLD else ""
    for number, line in enumerate(lines):
        y = words.top + height * (number + _BASE_SHARE)
        x = words.left + words.width / 2
        yield (
            f'<text x="{x:.2f}" y="{y:.2f}" fill="{words.colour}" font-size="{height * _SIZE_SHARE:.1f}" '
            f'text-anchor="middle"{weight}>{escape(line)}</text>'
        )
