"""The backtest screen: one button for the settings in force, and every earlier backtest to look at."""

import tkinter as tk
from tkinter import ttk
from typing import Final

from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.backtest_rows import RUN_WIDTHS, run_row
from powertrader.hub.backtest_runs import REPORT_FILE, BacktestRun, RunShelf
from powertrader.hub.panel import Panel, PanelContext, Steps
from powertrader.hub.panels.backtest_bar import BacktestBar
from powertrader.hub.panels.backtest_detail import BacktestDetail
from powertrader.hub.table_memory import remember_in, remembered
from powertrader.hub.text import text
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.panes import Panes, PaneSize
from powertrader.hub.widgets.row_menu import MenuItem
from powertrader.hub.widgets.sight import follow_sight
from powertrader.hub.widgets.table_model import Column
from powertrader.hub.widgets.table_selection import CONTROL
from powertrader.hub.widgets.wrapped_label import WrappedLabel

_KEY: Final = "backtest.list"
_LIST: Final = PaneSize(300, 470, 1)
_DETAIL: Final = PaneSize(420, 800, 3)
_COMPARED: Final = 2


def make(context: PanelContext) -> Panel:
    """Give the screen."""
    return BacktestPanel(context)


class BacktestPanel:
    """The button above, earlier backtests on the left, the chosen one in full on the right."""

    parts = frozenset({Part.SETTINGS})

    def __init__(self, context: PanelContext) -> None:
        """Know no backtests yet."""
        self._context = context
        self._shelf = RunShelf(context.ports.paths.results)
        self._runs: dict[str, BacktestRun] = {}
        self._first = ""
        self._shown: tuple[BacktestRun, ...] = ()
        self._wanted = ""
        self.bar = BacktestBar(context, self._made)
        self.detail = BacktestDetail(context)

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the screen."""
        frame = ttk.Frame(parent, padding=8)
        self.bar.build(frame).pack(side="top", fill="x", pady=(0, 8))
        past = WrappedLabel(frame, words=text("backtest.past"), style="Small.TLabel")
        past.pack(side="bottom", fill="x", pady=(6, 0))
        panes = Panes(frame, "horizontal")
        panes.pack(fill="both", expand=True)
        panes.add_pane(self._built_list(panes), _LIST)
        panes.add_pane(self.detail.build(panes), _DETAIL)
        self._context.theme.on_change(self._paint)
        self._paint()
        # those that a terminal made meanwhile are there when the screen is shown again
        follow_sight(frame, self._read, lambda: self._context.background.forget(_KEY))
        return frame

    def render(self, view: HubView, change: Change) -> Steps:
        """Compare with the settings in force."""
        _ = change
        self.detail.take_settings(view.settings)
        yield

    def _built_list(self, parent: tk.Misc) -> ttk.Frame:
        frame = ttk.Frame(parent)
        ttk.Label(frame, text=text("backtest.runs"), style="Accent.TLabel").pack(anchor="w", pady=(0, 4))
        preferences = self._context.preferences
        options = TableOptions(
            empty=text("backtest.no_runs"),
            on_select=lambda _: self._chosen(),
            on_open=lambda _: self.open_report(),
            menu=self._menu,
            state=remembered(preferences, "backtest_runs"),
            remember=remember_in(preferences, "backtest_runs"),
            height=12,
        )
        columns = [Column(key, text(f"backtest.{key}"), px) for key, px in RUN_WIDTHS]
        self.table = KeyedTable(frame, columns, options)
        self._context.explain(self.table.tree, "backtest.help.runs")
        below = ttk.Frame(frame)
        below.pack(side="bottom", fill="x", pady=(6, 0))
        words = text("backtest.report")
        self.report = ttk.Button(below, text=words, style="Small.TButton", command=self.open_report)
        self.report.pack(side="left")
        self._context.explain(self.report, "backtest.help.report")
        hint = WrappedLabel(below, words=text("backtest.compare_hint"), style="Small.TLabel")
        hint.pack(side="left", fill="x", expand=True, padx=8)
        self.table.pack(fill="both", expand=True)
        # a click on the row of the cursor may leave it alone selected
        self.table.tree.bind("<ButtonRelease-1>", lambda _: self._chosen(), add=True)
        return frame

    def open_report(self) -> None:
        """Open the page of the chosen backtest."""
        run = self._runs.get(self.table.selection.cursor or "")
        if run is not None:
            self._context.ports.open_place(str(run.folder / REPORT_FILE))

    def choose(self, *names: str) -> None:
        """Show a backtest by its name, or the first beside the second."""
        self._first = names[0] if names else ""
        self.table.selection.select(names[0] if names else None)
        for name in names[1:]:
            self.table.selection.clicked(name, CONTROL)
        self._chosen()

    def _menu(self) -> list[MenuItem]:
        return [MenuItem(text("backtest.report"), self.open_report)]

    def _made(self, name: str) -> None:
        self._wanted = name
        self._read()

    def _read(self) -> None:
        self._context.background.ask(_KEY, self._shelf.read, self._found, self._not_read)

    def _found(self, runs: tuple[BacktestRun, ...]) -> None:
        self._runs = {run.name: run for run in runs}
        self.table.show([run_row(run) for run in runs])
        wanted, self._wanted = self._wanted, ""
        if wanted in self._runs:
            self.choose(wanted)
        elif self.table.selection.cursor is None and runs:
            self.choose(runs[0].name)
        self._chosen()

    def _not_read(self, error: PowerTraderError) -> None:
        self._context.say(text("backtest.not_read", reason=error), "error")

    def _chosen(self) -> None:
        keys = self.table.selection.keys & self._runs.keys()
        if len(keys) == 1:
            self._first = next(iter(keys))
        cursor = self.table.selection.cursor or ""
        order = dict.fromkeys([one for one in (self._first, cursor, *sorted(keys)) if one in keys])
        runs = tuple([self._runs[one] for one in order][:_COMPARED])
        if runs != self._shown:
            self._shown = runs
            self.detail.show(runs)
        self.report.state(["!disabled" if runs else "disabled"])

    def _paint(self) -> None:
        palette = self._context.theme.palette
        self.table.paint({"gain": palette.up, "loss": palette.down})
