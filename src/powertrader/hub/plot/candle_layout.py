"""Where everything in a coin's chart is, in pixels."""

from dataclasses import dataclass
from typing import Final

from powertrader.hub.plot.axes import Box, Scale, left_of, tick_texts
from powertrader.hub.plot.levels import LABELLED, Level
from powertrader.hub.plot.marks import Marks
from powertrader.hub.plot.scene import SMALL, Style
from powertrader.hub.plot.viewport import Viewport
from powertrader.hub.price_text import price_text
from powertrader.hub.text import text
from powertrader.models.candle import Candles

MARGIN_FRACTION: Final = 0.03
"""The range of prices reaches so much further than the candles."""
VOLUME_FRACTION: Final = 0.16
"""So much of the height is for the volume."""
PAD: Final = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class CandleChart:
    """What a coin's chart shows; note is written across it, size is width and height in pixels."""

    title: str
    candles: Candles
    view: Viewport
    levels: tuple[Level, ...]
    marks: Marks
    note: str
    quote: str
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class CandleLayout:
    """Where things are: the frame, prices upwards, candles to the right, and the room for labels."""

    box: Box
    prices: Scale
    columns: Scale
    first: int
    stop: int
    room: float
    labels: tuple[tuple[float, str], ...]

    def nearest(self, x: float) -> int:
        """Give the number of the candle in sight that is nearest to a pixel."""
        return min(max(round(self.columns.value(x)), self.first), self.stop - 1)


def candle_layout(chart: CandleChart, style: Style) -> CandleLayout:
    """Give where everything in a chart is; what lies outside the candles' prices + 3 % is not in it."""
    width, height = chart.size
    line = style.line_height(SMALL)
    first, stop = chart.view.indexes(len(chart.candles))
    low, high = _price_range(chart.candles, first, stop)
    top, bottom = line + 2 * PAD, max(height - 2 * line - 2 * PAD, 2 * line + 40)
    floor = bottom - (bottom - top) * VOLUME_FRACTION
    prices = Scale(low, high, floor, top)
    labels = tuple(tick_texts(prices, style)) if first < stop else ()
    # the price under the pointer stands there too, with all its decimals
    left = left_of((*labels, (high, plain_price(high))), style)
    room = _label_room(chart, style)
    right = max(width - room, left + 40.0)
    box = Box(left, top, right, bottom)
    columns = Scale(chart.view.left, chart.view.right, left, right)
    return CandleLayout(box, prices, columns, first, stop, room, labels)


def plain_price(price: float) -> str:
    """Give a price without its asset, which stands beside the chart often enough."""
    return price_text(price, "").rstrip()


def _price_range(candles: Candles, first: int, stop: int) -> tuple[float, float]:
    if first >= stop:
        return 0.0, 1.0
    low, high = float(candles.low[first:stop].min()), float(candles.high[first:stop].max())
    margin = (high - low or abs(high) or 1.0) * MARGIN_FRACTION
    return low - margin, high + margin


def label_text(level: Level, prices: Scale | None, quote: str) -> str:
    """Give what a price's box says; one that the prices do not hold says whether it lies above or below."""
    words = text(f"charts.label_{level.kind}", price=price_text(level.price, quote))
    if prices is None or prices.holds(level.price):
        return words
    return text("charts.above" if level.price > prices.high else "charts.below", label=words)


def _label_room(chart: CandleChart, style: Style) -> float:
    found = [label_text(level, None, chart.quote) for level in chart.levels if level.kind in LABELLED]
    widest = max([style.measure(text("charts.above", label=one), SMALL) for one in found], default=0)
    return widest + 4 * PAD
