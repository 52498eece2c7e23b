"""TradesView: the finished trades and sums of a ledger, as one value that threads can share."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from powertrader.analytics.profit import LedgerSums
from powertrader.models.trade import Trade
from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True)
class LedgerName:
    """Whose ledger: the mode and account of a trader, and what it pays with."""

    mode: str
    account: str
    quote_asset: str

    def __str__(self) -> str:
        """Give the name as the ledger's folder has it."""
        return f"{self.mode}-{self.account}"


class TradeLog:
    """Trades that only ever become more. One thread adds; views of it hold what there was at their time."""

    def __init__(self, trades: Iterable[Trade] = ()) -> None:
        """Begin with some trades, oldest first."""
        self.trades: list[Trade] = []
        self.by_coin: dict[CoinSymbol, list[int]] = {}
        for trade in trades:
            self.add(trade)

    def add(self, trade: Trade) -> None:
        """Add the newest trade."""
        self.by_coin.setdefault(trade.coin, []).append(len(self.trades))
        self.trades.append(trade)


@dataclass(frozen=True, slots=True, eq=False)
class TradesView:
    """Finished trades, oldest first, and what the ledger's money amounts to.

    The trades of an original that were taken over come first; their money is not in sums. complete is
    False while the ledger is still being read: more follows at once. generation rises when the trades
    are others than before and not merely more. Two views are equal only when they are the same one.
    """

    whose: LedgerName | None = None
    sums: LedgerSums = field(default_factory=lambda: LedgerSums(""))
    generation: int = 0
    complete: bool = True
    log: TradeLog = field(default_factory=TradeLog, repr=False)
    length: int = 0

    @classmethod
    def of(cls, trades: Iterable[Trade]) -> "TradesView":
        """Give a view of some trades, oldest first, without sums."""
        log = TradeLog(trades)
        return cls(log=log, length=len(log.trades))

    @property
    def is_counted(self) -> bool:
        """Whether sums are those of a whole ledger, and not of one that is still, or cannot be, read."""
        return self.whose is not None and self.complete

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Trade]:
        """Give the trades, oldest first."""
        return iter(self.log.trades[: self.length])

    def __getitem__(self, place: int) -> Trade:
        """Give one trade by its place from the oldest, counted from 0, or from the newest, from -1."""
        if not -self.length <= place < self.length:
            msg = f"there are {self.length} trades, none at {place}"
            raise IndexError(msg)
        return self.log.trades[place % self.length]

    @property
    def trades(self) -> tuple[Trade, ...]:
        """All trades, oldest first."""
        return tuple(self)

    def newest(self, most: int) -> tuple[Trade, ...]:
        """Give the newest trades, newest first."""
        begin = max(self.length - max(most, 0), 0)
        return tuple(reversed(self.log.trades[begin : self.length]))

    def added(self, seen: int) -> tuple[Trade, ...]:
        """Give the trades behind the first so many, oldest first."""
        return tuple(self.log.trades[seen : self.length])

    def of_coin(self, coin: CoinSymbol) -> tuple[Trade, ...]:
        """Give the trades of a coin, oldest first."""
        places = self.log.by_coin.get(coin, [])
        trades = self.log.trades
        return tuple([trades[place] for place in places[: bisect_left(places, self.length)]])

    def since(self, moment: datetime) -> tuple[Trade, ...]:
        """Give the trades of a time and later, oldest first."""
        begin = bisect_left(self.log.trades, moment, hi=self.length, key=lambda trade: trade.timestamp)
        return tuple(self.log.trades[begin : self.length])
