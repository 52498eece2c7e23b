"""What is seen of one backtest, or of two side by side; draws itself as scenes."""

from typing import Final

import numpy as np

from powertrader.hub.backtest_runs import BacktestRun
from powertrader.hub.plot.axes import local_text
from powertrader.hub.plot.backtest_scene import (
    BacktestChart,
    BacktestLayout,
    Line,
    backtest_layout,
    backtest_scene,
)
from powertrader.hub.plot.crosshair import cross_scene
from powertrader.hub.plot.scene import Scene, Style
from powertrader.hub.price_text import money_text, percent_text
from powertrader.hub.text import text

LEAST_SPAN_S: Final = 3600.0
DAY_S: Final = 86400.0


class BacktestView:
    """The chart of backtests over a span of time; zooms around a moment and moves."""

    def __init__(self) -> None:
        """Show nothing yet."""
        self.note = ""
        self._lines: tuple[Line, ...] = ()
        self._quotes: tuple[str, ...] = ()
        self._span: tuple[float, float] | None = None
        self._layout: BacktestLayout | None = None

    def show(self, runs: tuple[BacktestRun, ...], names: tuple[str, ...]) -> None:
        """Show these runs under these names, over all of their time."""
        self._lines = tuple(
            [
                Line(name, run.curve, run.metric("start_equity") or 1.0)
                for run, name in zip(runs, names, strict=True)
            ]
        )
        self._quotes = tuple([run.quote for run in runs])
        self._span = None

    @property
    def whole(self) -> tuple[float, float]:
        """From when to when there are values, in seconds since 1970."""
        times = [one.curve.times_s for one in self._lines if len(one.curve)]
        if not times:
            return 0.0, DAY_S
        low, high = min(float(one[0]) for one in times), max(float(one[-1]) for one in times)
        return low, max(high, low + LEAST_SPAN_S)

    @property
    def span(self) -> tuple[float, float]:
        """From when to when is seen."""
        return self._span or self.whole

    def scene(self, size: tuple[int, int], style: Style) -> Scene:
        """Give the drawing for a canvas of this size."""
        chart = BacktestChart(self._lines, self.span, self.note, size)
        self._layout = backtest_layout(chart, style)
        return backtest_scene(chart, self._layout, style)

    def cross(self, at: tuple[float, float], style: Style) -> Scene | None:
        """Give the lines under the pointer and what the accounts were worth then, None beside the chart."""
        layout = self._layout
        if layout is None or not any(len(one.curve) for one in self._lines):
            return None
        is_upper = layout.upper.holds(*at)
        if not is_upper and not layout.lower.holds(*at):
            return None
        time_s = layout.times.value(at[0])
        told = "   ".join(self._told(time_s))
        box, scale = (layout.upper, layout.returns) if is_upper else (layout.lower, layout.falls)
        words = percent_text(scale.value(at[1])), local_text(time_s, "%Y-%m-%d %H:%M"), told
        return cross_scene(box, at, words, style)

    def zoom(self, factor: float, x: float | None) -> None:
        """Show factor times as much; what is at x stays there, None: at the right edge."""
        (low, high), (first, last) = self.span, self.whole
        length = min(max((high - low) * factor, LEAST_SPAN_S), last - first)
        share = 1.0 if x is None or self._layout is None else self._layout.upper.share(x)
        self._begin_at(low + (high - low) * share - length * share, length)

    def pan(self, pixels: float) -> None:
        """Move what is seen to the right by pixels."""
        if self._layout is not None:
            low, high = self.span
            self._begin_at(low + pixels / self._layout.upper.width * (high - low), high - low)

    def reset(self) -> None:
        """Show all of the time."""
        self._span = None

    def _begin_at(self, start_s: float, length_s: float) -> None:
        first, last = self.whole
        low = min(max(start_s, first), last - length_s)
        self._span = (low, low + length_s)

    def _told(self, time_s: float) -> list[str]:
        found = []
        for one, quote in zip(self._lines, self._quotes, strict=True):
            if not len(one.curve):
                continue
            place = max(int(np.searchsorted(one.curve.times_s, time_s, side="right")) - 1, 0)
            value = money_text(float(one.curve.equity[place]), quote)
            fall = percent_text(-float(one.curve.fall_pct[place]))
            found.append(text("backtest.chart.told", name=one.name, value=value, fall=fall))
        return found
