"""The account's chart as a scene: its value over a span of time, and every trade on the line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from powertrader.hub.account_history import Curve
from powertrader.hub.plot.axes import Box, Scale, grid, left_of, local_text, moments, ticks
from powertrader.hub.plot.marks import FORMS, Kind, Marks
from powertrader.hub.plot.scene import BOLD, SMALL, Dots, Path, Scene, Shape, Style, Words, without_overlaps
from powertrader.hub.price_text import money_text
from powertrader.hub.text import text
from powertrader.models.types import FloatArray, IntArray

LINE_WIDTH: Final = 1.5
DOT_RADIUS: Final = 3.5
MARK_ABOVE: Final = 8.0
MOST_MARK_TEXTS: Final = 60
"""Of more dots their words would hide one another."""
MARGIN_FRACTION: Final = 0.06
LEAST_RANGE: Final = 1.0
"""An account that stands still is not shown as if it trembled."""
MOMENTS: Final = 5
_PAD: Final = 5.0
_RIGHT: Final = 46.0
_TICK_LINES: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class AccountChart:
    """What the account's chart shows of a span, in seconds since 1970; note is written across it."""

    title: str
    curve: Curve
    span: tuple[float, float]
    marks: Marks
    note: str
    quote: str
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class AccountLayout:
    """Where things are: the frame, values from bottom to top, and seconds from left to right."""

    box: Box
    values: Scale
    times: Scale
    labels: tuple[tuple[float, str], ...]
    quote: str


def account_layout(chart: AccountChart, style: Style) -> AccountLayout:
    """Give where everything in a chart is."""
    width, height = chart.size
    line = style.line_height(SMALL)
    low, high = _value_range(chart.curve)
    top, bottom = line + 2 * _PAD, max(height - 2 * line - 2 * _PAD, 2 * line + 40)
    values = Scale(low, high, bottom, top)
    room = max(2, int((bottom - top) / (_TICK_LINES * line))) if len(chart.curve) else 0
    found, _ = ticks(low, high, room)
    labels = tuple([(value, money_text(value, chart.quote)) for value in found])
    left = left_of(labels, style)
    right = max(width - _RIGHT, left + 40.0)
    times = Scale(*chart.span, left, right)
    return AccountLayout(Box(left, top, right, bottom), values, times, labels, chart.quote)


def account_scene(chart: AccountChart, layout: AccountLayout, style: Style) -> Scene:
    """Give the drawing of a chart."""
    box, palette = layout.box, style.palette
    shapes = grid(box, layout.values, layout.labels, style)
    shapes.append(style.words("title", chart.title, (box.left, _PAD), "nw", colour=palette.fg, font=BOLD))
    if len(chart.curve):
        points = _points(chart.curve, layout)
        shapes.append(Path("value", palette.accent, points, LINE_WIDTH))
        if len(points) == 1:
            # a line of one value has no length
            shapes.append(Dots("first", palette.accent, points, DOT_RADIUS, palette.accent))
        shapes += _mark_shapes(chart, layout, style)
        shapes += _moments(layout, chart.size[0], MOMENTS if len(points) > 1 else 1, style)
    if chart.note:
        middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        shapes.append(style.words("note", chart.note, middle, "center", colour=palette.fg, font=BOLD))
    return Scene(*chart.size, palette.bg, tuple(shapes))


def _value_range(curve: Curve) -> tuple[float, float]:
    if not len(curve):
        return 0.0, 1.0
    low, high = float(curve.values.min()), float(curve.values.max())
    margin = max((high - low) * MARGIN_FRACTION, (LEAST_RANGE - (high - low)) / 2)
    return low - margin, high + margin


def _points(curve: Curve, layout: AccountLayout) -> FloatArray:
    # a stretch that began before the span is drawn at its beginning
    x = np.clip(layout.times.pixels(curve.times_s), layout.box.left, layout.box.right)
    y = layout.values.pixels(curve.values)
    return np.stack((x, y), axis=1)


def _mark_shapes(chart: AccountChart, layout: AccountLayout, style: Style) -> Iterator[Shape]:
    """Give a dot for each place that has trades of a kind, however many there are."""
    marks = chart.marks
    seen = np.flatnonzero((marks.times_s >= chart.span[0]) & (marks.times_s <= chart.span[1]))
    values = np.interp(marks.times_s[seen], chart.curve.times_s, chart.curve.values)
    x, y = layout.times.pixels(marks.times_s[seen]), layout.values.pixels(values)
    groups = [_places(marks, seen, kind, x) for kind in Kind]
    few = sum(len(places) for places, _ in groups) <= MOST_MARK_TEXTS
    named: list[Words] = []
    for kind, (places, counts) in zip(Kind, groups, strict=True):
        colour: str = getattr(style.palette, kind.meaning)
        centres = np.stack((x[places], y[places]), axis=1)
        yield Dots(f"dots.{kind.meaning}", colour, centres, DOT_RADIUS, style.palette.fg, FORMS[kind])
        for number in range(len(places) if few else 0):
            at = centres[number, 0], max(centres[number, 1] - MARK_ABOVE, layout.box.top + 2 * MARK_ABOVE)
            coin = marks.names[marks.coins[seen[places[number]]]]
            words = _mark_text(kind, coin, int(counts[number]))
            name = f"mark.{kind.meaning}.{number}"
            named.append(style.words(name, words, at, "s", colour=style.palette.fg))
    yield from without_overlaps(named)


def _places(marks: Marks, seen: IntArray, kind: Kind, x: FloatArray) -> tuple[IntArray, IntArray]:
    """Give one trade for each width of a dot that has trades of a kind, and how many it has."""
    own = np.flatnonzero(marks.kinds[seen] == kind)
    columns = (x[own] // (2 * DOT_RADIUS)).astype(np.int64)
    _, firsts, counts = np.unique(columns, return_index=True, return_counts=True)
    return own[firsts], counts


def _mark_text(kind: Kind, coin: str, count: int) -> str:
    deed = text(f"charts.{kind.meaning}")
    return f"{coin} {deed}" if count == 1 else text("charts.several", count=count, deed=deed)


def _moments(layout: AccountLayout, width: int, count: int, style: Style) -> list[Words]:
    scale = layout.times
    found = [
        (scale.pixel(time_s), local_text(time_s, "%Y-%m-%d\n%H:%M:%S"))
        for time_s in np.linspace(scale.low, scale.high, count).tolist()
    ]
    return moments(layout.box, width, found, style)
