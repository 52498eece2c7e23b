"""The box "Neural Levels (0-7)": a tile for each coin, on one canvas; only those in sight are drawn.

Above 200 coins tiles are compact and stand in groups. HUB sections 3 and 12.
"""

import tkinter as tk
from datetime import datetime, timedelta
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import PanelContext, Steps
from powertrader.hub.panels.tile_canvas import TileCanvas
from powertrader.hub.panels.tile_layout import Order, Tile, TileWish, tile_of
from powertrader.hub.panels.tile_words import tile_words
from powertrader.hub.text import text
from powertrader.hub.theme import SMALL
from powertrader.hub.time_text import clock_text
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.focus import focused
from powertrader.models.snapshot import CoinView
from powertrader.models.types import CoinSymbol

COMPACT_ABOVE: Final = 200
"""With more coins than this, each is a line and two strips."""
_TOOLS_FROM: Final = 13
"""From so many coins on there are a filter and a choice of order."""
_FILTER_MS: Final = 120


class SignalTiles:
    """Legend, newest signal, filter and order, and the tiles."""

    parts = frozenset({Part.COINS, Part.COIN_LIST, Part.SETTINGS, Part.PROCESSES})

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._view: HubView | None = None
        self._coins: dict[CoinSymbol, CoinView] = {}
        self._tiles: dict[CoinSymbol, Tile] = {}
        self._pending = ""
        self._grouped: bool | None = None

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the box."""
        box = ttk.Labelframe(parent, text=text("classic.levels"), padding=(4, 0))
        self.last = ttk.Label(box, font=SMALL)
        # in the line of the box's title, so that the legend has a line for itself
        self.last.place(relx=1.0, x=-2, y=0, anchor="ne", bordermode="outside")
        self.legend = ttk.Label(
            box, text=text("classic.legend"), style="Small.TLabel", width=1, borderwidth=0
        )
        self.tools = self._build_tools(box)
        self.canvas = TileCanvas(box, self._context.theme, self._open, self._tell)
        self.legend.grid(row=0, column=0, sticky="ew")
        self.canvas.grid(row=2, column=0, sticky="nsew")
        box.columnconfigure(0, weight=1)
        box.rowconfigure(2, weight=1)
        for widget, name in (
            (self.legend, "legend"),
            (self.last, "last_signal"),
            (self.canvas.canvas, "tiles"),
        ):
            self._context.explain(widget, f"classic.help.{name}")
        return box

    def render(self, view: HubView, change: Change) -> Steps:
        """Draw what is new."""
        coins, known = view.snapshot.coins, self._coins
        self._view = view
        # most coins are the same object as before: their tile is too
        self._tiles = {
            one.coin: self._tiles[one.coin] if known.get(one.coin) is one else tile_of(one) for one in coins
        }
        self._coins = {one.coin: one for one in coins}
        yield
        words, style = newest_signal(view)
        self.last.configure(text=words, style=style)
        self._show_tools(len(coins))
        self.canvas.look(
            compact=len(coins) > COMPACT_ABOVE, start_level=view.settings.config.entry.trade_start_level
        )
        yield
        _ = change
        self.canvas.show(tuple(self._tiles.values()), self._wish())

    def find(self) -> None:
        """Put the cursor into the filter."""
        self.tools.grid(row=1, column=0, sticky="ew", pady=(2, 2))
        self.filter.focus_set()
        self.filter.selection_range(0, "end")

    def _build_tools(self, box: tk.Misc) -> ttk.Frame:
        tools = ttk.Frame(box)
        self._order_names = {text(f"classic.order_{order}"): order for order in Order}
        # no Tk variables: those are freed by whichever thread collects garbage, which Tk does not survive
        self.filter = ttk.Entry(
            tools, width=10, validate="key", validatecommand=(tools.register(self._soon), "%P")
        )
        self.order = ttk.Combobox(tools, state="readonly", width=9, values=tuple(self._order_names))
        self.order.set(text("classic.order_listed"))
        self.groups = ttk.Checkbutton(tools, text=text("classic.groups"), command=self._regroup)
        self.groups.state(["!alternate"])
        ttk.Label(tools, text=text("classic.filter"), style="Small.TLabel").pack(side="left")
        self.filter.pack(side="left", padx=(4, 10))
        ttk.Label(tools, text=text("classic.order"), style="Small.TLabel").pack(side="left")
        self.order.pack(side="left", padx=(4, 10))
        self.groups.pack(side="left")
        self.filter.bind("<Escape>", lambda _: self.filter.delete(0, "end"))
        self.filter.bind("<Down>", lambda _: self.canvas.canvas.focus_set())
        self.order.bind("<<ComboboxSelected>>", lambda _: self._again())
        for widget, name in ((self.filter, "filter"), (self.order, "order"), (self.groups, "groups")):
            self._context.explain(widget, f"classic.help.{name}")
        return tools

    def _show_tools(self, coins: int) -> None:
        if self._grouped is None:
            self.groups.state(["selected" if coins > COMPACT_ABOVE else "!selected"])
        if coins >= _TOOLS_FROM or self.filter.get():
            self.tools.grid(row=1, column=0, sticky="ew", pady=(2, 2))
        elif focused(self.canvas) is not self.filter:
            self.tools.grid_remove()

    def _wish(self) -> TileWish:
        grouped = self.groups.instate(["selected"])
        return TileWish(self.filter.get(), self._order_names[self.order.get()], grouped)

    def _regroup(self) -> None:
        self._grouped = self.groups.instate(["selected"])
        self._again()

    def _soon(self, _typed: str) -> bool:
        """Filter when nothing was typed for a moment; whatever is typed may be."""
        if self._pending:
            self.canvas.after_cancel(self._pending)
        self._pending = self.canvas.after(_FILTER_MS, self._again)
        return True

    def _again(self) -> None:
        self._pending = ""
        self.canvas.show(tuple(self._tiles.values()), self._wish())

    def _open(self, coin: CoinSymbol) -> None:
        self._context.show("chart", coin=coin)

    def _tell(self, coin: CoinSymbol) -> None:
        """Say in place of the legend what is known of the coin under the pointer."""
        view = self._coins.get(coin)
        self.legend.configure(text=text("classic.legend") if view is None else tile_words(view))


def newest_signal(view: HubView) -> tuple[str, str]:
    """Give when the newest signal was made, in local time, and the style: one too old to trade on warns."""
    made = [one.signal.made_at for one in view.snapshot.coins if one.signal is not None]
    if not made:
        return text("classic.last_signal", time=text("classic.none")), "Small.TLabel"
    newest = max(made)
    words = text("classic.last_signal", time=clock_text(newest))
    if _is_old(newest, view):
        return text("classic.old_signal", words=words), "Warning.TLabel"
    return words, "TLabel"


def _is_old(made_at: datetime, view: HubView) -> bool:
    now = view.snapshot.market_at
    most = timedelta(seconds=view.settings.config.trader.signal_max_age_s)
    return now is None or now - made_at > most
