"""An example strategy over several coins, each with an equal share of the money of its own."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from powertrader.backtest.figure_kernels import RunFigures
from powertrader.backtest.kernels import RunArrays
from powertrader.backtest.target_runs import TargetMarket, TargetTerms, run_many_targets, run_targets
from powertrader.core.config import TradingConfig
from powertrader.models.candle import Candles
from powertrader.models.instrument import FINEST_STEP, Instrument
from powertrader.models.money import decimal_of
from powertrader.models.types import CoinSymbol, IntArray, TargetArray
from powertrader.strategy.orders import Orders
from powertrader.strategy.registry import Example

_HOUR_S: Final = 3600


@dataclass(frozen=True, slots=True, eq=False)
class ExamplePast:
    """Candles and order rules of several coins, in the same order."""

    candles: Mapping[CoinSymbol, Candles]
    instruments: Mapping[CoinSymbol, Instrument]

    def targets(self, example: Example) -> list[TargetArray]:
        """Give what an example wants of each coin after each of its candles."""
        return [example.targets(columns) for columns in self.candles.values()]

    def run(
        self, close_s: IntArray, targets: Sequence[TargetArray], orders: Orders, config: TradingConfig
    ) -> RunArrays:
        """Trade targets at the steps close_s (steps,); what closed before them has warmed the strategy up.

        Raises ValueError or BadData for amounts that cannot be counted exactly.
        """
        shares = shares_of(config.replay.start_quote, len(self.candles))
        runs = []
        for coin, wanted, share in zip(self.candles, targets, shares, strict=True):
            market, rows = self._traded(coin, close_s, config)
            runs.append(run_targets(market, wanted[rows], terms_of(orders, share)))
        return _joined(tuple(self.candles), close_s, runs, shares)

    def run_many(
        self,
        close_s: IntArray,
        many: Iterable[TargetArray],
        orders: Orders,
        config: TradingConfig,
        threads: int,
    ) -> Iterator[RunFigures]:
        """Give the figures of what run makes of each of many targets of the only coin there is."""
        (coin,) = self.candles
        market, rows = self._traded(coin, close_s, config)
        terms = terms_of(orders, config.replay.start_quote)
        return run_many_targets(market, (targets[rows] for targets in many), terms, threads)

    def _traded(
        self, coin: CoinSymbol, close_s: IntArray, config: TradingConfig
    ) -> tuple[TargetMarket, slice]:
        """Give what a coin is traded on from the first step to the last, and which of its candles that is."""
        columns = self.candles[coin]
        closes = columns.open_time_s + columns.interval_s
        first, stop = np.searchsorted(closes, [close_s[0], close_s[-1] + 1]).tolist()
        market = TargetMarket(columns.between(first, stop), self.instruments[coin], config.costs.model)
        return market, slice(first, stop)


def terms_of(orders: Orders, start_quote: float) -> TargetTerms:
    """Give how to order in the form that targets are traded by; part of a second counts as a whole one."""
    quantity, lives = orders.quantity, orders.lives_hours
    return TargetTerms(
        start_quote,
        None if quantity is None else decimal_of(quantity),
        orders.share_pct,
        orders.limit_offset_pct,
        None if lives is None else math.ceil(lives * _HOUR_S),
    )


def shares_of(start_quote: float, count: int) -> tuple[float, ...]:
    """Part money equally, to the last unit; what cannot be parted goes to the first."""
    whole = decimal_of(start_quote)
    share = whole / count // FINEST_STEP * FINEST_STEP
    rest: Decimal = whole - share * (count - 1)
    return (float(rest), *[float(share)] * (count - 1))


def _joined(
    coins: tuple[CoinSymbol, ...], close_s: IntArray, runs: Sequence[RunArrays], shares: Sequence[float]
) -> RunArrays:
    """Give the runs of all coins as the run of one account; a coin without a candle keeps its value."""
    equity = np.zeros(len(close_s))
    for place, (run, share) in enumerate(zip(runs, shares, strict=True)):
        run.trades.coin[:] = place
        if len(run.close_s) == len(close_s):
            # it has a candle in each step: nothing to look for
            equity += run.equity
            continue
        so_far = np.searchsorted(run.close_s, close_s, side="right")
        equity += np.append(share, run.equity)[so_far]
    trades = np.concatenate([run.trades for run in runs])
    by_time = trades[np.argsort(trades["time_s"], kind="stable")].view(np.recarray)
    return RunArrays(
        coins,
        close_s,
        by_time,
        equity,
        sum(run.final_cash for run in runs),
        np.concatenate([run.open_quantity for run in runs]),
        np.concatenate([run.open_cost for run in runs]),
    )
