"""Prices and candles from any venue of the ccxt library."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from powertrader.core.candle_pages import Paging
from powertrader.core.clock import Clock
from powertrader.core.exceptions import BadData, PairRefused
from powertrader.exchanges.ccxt_library import CcxtExchange
from powertrader.exchanges.ccxt_session import CcxtSession
from powertrader.exchanges.ccxt_wire import candle_rows, quote_of
from powertrader.models.account import Quote
from powertrader.models.candle import Candle, CandleHistory
from powertrader.models.candle_rows import CandleRow, history_of_rows, newest_of_rows
from powertrader.models.timeframe import CandleLength, Timeframe
from powertrader.models.types import CoinSymbol

_USUAL_PAGE: Final = 500
_RECENT: Final = 10
_MS_PER_S: Final = 1000


class CcxtMarketClient:
    """A MarketDataClient that asks a venue through ccxt.

    market_clock says which candles have closed; the session's own clock paces requests.
    """

    def __init__(self, session: CcxtSession, market_clock: Clock) -> None:
        """Open nothing yet."""
        self._session = session
        self._market_clock = market_clock

    def get_quotes(self, coins: Iterable[CoinSymbol]) -> Mapping[CoinSymbol, Quote]:
        """Give the present quotes, in one request where the venue can; a coin without one is left out."""
        symbols = {coin: symbol for coin in coins if (symbol := self._session.market_symbol(coin))}
        if not symbols:
            return {}
        tickers = self._session.ask(lambda exchange: _tickers(exchange, list(symbols.values())), "prices")
        quotes = {coin: quote_of(tickers.get(symbol)) for coin, symbol in symbols.items()}
        return {coin: quote for coin, quote in quotes.items() if quote is not None}

    def history(self, coin: CoinSymbol, timeframe: Timeframe) -> CandleHistory:
        """Give all closed candles that the venue's pages hold, counted as the original counts rows.

        Paging back ends after a page that is less than two thirds full, as the original's did.
        Raises BadData when the venue has no such candles, RetryLater when it could not be asked.
        """
        rows = [row for page in self._pages(coin, timeframe) for row in (page or [None])]
        return history_of_rows(rows, timeframe.seconds)

    def latest_closed(self, coin: CoinSymbol, timeframe: Timeframe) -> Candle | None:
        """Give the newest closed candle of the last ten, None when there is none; one request."""
        end_s = int(self._market_clock.now().timestamp())
        page = self._page(coin, timeframe, range(end_s - _RECENT * timeframe.seconds, end_s + 1))
        return newest_of_rows(page)

    def paging(self) -> Paging:
        """Tell how the history is read: back to the first page that is less than two thirds full."""
        rows = self._rows_per_page()
        return Paging(rows, rows * 2 // 3)

    def candle_page(
        self, coin: CoinSymbol, timeframe: CandleLength, opened: range
    ) -> Sequence[CandleRow | None]:
        """Give the rows that opened within seconds, oldest first, also a running one; one request."""
        content = self._content(coin, timeframe, opened)
        return candle_rows(content, opened, math.inf, timeframe.seconds)[::-1]

    def first_open_s(self, coin: CoinSymbol, timeframe: Timeframe) -> int:
        """Give 0: few venues tell when a pair was first traded."""
        del coin, timeframe
        return 0

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _pages(self, coin: CoinSymbol, timeframe: Timeframe) -> Iterator[list[CandleRow | None]]:
        limit = self._rows_per_page()
        end_s = int(self._market_clock.now().timestamp())
        while True:
            start_s = end_s - limit * timeframe.seconds
            page = self._page(coin, timeframe, range(start_s, end_s + 1))
            yield page
            end_s = start_s
            if len(page) < limit * 2 // 3 or end_s <= 0:
                return

    def _page(self, coin: CoinSymbol, timeframe: Timeframe, opened: range) -> list[CandleRow | None]:
        # the time before asking: what closes while the answer is on its way may have been seen running
        now_s = self._market_clock.now().timestamp()
        content = self._content(coin, timeframe, opened)
        return candle_rows(content, opened, now_s, timeframe.seconds)

    def _content(self, coin: CoinSymbol, timeframe: CandleLength, opened: range) -> object:
        symbol, name = self._asked(coin, timeframe)
        limit = max((opened.stop - opened.start) // timeframe.seconds, 1)
        try:
            return self._session.ask(
                lambda exchange: exchange.fetch_ohlcv(symbol, name, opened.start * _MS_PER_S, limit),
                f"{timeframe} candles of {symbol}",
            )
        except PairRefused as error:
            raise BadData(str(error)) from None

    def _asked(self, coin: CoinSymbol, timeframe: CandleLength) -> tuple[str, str]:
        """Give the venue's names of a pair and a candle length."""
        venue = self._session.venue
        symbol = self._session.market_symbol(coin)
        if symbol is None:
            msg = f"{venue.name} does not trade {coin} against {venue.quote_asset}"
            raise BadData(msg)
        name = timeframe.short
        if name not in (self._session.exchange().timeframes or {}):
            msg = f"{venue.name} has no {timeframe} candles; take another venue in exchange.candles_from"
            raise BadData(msg)
        return symbol, name

    def _rows_per_page(self) -> int:
        said = self._session.exchange().feature_value_by_type("spot", None, "fetchOHLCV", "limit")
        return said if isinstance(said, int) and said > 0 else _USUAL_PAGE


def _tickers(exchange: CcxtExchange, symbols: list[str]) -> Mapping[str, object]:
    if exchange.has.get("fetchBidsAsks") is True:
        found = exchange.fetch_bids_asks(symbols)
    elif exchange.has.get("fetchTickers") is True:
        found = exchange.fetch_tickers(symbols)
    else:
        found = {symbol: exchange.fetch_ticker(symbol) for symbol in symbols}
    return found if isinstance(found, Mapping) else {}
