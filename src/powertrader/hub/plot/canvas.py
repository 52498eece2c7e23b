"""Shows scenes on a Tk canvas: items are moved and coloured anew, few are made and none deleted."""

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from powertrader.hub.plot.scene import Bars, Dots, Form, Path, Scene, Shape, Words

_Place: TypeAlias = list[float] | tuple[float, ...]
_Options: TypeAlias = tuple[tuple[str, str], ...]
_HIDDEN: Final = "hidden"
_SHOWN: Final = "normal"


class CanvasPainter:
    """The items of one scene on a canvas; several painters may share one, the later above the earlier."""

    def __init__(self, canvas: tk.Canvas, layer: str) -> None:
        """Bind the canvas; layer is the painter's own name on it."""
        self._canvas = canvas
        self._layer = layer
        self._items: dict[str, list[int]] = {}
        self._shown: dict[str, int] = {}
        self._looks: dict[str, _Options] = {}
        self._places: dict[str, Sequence[_Place]] = {}
        self._order: list[str] = []
        self._made = False

    def paint(self, scene: Scene) -> None:
        """Show a scene and nothing of the one before."""
        for shape in scene.shapes:
            self._paint(shape)
        names = [shape.name for shape in scene.shapes]
        for name in self._shown.keys() - set(names):
            self._show(name, 0)
        # what was not there the last time may lie below what was made meanwhile
        if self._made or names != self._order:
            for name in names:
                self._canvas.tag_raise(self._tag(name))
        self._made, self._order = False, names

    def clear(self) -> None:
        """Show nothing."""
        for name in self._shown:
            self._show(name, 0)

    def _paint(self, shape: Shape) -> None:
        make, places, options = _DRAWN[type(shape)](self._canvas, shape)
        items = self._items.setdefault(shape.name, [])
        while len(items) < len(places):
            # a place of its own kind: Tk refuses a line without two points
            items.append(make(*places[0], tags=(self._layer, self._tag(shape.name))))
            self._looks.pop(shape.name, None)
            self._made = True
        if self._looks.get(shape.name) != options and items:
            self._canvas.itemconfigure(self._tag(shape.name), dict(options))
            self._looks[shape.name] = options
        if self._places.get(shape.name) != places:
            # Canvas.coords would make a list of what Tk answers, for each of 1,500 items
            call, path = self._canvas.tk.call, str(self._canvas)
            for item, place in zip(items, places, strict=False):
                call(path, "coords", item, *place)
            self._places[shape.name] = places
        self._show(shape.name, len(places))

    def _show(self, name: str, count: int) -> None:
        """Let the first so many items of a shape be seen."""
        items, before = self._items.get(name, []), self._shown.get(name, len(self._items.get(name, [])))
        for item in items[count:before]:
            self._canvas.itemconfigure(item, state=_HIDDEN)
        for item in items[before:count]:
            self._canvas.itemconfigure(item, state=_SHOWN)
        self._shown[name] = count

    def _tag(self, name: str) -> str:
        # a dot would do; the tag must not be a number, nor an expression of tags
        return f"{self._layer}:{name}"


_Drawn: TypeAlias = tuple[Callable[..., int], Sequence[_Place], _Options]


def _bars(canvas: tk.Canvas, bars: Bars) -> _Drawn:
    options = (("fill", bars.colour), ("outline", bars.outline))
    return canvas.create_rectangle, bars.corners.tolist(), options


def _path(canvas: tk.Canvas, path: Path) -> _Drawn:
    dash = f"{path.dash} {path.dash}" if path.dash else ""
    options = (("fill", path.colour), ("width", str(path.width)), ("dash", dash))
    places = [path.points.ravel().tolist()] if len(path.points) > 1 else []
    return canvas.create_line, places, options


def _dots(canvas: tk.Canvas, dots: Dots) -> _Drawn:
    options = (("fill", dots.colour), ("outline", dots.edge))
    if dots.form is Form.DIAMOND:
        return canvas.create_polygon, dots.diamonds().tolist(), options
    make = canvas.create_oval if dots.form is Form.CIRCLE else canvas.create_rectangle
    return make, dots.boxes().tolist(), options


def _words(canvas: tk.Canvas, words: Words) -> _Drawn:
    options = (
        ("text", words.text),
        ("fill", words.colour),
        ("anchor", words.anchor),
        ("font", words.font),
        ("justify", "center" if words.anchor in _MIDDLE else "left"),
    )
    return canvas.create_text, [words.at], options


_MIDDLE: Final = frozenset(("n", "s", "center"))
_DRAWN: Final[Mapping[type, Callable[..., _Drawn]]] = {Bars: _bars, Path: _path, Dots: _dots, Words: _words}
