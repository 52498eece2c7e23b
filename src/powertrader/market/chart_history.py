"""Candles for charts: kept in memory, asked for only when one has closed or older ones are wanted."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import Final

from powertrader.core.candle_pages import CandlePager
from powertrader.core.clock import Clock
from powertrader.market.history_book import OVERLAP, CandleBook
from powertrader.models.candle import Candles
from powertrader.models.timeframe import CandleLength
from powertrader.models.types import CoinSymbol

MOST_BOOKS: Final = 40
"""So many charts are remembered; the one that was not looked at for longest goes first."""


class ChartHistory:
    """What was seen of a venue's candles; any thread may ask, one after another is answered."""

    def __init__(self, pager: CandlePager, clock: Clock, follow: Callable[[], None]) -> None:
        """Know nothing yet; clock is the market's, follow keeps it right and is called before each look."""
        self._pager = pager
        self._clock = clock
        self._follow = follow
        self._lock = Lock()
        self._books: OrderedDict[tuple[CoinSymbol, str], CandleBook] = OrderedDict()

    def candles(
        self, coin: CoinSymbol, length: CandleLength, count: int, before_s: int | None = None
    ) -> Candles:
        """Give the newest so many closed candles, or those that closed until before_s, oldest first.

        Fewer where the venue has no more. Raises BadData when it has no such candles, RetryLater when it
        could not be asked.
        """
        with self._lock:
            self._follow()
            now_s = int(self._clock.now().timestamp())
            stop_s = now_s if before_s is None else min(before_s, now_s)
            wanted = range(stop_s - (count + 1) * length.seconds, stop_s)
            book = self._books.pop((coin, length.value), None)
            if book is None or self._is_far(book, wanted, now_s):
                book = CandleBook.empty(length.seconds, self._pager.paging(), wanted.start)
            reading = _Reading(self._pager, coin, length, now_s)
            try:
                book = reading.older(reading.newer(book), wanted.start)
            finally:
                self._books[coin, length.value] = book
                if len(self._books) > MOST_BOOKS:
                    self._books.popitem(last=False)
            found = book.history(wanted, 0).candles
            return found.between(max(len(found) - count, 0), len(found))

    def _is_far(self, book: CandleBook, wanted: range, now_s: int) -> bool:
        """Tell whether more closed since than a page holds: what is known is not worth filling the gap."""
        return now_s - book.until_s > book.paging.rows * book.interval_s or wanted.stop < book.from_s


class _Reading:
    """One coin's candles while they are asked for."""

    def __init__(self, pager: CandlePager, coin: CoinSymbol, length: CandleLength, now_s: int) -> None:
        self._pager = pager
        self._coin = coin
        self._length = length
        self._now_s = now_s

    def newer(self, book: CandleBook) -> CandleBook:
        """Give the book up to now; nobody is asked when no candle has closed."""
        if not book.is_empty and _next_close_s(book) > self._now_s:
            return book
        start_s = book.from_s if book.is_empty else max(book.from_s, book.until_s - OVERLAP * book.interval_s)
        step_s = book.paging.rows * book.interval_s
        for page_s in range(start_s, self._now_s, step_s):
            book = self._with(book, range(page_s, min(page_s + step_s, self._now_s)))
        return book

    def older(self, book: CandleBook, start_s: int) -> CandleBook:
        """Give the book from a time on, read from the known end back."""
        while start_s < book.from_s and not book.begins:
            page = range(max(book.from_s - book.paging.rows * book.interval_s, start_s), book.from_s)
            book = self._with(book, page)
            if not book.count(page):
                book = replace(book, begins=True)
        return book

    def _with(self, book: CandleBook, page: range) -> CandleBook:
        rows = self._pager.candle_page(self._coin, self._length, page)
        if not book.is_empty and book.unlike(page, rows):
            # another market under the same name: nothing that was known is true any more
            book = CandleBook.empty(book.interval_s, book.paging, page.start)
        return book.with_page(page, rows, self._now_s)


def _next_close_s(book: CandleBook) -> int:
    """Give when the candle behind the newest closes; what runs meanwhile is nothing to a chart."""
    opened_s = book.table[0]
    return int(opened_s[-1]) + 2 * book.interval_s if len(opened_s) else book.next_news_s()
