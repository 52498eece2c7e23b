"""What the profit came from: the trades that are shown, grouped by coin, month, reason or DCA buys."""

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from tkinter import ttk

from powertrader.analytics.attribution import GroupBy, Share, attribution
from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.journal_rows import reason_text
from powertrader.hub.panel import PanelContext
from powertrader.hub.price_text import money_text
from powertrader.hub.text import text
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.table_model import Column, Row
from powertrader.models.trade import Trade

_WIDTHS = (("name", 120), ("buys", 60), ("sells", 60), ("wins", 70), ("profit", 100))


class JournalShares:
    """A small table; it is worked out beside the window, and again for other trades."""

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._trades: Sequence[Trade] = ()
        self._quote = ""

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the table and the choice of its groups."""
        frame = ttk.Frame(parent)
        bar = ttk.Frame(frame)
        bar.pack(fill="x", pady=(0, 4))
        ttk.Label(bar, text=text("journal.shares"), style="Accent.TLabel").pack(side="left")
        kept = self._context.preferences.words("journal.shares", GroupBy.COIN.value)
        self._by = kept if kept in tuple(GroupBy) else GroupBy.COIN.value
        self._chosen = tk.StringVar(bar, text(f"journal.by_{self._by}"))
        names = [text(f"journal.by_{by.value}") for by in GroupBy]
        self.combo = ttk.Combobox(bar, textvariable=self._chosen, values=names, state="readonly", width=14)
        self.combo.pack(side="right")
        self.combo.bind("<<ComboboxSelected>>", lambda _: self._choose())
        self._context.explain(self.combo, "journal.help.shares_by")
        columns = [Column(key, text(f"journal.share_{key}"), px) for key, px in _WIDTHS]
        self.table = KeyedTable(frame, columns, TableOptions(empty=text("journal.no_shares"), height=6))
        self.table.pack(fill="both", expand=True)
        self._context.explain(self.table.tree, "journal.help.shares")
        self._context.theme.on_change(self.paint)
        self.paint()
        return frame

    def show(self, trades: Sequence[Trade], quote: str) -> None:
        """Group these trades, oldest first."""
        self._trades, self._quote = trades, quote
        self._context.background.ask(
            "journal.shares",
            partial(attribution, trades, GroupBy(self._by)),
            self._found,
            self._failed,
        )

    def paint(self) -> None:
        """Take the colours in force."""
        palette = self._context.theme.palette
        self.table.paint({"gain": palette.up, "loss": palette.down})

    def _choose(self) -> None:
        self._by = next(by.value for by in GroupBy if text(f"journal.by_{by.value}") == self._chosen.get())
        self._context.preferences.put("journal.shares", self._by)
        self.show(self._trades, self._quote)

    def _found(self, shares: tuple[Share, ...]) -> None:
        self.table.show([_row(share, self._by, self._quote) for share in shares])

    def _failed(self, error: PowerTraderError) -> None:
        self._context.say(text("journal.shares_failed", reason=error), "error")


def _row(share: Share, by: str, quote: str) -> Row:
    wins = share.win_rate_pct
    return Row(
        share.name,
        (
            _name(share.name, by),
            f"{share.buys:,}",
            f"{share.sells:,}",
            "" if wins is None else f"{wins:.0f}%",
            money_text(share.profit, quote, signed=True) if share.sells else "",
        ),
        (
            share.name,
            float(share.buys),
            float(share.sells),
            wins,
            float(share.profit) if share.sells else None,
        ),
        "" if not share.sells else "gain" if share.profit > 0 else "loss",
    )


def _name(name: str, by: str) -> str:
    if by == GroupBy.REASON:
        return reason_text(name)
    if by == GroupBy.STAGE:
        return text("journal.one_stage" if name == "1" else "journal.stages", count=name)
    return name
