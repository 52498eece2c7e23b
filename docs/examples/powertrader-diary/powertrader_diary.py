"""A diary of trades: one line of CSV for each, with the levels that the coin signalled last."""

import csv
import os
from pathlib import Path
from typing import Final

from powertrader.core.plugin import TradingPlugin
from powertrader.models.signal import Signal
from powertrader.models.trade import Trade

FILE_VARIABLE: Final = "POWERTRADER_DIARY"
HEAD: Final = ("time", "what", "coin", "quantity", "price", "value", "reason", "profit", "long", "short")


class Diary(TradingPlugin):
    """Writes to the file that POWERTRADER_DIARY names, else to powertrader-diary.csv in your home folder."""

    def __init__(self) -> None:
        """Begin the file with its head when there is none yet."""
        named = os.environ.get(FILE_VARIABLE)
        self._path = Path(named) if named else Path.home() / "powertrader-diary.csv"
        self._levels: dict[str, tuple[int, int]] = {}
        if not self._path.exists():
            self._write(HEAD)

    def on_signal(self, signal: Signal) -> None:
        """Remember what a coin signals."""
        self._levels[signal.coin] = (signal.long_level, signal.short_level)

    def on_entry(self, trade: Trade) -> None:
        """Note that a coin was bought."""
        self._note("bought", trade)

    def on_dca(self, trade: Trade) -> None:
        """Note that more of a coin was bought."""
        self._note("bought more", trade)

    def on_exit(self, trade: Trade) -> None:
        """Note that a coin was sold, and the profit."""
        self._note("sold", trade)

    def _note(self, what: str, trade: Trade) -> None:
        amounts = trade.quantity, trade.price, trade.value
        profit = "" if trade.realized_profit is None else trade.realized_profit
        levels = self._levels.get(trade.coin, ("", ""))
        self._write((trade.timestamp.isoformat(), what, trade.coin, *amounts, trade.reason, profit, *levels))

    def _write(self, row: tuple[object, ...]) -> None:
        with self._path.open("a", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerow(row)
