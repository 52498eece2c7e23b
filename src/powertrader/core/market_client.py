"""The port to prices and candles."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from powertrader.core.candle_pages import CandlePager
from powertrader.models.account import Quote
from powertrader.models.candle import Candle, CandleHistory
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import CoinSymbol


class QuoteSource(Protocol):
    """Where the best prices come from."""

    def get_quotes(self, coins: Iterable[CoinSymbol]) -> Mapping[CoinSymbol, Quote]:
        """Give the present quotes of all coins in one call; a coin without a price is left out."""
        ...


class CandleSource(Protocol):
    """Where closed candles come from."""

    def history(self, coin: CoinSymbol, timeframe: Timeframe) -> CandleHistory:
        """Give the closed candles of a coin that training uses.

        Raises BadData when the source has no such candles, RetryLater when it could not be asked.
        """
        ...

    def latest_closed(self, coin: CoinSymbol, timeframe: Timeframe) -> Candle | None:
        """Give the newest closed candle, None when there is none."""
        ...


class MarketDataClient(QuoteSource, CandleSource, Protocol):
    """Everything public that a venue tells."""


class PagedMarketClient(MarketDataClient, CandlePager, Protocol):
    """The same, with candles page by page for whoever keeps them."""
