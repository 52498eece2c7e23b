"""Prices and candles from Binance spot; no key is needed."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from powertrader.core.candle_pages import Paging
from powertrader.core.clock import Clock
from powertrader.core.exceptions import BadData, PairRefused, RetryLater
from powertrader.core.symbols import to_binance_symbol
from powertrader.exchanges.binance_session import BinanceSession, Request
from powertrader.exchanges.binance_wire_market import candle_rows, next_open_ms, quotes_of
from powertrader.models.account import Quote
from powertrader.models.candle import Candle, CandleHistory
from powertrader.models.candle_rows import CandleRow, history_of_rows, newest_of_rows
from powertrader.models.timeframe import CandleLength, Timeframe
from powertrader.models.types import CoinSymbol

CANDLES_PER_PAGE: Final = 1000
NEWEST: Final = 2
"""The running candle and the one before it."""
_MS_PER_S: Final = 1000


class BinanceMarketClient:
    """A MarketDataClient; no key is needed. market says which candles have closed."""

    def __init__(self, session: BinanceSession, quote_asset: str, market: Clock) -> None:
        """Ask nothing yet."""
        self._session = session
        self._quote_asset = quote_asset
        self._market = market

    def get_quotes(self, coins: Iterable[CoinSymbol]) -> Mapping[CoinSymbol, Quote]:
        """Give the present quotes, in one call; a coin without a price is left out."""
        pairs = {to_binance_symbol(coin, self._quote_asset): coin for coin in coins}
        if not pairs:
            return {}
        if len(pairs) == 1:
            (symbol,) = pairs
            return self._quotes(
                pairs, Request("get_orderbook_ticker", 2, f"price of {symbol}"), symbol=symbol
            )
        return self._quotes(pairs, Request("get_orderbook_tickers", 4, "prices of all pairs"))

    def history(self, coin: CoinSymbol, timeframe: Timeframe) -> CandleHistory:
        """Give all closed candles.

        Raises BadData when Binance has no such candles, RetryLater when it could not be asked.
        """
        rows: list[CandleRow | None] = []
        start_ms = 0
        while True:
            page, next_ms = self._page(coin, timeframe, startTime=start_ms, limit=CANDLES_PER_PAGE)
            rows += page
            if len(page) < CANDLES_PER_PAGE or next_ms <= start_ms:
                return history_of_rows(rows[::-1], timeframe.seconds)
            start_ms = next_ms

    def latest_closed(self, coin: CoinSymbol, timeframe: Timeframe) -> Candle | None:
        """Give the newest closed candle, None when there is none; one call."""
        page, _ = self._page(coin, timeframe, limit=NEWEST)
        return newest_of_rows(page)

    def paging(self) -> Paging:
        """Tell that the history is everything from the first candle on."""
        return Paging(CANDLES_PER_PAGE, 0)

    def candle_page(
        self, coin: CoinSymbol, timeframe: CandleLength, opened: range
    ) -> Sequence[CandleRow | None]:
        """Give the rows that opened within seconds, oldest first, also a running one; one call."""
        reply = self._reply(
            coin,
            timeframe,
            startTime=opened.start * _MS_PER_S,
            endTime=opened.stop * _MS_PER_S - 1,
            limit=CANDLES_PER_PAGE,
        )
        rows = candle_rows(reply, math.inf, timeframe.seconds)
        return [row if row is None or int(row[0]) in opened else None for row in rows]

    def first_open_s(self, coin: CoinSymbol, timeframe: Timeframe) -> int:
        """Give when the oldest candle opened, 0 when there is none; one call."""
        page = candle_rows(self._reply(coin, timeframe, startTime=0, limit=1), math.inf, timeframe.seconds)
        return int(page[0][0]) if page and page[0] is not None else 0

    def _quotes(
        self, pairs: Mapping[str, CoinSymbol], request: Request, **parameters: str
    ) -> Mapping[CoinSymbol, Quote]:
        try:
            found = quotes_of(self._session.read(request, **parameters))
        except PairRefused:
            return {}
        except BadData as error:
            msg = f"{request.subject}: a reply of Binance cannot be used: {error}"
            raise RetryLater(msg) from error
        return {coin: found[symbol] for symbol, coin in pairs.items() if symbol in found}

    def _page(
        self, coin: CoinSymbol, timeframe: Timeframe, **window: int
    ) -> tuple[list[CandleRow | None], int]:
        """Give the rows of one page, and the time in milliseconds at which the next one begins."""
        # the time before asking: what closes while the answer is on its way may have been seen running
        now_s = self._market.now().timestamp()
        reply = self._reply(coin, timeframe, **window)
        return candle_rows(reply, now_s, timeframe.seconds), next_open_ms(reply)

    def _reply(self, coin: CoinSymbol, timeframe: CandleLength, **window: int) -> object:
        symbol = to_binance_symbol(coin, self._quote_asset)
        request = Request("get_klines", 2, f"{timeframe} candles of {symbol}")
        try:
            return self._session.read(request, symbol=symbol, interval=timeframe.short, **window)
        except PairRefused as error:
            msg = f"{error}; check that Binance trades {symbol}"
            raise BadData(msg) from error
