"""Markets with random signals for the compiled engines, and the comparison with the event engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.kernel_inputs import ClassicSettings
from powertrader.backtest.kernels import RunArrays, reason_text, run_classic
from powertrader.backtest.market_arrays import market_of
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.candle import Candles
from powertrader.models.costs import CostModel
from powertrader.models.types import CoinSymbol
from tests.unit.backtest.event_run import QUOTE, EventRun, Scene, event_run, fee_of, signals_of

START: Final = datetime(2022, 1, 1, tzinfo=UTC)
SIDES: Final = ("BUY", "SELL")


@dataclass(frozen=True)
class Rough:
    """What makes a market difficult: candles that are missing, thin volume, steps of a minute."""

    missing: float = 0.0
    volume_factor: float = 1.0
    interval_s: int = 3600


def scene(coins: Sequence[CoinSymbol], count: int, seed: int, rough: Rough | None = None) -> Scene:
    """Give a synthetic market of so many hours with random signals."""
    rng = np.random.default_rng(seed)
    rough = rough or Rough()
    candles = {coin: _candles(coin, count, rng, rough) for coin in coins}
    signals = {}
    for coin, columns in candles.items():
        long = rng.choice([-1, 0, 1, 2, 3, 4, 5, 6, 7], len(columns))
        short = rng.choice([0, 0, 0, 0, 1], len(columns))
        signals[coin] = signals_of(columns.open_time_s + columns.interval_s, long, short)
    return Scene(candles, signals, ReplaySpan(START, START + timedelta(hours=count)))


def _candles(coin: CoinSymbol, count: int, rng: np.random.Generator, rough: Rough) -> Candles:
    whole = synthetic_candles(coin, seed=int(rng.integers(1000)), start=START, count=count)
    kept = np.flatnonzero(rng.random(count) >= rough.missing)
    opened = START.timestamp() + (whole.open_time_s[kept] - START.timestamp()) * rough.interval_s / 3600
    return Candles(
        opened.astype(np.int64),
        whole.open[kept],
        whole.high[kept],
        whole.low[kept],
        whole.close[kept],
        whole.volume[kept] * rough.volume_factor,
        rough.interval_s,
    )


def compiled_run(given: Scene, settings: ClassicSettings, costs: CostModel) -> RunArrays:
    """Trade a scene compiled."""
    market = market_of(given.candles, given.span, QUOTE, given.instruments)
    return run_classic(market, given.signals, settings, costs)


def assert_same(given: Scene, settings: ClassicSettings, costs: CostModel) -> int:
    """Hold the compiled run against the event engine, trade by trade; give the number of trades."""
    run = compiled_run(given, settings, costs)
    truth = event_run(given, settings, costs)
    assert fills_of(run) == true_fills(truth)
    sales = run.trades[run.trades.side == 1]
    true_sales = [trade for trade in truth.trades if trade.realized_profit is not None]
    realized = [float(trade.realized_profit or 0) for trade in true_sales]
    np.testing.assert_allclose(sales.realized, realized, rtol=0, atol=1e-9)
    gains = [trade.pnl_pct or 0.0 for trade in true_sales]
    np.testing.assert_allclose(sales.gain_pct, gains, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(run.equity, truth.equity, rtol=0, atol=1e-9)
    assert run.final_cash == truth.cash
    return len(run)


def fills_of(run: RunArrays) -> list[tuple[object, ...]]:
    """Give every trade with its exact amounts."""
    return [
        (
            run.coins[row.coin],
            SIDES[row.side],
            reason_text(int(row.reason), int(row.stage)),
            int(row.time_s),
            *(float(row.price), float(row.quantity), float(row.value), float(row.fee)),
        )
        for row in run.trades
    ]


def true_fills(truth: EventRun) -> list[tuple[object, ...]]:
    """Give the event engine's trades in the same form."""
    return [
        (
            trade.coin,
            trade.side.value,
            trade.reason,
            int(trade.timestamp.timestamp()),
            *(trade.price, float(trade.quantity), float(trade.value), float(fee_of(trade))),
        )
        for trade in truth.trades
    ]
