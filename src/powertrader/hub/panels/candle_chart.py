"""A coin's chart: candles, what the thinker expects, what the trader holds and did (HUB section 5)."""

import textwrap
import tkinter as tk
from tkinter import ttk
from typing import Final

from powertrader.core.exceptions import RetryLater
from powertrader.hub.chart_candles import ChartCandles, ChartKey
from powertrader.hub.panel import PanelContext, Steps
from powertrader.hub.plot.axes import local_text
from powertrader.hub.plot.candle_view import CandleView, Told
from powertrader.hub.plot.chart_canvas import ChartCanvas
from powertrader.hub.plot.levels import BOUNDS, levels_of
from powertrader.hub.plot.marks import MarkBook
from powertrader.hub.text import text
from powertrader.hub.time_text import clock_text
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.wrap_frame import WrapFrame
from powertrader.models.candle import Candles
from powertrader.models.snapshot import CoinView
from powertrader.models.types import CoinSymbol

DEBOUNCE_MS: Final = 120
"""A timeframe that was only scrolled past is not asked for."""
TICK_MS: Final = 1000
MORE_THAN_SHOWN: Final = 50
FEWEST_ASKED: Final = 200
"""The original's window: at least 200 candles, and 50 more than are shown."""
_NOTE_COLUMNS: Final = 60
_PAD: Final = 4
_BESIDE_FIELD: Final = (4, 2, 6, 2)
"""Left, above, right and below a text, so that it stands in the middle beside a field."""


class CandleChartPanel:
    """The chart of one coin at a time; `choose` says which."""

    parts = frozenset({Part.COINS, Part.TRADES, Part.SETTINGS, Part.COIN_LIST, Part.ACCOUNT})

    def __init__(self, context: PanelContext, marks: MarkBook) -> None:
        """Bind what it works with."""
        self._context = context
        self._plot = CandleView()
        self._marks = marks
        self._view: HubView | None = None
        self._coin: CoinSymbol = ""
        self._waiting: str | None = None
        self._ticking: str | None = None
        port = context.ports.candles or _without_venue
        self._candles = ChartCandles(port, context.background, context.ports.wall, self._candles_changed)

    @property
    def coin(self) -> CoinSymbol:
        """The coin that is shown."""
        return self._coin

    @property
    def plot(self) -> CandleView:
        """What is seen of its candles."""
        return self._plot

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make header and canvas."""
        frame = ttk.Frame(parent)
        header = ttk.Frame(frame)
        header.pack(fill="x", padx=_PAD, pady=(2, 2))
        # what is packed first keeps its room in a narrow pane
        self.last = ttk.Label(header, style="Muted.TLabel", padding=_BESIDE_FIELD)
        self.last.pack(side="right", anchor="n")
        row = WrapFrame(header, gap=2)
        row.pack(side="left", fill="x", expand=True)
        self.name = ttk.Label(row, style="Bold.TLabel", padding=_BESIDE_FIELD)
        label = ttk.Label(row, text=text("charts.timeframe"), padding=_BESIDE_FIELD)
        self.timeframe = ttk.Combobox(row, width=10, state="readonly")
        self.timeframe.bind("<<ComboboxSelected>>", lambda _: self._timeframe_chosen())
        self.neural = ttk.Label(row, style="Muted.TLabel", padding=_BESIDE_FIELD)
        row.arrange((self.name, label, self.timeframe, self.neural))
        self.trouble = ttk.Label(frame, style="Warning.TLabel")
        self.canvas = ChartCanvas(frame, self._context.theme, self._plot)
        self.canvas.widget.pack(fill="both", expand=True)
        self.canvas.widget.bind("<Map>", lambda _: self.tick(), add=True)
        self.canvas.widget.bind("<Destroy>", self._gone, add=True)
        self.canvas.after_look = self._looked
        explain = self._context.explain
        for widget, name in (
            (self.name, "name"),
            (self.timeframe, "timeframe"),
            (self.neural, "neural"),
            (self.last, "last"),
            (self.trouble, "trouble"),
            (self.canvas.widget, "candles"),
        ):
            explain(widget, f"charts.help.{name}")
        return frame

    def choose(self, coin: CoinSymbol) -> None:
        """Show a coin."""
        if coin != self._coin:
            self._coin = coin
            self._begin()

    def refresh(self) -> None:
        """Ask for the newest candles."""
        self._candles.refresh()

    def render(self, view: HubView, change: Change) -> Steps:
        """Draw the coin's lines and trades anew when they are."""
        first, self._view = self._view is None, view
        if first or Part.SETTINGS in change.parts:
            self._offer_timeframes(view)
        if not self._coin:
            return
        if first:
            self._begin()
            yield
        news = change.parts - {Part.COINS}
        if news or self._coin in change.coins:
            yield from self._marks.read(view.trades)
            self._tell()
            yield
            self.canvas.draw()
        yield

    def _offer_timeframes(self, view: HubView) -> None:
        hub = view.settings.config.hub
        offered = tuple(hub.timeframes)
        self.timeframe.configure(values=offered)
        if self.timeframe.get() not in offered:
            chosen = hub.default_timeframe if hub.default_timeframe in offered else offered[0]
            self.timeframe.set(chosen)

    def _timeframe_chosen(self) -> None:
        self.timeframe.selection_clear()
        if self._waiting is not None:
            self.canvas.widget.after_cancel(self._waiting)
        self._waiting = self.canvas.widget.after(DEBOUNCE_MS, self._begin)

    def _begin(self) -> None:
        """Show another coin or timeframe from its newest candles on."""
        self._waiting = None
        if self._view is None or not self._coin:
            return
        shown = self._view.settings.config.hub.candles_limit
        self._plot.begin(shown)
        key = ChartKey(self._coin, self.timeframe.get())
        self._candles.choose(key, max(FEWEST_ASKED, shown + MORE_THAN_SHOWN))
        self._candles_changed()

    def _candles_changed(self) -> None:
        self._plot.take(self._candles.loaded.candles)
        self._tell()
        self.canvas.redraw()

    def _looked(self) -> None:
        """Ask for older candles when the oldest one is in sight."""
        if self._plot.wants_older:
            self._candles.older()

    def tick(self) -> None:
        """Ask for the newest candles now and then, while somebody can see them."""
        view = self._view
        if not self.canvas.widget.winfo_viewable():
            return
        if view is not None and self._candles.is_due(view.settings.config.hub.chart_refresh_seconds):
            self._candles.refresh()
        if self._ticking is not None:
            self.canvas.widget.after_cancel(self._ticking)
        self._ticking = self.canvas.widget.after(TICK_MS, self.tick)

    def _gone(self, _event: object) -> None:
        """Forget what was to be done later: Tk would call what is no more."""
        for waiting in filter(None, (self._ticking, self._waiting)):
            self.canvas.widget.after_cancel(waiting)
        self._ticking = self._waiting = None

    def _tell(self) -> None:
        """Write what is known of the coin around the candles."""
        view = self._view
        if view is None:
            return
        shown = next((one for one in view.snapshot.coins if one.coin == self._coin), None)
        self._tell_header(shown)
        loaded, report = self._candles.loaded, view.snapshot.trader
        title = text("charts.title", coin=self._coin, timeframe=self.timeframe.get())
        if not len(loaded.candles):
            title = text("charts.title_empty", title=title)
        self._plot.told = Told(
            title,
            levels_of(shown.signal, shown.position) if shown is not None else (),
            self._marks.marks.of(self._coin),
            self._note(),
            report.quote_asset if report is not None else view.settings.config.trading.quote_asset,
        )
        self._tell_trouble()

    def _tell_header(self, shown: CoinView | None) -> None:
        _write(self.name, text("charts.header", coin=self._coin))
        signal = shown.signal if shown is not None else None
        if signal is None:
            _write(self.neural, text("charts.neural_none"))
            _write(self.last, text("charts.last_none"))
            return
        levels = levels_of(signal, None)
        low, high = (sum(one.kind is kind for one in levels) for kind in BOUNDS)
        words = text("charts.neural", long=signal.long_level, short=signal.short_level, low=low, high=high)
        _write(self.neural, words)
        _write(self.last, text("charts.last", time=clock_text(signal.made_at)))

    def _note(self) -> str:
        loaded = self._candles.loaded
        if len(loaded.candles):
            return ""
        if loaded.problem:
            return textwrap.fill(text("charts.failed", reason=loaded.problem), _NOTE_COLUMNS)
        return text("charts.loading" if loaded.as_of is None else "charts.none", coin=self._coin)

    def _tell_trouble(self) -> None:
        """Say how old the candles are while no newer ones can be had."""
        loaded = self._candles.loaded
        if not loaded.problem or not len(loaded.candles):
            self.trouble.pack_forget()
            return
        closed_s = float(loaded.candles.open_time_s[-1]) + loaded.candles.interval_s
        words = text("charts.stale", time=local_text(closed_s, "%Y-%m-%d %H:%M"), reason=loaded.problem)
        _write(self.trouble, words)
        self.trouble.configure(wraplength=max(self.canvas.widget.winfo_width() - 2 * _PAD, _PAD))
        self.trouble.pack(fill="x", padx=_PAD, before=self.canvas.widget)


def _write(label: ttk.Label, words: str) -> None:
    if label.cget("text") != words:
        label.configure(text=words)


def _without_venue(coin: CoinSymbol, timeframe: str, count: int, before: object = None) -> Candles:
    _ = coin, timeframe, count, before
    raise RetryLater(text("charts.without_venue"))
