"""The composition root of the window's charts: which venue their candles come from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from powertrader.core.clock import Clock
from powertrader.core.config import TradingConfig
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.market.chart_history import ChartHistory
from powertrader.models.candle import Candles
from powertrader.models.timeframe import ChartTimeframe
from powertrader.models.types import CoinSymbol

if TYPE_CHECKING:
    from powertrader.core.candle_pages import CandlePager


@dataclass(frozen=True, slots=True)
class ChartVenue:
    """Where charts get their candles: exchange.candles_from of these settings, within the home's budget."""

    config: TradingConfig
    paths: HomePaths
    wall: Clock
    redactor: Redactor

    def open(self) -> ChartHistory:
        """Give the venue's candles, none asked for yet. Raises RetryLater when nobody tells its time."""
        from powertrader.bootstrap_venues import (  # noqa: PLC0415  slow: the window opens without the venues
            ONCE,
            VenueContext,
            follower_of,
            market_client,
            market_clock_of,
        )

        market = market_clock_of(self.config, self.wall)
        context = VenueContext(self.config, self.paths, self.wall, market, self.redactor)
        pager: CandlePager = market_client(context, ONCE)
        return ChartHistory(pager, market, follower_of(market))


class VenueCandles:
    """Candles for charts, from a venue that is opened when the first one is wanted."""

    def __init__(self, opened: Callable[[], ChartHistory]) -> None:
        """Open nothing yet."""
        self._opened = opened
        self._lock = Lock()
        self._history: ChartHistory | None = None

    def __call__(
        self, coin: CoinSymbol, timeframe: str, count: int, before: datetime | None = None
    ) -> Candles:
        """Give the newest closed candles, or those that closed until a time. Raises PowerTraderError."""
        with self._lock:
            if self._history is None:
                self._history = self._opened()
        before_s = None if before is None else int(before.timestamp())
        return self._history.candles(coin, ChartTimeframe(timeframe), count, before_s)
