"""The screen Why: all coins with where they stand; of one of them the decision, its numbers and its past."""

import tkinter as tk
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.decision_repeat import ask
from powertrader.hub.decisions import DecisionReader, Standing, decided_on, trader_of
from powertrader.hub.panel import Panel, PanelContext, Steps
from powertrader.hub.panels.why_detail import WhyDetail
from powertrader.hub.panels.why_repeat import Run
from powertrader.hub.table_memory import remember_in, remembered
from powertrader.hub.text import text
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.filter_bar import FilterBar
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.panes import Panes, PaneSize
from powertrader.hub.widgets.table_model import Column, Row
from powertrader.models.decision import DecisionRecord
from powertrader.models.snapshot import CoinView, TrainingView
from powertrader.models.types import CoinSymbol

_AT_ONCE: Final = 100
"""So many rows are made before other events are seen to."""
_COLUMNS: Final = (("coin", 70), ("where", 120), ("levels", 70), ("reason", 300))
_READ: Final = "why.read"
_SPLIT: Final = "why.split"
_UNTRAINED: Final = TrainingView()


class WhyScreen:
    """Left the coins, right the one that is chosen; its decisions are read in the background."""

    parts = frozenset({Part.COINS, Part.COIN_LIST, Part.ACCOUNT, Part.PROCESSES})

    def __init__(self, context: PanelContext, run: Run) -> None:
        """Bind what it works with; run asks `powertrader`."""
        self._context, self._run = context, run
        self._reader = DecisionReader(context.ports.store)
        self._view: HubView | None = None
        self.coin: CoinSymbol = ""
        self._trader = (False, "")
        self._reading = False
        self._read: tuple[DecisionRecord, ...] | None = None

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make list and detail."""
        preferences = self._context.preferences
        panes = Panes(
            parent,
            "horizontal",
            start=preferences.numbers(_SPLIT),
            on_drag=partial(preferences.put, _SPLIT),
        )
        left = ttk.Frame(panes, padding=(8, 8, 4, 8))
        self.filter = FilterBar(left)
        self.filter.pack(fill="x", pady=(0, 6))
        columns = [Column(key, text(f"why.{key}"), px, "w") for key, px in _COLUMNS]
        options = TableOptions(
            empty=text("why.list_empty"),
            on_select=self._chosen,
            state=remembered(preferences, "why"),
            remember=remember_in(preferences, "why"),
        )
        self.table = KeyedTable(left, columns, options)
        self.table.pack(fill="both", expand=True)
        self.filter.follow(self.table)
        self.detail = WhyDetail(panes, self._context, self._run)
        panes.add_pane(left, PaneSize(300, 540, 2))
        panes.add_pane(self.detail.frame, PaneSize(420, 720, 3))
        self._context.explain(self.table.tree, "why.help.list")
        self._context.explain(self.filter.entry, "why.help.filter")
        self._context.theme.on_change(self._paint)
        self._paint()
        return panes

    def render(self, view: HubView, change: Change) -> Steps:
        """Bring the rows of coins that changed up to date, then the chosen coin."""
        self._view = view
        coins = view.snapshot.coins
        whole = Part.COIN_LIST in change.parts or not len(self.table.model) or self._trader_changed(view)
        wanted = coins if whole else [one for one in coins if one.coin in change.coins]
        rows: list[Row] = []
        for place, coin in enumerate(wanted, start=1):
            rows.append(_row(view, coin))
            if place % _AT_ONCE == 0:
                yield
        if whole:
            self.table.show(rows)
        else:
            self.table.put(rows)
        yield
        if not self.coin and coins:
            self._choose(coins[0].coin)
        elif self.table.selection.cursor is None:
            # another screen chose it before its row was there
            self.table.selection.select(self.coin)
        self._show()
        self._ask()

    def select(self, **argument: object) -> None:
        """Choose a coin: show("why", coin="BTC")."""
        coin = argument.get("coin")
        if isinstance(coin, str) and coin:
            self.filter.set("")
            self._choose(coin)

    def find(self) -> None:
        """Put the cursor into the filter."""
        self.filter.focus_field()

    def _trader_changed(self, view: HubView) -> bool:
        """Tell whether coins without a decision have another reason for it than in the view before."""
        trader = view.snapshot.trader
        before = self._trader
        self._trader = (view.snapshot.process("trader").pid is None, trader.skipped if trader else "")
        return self._trader != before

    def _choose(self, coin: CoinSymbol) -> None:
        self.table.selection.select(coin)
        self._chosen(coin)

    def _chosen(self, coin: str | None) -> None:
        if coin is None or coin == self.coin:
            return
        self.coin, self._read = coin, None
        self.detail.begin()
        self._show()
        self._ask(again=True)

    def _show(self) -> None:
        view = self._view
        if view is not None and self.coin:
            known = next((one for one in view.snapshot.coins if one.coin == self.coin), None)
            self.detail.show(view, known or CoinView(self.coin, _UNTRAINED), self._read)

    def _ask(self, *, again: bool = False) -> None:
        """Read what is new about the chosen coin, unless that is being done."""
        view = self._view
        if view is None or not self.coin or (self._reading and not again):
            return
        self._reading = True
        coin, folder = self.coin, self._context.ports.paths.decision_folder(*trader_of(view))
        self._context.background.ask(
            _READ, lambda: self._reader.read(folder, coin), partial(self._took, coin), self._failed
        )

    def _took(self, coin: CoinSymbol, records: tuple[DecisionRecord, ...]) -> None:
        self._reading = False
        if coin == self.coin and records != self._read:
            self._read = records
            self._show()

    def _failed(self, error: PowerTraderError) -> None:
        self._reading = False
        self.detail.tell_unreadable(str(error))

    def _paint(self) -> None:
        palette = self._context.theme.palette
        self.table.paint(
            {
                Standing.HELD: palette.accent,
                Standing.TRADED: palette.accent2,
                Standing.FROZEN: palette.error,
                Standing.HALTED: palette.warning,
                Standing.UNDECIDED: palette.muted,
            }
        )


def _row(view: HubView, coin: CoinView) -> Row:
    decided, signal = decided_on(view, coin), coin.signal
    levels = text("why.no_levels")
    if signal is not None:
        levels = text("why.levels_cell", long=signal.long_level, short=signal.short_level)
    where = text(f"why.state.{decided.standing}")
    order = (coin.coin, where, None if signal is None else float(signal.long_level), decided.why)
    return Row(coin.coin, (coin.coin, where, levels, decided.why), order, decided.standing)


def make(context: PanelContext) -> Panel:
    """Give the screen."""
    return WhyScreen(context, partial(ask, context.ports))
