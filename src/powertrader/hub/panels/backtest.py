"""The backtest screen: what it will do, and how to try settings on the past until then."""

import tkinter as tk
from tkinter import ttk

from powertrader.hub.panel import Panel, PanelContext, Steps
from powertrader.hub.text import text
from powertrader.hub.view import Change, HubView, Part


class BacktestPanel:
    """Says that backtests in the window are coming, and names the command that does them today."""

    parts = frozenset({Part.SETTINGS})

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the words."""
        frame = ttk.Frame(parent, padding=24)
        ttk.Label(frame, text=text("backtest.title"), style="Title.TLabel").pack(anchor="w")
        ttk.Label(frame, text=text("backtest.coming"), wraplength=760, justify="left").pack(
            anchor="w", pady=(12, 8)
        )
        self._command = ttk.Entry(frame, width=72, font="pt.fixed")
        self._command.pack(anchor="w")
        self._context.explain(self._command, "backtest.help.command")
        return frame

    def render(self, view: HubView, change: Change) -> Steps:
        """Name the command for the coins of the settings."""
        _ = change
        coins = ",".join(view.settings.config.trading.coins)
        self._command.configure(state="normal")
        self._command.delete(0, "end")
        self._command.insert(0, text("backtest.command", coins=coins))
        self._command.configure(state="readonly")
        yield


def make(context: PanelContext) -> Panel:
    """Give the screen."""
    return BacktestPanel(context)
