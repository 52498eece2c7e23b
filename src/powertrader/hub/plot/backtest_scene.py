"""A backtest's chart as a scene: the account's return on top, how far it is below its peak underneath."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from powertrader.hub.backtest_runs import RunCurve
from powertrader.hub.plot.axes import Box, Scale, grid, left_of, local_text, moments, ticks
from powertrader.hub.plot.scene import BOLD, SMALL, Path, Scene, Shape, Style
from powertrader.hub.price_text import percent_text
from powertrader.hub.text import text
from powertrader.models.types import FloatArray

LINE_WIDTH: Final = 1.6
DASH: Final = 5
MOMENTS: Final = 5
_PERCENT: Final = 100.0
_PAD: Final = 5.0
_RIGHT: Final = 24.0
_UPPER_SHARE: Final = 0.66
_LEAST_RANGE_PCT: Final = 0.2
"""An account that stands still is not shown as if it trembled."""
_MARGIN: Final = 0.08
_TICK_LINES: Final = 3
_LEGEND_LINE: Final = 22.0


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One backtest in the chart; start is what its account began with."""

    name: str
    curve: RunCurve
    start: float

    @property
    def returns_pct(self) -> FloatArray:
        """The account above its start, in percent of that."""
        return (self.curve.equity / self.start - 1.0) * _PERCENT


@dataclass(frozen=True, slots=True, eq=False)
class BacktestChart:
    """At most two backtests over a span in seconds since 1970; the second is dashed."""

    lines: tuple[Line, ...]
    span: tuple[float, float]
    note: str
    size: tuple[int, int]

    @property
    def has_values(self) -> bool:
        """Whether there is anything to draw."""
        return any(len(one.curve) for one in self.lines)


@dataclass(frozen=True, slots=True)
class BacktestLayout:
    """Where things are: both frames, their values from bottom to top, and seconds from left to right."""

    upper: Box
    lower: Box
    returns: Scale
    falls: Scale
    times: Scale


def backtest_layout(chart: BacktestChart, style: Style) -> BacktestLayout:
    """Give where everything in a chart is."""
    width, height = chart.size
    line = style.line_height(SMALL)
    top = line + 2 * _PAD
    bottom = max(height - line - 3 * _PAD, top + 4 * line)
    middle = top + (bottom - top) * _UPPER_SHARE
    low, high = _returns_range(chart)
    deepest = max(
        [_LEAST_RANGE_PCT, *(float(one.curve.fall_pct.max()) for one in chart.lines if len(one.curve))]
    )
    returns = Scale(low, high, middle - _PAD, top)
    falls = Scale(-deepest * (1 + _MARGIN), 0.0, bottom, middle + line + _PAD)
    left = left_of([*_labels(returns, style), *_labels(falls, style)], style)
    right = max(width - _RIGHT, left + 40.0)
    return BacktestLayout(
        Box(left, returns.end, right, returns.start),
        Box(left, falls.end, right, falls.start),
        returns,
        falls,
        Scale(*chart.span, left, right),
    )


def backtest_scene(chart: BacktestChart, layout: BacktestLayout, style: Style) -> Scene:
    """Give the drawing of a chart."""
    shapes: list[Shape] = []
    for name, box, scale in (
        ("return", layout.upper, layout.returns),
        ("fall", layout.lower, layout.falls),
    ):
        found = _labels(scale, style) if chart.has_values else []
        shapes += [replace(shape, name=f"{name}.{shape.name}") for shape in grid(box, scale, found, style)]
    for number, one in enumerate(chart.lines):
        shapes += _line(number, one, layout, style)
    shapes += _legend(chart.lines, layout, style)
    head = text("backtest.chart.falls")
    at = layout.lower.left, layout.lower.top - 2
    shapes.append(style.words("falls.title", head, at, "sw", colour=style.palette.fg))
    if chart.has_values:
        shapes += _moments(layout, chart.size[0], style)
    if chart.note:
        middle = (layout.upper.left + layout.upper.right) / 2, (layout.upper.top + layout.upper.bottom) / 2
        shapes.append(style.words("note", chart.note, middle, "center", colour=style.palette.fg, font=BOLD))
    return Scene(*chart.size, style.palette.bg, tuple(shapes))


def _returns_range(chart: BacktestChart) -> tuple[float, float]:
    known = [one.returns_pct for one in chart.lines if len(one.curve)]
    low = min([0.0, *(float(one.min()) for one in known)])
    high = max([0.0, *(float(one.max()) for one in known)])
    margin = max((high - low) * _MARGIN, (_LEAST_RANGE_PCT - (high - low)) / 2)
    return low - margin, high + margin


def _labels(scale: Scale, style: Style) -> list[tuple[float, str]]:
    room = abs(scale.end - scale.start) / (_TICK_LINES * style.line_height(SMALL))
    # with fewer than three the 0 may be the only one, which says nothing of how deep a fall is
    found, decimals = ticks(scale.low, scale.high, max(3, int(room)))
    return [(value, f"{value:+,.{decimals}f}%" if value else "0%") for value in found]


def _line(number: int, one: Line, layout: BacktestLayout, style: Style) -> Iterator[Shape]:
    if not len(one.curve):
        return
    colour, dash = _look(number, style)
    low, high = layout.times.low, layout.times.high
    times = one.curve.times_s
    # the points next to the span are drawn too, at its edges, so that the line does not end inside
    first = max(int(np.searchsorted(times, low)) - 1, 0)
    stop = int(np.searchsorted(times, high, side="right")) + 1
    x = np.clip(layout.times.pixels(times[first:stop]), layout.upper.left, layout.upper.right)
    for name, scale, values in (
        ("return", layout.returns, one.returns_pct),
        ("fall", layout.falls, -one.curve.fall_pct),
    ):
        points = np.stack((x, scale.pixels(values[first:stop])), axis=1)
        yield Path(f"{name}.line.{number}", colour, points, LINE_WIDTH, dash)


def _legend(lines: tuple[Line, ...], layout: BacktestLayout, style: Style) -> Iterator[Shape]:
    """Give the name and the end of each line above the chart, beside a piece of it."""
    x = layout.upper.left
    y = layout.upper.top - style.line_height(SMALL) / 2 - _PAD / 2
    for number, one in enumerate(lines):
        colour, dash = _look(number, style)
        yield Path(
            f"legend.{number}", colour, np.array(((x, y), (x + _LEGEND_LINE, y))), LINE_WIDTH + 1, dash
        )
        end = float(one.returns_pct[-1]) if len(one.curve) else None
        words = text("backtest.chart.legend", name=one.name, percent=percent_text(end))
        at = x + _LEGEND_LINE + _PAD, y
        shown = style.words(f"legend.{number}.text", words, at, "w", colour=style.palette.fg)
        yield shown
        x = shown.left + shown.width + 3 * _PAD


def _look(number: int, style: Style) -> tuple[str, int]:
    """Give colour and dash of a line: nobody has to tell two of them by colour alone."""
    return (style.palette.accent, 0) if number == 0 else (style.palette.accent2, DASH)


def _moments(layout: BacktestLayout, width: int, style: Style) -> Iterator[Shape]:
    low, high = layout.times.low, layout.times.high
    found = [
        (layout.times.pixel(time_s), local_text(time_s, "%Y-%m-%d"))
        for time_s in np.linspace(low, high, MOMENTS).tolist()
    ]
    yield from moments(layout.lower, width, found, style)
