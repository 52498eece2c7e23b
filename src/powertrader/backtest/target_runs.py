"""A strategy's targets over one coin's candles, traded as the paper account would."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
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
from powertrader.backtest.figure_kernels import RunFigures, figures
from powertrader.backtest.kernel_inputs import coin_row, pair_of, prices_of, units_of
from powertrader.backtest.kernels import RunArrays, too_large
from powertrader.backtest.money_kernels import LARGEST_UNITS, UNIT
from powertrader.backtest.target_kernels import Bars, Desk, Terms, follow, price_rests
from powertrader.models.candle import Candles
from powertrader.models.costs import CostModel
from powertrader.models.instrument import FINEST_STEP, Instrument
from powertrader.models.money import decimal_of
from powertrader.models.types import CoinSymbol, FloatArray, TargetArray

_WHOLE_PCT: Final = Decimal(100)
_CANDLES_FOR_A_TRADE: Final = 16
_AT_ONCE: Final = 256


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

    @property
    def bars(self) -> Bars:
        """The columns as compiled code takes them."""
        given = self.candles
        closes = given.open_time_s + given.interval_s
        none = np.empty(0)
        return Bars(closes, given.open, given.high, given.low, given.close, given.volume, none, none)


def run_targets(market: TargetMarket, targets: TargetArray, terms: TargetTerms) -> RunArrays:
    """Follow targets (N,) over N candles; each trade is one execution, its reasons those of reason_text.

    Raises BadData when an amount is too large to be counted, ValueError when the lengths differ.
    """
    start = _Start.of(market, terms)
    desk, equity = start.run(targets)
    coin = desk.coin[0]
    cash = float(desk.account[0].cash / UNIT)
    trades = desk.trades[: desk.account[0].trades]
    held, cost = np.array([coin.quantity]), np.array([coin.cost / UNIT])
    return RunArrays((market.instrument.coin,), start.bars.close_s, trades, equity, cash, held, cost)


def run_many_targets(
    market: TargetMarket, many: Iterable[TargetArray], terms: TargetTerms, workers: int | None = None
) -> Iterator[RunFigures]:
    """Give the figures of many targets over the same candles, in their order; only figures are kept."""
    one, left = _Start.of(market, terms).for_many().figures, iter(many)
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        while batch := list(islice(left, _AT_ONCE)):
            yield from pool.map(one, batch)


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
        coin = coin_row(market.instrument, market.candles.interval_s)
        costs = (prices_of(market.costs), terms.compiled(market.costs))
        return cls(market.instrument.coin, market.bars, costs, account, coin, rows(RESTING_ROW, 1))

    def for_many(self) -> Self:
        """Give the same with all prices read once."""
        asks, bids = price_rests(self.bars, float(self.coin[0].per_hour), self.costs[0])
        return replace(self, bars=self.bars._replace(ask_rests=asks, bid_rests=bids))

    def run(self, targets: TargetArray) -> tuple[Desk, FloatArray]:
        """Follow targets, again with more room when there were more trades than expected."""
        steps = len(self.bars.close_s)
        if len(targets) != steps:
            msg = f"{len(targets)} targets came for {steps} candles"
            raise ValueError(msg)
        equity = np.empty(steps)
        room = max(_AT_ONCE, steps // _CANDLES_FOR_A_TRADE)
        while True:
            trades = rows(TRADE_ROW, room)
            desk = Desk(self.account.copy(), self.coin.copy(), self.resting.copy(), trades)
            follow(self.bars, targets, self.costs, desk, equity)
            status = desk.account[0].status
            if status == RUNNING:
                return desk, equity
            if status == TOO_LARGE:
                raise too_large(self.coin_name)
            room *= 4

    def figures(self, targets: TargetArray) -> RunFigures:
        """Follow targets and keep the figures only."""
        desk, equity = self.run(targets)
        account = desk.account[0]
        return figures(equity, float(self.account[0].cash / UNIT), desk.trades[: account.trades])
