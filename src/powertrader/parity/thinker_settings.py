"""The coin list of gui_settings.json, read as leniently as the original thinker reads it."""

import json
from typing import Final

from powertrader.models.types import CoinSymbol
from powertrader.parity.thinker_folder import Folder

FILE: Final = "gui_settings.json"
DEFAULT_COINS: Final = ("BTC", "ETH", "XRP", "BNB", "DOGE")


class CoinList:
    """The coins in force; a changed settings file is read once, damaged or empty lists change nothing."""

    def __init__(self, folder: Folder) -> None:
        """Start with the default coins and no reading."""
        self._folder = folder
        self._read: int | None = None
        self.coins: tuple[CoinSymbol, ...] = DEFAULT_COINS

    def refresh(self) -> None:
        """Read the settings when their modification time has changed since the last reading."""
        modified = self._folder.modified(FILE)
        if modified is None or modified == self._read:
            return
        try:
            found = json.loads(self._folder.read(FILE) or "") or {}
            listed = found.get("coins")
        except (ValueError, AttributeError):
            # The time is not remembered, so that the next pass tries again.
            return
        self._read = modified
        if isinstance(listed, list):
            self.coins = tuple([name for name in map(_name, listed) if name]) or self.coins


def _name(entry: object) -> CoinSymbol:
    return str(entry).strip().upper()
