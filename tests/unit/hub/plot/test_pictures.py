"""Scenes as files: pictures that say what the scene says, read back by independent means."""

import struct
import zlib
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from powertrader.hub.plot.pictures import PNG_SCALE, picture, png_of, svg_of
from powertrader.hub.plot.raster import Pixels, pixels_of
from powertrader.hub.plot.scene import Bars, Dots, Form, Path, Scene, Shape, Words, across, upright
from powertrader.hub.plot.strokes import strokes_of

SVG = "{http://www.w3.org/2000/svg}"
WHITE, RED, GREEN, BLUE = "#FFFFFF", "#FF0000", "#00FF00", "#0000FF"


def scene(*shapes: Shape) -> Scene:
    return Scene(60, 40, "#000000", shapes)


def square(name: str = "bar") -> Bars:
    return Bars(name, RED, np.array(((10.0, 5.0, 20.0, 15.0),)))


def words(text: str) -> Words:
    return Words("w", text, (5.0, 20.0), "w", WHITE, "pt.small", 40.0, 15.0 * (1 + text.count("\n")))


def read_png(content: bytes) -> Pixels:
    """Read what png_of writes, by the letter of the PNG specification."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    place, rows, size = 8, b"", (0, 0)
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        name, body = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        (check,) = struct.unpack(">I", content[place + 8 + length : place + 12 + length])
        assert check == zlib.crc32(name + body)
        if name == b"IHDR":
            *size_read, bits, colours, _, _, _ = struct.unpack(">IIBBBBB", body)
            assert (bits, colours) == (8, 2)
            size = (size_read[1], size_read[0])
        if name == b"IDAT":
            rows += zlib.decompress(body)
        place += 12 + length
    table = np.frombuffer(rows, np.uint8).reshape(size[0], 1 + size[1] * 3)
    assert set(table[:, 0].tolist()) == {0}
    return table[:, 1:].reshape(*size, 3)


def test_a_png_holds_the_pixels_of_the_scene() -> None:
    found = read_png(png_of(scene(square())))
    assert found.shape == (40 * PNG_SCALE, 60 * PNG_SCALE, 3)
    assert found[20, 30].tolist() == [255, 0, 0]
    assert found[2, 2].tolist() == [0, 0, 0]
    assert int((found == (255, 0, 0)).all(axis=2).sum()) == 20 * 20


def test_lines_are_as_wide_as_they_say_and_have_smooth_edges() -> None:
    found = pixels_of(scene(Path("p", WHITE, across(5, 55, 20), 2.0)), 1.0)
    assert found[19:21, 30].tolist() == [[255] * 3] * 2
    assert found[16:18, 30].max() == 0
    slanted = pixels_of(scene(Path("p", WHITE, np.array(((5.0, 5.0), (50.0, 30.0))), 1.0)), 1.0)
    assert 0 < int(np.median(slanted[slanted > 0])) < 255


def test_dashes_leave_gaps() -> None:
    found = pixels_of(scene(Path("p", WHITE, upright(20.5, 0, 40), 1.0, 4)), 1.0)[:, 20, 0]
    assert 10 < int((found > 128).sum()) < 30


@pytest.mark.parametrize("form", list(Form))
def test_dots_have_their_colour_inside_and_an_edge(form: Form) -> None:
    dots = Dots("d", GREEN, np.array(((30.0, 20.0),)), 6.0, WHITE, form)
    found = pixels_of(scene(dots), 2.0)
    assert found[40, 60].tolist() == [0, 255, 0]
    assert (found == 255).all(axis=2).any()
    assert found[2:20].max() == 0


def test_a_text_has_strokes_where_it_stands_and_nowhere_else() -> None:
    found = pixels_of(scene(words("AVG 42,000")), 2.0)[..., 0] > 100
    rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    assert 2 * 12 <= rows.min() < rows.max() <= 2 * 28
    assert 2 * 4 <= columns.min() < columns.max() <= 2 * 47


def test_lines_of_a_text_stand_below_one_another() -> None:
    one = pixels_of(scene(words("8")), 2.0)[..., 0] > 100
    two = pixels_of(scene(words("8\n8")), 2.0)[..., 0] > 100
    assert np.flatnonzero(two.any(axis=1)).size > 1.5 * np.flatnonzero(one.any(axis=1)).size


def test_all_letters_of_our_texts_have_strokes_of_their_own() -> None:
    letters = [chr(code) for code in range(33, 127) if chr(code) != "@"] + list("\u2191\u2193\u2026\u20ac")
    drawn = {letter: b"".join(line.tobytes() for line in strokes_of(letter)) for letter in letters}
    unknown = b"".join(line.tobytes() for line in strokes_of("\u4e2d"))
    assert unknown not in drawn.values()
    alike = {frozenset(("\u2013", "\u2014"))}
    assert len(set(drawn.values())) >= len(drawn) - len(alike)


def test_what_lies_outside_a_picture_is_left_out() -> None:
    far = Dots("d", RED, np.array(((-50.0, -50.0), (500.0, 20.0))), 6.0, WHITE)
    assert pixels_of(scene(far), 1.0).max() == 0


def test_an_svg_has_every_shape_and_escapes_what_is_written() -> None:
    shapes: tuple[Shape, ...] = (
        square(),
        Path("p", BLUE, across(1, 50, 20), 1.5, 3),
        *[Dots(form.name, GREEN, np.array(((30.0, 20.0),)), 4.0, WHITE, form) for form in Form],
        words("<a & b>\nsecond"),
        Bars("none", RED, np.empty((0, 4))),
    )
    found = ET.fromstring(svg_of(scene(*shapes)))  # noqa: S314  what we wrote ourselves
    assert (found.get("width"), found.get("height")) == ("60", "40")
    assert [one.tag.removeprefix(SVG) for one in found] == [
        *("rect", "path", "polyline"),
        *("circle", "polygon", "path"),
        *("text", "text"),
    ]
    assert [one.text for one in found.iter(f"{SVG}text")] == ["<a & b>", "second"]
    (line,) = found.iter(f"{SVG}polyline")
    assert (line.get("stroke"), line.get("stroke-dasharray")) == (BLUE, "3")


def test_the_suffix_says_which_picture_it_is() -> None:
    assert picture(scene(), ".png").startswith(b"\x89PNG")
    assert picture(scene(), ".svg").startswith(b"<svg")
