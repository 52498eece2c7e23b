"""The further buys of one coin in money, as a table below their settings."""

import tkinter as tk
from collections.abc import Iterator
from tkinter import ttk
from typing import Final

from powertrader.core.config import TradingConfig
from powertrader.hub.settings_hints import EXAMPLE, amount, number
from powertrader.hub.settings_money import Means, first_buy, ladder
from powertrader.hub.text import text

_COLUMNS: Final = ("stage", "level", "price", "spent", "total", "basis")
_WIDTH_PX: Final = 110
_MOST_ROWS: Final = 12


class LadderTable:
    """Shows what each further buy costs with some settings."""

    def __init__(self, parent: tk.Misc) -> None:
        """Make it empty."""
        self.frame = ttk.Frame(parent)
        self.title = ttk.Label(self.frame, text=text("settings.ladder.title"), style="Bold.TLabel")
        self.table = ttk.Treeview(self.frame, columns=_COLUMNS, show="headings", height=3, takefocus=True)
        for name in _COLUMNS:
            self.table.heading(name, text=text(f"settings.ladder.{name}"), anchor="e")
            self.table.column(name, width=_WIDTH_PX, anchor="e", stretch=True)
        self.nothing = ttk.Label(self.frame, text=text("settings.ladder.none"), style="Muted.TLabel")
        self.title.pack(anchor="w")
        self._rows: tuple[tuple[str, ...], ...] | None = None

    def show(self, config: TradingConfig, means: Means) -> None:
        """Show the ladder of these settings and this account."""
        rows = tuple(ladder_rows(config, means))
        if rows == self._rows:
            return
        self._rows = rows
        self.table.delete(*self.table.get_children())
        for row in rows:
            self.table.insert("", "end", values=row)
        self.table.configure(height=min(_MOST_ROWS, max(1, len(rows))))
        shown, hidden = (self.table, self.nothing) if rows else (self.nothing, self.table)
        hidden.pack_forget()
        shown.pack(fill="x", pady=(4, 0))


def ladder_rows(config: TradingConfig, means: Means) -> Iterator[tuple[str, ...]]:
    """Give the cells of each buy, the first one included; none without an account value."""
    if means.account is None:
        return
    first = first_buy(means.account, config.entry.start_allocation_pct).spent
    yield (text("settings.ladder.first"), "", amount(EXAMPLE), amount(first), amount(first), amount(EXAMPLE))
    for one in ladder(first, config.dca.levels, config.dca.multiplier):
        level = f"{number(one.level_pct)} %"
        prices = (amount(one.price), amount(one.spent), amount(one.total), amount(one.basis))
        yield (str(one.stage), level, *prices)
