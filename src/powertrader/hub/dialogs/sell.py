"""Sell now: what it brings, in numbers, and a typed word where it is real money."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import PanelContext
from powertrader.hub.price_text import Number, money_text, percent_text, price_text, quantity_text
from powertrader.hub.sale_plan import SalePlan
from powertrader.hub.text import text
from powertrader.hub.time_text import age_text
from powertrader.hub.widgets.dialog import Dialog
from powertrader.models.types import Environment

WORD: Final = "SELL"
LIVE: Final = "live"
_WRAP_PX: Final = 440


@dataclass(frozen=True, slots=True)
class Seller:
    """Whose account sells: the mode and name of a trader, what it is paid in, and whether it runs.

    age_s: how long ago it told of its prices.
    """

    mode: Environment
    account: str
    quote_asset: str
    runs: bool = True
    age_s: float = 0.0


class SellDialog:
    """Asks whether a coin is to be sold; sell is called with the second click, or the typed word."""

    def __init__(
        self, parent: tk.Misc, plan: SalePlan, seller: Seller, context: PanelContext, sell: Callable[[], None]
    ) -> None:
        """Make the dialog; `open` shows it."""
        self._sell = sell
        self._is_live = seller.mode == LIVE
        self.dialog = Dialog(parent, text("sell.title", coin=plan.coin))
        body = self.dialog.body
        ttk.Label(body, text=text("sell.heading", coin=plan.coin), style="Title.TLabel").pack(anchor="w")
        style = "Error.TLabel" if self._is_live else "Accent.TLabel"
        self._paragraph(_whose(seller), style)
        self._show_figures(plan, seller.quote_asset)
        if not seller.runs:
            self._paragraph(text("sell.old", age=age_text(seller.age_s)), "Warning.TLabel")
        self._paragraph(text("sell.after", coin=plan.coin))
        self._paragraph(text("sell.note"), "Muted.TLabel")
        self.field = self._made_field(context) if self._is_live else None
        self.cancel = self.dialog.button(text("sell.cancel"), self.dialog.close)
        self.confirm = self.dialog.button(
            text("sell.sell", coin=plan.coin),
            self._confirmed,
            style="Stop.TButton" if self._is_live else "TButton",
        )
        context.explain(self.confirm, "sell.help.sell")
        self._typed("")

    def open(self) -> None:
        """Show it; Enter alone never sells."""
        self.dialog.open(self.field or self.cancel)

    def _paragraph(self, words: str, style: str = "TLabel") -> None:
        label = ttk.Label(self.dialog.body, text=words, style=style, wraplength=_WRAP_PX, justify="left")
        label.pack(anchor="w", pady=(8, 0))

    def _show_figures(self, plan: SalePlan, quote: str) -> None:
        grid = ttk.Frame(self.dialog.body)
        grid.pack(fill="x", pady=(12, 4))
        grid.columnconfigure(1, weight=1)
        for place, (name, words) in enumerate(figures(plan, quote).items()):
            style = "Bold.TLabel" if name == "profit" else "TLabel"
            ttk.Label(grid, text=text(f"sell.{name}"), style=style).grid(row=place, column=0, sticky="w")
            ttk.Label(grid, text=words, style=style).grid(row=place, column=1, sticky="e")

    def _made_field(self, context: PanelContext) -> ttk.Entry:
        row = ttk.Frame(self.dialog.body)
        row.pack(anchor="w", pady=(12, 0))
        ttk.Label(row, text=text("sell.type_word", word=WORD)).pack(side="left")
        # no variable: it might be freed by another thread once the dialog is gone
        field = ttk.Entry(row, width=12, validate="key", validatecommand=(row.register(self._typed), "%P"))
        field.pack(side="left", padx=8)
        field.bind("<Return>", lambda _: self.confirm.invoke())
        context.explain(field, "sell.help.word")
        return field

    def _typed(self, word: str) -> bool:
        """Allow the sale when the word is there; true, for any letter may be typed."""
        allowed = not self._is_live or word.strip() == WORD
        self.confirm.configure(state="normal" if allowed else "disabled")
        return True

    def _confirmed(self) -> None:
        self.dialog.close()
        self._sell()


def figures(plan: SalePlan, quote: str) -> dict[str, str]:
    """Give the numbers of a sale as they are shown, by name."""

    def money(amount: Number, *, signed: bool = False) -> str:
        return text("sell.unknown") if amount is None else money_text(amount, quote, signed=signed)

    percent = "" if plan.profit_pct is None else f" ({percent_text(plan.profit_pct)})"
    return {
        "quantity": f"{quantity_text(plan.quantity)} {plan.coin}",
        "bid": price_text(plan.bid, quote),
        "value": money(plan.value),
        "fee": money(plan.fee),
        "paid": money(plan.paid),
        "profit": money(plan.profit, signed=True) + percent,
    }


def _whose(seller: Seller) -> str:
    if seller.mode == LIVE:
        return text("sell.real", account=seller.account)
    return text("sell.pretend", mode=seller.mode)
