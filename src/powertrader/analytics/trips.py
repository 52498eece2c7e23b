"""Round trips of a backtest as columns: from the first purchase of a coin to the sale that ends it."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from powertrader.models.trade_columns import TradeColumns
from powertrader.models.types import FloatArray, IntArray

_LARGEST_REST: Final = 0.01
"""A sale that leaves less than this share of itself ends the trip."""


@dataclass(frozen=True, slots=True, eq=False)
class Trips:
    """Trips that ended, by their end. coin and reason (of the last sale) are positions as in the trades.

    stage counts further purchases. spent and profit are in the quote asset, profit after all costs.
    open_coin and open_since_s: the trips that go on.
    """

    coin: IntArray
    opened_s: IntArray
    closed_s: IntArray
    stage: IntArray
    reason: IntArray
    spent: FloatArray
    profit: FloatArray
    open_coin: IntArray
    open_since_s: IntArray

    def __len__(self) -> int:
        """Count the trips that ended."""
        return len(self.coin)

    @property
    def held_s(self) -> IntArray:
        """How long each took, in seconds."""
        return self.closed_s - self.opened_s


@dataclass(slots=True)
class _Going:
    opened_s: int
    buys: int = 0
    held: float = 0.0
    spent: float = 0.0
    profit: float = 0.0


@dataclass(slots=True)
class _Walk:
    going: dict[int, _Going] = field(default_factory=dict)
    ended: list[tuple[float, ...]] = field(default_factory=list)

    def buy(self, coin: int, time_s: int, bought: float, value: float) -> None:
        trip = self.going.setdefault(coin, _Going(time_s))
        trip.buys += 1
        trip.held += bought
        trip.spent += value

    def sell(self, coin: int, time_s: int, sold: float, profit: float, reason: int) -> None:
        trip = self.going.get(coin)
        if trip is None:
            return
        trip.held -= sold
        trip.profit += profit
        if trip.held < sold * _LARGEST_REST:
            del self.going[coin]
            row = (coin, trip.opened_s, time_s, trip.buys - 1, reason, trip.spent, trip.profit)
            self.ended.append(row)


def trips_of(trades: TradeColumns) -> Trips:
    """Give the trips that trades, oldest first, make."""
    walk = _Walk()
    gained = np.nan_to_num(trades.realized)
    bought = trades.quantity - np.where(trades.is_sale, 0.0, trades.fee / trades.price)
    columns = (trades.coin, trades.time_s, trades.is_sale, bought, trades.value, gained, trades.reason)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for coin, time_s, is_sale, quantity, value, profit, reason in rows:
        if is_sale:
            walk.sell(coin, time_s, quantity, profit, reason)
        else:
            walk.buy(coin, time_s, quantity, value)
    table = np.array(walk.ended, dtype=np.float64).reshape(len(walk.ended), 7).T
    coin_s, opened_s, closed_s, stage, reasons = (column.astype(np.int64) for column in table[:5])
    open_coin = np.array(list(walk.going), dtype=np.int64)
    open_since_s = np.array([trip.opened_s for trip in walk.going.values()], dtype=np.int64)
    return Trips(coin_s, opened_s, closed_s, stage, reasons, table[5], table[6], open_coin, open_since_s)
