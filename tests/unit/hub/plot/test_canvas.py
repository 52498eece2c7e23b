"""Scenes on a real canvas: items are used again, hidden when they are not needed, and lie in order."""

import tkinter as tk

import numpy as np
import pytest

from powertrader.hub.plot.canvas import CanvasPainter
from powertrader.hub.plot.scene import Bars, Dots, Form, Path, Scene, Shape, Words, across
from tests.unit.hub.driving import settle

Corners = tuple[float, float, float, float]


def bars(name: str, *corners: Corners, colour: str = "#FF0000") -> Bars:
    return Bars(name, colour, np.array(corners).reshape(-1, 4))


def words(text: str) -> Words:
    return Words("w", text, (5.0, 20.0), "n", "#FFFFFF", "TkDefaultFont", 40.0, 15.0)


def scene(*shapes: Shape) -> Scene:
    return Scene(200, 100, "#000000", shapes)


@pytest.fixture
def canvas(root: tk.Tk) -> tk.Canvas:
    canvas = tk.Canvas(root, width=200, height=100)
    canvas.pack()
    return canvas


def look(canvas: tk.Canvas, item: int, option: str) -> str:
    """What an item looks like."""
    return str(canvas.tk.call(str(canvas), "itemcget", item, f"-{option}"))


def seen(canvas: tk.Canvas) -> list[tuple[float, ...]]:
    """Where the items are that can be seen, the lowest first."""
    return [
        tuple(canvas.coords(item)) for item in canvas.find_all() if look(canvas, item, "state") != "hidden"
    ]


def test_items_are_moved_and_not_made_anew(canvas: tk.Canvas) -> None:
    painter = CanvasPainter(canvas, "chart")
    painter.paint(scene(bars("b", (1, 2, 3, 4), (5, 6, 7, 8)), Path("p", "#00FF00", across(0, 9, 5))))
    before = canvas.find_all()
    painter.paint(scene(bars("b", (11, 12, 13, 14), (15, 16, 17, 18)), Path("p", "#00FF00", across(1, 8, 6))))
    assert canvas.find_all() == before
    assert seen(canvas) == [(11, 12, 13, 14), (15, 16, 17, 18), (1, 6, 8, 6)]


def test_what_is_not_in_a_scene_any_more_is_hidden_and_comes_back(canvas: tk.Canvas) -> None:
    painter = CanvasPainter(canvas, "chart")
    painter.paint(scene(bars("b", (1, 2, 3, 4), (5, 6, 7, 8)), words("one")))
    painter.paint(scene(bars("b", (1, 2, 3, 4))))
    assert seen(canvas) == [(1, 2, 3, 4)]
    painter.paint(scene(bars("b", (1, 2, 3, 4), (9, 9, 10, 10), (11, 11, 12, 12)), words("two")))
    assert seen(canvas) == [(1, 2, 3, 4), (9, 9, 10, 10), (11, 11, 12, 12), (5, 20)]
    painter.clear()
    assert not seen(canvas)


def test_the_order_of_a_scene_holds_for_what_was_hidden_meanwhile(canvas: tk.Canvas) -> None:
    painter = CanvasPainter(canvas, "chart")
    note = words("note")
    painter.paint(scene(note))
    painter.paint(scene(bars("ground", (0, 0, 50, 50))))
    painter.paint(scene(bars("ground", (0, 0, 50, 50)), note))
    assert seen(canvas) == [(0, 0, 50, 50), (5, 20)]


def test_looks_change_with_the_palette(canvas: tk.Canvas) -> None:
    painter = CanvasPainter(canvas, "chart")
    painter.paint(scene(bars("b", (1, 2, 3, 4))))
    painter.paint(scene(bars("b", (1, 2, 3, 4), (5, 6, 7, 8), colour="#0000FF")))
    assert [look(canvas, item, "fill") for item in canvas.find_all()] == ["#0000FF", "#0000FF"]


def test_every_form_of_dot_and_a_line_without_points_can_be_drawn(canvas: tk.Canvas) -> None:
    dots = [Dots(one.name, "#00FF00", np.array(((30.0, 20.0),)), 4.0, "#FFFFFF", one) for one in Form]
    CanvasPainter(canvas, "chart").paint(scene(*dots, Path("p", "#00FF00", np.empty((0, 2)))))
    settle(canvas)
    assert [str(canvas.type(item)) for item in canvas.find_all()] == ["oval", "polygon", "rectangle"]


def test_two_painters_on_one_canvas_do_not_touch_each_other(canvas: tk.Canvas) -> None:
    chart, cross = CanvasPainter(canvas, "chart"), CanvasPainter(canvas, "cross")
    chart.paint(scene(bars("b", (1, 2, 3, 4))))
    cross.paint(scene(bars("b", (5, 6, 7, 8))))
    cross.clear()
    assert seen(canvas) == [(1, 2, 3, 4)]
