"""What a user asks of a replay, and the candles and the span that follow from it."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from powertrader.backtest.engine import ReplaySpan
from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.market.candle_files import load_folder
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.candle import Candles
from powertrader.models.moment import utc_of
from powertrader.models.types import CoinSymbol

SYNTHETIC_START: Final = datetime(2022, 1, 1, tzinfo=UTC)
SYNTHETIC_TRAINING: Final = timedelta(days=365)
SYNTHETIC_WALK: Final = timedelta(days=181)
SYNTHETIC_END: Final = datetime(2032, 1, 1, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What the command line says; None takes what the candles allow.

    Without a folder the market is synthetic. Without train_until the first two thirds train.
    """

    folder: Path | None = None
    train_until: datetime | None = None
    stop: datetime | None = None

    def load(self, config: TradingConfig) -> dict[CoinSymbol, Candles]:
        """Give the candles of every coin of the settings; what was repaired is logged.

        Raises BadData naming file, row and value, or the coin that has no file.
        """
        if self.folder is None:
            return self._synthetic(config)
        coins, quote = config.trading.coins, config.trading.quote_asset
        files = load_folder(self.folder, coins, quote, repair=config.candles.repair)
        for coin, file in files.items():
            for finding in file.report.findings:
                log.warning("candles of %s repaired: %s", coin, finding)
        return {coin: file.candles for coin, file in files.items()}

    def span(self, candles: dict[CoinSymbol, Candles], config: TradingConfig) -> ReplaySpan:
        """Give from when to when to trade. Raises ConfigError when the candles leave nothing to trade."""
        first, last = _extent(candles)
        start = self.train_until or self._usual_start(first, last)
        stop = self.stop or last
        if not first < start < last:
            extent = f"{_minute(first)} to {_minute(last)}"
            msg = f"--train-until {_minute(start)} must lie within the candles, {extent}"
            raise ConfigError(msg)
        try:
            return ReplaySpan(start, min(stop, last), config.replay.retrain_days)
        except ValueError as error:
            msg = f"{error}; choose --to after --train-until"
            raise ConfigError(msg) from error

    def _usual_start(self, first: datetime, last: datetime) -> datetime:
        if self.folder is None:
            return SYNTHETIC_START + SYNTHETIC_TRAINING
        days = (last - first).days * 2 // 3
        return (first + timedelta(days=days)).replace(hour=0, minute=0, second=0)

    def _synthetic(self, config: TradingConfig) -> dict[CoinSymbol, Candles]:
        usual = SYNTHETIC_START + SYNTHETIC_TRAINING + SYNTHETIC_WALK
        stop = min(max(self.stop or usual, usual), SYNTHETIC_END)
        count = (stop - SYNTHETIC_START) // _HOUR
        seed = config.replay.seed
        return {
            coin: synthetic_candles(coin, seed=seed, start=SYNTHETIC_START, count=count)
            for coin in config.trading.coins
        }


def _extent(candles: dict[CoinSymbol, Candles]) -> tuple[datetime, datetime]:
    """Give when the first candle opens and the last one closes, over all coins."""
    if not all(map(len, candles.values())):
        empty = ", ".join(coin for coin, columns in candles.items() if not len(columns))
        msg = f"{empty} has no candles"
        raise BadData(msg)
    first = min(int(columns.open_time_s[0]) for columns in candles.values())
    last = max(int(columns.open_time_s[-1]) + columns.interval_s for columns in candles.values())
    return utc_of(first), utc_of(last)


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
