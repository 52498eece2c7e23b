"""An example strategy over all coins of a backtest, in the form that figures and reports are made from."""

from collections.abc import Mapping

from powertrader.backtest.compiled_outcome import outcome_of
from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.example_run import ExamplePast
from powertrader.backtest.market_arrays import market_of
from powertrader.backtest.result import RunOutcome
from powertrader.core.config import TradingConfig
from powertrader.models.candle import Candles
from powertrader.models.types import CoinSymbol
from powertrader.strategy.registry import NamedExample


def example_outcome(
    config: TradingConfig,
    candles: Mapping[CoinSymbol, Candles],
    span: ReplaySpan,
    named: NamedExample,
    timeframe: str,
) -> RunOutcome:
    """Trade an example strategy, each coin with an equal share of the money of its own.

    What closed before the span only warms the strategy up. Raises ValueError or BadData for amounts that
    cannot be counted exactly.
    """
    market = market_of(candles, span, config.trading.quote_asset)
    past = ExamplePast(candles, market.instruments)
    run = past.run(market.close_s, past.targets(named.example), named.orders, config)
    return outcome_of(run, config, candles, timeframe, rested=named.orders.limit_offset_pct is not None)
