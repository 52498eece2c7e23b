"""The classic screen: the original's five panes (HUB section 2)."""

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import ttk
from typing import Final, Literal

from powertrader.hub.panel import Panel, PanelContext, Steps
from powertrader.hub.panels.charts import Charts
from powertrader.hub.panels.controls import Controls
from powertrader.hub.panels.live_output import LiveOutput
from powertrader.hub.panels.trade_history import TradeHistory
from powertrader.hub.panels.trades_table import TradesTable
from powertrader.hub.scheduler import Urgency
from powertrader.hub.text import text
from powertrader.hub.view import Change, HubView
from powertrader.hub.widgets.panes import Panes, PaneSize

COLUMNS: Final = (PaneSize(360, 470, 0), PaneSize(520, 930, 1))
LEFT: Final = (PaneSize(360, 560, 1), PaneSize(220, 260, 0))
RIGHT: Final = (PaneSize(360, 410, 1), PaneSize(266, 406, 0))
TABLES: Final = (PaneSize(140, 280, 1), PaneSize(120, 120, 0))
"""Least and first sizes, HUB section 2; RIGHT has both tables with the sash between them as one."""


class Classic:
    """Five panes with sashes between them; each part is drawn by itself."""

    def __init__(self, context: PanelContext) -> None:
        """Make its parts."""
        self._context = context
        self.controls = Controls(context)
        self.output = LiveOutput(context)
        self.charts = Charts(context)
        self.trades = TradesTable(context)
        self.history = TradeHistory(context)
        self.panes: dict[str, Panes] = {}
        self.parts = frozenset().union(*[panel.parts for _, panel, _ in self.panels])

    @property
    def panels(self) -> tuple[tuple[str, Panel, Urgency], ...]:
        """Its parts, by name: one that cannot be drawn does not take the others with it."""
        controls = self.controls
        return (
            ("status lines", controls.status, Urgency.PAGE),
            ("account", controls.account, Urgency.PAGE),
            ("trainings", controls.training, Urgency.PAGE),
            ("charts", self.charts, Urgency.PAGE),
            ("current trades", self.trades, Urgency.TABLE),
            ("trade history", self.history, Urgency.TABLE),
            ("levels", controls.tiles, Urgency.TILES),
            ("live output", self.output, Urgency.TILES),
        )

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the panes."""
        columns = self._split(parent, "columns", "horizontal")
        left = self._split(columns, "left", "vertical")
        right = self._split(columns, "right", "vertical")
        tables = self._split(right, "tables", "vertical")
        _fill(columns, (left, right), COLUMNS)
        _fill(left, (self.controls.build(left), self.output.build(left)), LEFT)
        _fill(right, (_boxed(right, "classic.pane_charts", self.charts.build), tables), RIGHT)
        boxes = (
            _boxed(tables, "classic.pane_trades", self.trades.build),
            _boxed(tables, "classic.pane_history", self.history.build),
        )
        _fill(tables, boxes, TABLES)
        return columns

    def render(self, view: HubView, change: Change) -> Steps:
        """Draw all parts, one after another: for whoever does not draw each by itself."""
        for _, panel, _ in self.panels:
            if change.within(panel.parts):
                yield from panel.render(view, change)

    def select(self, **argument: object) -> None:
        """Show the chart of a coin, or that of the account."""
        self.charts.select(**argument)

    def find(self) -> None:
        """Put the cursor into the filter of the levels."""
        self.controls.tiles.find()

    def _split(self, parent: tk.Misc, name: str, orient: Literal["horizontal", "vertical"]) -> Panes:
        preferences, key = self._context.preferences, f"classic.panes.{name}"
        panes = Panes(parent, orient, start=preferences.numbers(key), on_drag=partial(preferences.put, key))
        self.panes[name] = panes
        return panes


def make(context: PanelContext) -> Panel:
    """Give the screen."""
    return Classic(context)


def _fill(panes: Panes, children: Sequence[tk.Widget], sizes: Sequence[PaneSize]) -> None:
    for child, size in zip(children, sizes, strict=True):
        panes.add_pane(child, size)


def _boxed(parent: tk.Misc, title: str, build: Callable[[tk.Misc], tk.Widget]) -> tk.Widget:
    box = ttk.Labelframe(parent, text=text(title), padding=(4, 2))
    build(box).pack(fill="both", expand=True)
    return box
