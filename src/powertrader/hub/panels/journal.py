"""Journal: every finished order with the user's notes, what the profit came from, and files for others."""

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.core.journal_notes import tags_of
from powertrader.hub.journal_rows import WIDTHS, JournalFilter, journal_row, reason_text, wanted_trades
from powertrader.hub.panel import Panel, PanelContext, Steps
from powertrader.hub.panels.journal_export import JournalExport
from powertrader.hub.panels.journal_filters import JournalFilters
from powertrader.hub.panels.journal_note import NoteEditor
from powertrader.hub.panels.journal_shares import JournalShares
from powertrader.hub.positions_view import market_now
from powertrader.hub.table_memory import remember_in, remembered
from powertrader.hub.text import text
from powertrader.hub.time_text import minute_text
from powertrader.hub.trades_view import TradesView
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.filter_bar import FilterBar
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.row_menu import MenuItem
from powertrader.hub.widgets.table_model import Column, Row
from powertrader.models.order import Side
from powertrader.models.trade import Trade

RIGHT_PX: Final = 370
_ROWS_AT_ONCE: Final = 100


def make(context: PanelContext) -> Panel:
    """Give the screen."""
    return Journal(context)


class Journal:
    """A table of trades, the note on the chosen one, and what the profit came from."""

    parts = frozenset({Part.TRADES})

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._view: HubView | None = None
        self._trades: list[Trade] = []
        self._rows: dict[str, Row] = {}
        self._by_order: dict[str, Trade] = {}
        self._generation = -1
        self.filters = JournalFilters(context, self._filtered)
        self.editor = NoteEditor(context, self._noted)
        self.shares = JournalShares(context)
        self.export = JournalExport(context, self.shown, self.editor.note_of)

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the screen."""
        frame = ttk.Frame(parent, padding=8)
        bar = ttk.Frame(frame)
        bar.pack(side="top", fill="x", pady=(0, 6))
        self.filter = FilterBar(bar)
        self.filter.pack(side="left")
        self._context.explain(self.filter.entry, "journal.help.filter")
        self.export.build(bar).pack(side="right")
        self.filters.build(frame).pack(side="top", fill="x", pady=(0, 8))
        # made before the note, so that Tab comes to it first
        self.table = self._made_table(frame)
        right = ttk.Frame(frame, width=RIGHT_PX, padding=(10, 0, 0, 0))
        right.pack(side="right", fill="y")
        right.pack_propagate(False)  # noqa: FBT003  Tk's own word for it
        self.editor.build(right).pack(fill="x")
        self.shares.build(right).pack(fill="both", expand=True, pady=(12, 0))
        self.table.pack(side="left", fill="both", expand=True)
        self._context.theme.on_change(self._paint)
        self._paint()
        self.editor.read()
        return frame

    def render(self, view: HubView, change: Change) -> Steps:
        """Make rows of the trades that are new, some at a time."""
        _ = change
        self._view = view
        trades = view.trades
        self.export.whose = trades.whose
        is_same = trades.generation == self._generation
        if is_same and len(trades) == len(self._trades) and self._trades:
            return
        if not is_same:
            self._generation = trades.generation
            self._trades, self._rows, self._by_order = [], {}, {}
        yield from self._make_rows(trades)
        self._offer()
        yield
        rows = self._wanted_rows()
        yield
        self.table.show(rows)
        yield
        self._show_shares()

    def select(self, **argument: object) -> None:
        """Show the trades of one coin."""
        self.filter.set("")
        self.filters.show_coin(str(argument.get("coin", "")))

    def find(self) -> None:
        """Let the user filter."""
        self.filter.focus_field()

    def shown(self) -> Sequence[Trade]:
        """Give the trades that are shown, oldest first, whatever the table is sorted by."""
        visible = frozenset(self.table.model.visible)
        return [trade for key, trade in self._by_order.items() if key in visible]

    def _made_table(self, frame: ttk.Frame) -> KeyedTable:
        preferences = self._context.preferences
        options = TableOptions(
            empty=text("journal.empty"),
            on_select=self._selected,
            on_open=lambda _: self.editor.words.focus_set(),
            menu=self._menu,
            state=remembered(preferences, "journal"),
            remember=remember_in(preferences, "journal"),
            height=12,
        )
        columns = [Column(key, text(f"journal.{key}"), px) for key, px in WIDTHS]
        table = KeyedTable(frame, columns, options)
        self.filter.follow(table)
        self._context.explain(table.tree, "journal.help.table")
        return table

    def _make_rows(self, trades: TradesView) -> Steps:
        quote = trades.sums.quote_asset
        for place, trade in enumerate(trades.added(len(self._trades)), 1):
            row = journal_row(trade, self.editor.note_of(trade.client_order_id), quote)
            key = row.key if row.key not in self._rows else f"{row.key}#{len(self._trades)}"
            self._trades.append(trade)
            self._by_order[key] = trade
            self._rows[key] = row if key == row.key else Row(key, row.cells, row.order, row.tag)
            if place % _ROWS_AT_ONCE == 0:
                yield

    def _wanted_rows(self) -> list[Row]:
        """Give the rows of the trades that are wanted, the newest first."""
        wanted, note_of = self._wanted(), self.editor.note_of
        if not wanted:
            return list(reversed(self._rows.values()))
        return [
            self._rows[key]
            for key, trade in reversed(self._by_order.items())
            if wanted.lets_through(trade, note_of(trade.client_order_id))
        ]

    def _show_shares(self) -> None:
        note_of = self.editor.note_of
        chosen = wanted_trades(self._trades, self._wanted(), lambda trade: note_of(trade.client_order_id))
        if self._view is not None:
            self.shares.show(chosen, self._view.trades.sums.quote_asset)

    def _wanted(self) -> JournalFilter:
        return JournalFilter() if self._view is None else self.filters.wanted(market_now(self._view))

    def _offer(self) -> None:
        """Offer the coins and tags that there are to be chosen from."""
        coins = sorted({trade.coin for trade in self._trades})
        self.filters.offer(coins, tags_of(self.editor.notes.values()))

    def _filtered(self) -> None:
        self.table.show(self._wanted_rows())
        self._show_shares()

    def _noted(self, order: str) -> None:
        """Show a note that was stored; without an order all of them, which were read just now."""
        if self._view is None:
            return
        quote = self._view.trades.sums.quote_asset
        noted = [order] if order else list(self.editor.notes)
        changed: list[Row] = []
        for name in noted:
            trade = self._by_order.get(name)
            if trade is not None:
                row = self._rows[name] = journal_row(trade, self.editor.note_of(name), quote)
                changed.append(row)
        self.table.put([row for row in changed if row.key in self.table.model.rows])
        self._offer()

    def _selected(self, key: str | None) -> None:
        trade = self._by_order.get(key or "")
        if trade is None:
            self.editor.edit("", "")
            return
        self.editor.edit(trade.client_order_id, _title(trade))

    def _menu(self) -> list[MenuItem]:
        trade = self._by_order.get(self.table.selection.cursor or "")
        if trade is None:
            return []
        coin, show = trade.coin, self._context.show
        return [
            MenuItem(text("journal.write_note"), self.editor.words.focus_set),
            MenuItem(text("journal.only_coin", coin=coin), partial(self.filters.choose, coin=coin)),
            MenuItem(text("journal.show_chart", coin=coin), partial(show, "chart", coin=coin)),
            MenuItem(text("journal.show_why", coin=coin), partial(show, "why", coin=coin)),
        ]

    def _paint(self) -> None:
        palette = self._context.theme.palette
        self.table.paint({"gain": palette.up, "loss": palette.down})


def _title(trade: Trade) -> str:
    side = text("journal.sell" if trade.side is Side.SELL else "journal.buy")
    when = minute_text(trade.timestamp)
    return text("journal.title", side=side, coin=trade.coin, when=when, reason=reason_text(trade.reason))
