"""Trade History: the newest finished orders, a line for each, as the original wrote them."""

import tkinter as tk
from collections.abc import Iterable, Iterator
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.hub.clipboard import copy_text
from powertrader.hub.panel import PanelContext, Steps
from powertrader.hub.positions_view import dca_gains, quote_of
from powertrader.hub.price_text import percent_text, price_text, quantity_text
from powertrader.hub.text import text
from powertrader.hub.theme import FIXED
from powertrader.hub.time_text import moment_text
from powertrader.hub.trades_view import TradesView
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.row_menu import DIVIDER, MenuItem, RowMenu
from powertrader.hub.widgets.scroll_frame import AutoScrollbar
from powertrader.models.order import Side
from powertrader.models.trade import Trade

MOST_LINES: Final = 250


class TradeHistory:
    """A list with a line for each of the newest trades."""

    parts = frozenset({Part.TRADES, Part.ACCOUNT})

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._shown: list[Trade] = []
        self._seen: tuple[int, int, str] = (-1, 0, "")

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the list."""
        frame = ttk.Frame(parent)
        self.list = tk.Listbox(
            frame, font=FIXED, activestyle="dotbox", selectmode="extended", borderwidth=0, height=5
        )
        bar = AutoScrollbar(frame, orient="vertical", command=self.list.yview)
        self.list.configure(yscrollcommand=bar.set)
        self.list.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        frame.rowconfigure(0, weight=1)
        frame.columnconfigure(0, weight=1)
        self._hint = ttk.Label(self.list, style="Panel.TLabel", anchor="center")
        self._menu = RowMenu(self.list, self._items)
        self.list.bind("<Control-c>", lambda _: self._copy())
        self.list.bind("<Button-3>", self._pointed_at)
        self.list.bind("<Shift-F10>", lambda _: self._menu_by_key())
        self._context.theme.on_change(self._recolour)
        self._recolour()
        self._context.explain(self.list, "tables.help.trade_history")
        return frame

    def render(self, view: HubView, change: Change) -> Steps:
        """Put new trades on top; the lines below stay, and so does what the user looks at."""
        _ = change
        trades, quote = view.trades, quote_of(view)
        generation, length, written_in = self._seen
        goes_on = trades.generation == generation and len(trades) >= length and quote == written_in
        fresh = trades.added(length)[-MOST_LINES:] if goes_on else trades.newest(MOST_LINES)[::-1]
        lines = history_lines(fresh, trades, quote)
        yield
        if not goes_on:
            self._shown.clear()
            self.list.delete(0, "end")
        self._add(fresh, lines)
        self._seen = (trades.generation, len(trades), quote)
        self._say_why_empty(trades)

    def lines(self) -> tuple[str, ...]:
        """Give what is shown, from top to bottom."""
        return tuple(map(str, self.list.get(0, "end")))

    def _add(self, trades: tuple[Trade, ...], lines: list[str]) -> None:
        first = round(self.list.yview()[0] * self.list.size())
        self.list.insert(0, *reversed(lines))
        self._shown = [*reversed(trades), *self._shown][:MOST_LINES]
        self.list.delete(MOST_LINES, "end")
        if first > 0:
            # the user has scrolled down: what is read there does not move
            self.list.yview(first + len(lines))

    def _say_why_empty(self, trades: TradesView) -> None:
        if self._shown:
            self._hint.place_forget()
            return
        self._hint.configure(text=text("tables.no_trades" if trades.complete else "tables.reading_trades"))
        self._hint.place(relx=0.5, rely=0.5, anchor="center")

    def _recolour(self) -> None:
        palette = self._context.theme.palette
        self.list.configure(
            background=palette.panel,
            foreground=palette.fg,
            selectbackground=palette.select_bg,
            selectforeground=palette.select_fg,
            highlightbackground=palette.border,
            highlightcolor=palette.accent2,
        )

    def _copy(self) -> str:
        chosen = [line for place, line in enumerate(self.lines()) if self.list.selection_includes(place)]
        if chosen:
            copy_text(self.list, "\n".join(chosen))
        return "break"

    def _pointed_at(self, event: "tk.Event[tk.Listbox]") -> None:
        if not self._shown:
            return
        place = self.list.index(f"@{event.x},{event.y}")
        if not self.list.selection_includes(place):
            self.list.selection_clear(0, "end")
            self.list.selection_set(place)
        self.list.activate(place)
        self.list.focus_set()
        self._menu.open(event.x_root, event.y_root)

    def _menu_by_key(self) -> None:
        box = self.list.bbox("active")
        if box is not None:
            self._menu.open(self.list.winfo_rootx() + 40, self.list.winfo_rooty() + box[1] + box[3])

    def _items(self) -> list[MenuItem]:
        place = int(self.list.index("active"))
        if not 0 <= place < len(self._shown):
            return []
        coin, show = self._shown[place].coin, self._context.show
        return [
            MenuItem(text("tables.show_chart", coin=coin), partial(show, "chart", coin=coin)),
            MenuItem(text("tables.show_why", coin=coin), partial(show, "why", coin=coin)),
            DIVIDER,
            MenuItem(text("tables.copy"), self._copy),
        ]


def history_lines(trades: Iterable[Trade], known: TradesView, quote: str) -> list[str]:
    """Give the lines of some trades, oldest first; known are all of them."""
    found = tuple(trades)
    gains = _gains(found, known)
    return [history_line(trade, gains.get(trade), quote) for trade in found]


def history_line(trade: Trade, gain_pct: float | None, quote: str) -> str:
    """Give a trade as the original wrote it, in local time: a gain with sales and DCA buys only."""
    line = text(
        "tables.history_line",
        time=moment_text(trade.timestamp),
        action=f"{trade.side.value}/{trade.tag}" if trade.tag else trade.side.value,
        coin=trade.coin,
        qty=quantity_text(trade.quantity),
        price=price_text(trade.price, quote),
    )
    return line + "".join(_ends(trade, gain_pct))


def _ends(trade: Trade, gain_pct: float | None) -> Iterator[str]:
    gain = trade.pnl_pct if trade.side is Side.SELL else gain_pct
    if gain is not None:
        yield text("tables.history_gain", gain=percent_text(gain))
    if trade.realized_profit is not None:
        yield text("tables.history_realized", profit=trade.realized_profit)


def _gains(trades: tuple[Trade, ...], known: TradesView) -> dict[Trade, float]:
    """Give what the ledger does not say of DCA buys: how far they were below the average price paid."""
    coins = {trade.coin for trade in trades}
    oldest = min((trade.timestamp for trade in trades), default=None)
    if oldest is None:
        return {}
    gains: dict[Trade, float] = {}
    for coin in coins:
        gains |= dca_gains(known.of_coin(coin), oldest)
    return gains
