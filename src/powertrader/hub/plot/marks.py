"""Trades as dots: when, at which price, and which of the three kinds."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from powertrader.hub.plot.scene import Form
from powertrader.hub.trades_view import TradesView
from powertrader.models.order import Side
from powertrader.models.trade import Trade, is_dca
from powertrader.models.types import CoinSymbol, FloatArray, IntArray


class Kind(IntEnum):
    """What a trade did."""

    BUY = 0
    DCA = 1
    SELL = 2

    @property
    def meaning(self) -> str:
        """The palette's name of its colour, and the text's."""
        return self.name.lower()


FORMS: Final[Mapping[Kind, Form]] = {Kind.BUY: Form.CIRCLE, Kind.DCA: Form.DIAMOND, Kind.SELL: Form.SQUARE}
"""What the dots look like."""


def kind_of(trade: Trade) -> Kind:
    """Give what a trade did."""
    if trade.side is Side.SELL:
        return Kind.SELL
    return Kind.DCA if is_dca(trade.reason) else Kind.BUY


AT_ONCE: Final = 1000
"""So many trades are looked at in one step."""


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Trades in columns, oldest first: seconds since 1970, price (nan: unknown), kind, and coin by number."""

    times_s: FloatArray
    prices: FloatArray
    kinds: IntArray
    coins: IntArray
    names: tuple[CoinSymbol, ...] = ()

    def __len__(self) -> int:
        """Count the trades."""
        return len(self.times_s)

    def of(self, coin: CoinSymbol) -> "Marks":
        """Give the trades of one coin."""
        if coin not in self.names:
            return NO_MARKS
        own = self.coins == self.names.index(coin)
        return Marks(self.times_s[own], self.prices[own], self.kinds[own], self.coins[own], self.names)


NO_MARKS: Final = Marks(np.empty(0), np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))


class MarkBook:
    """The marks of a ledger's trades, which grow at their end; only what is new is looked at."""

    def __init__(self) -> None:
        """Know no trade yet."""
        self._generation = -1
        self._rows: list[tuple[float, float, int, int]] = []
        self._numbers: dict[CoinSymbol, int] = {}
        self.marks = NO_MARKS

    def read(self, trades: TradesView) -> Iterator[None]:
        """Bring marks up to all trades, a part in each step."""
        if trades.generation != self._generation or len(trades) < len(self._rows):
            self._generation = trades.generation
            self._rows, self._numbers, self.marks = [], {}, NO_MARKS
        known = len(self._rows)
        new = trades.added(known)
        for begin in range(0, len(new), AT_ONCE):
            if known + begin != len(self._rows):
                # somebody else has read on meanwhile
                return
            self._rows += [self._row(trade) for trade in new[begin : begin + AT_ONCE]]
            yield
        if len(self._rows) > len(self.marks):
            self.marks = self._columns()

    def _row(self, trade: Trade) -> tuple[float, float, int, int]:
        number = self._numbers.setdefault(trade.coin, len(self._numbers))
        price = math.nan if trade.price is None else trade.price
        return trade.timestamp.timestamp(), price, kind_of(trade), number

    def _columns(self) -> Marks:
        table = np.array(self._rows, dtype=np.float64)
        table = np.ascontiguousarray(table[np.argsort(table[:, 0], kind="stable")].T)
        kinds, coins = table[2].astype(np.int64), table[3].astype(np.int64)
        return Marks(table[0], table[1], kinds, coins, tuple(self._numbers))
