"""The box "Account": seven lines about money, the original's (HUB section 3)."""

import math
import tkinter as tk
from tkinter import ttk
from typing import Final

from powertrader.core.config import TradingConfig
from powertrader.hub.panel import PanelContext, Steps
from powertrader.hub.price_text import money_text
from powertrader.hub.text import text
from powertrader.hub.theme import SMALL
from powertrader.hub.view import Change, HubView, Part

LEAST_START: Final = 0.50
"""The smallest first buy, in the quote asset."""
_NAMES: Final = (
    "account_total",
    "account_holdings",
    "account_buying_power",
    "account_in_trade",
    "account_spread",
    "account_single",
    "account_realized",
)
_GAP_PX: Final = 6
_SMALL_DIFFERENCE: Final = 1e-9


class AccountLines:
    """Seven lines, each a name and what the trader told last."""

    parts = frozenset({Part.ACCOUNT, Part.SETTINGS, Part.COIN_LIST})

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self.values: tuple[ttk.Label, ...] = ()

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the box."""
        box = ttk.Labelframe(parent, text=text("classic.account"), padding=(5, 1))
        values = []
        for row, name in enumerate(_NAMES):
            label = ttk.Label(box, text=text(f"classic.{name}"), style="Small.TLabel", borderwidth=0)
            value = ttk.Label(box, text=text("classic.none"), anchor="e", font=SMALL, borderwidth=0)
            label.grid(row=row, column=0, sticky="w", pady=(0, 1))
            value.grid(row=row, column=1, sticky="e", padx=(_GAP_PX, 0), pady=(0, 1))
            for one in (label, value):
                self._context.explain(one, f"classic.help.{name}")
            values.append(value)
        usual = self._context.theme.measure(text("classic.account_usual"), SMALL)
        box.columnconfigure(1, weight=1, minsize=usual + _GAP_PX)
        self.values = tuple(values)
        return box

    def render(self, view: HubView, change: Change) -> Steps:
        """Say what the account holds."""
        _ = change
        for label, words in zip(self.values, account_words(view), strict=True):
            if label.cget("text") != words:
                label.configure(text=words)
        yield


def account_words(view: HubView) -> tuple[str, ...]:
    """Give the seven values as text; N/A while no trader has told them."""
    report = view.snapshot.trader
    none = text("classic.none")
    if report is None or report.status is None:
        realized = none if report is None else money_text(report.realized_profit, report.quote_asset)
        return (*[none] * (len(_NAMES) - 1), realized)
    status, quote = report.status, report.quote_asset
    return (
        *[money_text(one, quote) for one in (status.total, status.holdings_sell_value, status.buying_power)],
        f"{status.percent_in_trade:.2f}%",
        *_levels(view.settings.config, status.total),
        money_text(report.realized_profit, quote),
    )


def dca_levels(total: float, allocation_pct: float, coins: int, multiplier: float) -> int | None:
    """Count how many further buys of all coins the account could pay, one after another.

    The first buys are max(0.50, total x allocation_pct / 100) for each coin; every further one
    multiplies what is in by 1 + multiplier. None: there is no end, as nothing is ever added.
    """
    spent = max(LEAST_START, total * allocation_pct / 100) * coins
    factor = 1 + multiplier
    if not math.isfinite(total) or spent <= 0 or factor <= 1:
        return None
    found = 0
    while spent * factor <= total + _SMALL_DIFFERENCE:
        spent *= factor
        found += 1
    return found


def _levels(config: TradingConfig, total: float) -> tuple[str, str]:
    coins = len(config.trading.coins)
    found = [
        dca_levels(total, config.entry.start_allocation_pct, count, config.dca.multiplier)
        for count in (coins, 1)
    ]
    spread, single = [text("classic.endless") if one is None else str(one) for one in found]
    return spread, single
