"""The charts: a row of tabs, ACCOUNT first, and one chart for all coins (HUB section 5)."""

import tkinter as tk
from collections.abc import Sequence
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.hub.commands.chart import register_chart
from powertrader.hub.panel import Panel, PanelContext, Steps
from powertrader.hub.panels.account_chart import AccountChartPanel
from powertrader.hub.panels.candle_chart import CandleChartPanel
from powertrader.hub.plot.chart_canvas import ChartCanvas
from powertrader.hub.plot.marks import MarkBook
from powertrader.hub.text import text
from powertrader.hub.view import Change, HubView, Part, everything
from powertrader.hub.widgets.wrap_frame import WrapFrame
from powertrader.models.types import CoinSymbol

ACCOUNT: Final = ""
"""Stands for the account where a coin could stand."""
MOST_TABS: Final = 60
"""Of more coins there is a field to type one into, instead of a wall of buttons."""


class Charts:
    """The tabs, and below them the chart of the chosen one; only that one is drawn."""

    def __init__(self, context: PanelContext) -> None:
        """Make its two charts."""
        self._context = context
        marks = MarkBook()
        self.account = AccountChartPanel(context, marks)
        self.candles = CandleChartPanel(context, marks)
        self.parts = self.account.parts | self.candles.parts | {Part.COIN_LIST, Part.SETTINGS}
        self.tabs: dict[CoinSymbol, ttk.Button] = {}
        self._coins: tuple[CoinSymbol, ...] = ()
        self._chosen: CoinSymbol = ACCOUNT
        self._view: HubView | None = None

    @property
    def chosen(self) -> CoinSymbol:
        """The coin whose chart is shown, empty for the account's."""
        return self._chosen

    @property
    def canvas(self) -> ChartCanvas:
        """The canvas of the chart that is shown."""
        return self.account.canvas if self._chosen == ACCOUNT else self.candles.canvas

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the tabs and both charts, ACCOUNT in sight."""
        frame = ttk.Frame(parent)
        bar = ttk.Frame(frame)
        bar.pack(fill="x", pady=(0, 2))
        self.export = ttk.Button(
            bar,
            text=text("charts.export"),
            style="Tab.TButton",
            width=len(text("charts.export")) + 1,
            command=lambda: self._context.commands.run("chart.export"),
        )
        self.export.pack(side="right", anchor="n", padx=(6, 0))
        self._row = WrapFrame(bar, gap=2)
        self._row.pack(side="left", fill="x", expand=True)
        self._finder = ttk.Frame(self._row, padding=(6, 4))
        ttk.Label(self._finder, text=text("charts.search"), style="Muted.TLabel").pack(
            side="left", padx=(0, 4)
        )
        self.search = ttk.Combobox(self._finder, width=12)
        self.search.pack(side="left")
        self.search.bind("<<ComboboxSelected>>", lambda _: self._searched())
        self.search.bind("<Return>", lambda _: self._searched())
        self.search.bind("<KeyRelease>", lambda _: self._offer())
        self._context.explain(self.search, "charts.help.search")
        self._context.explain(self.export, "charts.help.export")
        self._place = ttk.Frame(frame)
        self._place.pack(fill="both", expand=True)
        self._pages = (self.account.build(self._place), self.candles.build(self._place))
        register_chart(self._context, lambda: self.canvas)
        self._make_tabs(())
        self._show()
        return frame

    def select(self, **argument: object) -> None:
        """Show the chart of a coin, or without one the account's."""
        coin = str(argument.get("coin") or ACCOUNT).upper()
        self.choose(coin if coin in self._coins else ACCOUNT)

    def choose(self, coin: CoinSymbol) -> None:
        """Show a coin's chart; ACCOUNT for the account's."""
        if coin == self._chosen:
            return
        self._chosen = coin
        self._show()
        if self._view is not None:
            for _ in self._page().render(self._view, everything(self._view)):
                pass

    def render(self, view: HubView, change: Change) -> Steps:
        """Draw the chart that is in sight, and other tabs when there are other coins."""
        first, self._view = self._view is None, view
        if first or change.within(frozenset({Part.COIN_LIST, Part.SETTINGS})):
            coins = tuple(dict.fromkeys([*view.settings.config.trading.coins, *_shown(view)]))
            if coins != self._coins:
                self._make_tabs(coins)
                yield
        page = self._page()
        if first or change.within(page.parts):
            yield from page.render(view, change)

    def _page(self) -> Panel:
        return self.account if self._chosen == ACCOUNT else self.candles

    def _make_tabs(self, coins: Sequence[CoinSymbol]) -> None:
        self._coins = tuple(coins)
        if self._chosen != ACCOUNT and self._chosen not in self._coins:
            self._chosen = ACCOUNT
            self._show()
        with_buttons = (ACCOUNT, *coins) if len(coins) <= MOST_TABS else (ACCOUNT,)
        for coin in [*self.tabs]:
            if coin not in with_buttons:
                self.tabs.pop(coin).destroy()
        for coin in with_buttons:
            if coin not in self.tabs:
                self.tabs[coin] = self._make_tab(coin)
        shown: list[tk.Widget] = [self.tabs[coin] for coin in with_buttons]
        if len(coins) > MOST_TABS:
            self.search.configure(values=self._coins)
            shown.append(self._finder)
        self._row.arrange(shown)
        self._colour_tabs()

    def _make_tab(self, coin: CoinSymbol) -> ttk.Button:
        words = coin or text("charts.account_tab")
        # a width of its own keeps the buttons as narrow as their words
        button = ttk.Button(self._row, text=words, width=len(words) + 1, command=partial(self.choose, coin))
        self._context.explain(button, "charts.help.tab" if coin else "charts.help.account_tab")
        return button

    def _colour_tabs(self) -> None:
        for coin, button in self.tabs.items():
            button.configure(style="SelectedTab.TButton" if coin == self._chosen else "Tab.TButton")

    def _show(self) -> None:
        """Put the chosen page in sight, and the other out of it."""
        self._colour_tabs()
        account, candles = self._pages
        shown, hidden = (account, candles) if self._chosen == ACCOUNT else (candles, account)
        hidden.pack_forget()
        shown.pack(fill="both", expand=True)
        self.search.set(self._chosen)
        if self._chosen != ACCOUNT:
            self.candles.choose(self._chosen)

    def _offer(self) -> None:
        """Offer the coins that contain what was typed."""
        typed = self.search.get().strip().upper()
        self.search.configure(values=[coin for coin in self._coins if typed in coin])

    def _searched(self) -> None:
        """Go to the coin that was typed or chosen; of several that begin so, to the first."""
        typed = self.search.get().strip().upper()
        found = [coin for coin in self._coins if coin == typed] or [
            coin for coin in self._coins if coin.startswith(typed)
        ]
        if typed and found:
            self.choose(found[0])
        self.search.set(self._chosen)
        self.search.configure(values=self._coins)
        self.search.selection_clear()


def make(context: PanelContext) -> Panel:
    """Give the charts."""
    return Charts(context)


def _shown(view: HubView) -> list[CoinSymbol]:
    return [one.coin for one in view.snapshot.coins]
