"""Profit: what really came of the money, where it came from, and what else it could have come to."""

import tkinter as tk
from collections.abc import Iterator
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.analytics.baselines import Baselines
from powertrader.analytics.statement import CoinProfit
from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.clipboard import copy_rows
from powertrader.hub.panel import Panel, PanelContext, Steps
from powertrader.hub.panels.profit_statement import ProfitStatement
from powertrader.hub.profit_rows import WIDTHS, bars_of, coin_row, has_comparison, remarks, verdict
from powertrader.hub.profit_view import ProfitView, baselines_of, bids_of, profit_view
from powertrader.hub.table_memory import remember_in, remembered
from powertrader.hub.text import text
from powertrader.hub.theme import TEXT
from powertrader.hub.trades_view import TradesView
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.bar_chart import BarChart
from powertrader.hub.widgets.filter_bar import FilterBar
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.row_menu import MenuItem
from powertrader.hub.widgets.scroll_frame import ScrollFrame
from powertrader.hub.widgets.table_model import Column, Row
from powertrader.hub.widgets.wrapped_label import WrappedLabel
from powertrader.models.types import CoinSymbol

LEFT_PX: Final = 430
_ROWS_AT_ONCE: Final = 30
_COMPARE_AGAIN_S: Final = 10.0
"""New prices alone are compared with no more often than this."""
_MOST_REMARKS: Final = 6


def make(context: PanelContext) -> Panel:
    """Give the screen."""
    return Profit(context)


class Profit:
    """The statement and the comparison on the left, a table of coins on the right."""

    parts = frozenset({Part.ACCOUNT, Part.TRADES, Part.FINDINGS})

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._found: ProfitView | None = None
        self._rows: dict[CoinSymbol, tuple[CoinProfit, Row]] = {}
        self._compared = Baselines()
        self._compared_trades: TradesView | None = None
        self._compared_at_s = 0.0
        self.statement = ProfitStatement(context)

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the screen."""
        frame = ttk.Frame(parent, padding=8)
        left = ScrollFrame(frame)
        left.configure(width=LEFT_PX)
        left.pack(side="left", fill="y", padx=(0, 10))
        left.grid_propagate(False)  # noqa: FBT003  Tk's own word for it
        self._build_left(left.body)
        self._build_table(frame)
        self._context.theme.on_change(self._paint)
        self._paint()
        return frame

    def render(self, view: HubView, change: Change) -> Steps:
        """Show what is new, a few rows at a time; every figure hangs on prices and trades alike."""
        _ = change
        trades = view.trades
        self._found = profit_view(trades, view.snapshot.trader)
        yield
        is_empty = not trades.sums.events
        self.statement.show(None if is_empty else self._found.statement)
        self._show_remarks(view)
        yield
        yield from self._show_rows(self._found.statement.coins, trades.sums.quote_asset)
        yield
        self._compare(view)

    def _show_rows(self, coins: tuple[CoinProfit, ...], quote: str) -> Steps:
        """Show the coins; only rows that say something else are made, and drawn."""
        before = self._rows
        rows: dict[CoinSymbol, tuple[CoinProfit, Row]] = {}
        for place, one in enumerate(coins, 1):
            coin = one.sums.coin
            known = before.get(coin)
            rows[coin] = known if known is not None and known[0] == one else (one, coin_row(one, quote))
            if place % _ROWS_AT_ONCE == 0:
                yield
        self._rows = rows
        if rows.keys() == before.keys():
            self.table.put([pair[1] for coin, pair in rows.items() if pair is not before[coin]])
        else:
            self.table.show([row for _, row in rows.values()])

    def find(self) -> None:
        """Let the user filter."""
        self.filter.focus_field()

    def said(self) -> tuple[str, ...]:
        """Give the remarks that are shown."""
        return tuple([str(one.cget("text")) for one in self._remarks if one.winfo_manager()])

    def _build_left(self, body: ttk.Frame) -> None:
        body.configure(padding=(0, 0, 10, 0))
        explain = self._context.explain
        self.statement.build(body).pack(fill="x")
        self._told = ttk.Frame(body)
        self._told.pack(fill="x")
        self._remarks = [WrappedLabel(self._told) for _ in range(_MOST_REMARKS)]
        self._below = ttk.Frame(body)
        self._below.pack(fill="x", pady=(12, 0))
        ttk.Label(self._below, text=text("profit.compared"), style="Accent.TLabel").pack(anchor="w")
        theme = self._context.theme
        self.bars = BarChart(self._below, font=TEXT, line_px=theme.line_height(TEXT))
        self.bars.pack(fill="x", pady=(6, 4))
        explain(self.bars, "profit.help.bars")
        self.verdict = WrappedLabel(self._below)
        self.verdict.pack(fill="x")
        self._terms = WrappedLabel(self._below, style="Small.TLabel")
        self._terms.pack(fill="x", pady=(4, 0))
        copy = ttk.Button(self._below, text=text("profit.copy"), style="Small.TButton", command=self._copy)
        copy.pack(anchor="w", pady=(10, 0))
        explain(copy, "profit.help.copy")

    def _build_table(self, frame: ttk.Frame) -> None:
        right = ttk.Frame(frame)
        right.pack(side="left", fill="both", expand=True)
        self.filter = FilterBar(right)
        self.filter.pack(anchor="w", pady=(0, 8))
        self._context.explain(self.filter.entry, "profit.help.filter")
        preferences = self._context.preferences
        options = TableOptions(
            empty=text("profit.no_coins"),
            on_open=lambda coin: self._context.show("journal", coin=coin),
            menu=self._menu,
            state=remembered(preferences, "profit"),
            remember=remember_in(preferences, "profit"),
            height=12,
        )
        columns = [Column(key, text(f"profit.{key}"), px) for key, px in WIDTHS]
        self.table = KeyedTable(right, columns, options)
        self.table.pack(fill="both", expand=True)
        self.filter.follow(self.table)
        self._context.explain(self.table.tree, "profit.help.table")

    def _menu(self) -> list[MenuItem]:
        coin = self.table.selection.cursor
        if coin is None:
            return []
        show = self._context.show
        return [
            MenuItem(text("profit.show_trades", coin=coin), partial(show, "journal", coin=coin)),
            MenuItem(text("profit.show_chart", coin=coin), partial(show, "chart", coin=coin)),
            MenuItem(text("profit.show_why", coin=coin), partial(show, "why", coin=coin)),
        ]

    def _show_remarks(self, view: HubView) -> None:
        found = self._found
        told = list(remarks(found, view.trades, view.at, view.problems)) if found is not None else []
        for label, (words, style) in zip(self._remarks, told, strict=False):
            label.say(words, style)
            if not label.winfo_manager():
                label.pack(fill="x", pady=(6, 0))
        for label in self._remarks[len(told) :]:
            label.pack_forget()
        if not told:
            # a frame keeps its height when the last of what is in it goes
            self._told.configure(height=1)

    def _compare(self, view: HubView) -> None:
        """Have the comparison made beside the window when there are other trades, or much newer prices."""
        trades, now_s = view.trades, view.at.timestamp()
        if trades is self._compared_trades and abs(now_s - self._compared_at_s) < _COMPARE_AGAIN_S:
            self._draw_bars()
            return
        self._compared_trades, self._compared_at_s = trades, now_s
        self._context.background.ask(
            "profit.compared",
            partial(baselines_of, trades, bids_of(view.snapshot.trader)),
            self._compared_now,
            self._not_compared,
        )

    def _compared_now(self, compared: Baselines) -> None:
        self._compared = compared
        self._draw_bars()

    def _not_compared(self, error: PowerTraderError) -> None:
        self._compared_trades = None
        self.verdict.say(text("profit.not_compared", reason=error), "Error.TLabel")

    def _draw_bars(self) -> None:
        found = self._found
        if found is None or not found.statement.sums.events:
            self._below.pack_forget()
            return
        if not self._below.winfo_manager():
            self._below.pack(fill="x", pady=(12, 0))
        palette, statement = self._context.theme.palette, found.statement
        bars = bars_of(statement, self._compared, palette)
        self.bars.show(tuple(bars), background=palette.bg, text=palette.fg, axis=palette.muted)
        self.verdict.say(verdict(statement, self._compared), "TLabel")
        terms = text("profit.nothing_to_compare")
        if has_comparison(self._compared):
            terms = text("profit.terms", fee=f"{self._compared.fee_pct:.3f}")
        self._terms.say(terms)

    def _copy(self) -> None:
        rows = list(self._copied())
        copy_rows(self.bars, rows)
        self._context.say(text("profit.copied"), "news")

    def _copied(self) -> Iterator[tuple[str, str]]:
        yield from self.statement.told()
        yield from ((bar.name, bar.words) for bar in self.bars.bars)

    def _paint(self) -> None:
        palette = self._context.theme.palette
        self.table.paint({"gain": palette.up, "loss": palette.down, "muted": palette.muted})
        self.statement.paint()
        self._draw_bars()
