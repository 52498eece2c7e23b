"""What a backtest of the window is asked for: from when on, and which strategy with which parameters."""

import tkinter as tk
from collections.abc import Iterator
from datetime import datetime, timedelta
from tkinter import ttk
from typing import Final

from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text

SINCE: Final = (("third", None), ("days_90", 90), ("days_365", 365), ("days_730", 730))
"""From when on is traded, in days back; None: the last third of the candles."""
CLASSIC: Final = "classic"
STRATEGIES: Final = (CLASSIC, "sma_cross", "momentum", "mean_reversion")
"""What may trade; the classic one takes its parameters from the settings."""
_SINCE_KEPT: Final = "backtest.since"
_STRATEGY_KEPT: Final = "backtest.strategy"
_PARAMS_KEPT: Final = "backtest.params"


class BacktestChoice:
    """Fields beside the button; what was chosen is remembered."""

    def __init__(self, context: PanelContext) -> None:
        """Know no fields yet."""
        self._context = context
        self._since = {text(f"backtest.since_{name}"): name for name, _ in SINCE}
        self._strategies = {text(f"backtest.strategy_{name}"): name for name in STRATEGIES}

    def build(self, row: tk.Misc) -> None:
        """Make the fields in a row, from the left."""
        self.since = self._box(row, _SINCE_KEPT, self._since, 25)
        self.strategy = self._box(row, _STRATEGY_KEPT, self._strategies, 24)
        # no Tk variable: those are freed by whichever thread collects garbage, which Tk does not survive
        self.params = ttk.Entry(row, width=28)
        self._context.explain(self.params, "backtest.help.params")
        self.strategy.bind("<<ComboboxSelected>>", lambda _: self._show_params(), add=True)
        self._show_params()

    def options(self, now: datetime) -> Iterator[str]:
        """Give the options of the command line that stand for the fields, and remember these."""
        preferences = self._context.preferences
        since, strategy = self._since[self.since.get()], self._strategies[self.strategy.get()]
        days = dict(SINCE)[since]
        preferences.put(_SINCE_KEPT, since)
        preferences.put(_STRATEGY_KEPT, strategy)
        if days is not None:
            yield from ("--from", f"{now - timedelta(days=days):%Y-%m-%d}")
        if strategy == CLASSIC:
            return
        given = self.params.get()
        preferences.put(f"{_PARAMS_KEPT}.{strategy}", given)
        yield from ("--strategy", strategy)
        for one in given.replace(",", " ").split():
            yield from ("--strategy-param", one)

    def _box(self, row: tk.Misc, kept: str, names: dict[str, str], width: int) -> ttk.Combobox:
        ttk.Label(row, text=text(kept)).pack(side="left", padx=(8, 6))
        words = list(names)
        box = ttk.Combobox(row, values=words, state="readonly", width=width)
        before = self._context.preferences.words(kept)
        box.set(next((shown for shown, name in names.items() if name == before), words[0]))
        box.pack(side="left")
        self._context.explain(box, kept.replace("backtest.", "backtest.help."))
        return box

    def _show_params(self) -> None:
        """Show the parameters that the chosen example had last, or its usual ones."""
        strategy = self._strategies[self.strategy.get()]
        if strategy == CLASSIC:
            self.params.pack_forget()
            return
        usual = text(f"backtest.params_{strategy}")
        self.params.delete(0, "end")
        self.params.insert(0, self._context.preferences.words(f"{_PARAMS_KEPT}.{strategy}", usual))
        self.params.pack(side="left", padx=(6, 0), after=self.strategy)
