"""An example strategy over all coins of a backtest, in the form that figures and reports are made from."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from powertrader.backtest.compiled_outcome import outcome_of
from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.kernels import RunArrays
from powertrader.backtest.market_arrays import MarketArrays, market_of
from powertrader.backtest.result import RunOutcome
from powertrader.backtest.target_runs import TargetMarket, TargetTerms, run_targets
from powertrader.core.config import TradingConfig
from powertrader.models.candle import Candles
from powertrader.models.instrument import FINEST_STEP
from powertrader.models.money import decimal_of
from powertrader.models.types import CoinSymbol
from powertrader.strategy.registry import Example


def example_outcome(
    config: TradingConfig,
    candles: Mapping[CoinSymbol, Candles],
    span: ReplaySpan,
    example: Example,
    timeframe: str,
) -> RunOutcome:
    """Trade an example strategy at the market, each coin with an equal share of the money of its own.

    What closed before the span only warms the strategy up. Raises ValueError or BadData for amounts that
    cannot be counted exactly.
    """
    market = market_of(candles, span, config.trading.quote_asset)
    shares = shares_of(config.replay.start_quote, len(candles))
    runs = []
    for (coin, columns), share in zip(candles.items(), shares, strict=True):
        closes = columns.open_time_s + columns.interval_s
        ends = [span.start.timestamp(), span.stop.timestamp()]
        first, stop = np.searchsorted(closes, ends, side="right").tolist()
        traded = TargetMarket(columns.between(first, stop), market.instruments[coin], config.costs.model)
        runs.append(run_targets(traded, example.targets(columns)[first:stop], TargetTerms(share)))
    run = _joined(market, runs, shares)
    return outcome_of(run, config, candles, timeframe)


def shares_of(start_quote: float, count: int) -> tuple[float, ...]:
    """Part money equally, to the last unit; what cannot be parted goes to the first."""
    whole = decimal_of(start_quote)
    share = whole / count // FINEST_STEP * FINEST_STEP
    rest: Decimal = whole - share * (count - 1)
    return (float(rest), *[float(share)] * (count - 1))


def _joined(market: MarketArrays, runs: Sequence[RunArrays], shares: Sequence[float]) -> RunArrays:
    """Give the runs of all coins as the run of one account; a coin without a candle keeps its value."""
    equity = np.zeros(len(market.close_s))
    for place, (run, share) in enumerate(zip(runs, shares, strict=True)):
        run.trades.coin[:] = place
        so_far = np.searchsorted(run.close_s, market.close_s, side="right")
        equity += np.append(share, run.equity)[so_far]
    trades = np.concatenate([run.trades for run in runs])
    by_time = trades[np.argsort(trades["time_s"], kind="stable")].view(np.recarray)
    return RunArrays(
        market.coins,
        market.close_s,
        by_time,
        equity,
        sum(run.final_cash for run in runs),
        np.concatenate([run.open_quantity for run in runs]),
        np.concatenate([run.open_cost for run in runs]),
    )
