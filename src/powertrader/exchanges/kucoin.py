"""Prices and candles from KuCoin; no key is needed."""

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import requests

from powertrader.core.candle_pages import Paging
from powertrader.core.clock import Clock
from powertrader.core.constants import QUOTE_ASSET
from powertrader.core.exceptions import BadData, RateLimitError, RetryLater
from powertrader.core.local_address import LOOPBACK
from powertrader.core.request_budget import RequestBudget
from powertrader.core.retry import RetryPolicy, call_with_retry
from powertrader.core.symbols import to_kucoin_symbol
from powertrader.core.venue_note import Unwatched, VenueWatch, watched
from powertrader.exchanges.kucoin_wire import (
    OVERLOAD_PAUSE_S,
    Reply,
    candle_rows,
    content_of,
    quote_of,
    quotes_of,
    unreadable,
)
from powertrader.models.account import Quote
from powertrader.models.candle import Candle, CandleHistory
from powertrader.models.candle_rows import CandleRow, history_of_rows, newest_of_rows
from powertrader.models.timeframe import CandleLength, Timeframe
from powertrader.models.types import CoinSymbol

log = logging.getLogger(__name__)

ADDRESS: Final = "https://api.kucoin.com"
RETRIES: Final = RetryPolicy(max_tries=3, first_delay_s=3.5, factor=2.0, jitter_fraction=0.25)
ROWS_PER_PAGE: Final = 1500
_FULL_PAGE: Final = 1000
"""The original stops paging after a page with fewer rows (golden/BEHAVIOUR.md 1.2)."""

CANDLES_WEIGHT: Final = 3
LEVEL1_WEIGHT: Final = 2
TICKERS_WEIGHT: Final = 15
"""What KuCoin counts for a call, against 2000 in 30 s for each address."""

_ANY_TIME: Final = range(1, 1 << 40)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class KuCoinVenue:
    """Where and how KuCoin is asked: without a slash at the end of address, timeout_s for one answer."""

    address: str = ADDRESS
    quote_asset: str = QUOTE_ASSET
    timeout_s: float = 10.0
    retries: RetryPolicy = RETRIES


class KuCoinMarketClient:
    """A MarketDataClient that asks KuCoin, or a local exchange that stands in for it.

    wall_clock paces requests; market_clock says which candles have closed, and is the same unless the
    local exchange runs faster than time. watch hears what comes of each request.
    """

    def __init__(
        self,
        venue: KuCoinVenue,
        budget: RequestBudget,
        wall_clock: Clock,
        market_clock: Clock,
        watch: VenueWatch | None = None,
    ) -> None:
        """Open nothing yet."""
        self._venue = venue
        self._budget = budget
        self._wall_clock = wall_clock
        self._market_clock = market_clock
        self._watch = watch or Unwatched()
        self._session: requests.Session | None = None
        self._reported: set[tuple[CoinSymbol, str]] = set()

    def get_quotes(self, coins: Iterable[CoinSymbol]) -> Mapping[CoinSymbol, Quote]:
        """Give the present quotes, in one request; a coin without a price is left out."""
        pairs = {coin: to_kucoin_symbol(coin, self._venue.quote_asset) for coin in coins}
        if not pairs:
            return {}
        if len(pairs) == 1:
            ((coin, pair),) = pairs.items()
            path = f"/api/v1/market/orderbook/level1?symbol={pair}"
            try:
                quote = quote_of(self._ask(path, LEVEL1_WEIGHT, f"price of {pair}"))
            except BadData as error:
                log.debug("no price: %s", error)
                return {}
            return {} if quote is None else {coin: quote}
        known = quotes_of(self._ask("/api/v1/market/allTickers", TICKERS_WEIGHT, "prices of all pairs"))
        return {coin: known[pair] for coin, pair in pairs.items() if pair in known}

    def history(self, coin: CoinSymbol, timeframe: Timeframe) -> CandleHistory:
        """Give all closed candles, with the rows as the original counts them.

        Raises BadData when KuCoin has no such candles, RetryLater when it could not be asked.
        """
        rows = [row for page in self._pages(coin, timeframe) for row in (page or [None])]
        return history_of_rows(rows, timeframe.seconds)

    def latest_closed(self, coin: CoinSymbol, timeframe: Timeframe) -> Candle | None:
        """Give the newest closed candle of the recent ones, None when there is none; one request."""
        return newest_of_rows(self._rows(coin, timeframe, None))

    def paging(self) -> Paging:
        """Tell how the original reads the history: back to the first page that is not full enough."""
        return Paging(ROWS_PER_PAGE, _FULL_PAGE)

    def candle_page(
        self, coin: CoinSymbol, timeframe: CandleLength, opened: range
    ) -> Sequence[CandleRow | None]:
        """Give the rows that opened within seconds, oldest first, also a running one; one request."""
        content = self._candles(coin, timeframe, opened)
        return candle_rows(content, opened, math.inf, timeframe.seconds)[::-1]

    def first_open_s(self, coin: CoinSymbol, timeframe: Timeframe) -> int:
        """Give 0: KuCoin does not tell when a pair was first traded."""
        del coin, timeframe
        return 0

    def close(self) -> None:
        """Let go of the connection; the next request opens another."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _pages(self, coin: CoinSymbol, timeframe: Timeframe) -> Iterator[list[CandleRow | None]]:
        end_s = int(self._market_clock.now().timestamp())
        while True:
            start_s = end_s - ROWS_PER_PAGE * timeframe.seconds
            page = self._rows(coin, timeframe, range(start_s, end_s + 1))
            yield page
            end_s = start_s
            if len(page) < _FULL_PAGE or end_s <= 0:
                return

    def _rows(self, coin: CoinSymbol, timeframe: Timeframe, window: range | None) -> list[CandleRow | None]:
        # the time before asking: what closes while the answer is on its way may have been seen running
        now_s = self._market_clock.now().timestamp()
        content = self._candles(coin, timeframe, window)
        return candle_rows(content, window or _ANY_TIME, now_s, timeframe.seconds)

    def _candles(self, coin: CoinSymbol, timeframe: CandleLength, window: range | None) -> Any:  # noqa: ANN401  parsed JSON, typed by kucoin_wire
        pair = to_kucoin_symbol(coin, self._venue.quote_asset)
        path = f"/api/v1/market/candles?symbol={pair}&type={timeframe}"
        if window is not None:
            path = f"{path}&startAt={window.start}&endAt={window.stop - 1}"
        content = self._ask(path, CANDLES_WEIGHT, f"{timeframe} candles of {pair}")
        if isinstance(content, list):
            self._report_unreadable(coin, timeframe, unreadable(content))
        return content

    def _report_unreadable(self, coin: CoinSymbol, timeframe: CandleLength, count: int) -> None:
        if count and (coin, timeframe.value) not in self._reported:
            self._reported.add((coin, timeframe.value))
            log.warning(
                "KuCoin sent rows that are no candles; they are left out",
                extra={"coin": coin, "timeframe": timeframe.value, "rows": count},
            )

    def _ask(self, path: str, weight: int, subject: str) -> Any:  # noqa: ANN401  parsed JSON, typed by kucoin_wire
        return call_with_retry(
            partial(self._once_more_if_overloaded, partial(self._send, path, weight, subject)),
            self._wall_clock,
            self._venue.retries,
        )

    def _once_more_if_overloaded(self, call: Callable[[], Answer]) -> Answer:
        """Wait shortly when the servers are overloaded for a moment; the second time is a failed try."""
        try:
            return call()
        except RateLimitError as error:
            if error.retry_after_s > OVERLOAD_PAUSE_S:
                raise
            self._wall_clock.sleep(error.retry_after_s)
            return call()

    def _send(self, path: str, weight: int, subject: str) -> object:
        with watched(self._watch):
            self._budget.acquire(weight)
            return self._answer(path, subject)

    def _answer(self, path: str, subject: str) -> object:
        try:
            answer = self._connection().get(
                self._venue.address + path, timeout=self._venue.timeout_s, allow_redirects=False
            )
        except requests.RequestException as error:
            msg = f"{subject}: no answer from {self._venue.address} ({type(error).__name__})"
            raise RetryLater(msg) from None
        try:
            return content_of(Reply(answer.status_code, answer.content), subject)
        except RateLimitError as error:
            if error.retry_after_s > OVERLOAD_PAUSE_S:
                self._budget.pause_until(self._wall_clock.now() + timedelta(seconds=error.retry_after_s))
            raise

    def _connection(self) -> requests.Session:
        if self._session is None:
            self._session = requests.Session()
            # a proxy of the surroundings is for the internet, not for this computer
            self._session.trust_env = urlsplit(self._venue.address).hostname not in LOOPBACK
        return self._session
