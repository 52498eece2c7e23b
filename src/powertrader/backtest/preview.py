"""What two settings would have done with the same past days: signals are made once, trading is compiled."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from powertrader.analytics.annual import timeframe_of
from powertrader.analytics.performance import EquityCurve, Growth, growth_of
from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.kernel_inputs import ClassicSettings
from powertrader.backtest.kernels import RunArrays, run_classic
from powertrader.backtest.market_arrays import market_of
from powertrader.backtest.market_request import BacktestRequest, extent_of, interval_of
from powertrader.backtest.signal_walk import SignalStore, walk_signals
from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import config_with
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.market.history import CandleShelf
from powertrader.models.candle import Candles
from powertrader.models.types import CoinSymbol

LEAST_LEARNING: Final = timedelta(days=30)
"""So much must have closed before the first day, or nothing worth trading on was learnt."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a setting did: the account, its orders, and how many positions are left at the end.

    realized: profit of the sales after costs, in the quote asset.
    """

    growth: Growth
    buys: int
    sells: int
    realized: float
    held: int

    @property
    def profit(self) -> float:
        """How much more the account is worth at the end; what is held counts at its bid."""
        return self.growth.final_equity - self.growth.start_equity


@dataclass(frozen=True, slots=True)
class Preview:
    """Two settings over the same days, whole days in UTC, and what a reader should know."""

    start: datetime
    stop: datetime
    coins: tuple[CoinSymbol, ...]
    before: Tried
    after: Tried
    notes: tuple[str, ...]


def preview_of(
    pair: tuple[TradingConfig, TradingConfig],
    days: int,
    source: tuple[BacktestRequest, CandleShelf],
    store: SignalStore,
) -> Preview:
    """Try two settings on the newest days of the candles that the trainer downloaded.

    Raises BadData naming coins without candles, or when there are too few to learn from, and ConfigError
    for settings that only a backtest can try.
    """
    request, shelf = source
    coins = tuple(dict.fromkeys(coin for config in pair for coin in config.trading.coins))
    both = config_with(pair[0], {"trading.coins": list(coins)})
    candles, findings = request.load(both, shelf)
    start, stop = newest_days(candles, days)
    before, after = [_try(config, candles, (start, stop), store) for config in pair]
    gaps = replace(request, start=start, stop=stop).gaps(candles, ReplaySpan(start, stop))
    return Preview(start, stop, coins, before, after, (*findings, *gaps))


def newest_days(candles: Mapping[CoinSymbol, Candles], days: int) -> tuple[datetime, datetime]:
    """Give from when to when the newest whole days are: signals of the same days are made once a day.

    Fewer when nothing would be left to learn from. Raises BadData when not even one day can be tried.
    """
    first, last = extent_of(candles)
    stop = last.replace(hour=0, minute=0, second=0, microsecond=0)
    start = max(stop - timedelta(days=days), _next_midnight(first + LEAST_LEARNING))
    if start >= stop:
        needed = LEAST_LEARNING.days + 1
        msg = (
            f"the candles are of {first:%Y-%m-%d} to {last:%Y-%m-%d}: at least {needed} days are needed, "
            "to learn from and to try; train with more candles first"
        )
        raise BadData(msg)
    return start, stop


def _try(
    config: TradingConfig,
    candles: Mapping[CoinSymbol, Candles],
    days: tuple[datetime, datetime],
    store: SignalStore,
) -> Tried:
    span = ReplaySpan(*days, config.replay.retrain_days)
    try:
        settings = ClassicSettings(config.rules, config.replay.start_quote)
        timeframe = timeframe_of(interval_of(candles))
    except ValueError as error:
        msg = f"{error}; `powertrader backtest` may try it"
        raise ConfigError(msg) from error
    own = {coin: candles[coin] for coin in config.trading.coins}
    signals = walk_signals(config, own, span, store)
    market = market_of(own, span, config.trading.quote_asset)
    run = run_classic(market, signals, settings, config.costs.model)
    return _tried(run, timeframe, settings.start_quote)


def _tried(run: RunArrays, timeframe: str, start_quote: float) -> Tried:
    sells = int(np.count_nonzero(run.trades.side))
    return Tried(
        growth=growth_of(EquityCurve(timeframe, start_quote, run.close_s, run.equity)),
        buys=len(run) - sells,
        sells=sells,
        realized=float(np.nansum(run.trades.realized)),
        held=int(np.count_nonzero(run.open_cost)),
    )


def _next_midnight(moment: datetime) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == moment else midnight + timedelta(days=1)
