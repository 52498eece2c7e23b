"""Positions: what is held, what keeps coins from being traded, and everything that can be done about it."""

import tkinter as tk
from collections.abc import Mapping
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import Panel, PanelContext, Steps
from powertrader.hub.panels.position_detail import PositionDetail
from powertrader.hub.position_rows import WIDTHS, PositionRow, position_row, totals_text
from powertrader.hub.table_memory import remember_in, remembered
from powertrader.hub.text import text
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.filter_bar import FilterBar
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.table_model import Column
from powertrader.models.snapshot import CoinView
from powertrader.models.types import CoinSymbol

CHOICES: Final = ("held", "look", "all")
"""Which coins are shown: those that are held or need a look, only the latter, or all."""
_ROWS_AT_ONCE: Final = 30


def make(context: PanelContext) -> Panel:
    """Give the screen."""
    return Positions(context)


class Positions:
    """A table of positions, and the one that is chosen in full beside it."""

    parts = frozenset({Part.COINS, Part.COIN_LIST, Part.ACCOUNT, Part.TRADES, Part.SETTINGS})

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._rows: dict[CoinSymbol, PositionRow] = {}
        self._coins: Mapping[CoinSymbol, CoinView] = {}
        self._view: HubView | None = None
        self._ordering: frozenset[CoinSymbol] = frozenset()
        self._began = False
        self.detail = PositionDetail(context)

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the screen."""
        frame = ttk.Frame(parent, padding=8)
        self._make_bar(frame)
        preferences = self._context.preferences
        options = TableOptions(
            empty=text("positions.empty"),
            on_select=self._selected,
            on_open=lambda coin: self._context.show("why", coin=coin),
            menu=self.detail.items,
            state=remembered(preferences, "positions"),
            remember=remember_in(preferences, "positions"),
            height=12,
        )
        columns = [Column(key, text(f"positions.{key}"), px) for key, px in WIDTHS]
        # made in the order in which Tab goes through them
        self.table = KeyedTable(frame, columns, options)
        self.detail.build(frame).pack(side="right", fill="y")
        self.table.pack(fill="both", expand=True)
        self.filter.follow(self.table)
        self._context.explain(self.table.tree, "positions.help.table")
        self._context.theme.on_change(self._paint)
        self._paint()
        return frame

    def render(self, view: HubView, change: Change) -> Steps:
        """Show what is new, a few rows at a time."""
        all_anew = self._view is None or change.within(_ALL_ANEW)
        coins = {one.coin: one for one in view.snapshot.coins}
        rows = {} if all_anew else {name: row for name, row in self._rows.items() if name in coins}
        ordering = _coins_with_orders(view)
        changed = change.coins | ordering | self._ordering
        looked_at = [name for name in coins if name in changed or name not in rows]
        for place, name in enumerate(looked_at, 1):
            rows[name] = position_row(coins[name], view)
            if place % _ROWS_AT_ONCE == 0:
                yield
        self._rows, self._coins, self._view, self._ordering = rows, coins, view, ordering
        self._show_rows()
        yield
        self._totals.configure(text=totals_text(rows.values(), view))
        if not self._began and self.table.model.visible:
            # only once: a coin that is sold must not make the buttons be about another one
            self._began = True
            self.table.selection.select(self.table.model.visible[0])
        self._selected(self.table.selection.cursor)

    def select(self, **argument: object) -> None:
        """Show one coin, also when the filter or the choice would hide it."""
        coin = str(argument.get("coin", ""))
        if coin not in self.table.model.rows:
            self._choice.set(text("positions.show_all"))
            self._show_rows()
        if self.table.model.place_of(coin) is None:
            self.filter.set("")
        self._began = True
        self.table.selection.select(coin)

    def find(self) -> None:
        """Let the user filter."""
        self.filter.focus_field()

    def choose(self, choice: str) -> None:
        """Show the coins of a choice: held, look or all."""
        self._choice.set(text(f"positions.show_{choice}"))
        self._chosen()

    def totals(self) -> str:
        """Give what is said of all positions together."""
        return str(self._totals.cget("text"))

    def _make_bar(self, frame: ttk.Frame) -> None:
        bar = ttk.Frame(frame)
        bar.pack(side="top", fill="x", pady=(0, 8))
        self.filter = FilterBar(bar)
        self.filter.pack(side="left")
        self._context.explain(self.filter.entry, "positions.help.filter")
        words = [text(f"positions.show_{choice}") for choice in CHOICES]
        kept = self._context.preferences.words("positions.choice", "held")
        self._choice = tk.StringVar(bar, text(f"positions.show_{kept if kept in CHOICES else 'held'}"))
        combo = ttk.Combobox(bar, textvariable=self._choice, values=words, state="readonly", width=22)
        combo.pack(side="left", padx=8)
        combo.bind("<<ComboboxSelected>>", lambda _: self._chosen())
        self._context.explain(combo, "positions.help.choice")
        self._totals = ttk.Label(frame, style="Bold.TLabel")
        self._totals.pack(side="bottom", anchor="w", pady=(6, 0))
        self._context.explain(self._totals, "positions.help.totals")

    def _chosen(self) -> None:
        self._context.preferences.put("positions.choice", self._choice_name())
        self._show_rows()

    def _choice_name(self) -> str:
        return next(name for name in CHOICES if text(f"positions.show_{name}") == self._choice.get())

    def _show_rows(self) -> None:
        choice = self._choice_name()
        shown = [
            one.row
            for one in self._rows.values()
            if choice == "all" or one.needs_a_look or (choice == "held" and one.is_held)
        ]
        self.table.show(shown)

    def _selected(self, coin: CoinSymbol | None) -> None:
        view, chosen = self._view, self._coins.get(coin or "")
        if view is None or chosen is None:
            self.detail.clear()
        else:
            self.detail.show(chosen, view)

    def _paint(self) -> None:
        palette = self._context.theme.palette
        self.table.paint({"error": palette.error, "warning": palette.warning, "muted": palette.muted})


def _coins_with_orders(view: HubView) -> frozenset[CoinSymbol]:
    report = view.snapshot.trader
    return frozenset([order.coin for order in report.open_orders]) if report is not None else frozenset()


_ALL_ANEW: Final = frozenset({Part.COIN_LIST, Part.TRADES, Part.SETTINGS})
