"""What the original's trader did: trade_history.jsonl, read on from where it ended last time."""

import json
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from powertrader.core.file_operations import Stamp, stamp_of
from powertrader.core.original_ledger import JsonObject, moment_of, number_of
from powertrader.models.decision import ActionKind
from powertrader.models.types import CoinSymbol
from powertrader.shadow.install import read_raw

_KEPT: Final = timedelta(days=2)
"""A DCA buy counts for one day (3.6)."""
_MARK_BYTES: Final = 512
"""So much of what was read is looked at again: a line with its time and order tells one file from another."""
_Known: TypeAlias = tuple[datetime, ActionKind, str]
"""Time, kind and order of a trade that was given."""


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
    """The trades of an installation, oldest first; a line that is not complete yet is left for later.

    Only what was added is read, but for a file that was cut or replaced: that is read whole, and what is
    known of it, or older than what is kept, is not given again.
    """

    def __init__(self, path: Path, quote_asset: str) -> None:
        """Know none yet."""
        self._path = path
        self._quote_asset = quote_asset
        self._stamp: Stamp = None
        self._end = 0
        self._mark = b""
        self._by_coin: dict[CoinSymbol, list[_Known]] = {}

    def poll(self) -> tuple[OriginalTrade, ...]:
        """Give the trades that came since the last call."""
        stamp = stamp_of(self._path)
        if stamp is None or stamp == self._stamp:
            return ()
        start, mark = self._end - len(self._mark), self._mark
        raw = read_raw(self._path, start)
        if raw is not None and not raw.startswith(mark):
            start, mark = 0, b""
            raw = read_raw(self._path)
        if raw is None:
            return ()
        self._stamp = stamp
        lines = raw[: raw.rfind(b"\n") + 1]
        self._end, self._mark = start + len(lines), lines[-_MARK_BYTES:]
        return tuple(self._new(lines[len(mark) :], is_whole_file=not mark))

    def window(self, coin: CoinSymbol, until: datetime) -> tuple[tuple[datetime, ...], datetime | None]:
        """Give the DCA buys of a coin since its last sale, and that sale, as they were at a time."""
        known = self._by_coin.get(coin, [])
        sale = max((at for at, kind, _ in known if kind is ActionKind.EXIT and at <= until), default=None)
        buys = [at for at, kind, _ in known if kind is ActionKind.DCA and at <= until]
        return tuple([at for at in buys if sale is None or at > sale]), sale

    def traded_after(self, coin: CoinSymbol, moment: datetime) -> bool:
        """Tell whether a coin was traded later than a time."""
        return any(at > moment for at, _, _ in self._by_coin.get(coin, []))

    def _index(self, trade: OriginalTrade) -> None:
        """Keep what the window needs: the DCA buys of two days, and the newest sales."""
        known = self._by_coin.setdefault(trade.coin, [])
        insort(known, (trade.at, trade.kind, trade.order_id))
        newest = known[-1][0]
        self._by_coin[trade.coin] = [one for one in known if newest - one[0] <= _KEPT]

    def _new(self, lines: bytes, *, is_whole_file: bool) -> Iterator[OriginalTrade]:
        """Give and keep the trades that are not known; in a whole file those that were forgotten are."""
        oldest = {coin: known[0][0] for coin, known in self._by_coin.items()} if is_whole_file else {}
        for line in lines.split(b"\n"):
            trade = self._trade(line)
            if trade is None or trade.at < oldest.get(trade.coin, trade.at):
                continue
            if (trade.at, trade.kind, trade.order_id) not in self._by_coin.get(trade.coin, []):
                self._index(trade)
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
