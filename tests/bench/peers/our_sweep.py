"""PowerTrader on the sweep, in a process of its own, so that its memory is its own."""

from decimal import Decimal
from itertools import product

import numpy as np

from powertrader.backtest.target_runs import TargetMarket, TargetTerms, run_many_targets, run_targets
from powertrader.models.candle import Candles
from powertrader.models.costs import CostModel
from powertrader.models.instrument import Instrument
from powertrader.strategy.averages import average_of_sums, running_sums
from powertrader.strategy.sma_cross import SmaCross
from tests.bench.peers.task import (
    CASH,
    FEE,
    SWEEP_BARS,
    SWEEP_FASTS,
    SWEEP_SLOWS,
    best_of,
    prices,
    tell,
)

FREE_OF_SPREAD = CostModel(FEE * 100, FEE * 100, 0.0, 0.0)
TERMS = TargetTerms(CASH, quantity=Decimal(1))


def market(bars: int) -> TargetMarket:
    """Give the task's prices as candles of an hour."""
    close = prices(bars)
    candles = Candles(np.arange(bars) * 3600, close, close, close, close, np.zeros(bars), 3600)
    return TargetMarket(candles, Instrument("BTCUSDT", "BTC"), FREE_OF_SPREAD)


def cross(given: TargetMarket) -> int:
    """Trade the crossing of 20 and 50 candles once; give the number of orders."""
    return len(run_targets(given, SmaCross().targets(given.candles), TERMS))


def sweep() -> int:
    """Trade 1,000 pairs of windows, each average made once; give the number of orders."""
    given = market(SWEEP_BARS)
    sums = running_sums(given.candles.close)
    averages = {window: average_of_sums(sums, window) for window in {*SWEEP_FASTS, *SWEEP_SLOWS}}
    pairs = product(SWEEP_FASTS, SWEEP_SLOWS)
    targets = ((averages[fast] > averages[slow]).view(np.int8) for fast, slow in pairs)
    return sum(figures.trades for figures in run_many_targets(given, targets, TERMS))


if __name__ == "__main__":
    tell(*best_of(sweep, repeats=5))
