"""The lines under the pointer and the values they stand at, as a scene above a chart's own."""

from typing import Final

import numpy as np

from powertrader.hub.account_history import Curve
from powertrader.hub.plot.account_scene import AccountLayout
from powertrader.hub.plot.axes import Box, local_text
from powertrader.hub.plot.candle_layout import CandleLayout, plain_price
from powertrader.hub.plot.scene import SMALL, Anchor, Bars, Path, Scene, Shape, Style, across, upright
from powertrader.hub.price_text import money_text, percent_text
from powertrader.hub.text import text
from powertrader.models.candle import Candle, Candles

DASH: Final = 3
_PAD: Final = 3.0


def candle_crosshair(candles: Candles, layout: CandleLayout, at: tuple[float, float], style: Style) -> Scene:
    """Give the lines at a pixel: upright through the nearest candle, whose values are told on top."""
    number = layout.nearest(at[0])
    candle = candles.at(number)
    x = layout.columns.pixel(float(number))
    price = plain_price(layout.prices.value(at[1]))
    told = candle_text(candle)
    moment = local_text(float(candle.open_time_s), "%Y-%m-%d %H:%M")
    shown = price if at[1] <= layout.prices.start else ""
    return cross_scene(layout.box, (x, at[1]), (shown, moment, told), style)


def account_crosshair(curve: Curve, layout: AccountLayout, at: tuple[float, float], style: Style) -> Scene:
    """Give the lines at a pixel: upright at its time, with the value the account had then."""
    time_s = layout.times.value(at[0])
    place = max(int(np.searchsorted(curve.times_s, time_s, side="right")) - 1, 0)
    told = money_text(float(curve.values[place]), layout.quote)
    level = money_text(layout.values.value(at[1]), layout.quote)
    moment = local_text(time_s, "%Y-%m-%d %H:%M:%S")
    return cross_scene(layout.box, at, (level, moment, told), style)


def candle_text(candle: Candle) -> str:
    """Give a candle's prices, its volume, and how far it rose or fell."""
    prices = {name: plain_price(getattr(candle, name)) for name in ("open", "high", "low", "close")}
    volume = plain_price(candle.volume)
    move = percent_text(candle.body_pct if candle.open else None)
    return text("charts.candle", **prices, volume=volume, move=move)


def cross_scene(box: Box, at: tuple[float, float], words: tuple[str, str, str], style: Style) -> Scene:
    """Give lines through a pixel of a box, with words for its level, its moment, and what is told of it."""
    x, y = min(max(at[0], box.left), box.right), min(max(at[1], box.top), box.bottom)
    level, moment, told = words
    muted = style.palette.muted
    shapes: list[Shape] = [
        Path("upright", muted, upright(x, box.top, box.bottom), 1.0, DASH),
        Path("across", muted, across(box.left, box.right, y), 1.0, DASH),
    ]
    line = style.line_height(SMALL)
    if level:
        shapes += _tag("level", level, (box.left - _PAD, y), "e", style)
    half = style.measure(moment, SMALL) / 2
    shapes += _tag(
        "moment", moment, (min(max(x, half), box.right), box.bottom + line / 2 + _PAD), "center", style
    )
    # what is longer than the room left of the edge begins at the canvas's own
    right = max(box.right - 2 * _PAD, style.measure(told, SMALL) + 2 * _PAD)
    shapes += _tag("told", told, (right, box.top - line / 2 - _PAD), "e", style)
    return Scene(0, 0, style.palette.bg, tuple(shapes))


def _tag(name: str, words: str, at: tuple[float, float], anchor: Anchor, style: Style) -> list[Shape]:
    shown = style.words(f"{name}.text", words, at, anchor, colour=style.palette.fg)
    corners = np.array(
        (
            (
                shown.left - _PAD,
                shown.top - 1,
                shown.left + shown.width + _PAD,
                shown.top + shown.height + 1,
            ),
        )
    )
    return [Bars(f"{name}.ground", style.palette.panel2, corners, style.palette.border), shown]
