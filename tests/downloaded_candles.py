"""Candles as the trainer leaves them in a home, without a venue that would have to be asked."""

from collections.abc import Mapping

from powertrader.core.candle_pages import Paging
from powertrader.core.config import TradingConfig
from powertrader.core.paths import HomePaths
from powertrader.market.downloaded import shelf_of
from powertrader.market.history_book import CandleBook
from powertrader.models.candle import Candles
from powertrader.models.timeframe import Timeframe


def download(paths: HomePaths, candles: Mapping[str, Candles]) -> None:
    """Put hourly candles where the trainer puts those it downloads."""
    shelf = shelf_of(TradingConfig(), paths)
    for coin, columns in candles.items():
        hour_s, start_s = columns.interval_s, int(columns.open_time_s[0])
        rows = [(float(x.open_time_s), x.open, x.high, x.low, x.close, x.volume) for x in columns]
        page = range(start_s, start_s + len(rows) * hour_s)
        book = CandleBook.empty(hour_s, Paging(1500, 0), start_s).with_page(page, rows, page.stop)
        shelf.save(coin, Timeframe.HOUR_1, book)
