"""What came of a backtest: its chart, and tables of figures, settings and trades; also beside another."""

import tkinter as tk
from collections.abc import Iterator, Mapping, Sequence
from tkinter import ttk
from typing import Final

from powertrader.core.config_draft import values_of
from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.backtest_rows import (
    TRADE_WIDTHS,
    figure_rows,
    made_text,
    setting_rows,
    span_text,
    trade_rows,
)
from powertrader.hub.backtest_runs import BacktestRun, RunTrade, read_trades
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.backtest_choice import CLASSIC
from powertrader.hub.plot.backtest_view import BacktestView
from powertrader.hub.plot.chart_canvas import ChartCanvas
from powertrader.hub.table_memory import remember_in, remembered
from powertrader.hub.text import text
from powertrader.hub.view import SettingsView
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.panes import Panes, PaneSize
from powertrader.hub.widgets.table_model import Anchor, Column
from powertrader.hub.widgets.wrapped_label import WrappedLabel

_KEY: Final = "backtest.trades"
FIGURE_COLUMNS: Final[Sequence[tuple[str, int, Anchor]]] = (
    ("figure_name", 250, "w"),
    ("figure_this", 130, "e"),
    ("figure_other", 130, "e"),
    ("figure_change", 130, "e"),
)
SETTING_COLUMNS: Final[Sequence[tuple[str, int, Anchor]]] = (
    ("setting_name", 250, "w"),
    ("setting_key", 190, "w"),
    ("setting_this", 130, "w"),
    ("setting_now", 130, "w"),
    ("setting_default", 130, "w"),
)
_CHART: Final = PaneSize(180, 360, 2)
_TABLES: Final = PaneSize(140, 250, 1)


class BacktestDetail:
    """Shows one run, or one beside another."""

    def __init__(self, context: PanelContext) -> None:
        """Show nothing yet."""
        self._context = context
        self._runs: tuple[BacktestRun, ...] = ()
        self._in_force: Mapping[str, object] = {}
        self.plot = BacktestView()
        self.plot.note = text("backtest.chart.nothing")

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the widgets."""
        frame = ttk.Frame(parent)
        self.head = WrappedLabel(frame, words=text("backtest.nothing_chosen"), style="Bold.TLabel")
        self.head.pack(fill="x")
        self.notes = WrappedLabel(frame, style="Small.TLabel")
        self.notes.pack(fill="x", pady=(0, 4))
        panes = Panes(frame, "vertical")
        panes.pack(fill="both", expand=True)
        holder = ttk.Frame(panes)
        self.canvas = ChartCanvas(holder, self._context.theme, self.plot)
        self.canvas.widget.pack(fill="both", expand=True)
        self._context.explain(self.canvas.widget, "backtest.help.chart")
        panes.add_pane(holder, _CHART)
        self.tabs = ttk.Notebook(panes)
        self.figures = self._table("figures", FIGURE_COLUMNS)
        self.settings = self._table("settings", SETTING_COLUMNS)
        self.trades = self._table("trades", [(key, px, "center") for key, px in TRADE_WIDTHS])
        panes.add_pane(self.tabs, _TABLES)
        self._context.theme.on_change(self._paint)
        self._paint()
        return frame

    def show(self, runs: tuple[BacktestRun, ...]) -> None:
        """Show a run, or the first beside the second; none for nothing."""
        before, self._runs = self._runs, runs
        names = (text("backtest.chart.this"), text("backtest.chart.other"))[: len(runs)]
        self.plot.show(runs, names)
        self.plot.note = self._chart_note()
        self.canvas.redraw()
        self.head.say(self._head())
        self.notes.say("\n".join(dict.fromkeys([note for run in runs for note in run.notes])))
        self.figures.show(figure_rows(runs[0], self._other) if runs else ())
        self._show_settings()
        if runs[:1] != before[:1]:
            self._ask_trades()

    def take_settings(self, view: SettingsView) -> None:
        """Take the settings in force now, which a run is compared with."""
        self._in_force = values_of(view.config)
        self._show_settings()

    @property
    def _other(self) -> BacktestRun | None:
        return self._runs[1] if len(self._runs) > 1 else None

    def _table(self, name: str, columns: Sequence[tuple[str, int, Anchor]]) -> KeyedTable:
        frame = ttk.Frame(self.tabs, padding=4)
        empty = {"figures": "nothing_chosen", "settings": "settings_same", "trades": "no_trades"}[name]
        preferences = self._context.preferences
        key = f"backtest_{name}"
        options = TableOptions(
            empty=text(f"backtest.{empty}"),
            state=remembered(preferences, key),
            remember=remember_in(preferences, key),
            height=6,
        )
        made = [Column(column, text(f"backtest.{column}"), px, anchor) for column, px, anchor in columns]
        table = KeyedTable(frame, made, options)
        table.pack(fill="both", expand=True)
        self._context.explain(table.tree, f"backtest.help.{name}")
        self.tabs.add(frame, text=text(f"backtest.tab_{name}"))
        return table

    def _show_settings(self) -> None:
        if not self._runs:
            self.settings.show(())
            return
        other = self._other
        title = text("backtest.setting_now") if other is None else text("backtest.setting_other")
        self.settings.retitle({"setting_now": title})
        self.settings.show(setting_rows(self._runs[0], self._in_force if other is None else other.settings))

    def _head(self) -> str:
        if not self._runs:
            return text("backtest.nothing_chosen")
        run, other = self._runs[0], self._other
        if other is None:
            return _about(run)
        words = text("backtest.comparing", first=_about(run), second=_about(other))
        return " ".join([words, *[text(f"backtest.{key}") for key in _unlike(run, other)]])

    def _chart_note(self) -> str:
        if not self._runs:
            return text("backtest.chart.nothing")
        return "" if any(len(run.curve) for run in self._runs) else text("backtest.chart.no_steps")

    def _ask_trades(self) -> None:
        self.trades.show(())
        background = self._context.background
        if not self._runs:
            background.forget(_KEY)
            return
        run = self._runs[0]

        def done(trades: tuple[RunTrade, ...]) -> None:
            self.trades.show(trade_rows(trades, run.quote))

        background.ask(_KEY, lambda: read_trades(run), done, self._no_trades)

    def _no_trades(self, error: PowerTraderError) -> None:
        self._context.say(text("backtest.trades_not_read", reason=error), "error")

    def _paint(self) -> None:
        palette = self._context.theme.palette
        colours = {"gain": palette.up, "loss": palette.down, "differs": palette.accent2}
        for table in (self.figures, self.settings, self.trades):
            table.paint(colours)


def _about(run: BacktestRun) -> str:
    params = ", ".join(f"{name} {value:g}" for name, value in run.params.items())
    known = {"name": run.strategy, "params": params}
    strategy = "" if run.strategy == CLASSIC else text("backtest.of_strategy", **known)
    return f"{made_text(run)}{strategy}: {span_text(run)}"


def _unlike(run: BacktestRun, other: BacktestRun) -> Iterator[str]:
    """Give why two runs compare badly, as keys of words."""
    if run.data_hash != other.data_hash:
        yield "other_candles"
    if run.strategy != other.strategy:
        yield "other_strategy"
    if (run.start, run.stop) != (other.start, other.stop):
        yield "other_days"
    if run.code_version != other.code_version:
        yield "other_program"
