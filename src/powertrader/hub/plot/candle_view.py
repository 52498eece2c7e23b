"""What is seen of a coin's candles, and how that changes; draws itself as scenes."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from powertrader.hub.plot.candle_layout import CandleChart, CandleLayout, candle_layout
from powertrader.hub.plot.candle_scene import candle_scene
from powertrader.hub.plot.crosshair import candle_crosshair
from powertrader.hub.plot.levels import Level
from powertrader.hub.plot.marks import NO_MARKS, Marks
from powertrader.hub.plot.scene import Scene, Style
from powertrader.hub.plot.viewport import FEWEST, Viewport
from powertrader.models.candle import Candles

HOUR_S: Final = 3600


def _no_candles() -> Candles:
    none = np.empty(0)
    return Candles(np.empty(0, np.int64), none, none, none, none, none, HOUR_S)


NO_CANDLES: Final = _no_candles()
START: Final = 120


@dataclass(frozen=True, slots=True)
class Told:
    """What a chart says besides candles: its title, its lines, its trades, and a note across it."""

    title: str = ""
    levels: tuple[Level, ...] = ()
    marks: Marks = NO_MARKS
    note: str = ""
    quote: str = "USDT"


class CandleView:
    """The candles of one coin at a time, of which a part is seen."""

    def __init__(self) -> None:
        """Show nothing yet."""
        self.candles = NO_CANDLES
        self.told = Told()
        self._shown = START
        self._viewport: Viewport | None = None
        self._layout: CandleLayout | None = None

    @property
    def viewport(self) -> Viewport:
        """The part that is seen."""
        total = len(self.candles)
        return self._viewport or Viewport.newest(max(min(self._shown, total), FEWEST), total)

    @property
    def wants_older(self) -> bool:
        """Tell whether the oldest candle is in sight after somebody moved or zoomed there."""
        return self._viewport is not None and self._viewport.left <= 0

    def begin(self, shown: int) -> None:
        """Forget the candles, and show so many of those that come."""
        self.candles, self._shown, self._viewport = NO_CANDLES, shown, None

    def take(self, candles: Candles) -> None:
        """Show other candles of the same coin: what was seen stays where it is, the newest stays in sight."""
        before, self.candles = self.candles, candles
        viewport = self._viewport
        if viewport is None or not len(before) or not len(candles):
            return
        if viewport.follows(len(before)):
            moved = Viewport(viewport.left + len(candles) - len(before), viewport.count)
            self._viewport = moved.within(len(candles))
        else:
            ahead = int(np.searchsorted(candles.open_time_s, before.open_time_s[0]))
            ahead -= int(np.searchsorted(before.open_time_s, candles.open_time_s[0]))
            self._viewport = Viewport(viewport.left + ahead, viewport.count).within(len(candles))

    def scene(self, size: tuple[int, int], style: Style) -> Scene:
        """Give the drawing for a canvas of this size."""
        told = self.told
        chart = CandleChart(
            told.title, self.candles, self.viewport, told.levels, told.marks, told.note, told.quote, size
        )
        self._layout = candle_layout(chart, style)
        return candle_scene(chart, self._layout, style)

    def cross(self, at: tuple[float, float], style: Style) -> Scene | None:
        """Give the lines and values under the pointer, None beside the chart."""
        layout = self._layout
        if layout is None or layout.first >= layout.stop or not layout.box.holds(*at):
            return None
        return candle_crosshair(self.candles, layout, at, style)

    def zoom(self, factor: float, x: float | None) -> None:
        """Show factor times as many candles; the one at x stays there, None: the one at the right edge."""
        if not len(self.candles):
            return
        share = 1.0 if x is None or self._layout is None else self._layout.box.share(x)
        self._viewport = self.viewport.zoomed(factor, share, len(self.candles))

    def pan(self, pixels: float) -> None:
        """Move what is seen to the right by pixels."""
        if self._layout is not None and len(self.candles):
            candles = pixels / self._layout.box.width * self.viewport.count
            self._viewport = self.viewport.moved(candles, len(self.candles))

    def reset(self) -> None:
        """Show the newest candles again."""
        self._viewport = None
