"""What the original's trader did: trade_history.jsonl, read on from where it ended last time."""

import json
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from powertrader.core.file_operations import Stamp, stamp_of
from powertrader.core.original_ledger import JsonObject, moment_of, number_of
from powertrader.models.decision import ActionKind
from powertrader.models.types import CoinSymbol
from powertrader.shadow.install import read_raw


@dataclass(frozen=True, slots=True)
class OriginalTrade:
    """One finished order of the original; price is None where it was not told."""

    at: datetime
    coin: CoinSymbol
    kind: ActionKind
    quantity: float
    price: float | None
    order_id: str

    @property
    def words(self) -> str:
        """The trade as a person says it."""
        deed = "sold" if self.kind is ActionKind.EXIT else f"bought ({self.kind})"
        at = "" if self.price is None else f" at {self.price:.8g}"
        return f"{deed} {self.quantity:.8g} {self.coin}{at}"


class TradeTail:
    """The trades of an installation, oldest first; a line that is not complete yet is left for later."""

    def __init__(self, path: Path, quote_asset: str) -> None:
        """Know none yet."""
        self._path = path
        self._quote_asset = quote_asset
        self._stamp: Stamp = None
        self._read = 0
        self._seen: set[tuple[str, datetime]] = set()
        self._dca: dict[CoinSymbol, list[datetime]] = {}
        self._sales: dict[CoinSymbol, datetime] = {}

    def poll(self) -> tuple[OriginalTrade, ...]:
        """Give the trades that came since the last call."""
        stamp = stamp_of(self._path)
        if stamp is None or stamp == self._stamp:
            return ()
        raw = read_raw(self._path)
        if raw is None:
            return ()
        self._stamp = stamp
        if len(raw) < self._read:
            # another file stands in its place
            self._read = 0
        whole = raw.rfind(b"\n") + 1
        new = tuple(self._new(raw[self._read : whole]))
        self._read = max(whole, self._read)
        for trade in new:
            self._index(trade)
        return new

    def dca_times(self, coin: CoinSymbol) -> tuple[datetime, ...]:
        """Give the times of all DCA buys of a coin since its last sale, oldest first."""
        return tuple(self._dca.get(coin, ()))

    def last_sale_at(self, coin: CoinSymbol) -> datetime | None:
        """Give when a coin was sold last, None when it never was."""
        return self._sales.get(coin)

    def _index(self, trade: OriginalTrade) -> None:
        times = self._dca.setdefault(trade.coin, [])
        if trade.kind is ActionKind.DCA:
            insort(times, trade.at)
        if trade.kind is ActionKind.EXIT:
            self._sales[trade.coin] = sold = max(trade.at, self._sales.get(trade.coin, trade.at))
            self._dca[trade.coin] = [at for at in times if at > sold]

    def _new(self, lines: bytes) -> Iterator[OriginalTrade]:
        for line in lines.split(b"\n"):
            trade = self._trade(line)
            if trade is not None and (trade.order_id, trade.at) not in self._seen:
                self._seen.add((trade.order_id, trade.at))
                yield trade

    def _trade(self, line: bytes) -> OriginalTrade | None:
        try:
            found: JsonObject | None = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            return None
        if not isinstance(found, dict):
            return None
        at = moment_of(found.get("ts"))
        coin = str(found.get("symbol") or "").strip().upper().removesuffix(self._quote_asset)
        kind = _kind_of(str(found.get("side") or ""), found.get("tag"))
        if at is None or not coin or kind is None:
            return None
        price = number_of(found.get("price")) or None
        return OriginalTrade(at, coin, kind, number_of(found.get("qty")), price, str(found.get("order_id")))


def _kind_of(side: str, tag: object) -> ActionKind | None:
    match side.strip().lower():
        case "sell":
            return ActionKind.EXIT
        case "buy":
            return ActionKind.DCA if tag == "DCA" else ActionKind.ENTRY
        case _:
            return None
