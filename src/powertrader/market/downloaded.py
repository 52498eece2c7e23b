"""Where the candles lie that the trainer downloaded."""

from powertrader.core.config import TradingConfig
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.market.history import CandleShelf


def shelf_of(config: TradingConfig, paths: HomePaths) -> CandleShelf:
    """Give the files of the candles that were downloaded from exchange.candles_from."""
    venue = config.exchange.candle_market
    folder = paths.candle_cache(venue)
    return CandleShelf(FileStore(paths.data), folder, config.trading.quote_asset, venue)
