"""Candles of a venue that are downloaded once: kept page by page, asked for only where they are missing."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from powertrader.core.candle_pages import CandlePager
from powertrader.core.exceptions import CandlesMissing, DataCorruptionError
from powertrader.core.storage import FileStore
from powertrader.market.candle_checks import time_text
from powertrader.market.candle_name import CandleName
from powertrader.market.history_book import OVERLAP, CandleBook
from powertrader.market.history_file import BookLabel, pack_book, unpack_book
from powertrader.models.candle import CandleHistory
from powertrader.models.candle_rows import CandleRow
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import CoinSymbol

log = logging.getLogger(__name__)


def _go_on() -> None:
    """Let every page be asked for."""


@dataclass(frozen=True, slots=True)
class CandleShelf:
    """The files of one venue's candles in one quote asset."""

    store: FileStore
    folder: Path
    quote_asset: str
    venue: str

    def path(self, coin: CoinSymbol, timeframe: Timeframe) -> Path:
        """Give the file of a coin's timeframe."""
        return self.folder / f"{self._label(coin, timeframe).name}.npz"

    def load(self, coin: CoinSymbol, timeframe: Timeframe) -> CandleBook | None:
        """Give what is on file, None when there is nothing.

        A file that is damaged, or holds the candles of others, is moved aside and told of. One that does
        not say whose candles it holds, as older ones, is written again. Raises StorageError.
        """
        path = self.path(coin, timeframe)
        label = self._label(coin, timeframe)
        try:
            found = self.store.read_parsed(path, lambda raw: unpack_book(raw, label, str(path)))
        except DataCorruptionError as error:
            log.warning("candles are downloaded anew", extra={"coin": coin, "reason": str(error)})
            return None
        if found is None:
            return None
        book, labelled = found
        if not labelled:
            self.save(coin, timeframe, book)
        return book

    def as_of_s(self, coin: CoinSymbol) -> int | None:
        """Give the newest moment for which all timeframes of a coin are on file, None when one is missing."""
        books = [self.load(coin, timeframe) for timeframe in TIMEFRAMES]
        known = [book for book in books if book is not None]
        if len(known) < len(books):
            return None
        # a week that was not asked for again is known until the next one closes
        return min(max(book.as_of_s for book in known), *(book.next_news_s() - 1 for book in known))

    def save(self, coin: CoinSymbol, timeframe: Timeframe, book: CandleBook) -> None:
        """Replace the file. Raises StorageError."""
        self.store.write_bytes(self.path(coin, timeframe), pack_book(book, self._label(coin, timeframe)))

    def _label(self, coin: CoinSymbol, timeframe: Timeframe) -> BookLabel:
        return BookLabel(self.venue, CandleName(coin, self.quote_asset, timeframe.seconds))


@dataclass(frozen=True, slots=True)
class KeptHistory:
    """The candles of a venue as they were at as_of_s, a second since 1970; a source for training.

    pager: None when nobody may be asked: what is on file must do. start_s: leave out what opened before,
    None: all that the original would take. before_page may raise to break off a download; every page that
    came is kept, and asking again goes on behind it.
    """

    shelf: CandleShelf
    pager: CandlePager | None
    as_of_s: int
    start_s: int | None = None
    before_page: Callable[[], None] = field(default=_go_on)

    def history(self, coin: CoinSymbol, timeframe: Timeframe) -> CandleHistory:
        """Give the closed candles with the rows counted as the original counts them.

        Raises BadData when the venue has no such candles; CandlesMissing when nobody may be asked and they
        are not on file; RetryLater when the venue could not be asked; StorageError when a page cannot be
        kept.
        """
        return _Download(self, coin, timeframe).history()


@dataclass(frozen=True, slots=True)
class _Download:
    """One timeframe of one coin while it is made complete."""

    source: KeptHistory
    coin: CoinSymbol
    timeframe: Timeframe

    def history(self) -> CandleHistory:
        start_s, as_of_s = self.source.start_s, self.source.as_of_s
        book = self._begun(self.source.shelf.load(self.coin, self.timeframe))
        if start_s is None and not book.paging.enough:
            start_s = book.from_s
        if start_s is None:
            return self._walked_back(book)
        opened = range(start_s, max(as_of_s, start_s))
        return self._covering(book, opened).history(opened, 0)

    def _begun(self, book: CandleBook | None) -> CandleBook:
        """Give the book to go on with, read as the venue is read today."""
        pager, as_of_s = self.source.pager, self.source.as_of_s
        if pager is None:
            if book is None:
                path = self.source.shelf.path(self.coin, self.timeframe)
                msg = f"{path} is not there and nobody may be asked: train once without --offline"
                raise CandlesMissing(msg)
            return book
        paging = pager.paging()
        if book is not None and (book.begins or paging.enough or self.source.start_s is not None):
            return replace(book, paging=paging)
        if paging.enough or self.source.start_s is not None:
            return CandleBook.empty(self.timeframe.seconds, paging, self.source.start_s or as_of_s)
        self.source.before_page()
        first_s = pager.first_open_s(self.coin, self.timeframe) or as_of_s
        return CandleBook.empty(self.timeframe.seconds, paging, first_s, begins=True)

    def _walked_back(self, book: CandleBook) -> CandleHistory:
        """Read pages from the newest back, as the original did, and stop where it stopped."""
        end_s = self.source.as_of_s
        while True:
            page = range(max(end_s - book.paging.rows * book.interval_s, 0), end_s)
            book = self._covering(book, page)
            rows = book.count(page)
            if rows < book.paging.enough or page.start == 0:
                return book.history(range(page.start, self.source.as_of_s), int(not rows))
            end_s = page.start

    def _covering(self, book: CandleBook, opened: range) -> CandleBook:
        """Give a book that knows a stretch, asking only for what is missing of it."""
        if book.is_empty:
            return self._filled(book, range(opened.start, self.source.as_of_s))
        if book.next_news_s() <= self.source.as_of_s:
            newer = self._newer(book)
            if newer is None:
                anew = CandleBook.empty(book.interval_s, book.paging, opened.start, begins=book.begins)
                return self._filled(anew, range(opened.start, self.source.as_of_s))
            book = newer
        while opened.start < book.from_s and not book.begins:
            # from the known end back, so that what is known stays in one piece
            start_s = max(book.from_s - book.paging.rows * book.interval_s, opened.start)
            page = range(start_s, book.from_s)
            book = self._with(book, page, self._rows(book, page))
            if not book.count(page):
                book = replace(book, begins=True)
                self.source.shelf.save(self.coin, self.timeframe, book)
        return book

    def _filled(self, book: CandleBook, opened: range) -> CandleBook:
        """Ask for a stretch page by page, oldest first."""
        for page in _pages(opened, book.paging.rows * book.interval_s):
            book = self._with(book, page, self._rows(book, page))
        return book

    def _newer(self, book: CandleBook) -> CandleBook | None:
        """Ask for what closed since; None when the venue now has other candles than those that are known."""
        known_s = max(book.from_s, book.until_s - OVERLAP * book.interval_s)
        pages = list(_pages(range(known_s, self.source.as_of_s), book.paging.rows * book.interval_s))
        rows = self._rows(book, pages[0])
        if book.unlike(pages[0], rows):
            log.warning(
                "the venue has other candles than those on file, which are downloaded anew",
                extra={"coin": self.coin, "timeframe": self.timeframe.value},
            )
            return None
        book = self._with(book, pages[0], rows)
        return self._filled(book, range(pages[0].stop, self.source.as_of_s))

    def _rows(self, book: CandleBook, page: range) -> Sequence[CandleRow | None]:
        if self.source.pager is None:
            path = self.source.shelf.path(self.coin, self.timeframe)
            msg = (
                f"{path} covers {time_text(book.from_s)} to {time_text(book.as_of_s)}, needed is "
                f"{time_text(page.start)} to {time_text(page.stop)}: train once without --offline"
            )
            raise CandlesMissing(msg)
        self.source.before_page()
        return self.source.pager.candle_page(self.coin, self.timeframe, page)

    def _with(self, book: CandleBook, page: range, rows: Sequence[CandleRow | None]) -> CandleBook:
        """Give the book with a page, which is kept at once."""
        book = book.with_page(page, rows, self.source.as_of_s)
        self.source.shelf.save(self.coin, self.timeframe, book)
        return book


def _pages(opened: range, page_s: int) -> Iterator[range]:
    for start_s in range(opened.start, opened.stop, page_s):
        yield range(start_s, min(start_s + page_s, opened.stop))
