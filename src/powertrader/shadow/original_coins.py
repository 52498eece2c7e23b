"""Which coins the original bought, by its own books: all others belong to its user."""

from datetime import datetime, timedelta
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.file_operations import Stamp, stamp_of
from powertrader.core.original_folder import OriginalFolder
from powertrader.core.original_ledger import object_of
from powertrader.models.types import CoinSymbol
from powertrader.shadow.install import read_object

STILL_KNOWN: Final = timedelta(minutes=2)
"""A sale leaves the books before the status that still shows the position is read."""


class OriginalCoins:
    """Tells whether the original bought a coin; it bought all while its books cannot be read."""

    def __init__(self, folder: OriginalFolder, wall: Clock) -> None:
        """Bind the books."""
        self._path = folder.pnl_ledger
        self._wall = wall
        self._stamp: Stamp = None
        self._seen: dict[CoinSymbol, datetime] = {}
        self._now: frozenset[CoinSymbol] | None = None

    def __call__(self, coin: CoinSymbol) -> bool:
        """Tell whether the books have this coin, or had it a moment ago."""
        now = self._wall.now()
        self._refresh(now)
        if self._now is None or coin in self._now:
            return True
        seen = self._seen.get(coin)
        return seen is not None and now - seen <= STILL_KNOWN

    def _refresh(self, now: datetime) -> None:
        if self._now:
            self._seen.update(dict.fromkeys(self._now, now))
        stamp = stamp_of(self._path)
        if stamp is None or stamp == self._stamp:
            return
        found = read_object(self._path, self._wall)
        if found is not None:
            self._stamp = stamp
            self._now = frozenset(object_of(found.get("open_positions")))
