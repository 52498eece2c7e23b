"""A coin's chart as a scene: candles, volume, price lines with their labels, and trades."""

from typing import Final

import numpy as np

from powertrader.hub.plot.axes import grid, local_text, moments
from powertrader.hub.plot.candle_layout import PAD, CandleChart, CandleLayout
from powertrader.hub.plot.candle_lines import label_shapes, line_shapes
from powertrader.hub.plot.mark_shapes import mark_shapes
from powertrader.hub.plot.scene import BOLD, Bars, Scene, Shape, Style, Words, mixed
from powertrader.models.candle import Candles
from powertrader.models.types import FloatArray

BODY: Final = 0.7
"""Width of a body in candles."""
BODY_SHARE: Final = 0.9
VOLUME_SHARE: Final = 0.4
VOLUME_ROOM_FRACTION: Final = 0.9
MOMENTS: Final = 5


def candle_scene(chart: CandleChart, layout: CandleLayout, style: Style) -> Scene:
    """Give the drawing of a chart."""
    box = layout.box
    shapes = grid(box, layout.prices, layout.labels, style)
    title = style.words("title", chart.title, (box.left, PAD), "nw", colour=style.palette.fg, font=BOLD)
    shapes.append(title)
    if layout.first < layout.stop:
        shapes += _candles(chart.candles, layout, style)
        shapes += line_shapes(chart.levels, layout, style)
        shapes += mark_shapes(chart, layout, style)
        shapes += _moments(chart, layout, style)
        shapes += label_shapes(chart, layout, style)
    if chart.note:
        middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        shapes.append(style.words("note", chart.note, middle, "center", colour=style.palette.fg, font=BOLD))
    return Scene(*chart.size, style.palette.bg, tuple(shapes))


def _candles(candles: Candles, layout: CandleLayout, style: Style) -> list[Shape]:
    seen = candles.between(layout.first, layout.stop)
    middle = layout.columns.pixels(np.arange(layout.first, layout.stop, dtype=np.float64))
    half = max((layout.columns.pixel(1.0) - layout.columns.pixel(0.0)) * BODY / 2, 0.5)
    box, palette = layout.box, style.palette
    left = np.clip(middle - half, box.left + 1, box.right)
    right = np.clip(middle + half, box.left + 1, box.right)
    wick = np.clip(np.floor(middle), box.left + 1, box.right - 1)
    opens, closes, highs, lows = map(layout.prices.pixels, (seen.open, seen.close, seen.high, seen.low))
    body_top, body_bottom = np.minimum(opens, closes), np.maximum(opens, closes)
    body_bottom = np.maximum(body_bottom, body_top + 1)
    peak = float(seen.volume.max())
    room = (box.bottom - layout.prices.start) * VOLUME_ROOM_FRACTION
    volume_top = box.bottom - (seen.volume / peak * room if peak > 0 else np.zeros(len(seen)))
    rose = seen.close >= seen.open
    shapes: list[Shape] = []
    for name, which in (("up", rose), ("down", ~rose)):
        colour = mixed(getattr(palette, name), palette.panel, BODY_SHARE)
        pale = mixed(getattr(palette, name), palette.panel, VOLUME_SHARE)
        bottom = np.full(int(which.sum()), box.bottom)
        shapes += [
            Bars(f"volume.{name}", pale, _corners(left[which], volume_top[which], right[which], bottom)),
            Bars(
                f"wick.{name}", colour, _corners(wick[which], highs[which], wick[which] + 1, lows[which] + 1)
            ),
            Bars(
                f"body.{name}",
                colour,
                _corners(left[which], body_top[which], right[which], body_bottom[which]),
            ),
        ]
    return shapes


def _corners(left: FloatArray, top: FloatArray, right: FloatArray, bottom: FloatArray) -> FloatArray:
    return np.stack((left, top, right, bottom), axis=1)


def _moments(chart: CandleChart, layout: CandleLayout, style: Style) -> list[Words]:
    last = layout.stop - 1
    numbers = np.unique(np.linspace(layout.first, last, MOMENTS).round().astype(np.int64))
    found = [
        (
            layout.columns.pixel(float(number)),
            local_text(float(chart.candles.open_time_s[number]), "%Y-%m-%d\n%H:%M"),
        )
        for number in numbers
    ]
    return moments(layout.box, chart.size[0], found, style)
