"""Where a sweep gets its markets: candles from files, and what its strategy makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from powertrader.analytics.annual import timeframe_of
from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.market_request import BacktestRequest, interval_of
from powertrader.backtest.provenance import data_hash
from powertrader.backtest.sweep_market import SweepMarket
from powertrader.backtest.sweep_subject import Subject
from powertrader.core.config import TradingConfig, config_hash
from powertrader.core.exceptions import ConfigError
from powertrader.market.history import CandleShelf
from powertrader.models.candle import Candles
from powertrader.models.types import CoinSymbol


@dataclass(slots=True)
class SweepSource:
    """Makes the market of any settings; notes: what was found wrong with the candles."""

    request: BacktestRequest
    shelf: CandleShelf
    subject: Subject
    notes: list[str] = field(default_factory=list)
    _ready: dict[str, Mapping[CoinSymbol, Candles]] = field(default_factory=dict)

    def prepare(self, config: TradingConfig) -> tuple[ReplaySpan, str]:
        """Load the candles of these settings; give what is traded and the hash of the candles.

        Raises BadData or ConfigError when they cannot be used.
        """
        candles, notes = self.request.load(config, self.shelf)
        try:
            timeframe_of(interval_of(candles))
        except ValueError as error:
            raise ConfigError(str(error)) from error
        span = self.request.span(candles, config.replay.retrain_days)
        self.notes += [*notes, *self.request.gaps(candles, span)]
        self._ready = {config_hash(config): candles}
        return span, data_hash(candles)

    def market(self, config: TradingConfig) -> SweepMarket:
        """Give the market of these settings; candles that were prepared are not loaded again."""
        candles = self._ready.pop(config_hash(config), None) or self.request.load(config, self.shelf)[0]
        span = self.request.span(candles, config.replay.retrain_days)
        return self.subject.market(config, candles, span)
