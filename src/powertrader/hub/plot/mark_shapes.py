"""Trades in a coin's chart: a dot at the price, on the nearest candle."""

from typing import Final

import numpy as np

from powertrader.hub.plot.candle_layout import CandleChart, CandleLayout
from powertrader.hub.plot.marks import FORMS, Kind
from powertrader.hub.plot.scene import SMALL, Dots, Shape, Style, Words, without_overlaps
from powertrader.hub.text import text
from powertrader.models.candle import Candles
from powertrader.models.types import FloatArray, IntArray

DOT_RADIUS: Final = 4.0
MARK_ABOVE: Final = 10.0
MOST_MARK_TEXTS: Final = 40
"""Of more trades only the dots are drawn: their words would hide one another."""


def mark_shapes(chart: CandleChart, layout: CandleLayout, style: Style) -> list[Shape]:
    """Give the trades of the time in sight: a dot for each, and what it was while there are not too many."""
    candles, marks = chart.candles, chart.marks
    if not len(marks):
        return []
    start_s = candles.open_time_s[layout.first]
    end_s = candles.open_time_s[layout.stop - 1] + candles.interval_s
    seen = np.flatnonzero((marks.times_s >= start_s) & (marks.times_s < end_s))
    column = nearest_candle(candles, marks.times_s[seen])
    prices = np.where(np.isnan(marks.prices[seen]), candles.close[column], marks.prices[seen])
    y = np.clip(layout.prices.pixels(prices), layout.box.top, layout.box.bottom)
    centres = np.stack((layout.columns.pixels(column.astype(np.float64)), y), axis=1)
    shapes: list[Shape] = []
    named: list[Words] = []
    for kind in Kind:
        own = centres[marks.kinds[seen] == kind]
        colour: str = getattr(style.palette, kind.meaning)
        shapes.append(Dots(f"dots.{kind.meaning}", colour, own, DOT_RADIUS, style.palette.fg, FORMS[kind]))
        if len(seen) <= MOST_MARK_TEXTS:
            named += [
                style.words(
                    f"mark.{kind.meaning}.{number}",
                    text(f"charts.{kind.meaning}"),
                    (x, max(dot_y - MARK_ABOVE, layout.box.top + style.line_height(SMALL))),
                    "s",
                    colour=style.palette.fg,
                )
                for number, (x, dot_y) in enumerate(own.tolist())
            ]
    return [*shapes, *without_overlaps(named)]


def nearest_candle(candles: Candles, times_s: FloatArray) -> IntArray:
    """Give the numbers of the candles whose opening is nearest to each time."""
    opened = candles.open_time_s
    after = np.clip(np.searchsorted(opened, times_s), 0, len(opened) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(np.abs(opened[before] - times_s) <= np.abs(opened[after] - times_s), before, after)
