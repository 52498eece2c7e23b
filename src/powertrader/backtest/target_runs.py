"""A strategy's targets over one coin's candles, traded as the paper account would."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import Final, Self

import numpy as np

from powertrader.backtest.classic_state import (
    ACCOUNT_ROW,
    RESTING_ROW,
    RUNNING,
    TOO_LARGE,
    TRADE_ROW,
    Prices,
    Rows,
    rows,
)
from powertrader.backtest.figure_kernels import FIGURES, RunFigures, figures, figures_of
from powertrader.backtest.kernel_inputs import coin_row, pair_of, prices_of, units_of
from powertrader.backtest.kernels import RunArrays, too_large
from powertrader.backtest.money_kernels import LARGEST_UNITS, UNIT
from powertrader.backtest.target_kernels import (
    STRETCH_ROW,
    Bars,
    Desk,
    follow,
    follow_many,
    leave_bids,
    leave_values,
    rests_of,
)
from powertrader.backtest.target_order_kernels import Terms
from powertrader.models.candle import Candles
from powertrader.models.costs import CostModel
from powertrader.models.instrument import FINEST_STEP, Instrument
from powertrader.models.money import decimal_of
from powertrader.models.types import CoinSymbol, FloatArray, TargetArray

_WHOLE_PCT: Final = Decimal(100)
_CANDLES_FOR_A_TRADE: Final = 16
_FEWEST_TRADES: Final = 256
AT_ONCE: Final = 16
"""Runs that compiled code is handed together; so many read all prices beforehand."""
_AHEAD: Final = 2
"""Batches that wait for their turn or to be asked for."""


@dataclass(frozen=True, slots=True)
class TargetTerms:
    """How targets become orders.

    quantity: coins to buy each time; None spends share_pct of the free quote asset. limit_offset_pct: rest
    that far below the bid to buy, above the ask to sell; None orders at the market. lives_s: how long an
    order may rest, None for ever.
    Raises ValueError when a number is out of range.
    """

    start_quote: float = 10_000.0
    quantity: Decimal | None = None
    share_pct: float = 95.0
    limit_offset_pct: float | None = None
    lives_s: int | None = None

    def __post_init__(self) -> None:
        """Check the ranges once."""
        largest = float(LARGEST_UNITS * FINEST_STEP)
        offset, lives_s = self.limit_offset_pct, self.lives_s
        checks = (
            ("start_quote", 0 <= self.start_quote <= largest, f"from 0 to {largest:,.0f}"),
            ("quantity", self.quantity is None or self.quantity > 0, "above 0"),
            ("share_pct", 0 < self.share_pct <= _WHOLE_PCT, "> 0 and <= 100"),
            ("limit_offset_pct", offset is None or 0 <= offset < _WHOLE_PCT, ">= 0 and < 100"),
            ("lives_s", lives_s is None or lives_s > 0, "above 0"),
        )
        for name, fits, expected in checks:
            if not fits:
                msg = f"{name} was {getattr(self, name)}, must be {expected}"
                raise ValueError(msg)

    def compiled(self, costs: CostModel) -> Terms:
        """Give the same numbers as compiled code takes them."""
        offset = self.limit_offset_pct
        return Terms(
            0 if self.quantity is None else units_of(self.quantity, "quantity"),
            self.share_pct / 100,
            0.0 if offset is None else 1 - offset / 100,
            0.0 if offset is None else 1 + offset / 100,
            self.lives_s or 0,
            pair_of(decimal_of(costs.maker_pct) / _WHOLE_PCT),
        )


@dataclass(frozen=True, slots=True, eq=False)
class TargetMarket:
    """One coin's candles and order rules, and what trading it costs."""

    candles: Candles
    instrument: Instrument
    costs: CostModel


def run_targets(market: TargetMarket, targets: TargetArray, terms: TargetTerms) -> RunArrays:
    """Follow targets (N,) over N candles; each trade is one execution, its reasons those of reason_text.

    Raises BadData when an amount is too large to be counted, ValueError when the lengths differ.
    """
    start = _Start.of(market, terms)
    # nobody needs the bids afterwards, and new memory takes as long as all the trading
    equity = start.bars.bids
    desk = start.run(targets, equity)
    coin = desk.coin[0]
    cash = float(desk.account[0].cash / UNIT)
    trades = desk.trades[: desk.account[0].trades]
    held, cost = np.array([coin.quantity]), np.array([coin.cost / UNIT])
    return RunArrays((market.instrument.coin,), start.bars.close_s, trades, equity, cash, held, cost)


def run_many_targets(
    market: TargetMarket, many: Iterable[TargetArray], terms: TargetTerms, workers: int | None = None
) -> Iterator[RunFigures]:
    """Give the figures of many targets over the same candles, in their order; only figures are kept."""
    start, left = _Start.of(market, terms), iter(many)
    count = workers or os.cpu_count() or 1
    # targets are made while those before them are followed, few of them at a time, in the same memory
    free = deque(np.empty((AT_ONCE, start.steps), np.int8) for _ in range(count + _AHEAD))
    running: deque[tuple[TargetArray, Future[list[RunFigures]]]] = deque()
    with ThreadPoolExecutor(count) as pool:
        while batch := list(islice(left, AT_ONCE)):
            # few runs read fewer prices than there are
            start = start if len(batch) < AT_ONCE else start.for_many()
            room = free.popleft()
            running.append((room, pool.submit(start.figures, start.filled(room, batch))))
            if not free:
                room, oldest = running.popleft()
                yield from oldest.result()
                free.append(room)
        for _, last in running:
            yield from last.result()


@dataclass(frozen=True, slots=True, eq=False)
class _Start:
    """What every run over the same candles begins with; rows are copied before they are written to."""

    coin_name: CoinSymbol
    bars: Bars
    costs: tuple[Prices, Terms]
    account: Rows
    coin: Rows
    resting: Rows

    @classmethod
    def of(cls, market: TargetMarket, terms: TargetTerms) -> Self:
        """Prepare the columns, costs and empty rows."""
        account = rows(ACCOUNT_ROW, 1)
        account.cash = units_of(decimal_of(terms.start_quote), "start_quote")
        given = market.candles
        coin = coin_row(market.instrument, given.interval_s)
        costs = (prices_of(market.costs), terms.compiled(market.costs))
        closes, none = given.open_time_s + given.interval_s, np.empty(0)
        columns = (given.open, given.high, given.low, given.close, given.volume)
        bars = Bars(closes, *columns, np.empty(len(closes)), none, none, float(coin[0].per_hour))
        leave_bids(bars, costs[0], bars.bids)
        return cls(market.instrument.coin, bars, costs, account, coin, rows(RESTING_ROW, 1))

    def for_many(self) -> Self:
        """Give the same with all prices read, once."""
        if len(self.bars.ask_rests):
            return self
        asks, bids = rests_of(self.bars, self.costs[0])
        return replace(self, bars=self.bars._replace(ask_rests=asks, bid_rests=bids))

    @property
    def steps(self) -> int:
        """How many candles there are."""
        return len(self.bars.close_s)

    @property
    def room(self) -> int:
        """For how many trades to expect."""
        return max(_FEWEST_TRADES, self.steps // _CANDLES_FOR_A_TRADE)

    def desk(self, room: int) -> Desk:
        """Give rows to write to, with room for so many trades."""
        trades, stretches = rows(TRADE_ROW, room), rows(STRETCH_ROW, room + 1)
        return Desk(self.account.copy(), self.coin.copy(), self.resting.copy(), trades, stretches)

    def run(self, targets: TargetArray, equity: FloatArray) -> Desk:
        """Follow targets, again with more room when there were more trades than expected.

        equity (N,) takes the value after each candle; it may be the memory of the bids.
        """
        self._check(len(targets))
        room = self.room
        while True:
            desk = self.desk(room)
            stretches = desk.stretches[: follow(self.bars, targets, self.costs, desk)]
            status = desk.account[0].status
            if status == RUNNING:
                leave_values(stretches, self.bars.bids, equity)
                return desk
            if status == TOO_LARGE:
                raise too_large(self.coin_name)
            room *= 4

    def filled(self, room: TargetArray, batch: Sequence[TargetArray]) -> TargetArray:
        """Write targets into memory that is there, and give the part of it that they fill."""
        for place, targets in zip(room, batch, strict=False):
            self._check(len(targets))
            place[:] = targets
        return room[: len(batch)]

    def figures(self, many: TargetArray) -> list[RunFigures]:
        """Follow each of many targets (K, N) and keep the figures only."""
        found = np.empty((len(many), FIGURES))
        ends = follow_many(self.bars, many, self.costs, self.desk(self.room), found)
        return [
            figures_of(row) if end == RUNNING else self._figures(targets)
            for end, row, targets in zip(ends, found, many, strict=True)
        ]

    def _figures(self, targets: TargetArray) -> RunFigures:
        equity = np.empty(self.steps)
        desk = self.run(targets, equity)
        account = desk.account[0]
        return figures(equity, float(self.account[0].cash / UNIT), desk.trades[: account.trades])

    def _check(self, count: int) -> None:
        if count != self.steps:
            msg = f"{count} targets came for {self.steps} candles"
            raise ValueError(msg)
