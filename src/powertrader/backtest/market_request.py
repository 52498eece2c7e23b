"""What a user asks of a backtest: the candles, from when to when, and what is wrong with either."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from powertrader.backtest.engine import ReplaySpan
from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.market.candle_files import load_folder
from powertrader.market.history import CandleShelf
from powertrader.models.candle import Candles
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import CoinSymbol

_SHOWN: Final = 5
FINEST: Final = Timeframe.HOUR_1


@dataclass(frozen=True, slots=True)
class BacktestRequest:
    """Which candles, and when to trade; None takes what the candles allow.

    folder: candle files; without one the candles that the trainer has downloaded. Without start the first
    two thirds of the candles only train.
    """

    folder: Path | None = None
    start: datetime | None = None
    stop: datetime | None = None

    def load(self, config: TradingConfig, shelf: CandleShelf) -> tuple[dict[CoinSymbol, Candles], list[str]]:
        """Give the candles of every coin of the settings, and what was found wrong with them.

        Raises BadData naming file, row and value, or the coins without candles and how to get them.
        """
        coins, quote = config.trading.coins, config.trading.quote_asset
        if self.folder is None:
            return _trained_on(coins, shelf), []
        files = load_folder(self.folder, coins, quote, repair=config.candles.repair)
        notes = [
            f"candles of {coin} repaired: {finding}"
            for coin, file in files.items()
            for finding in file.report.findings
        ]
        return {coin: file.candles for coin, file in files.items()}, notes

    def span(self, candles: Mapping[CoinSymbol, Candles], retrain_days: int) -> ReplaySpan:
        """Give from when to when to trade. Raises ConfigError naming what there is when nothing is left."""
        first, last = extent_of(candles)
        extent = f"the candles are of {_minute(first)} to {_minute(last)}"
        start = self.start or _two_thirds(first, last)
        stop = last if self.stop is None else min(self.stop, last)
        if self.stop is not None and self.start is not None and self.stop <= self.start:
            msg = f"--to was {_minute(self.stop)}, must be after --from {_minute(self.start)}"
            raise ConfigError(msg)
        if start <= first and self.start is None:
            msg = f"two thirds of the candles train, which is not a day here; give more candles; {extent}"
            raise ConfigError(msg)
        if start <= first:
            earliest = f"choose a later --from, so that there is something to train on before it; {extent}"
            msg = f"--from was {_minute(start)} and nothing had closed by then; {earliest}"
            raise ConfigError(msg)
        if not any(_closes_within(columns, start, stop) for columns in candles.values()):
            asked = f"{_minute(start)} to {_minute(self.stop or last)}"
            msg = f"there is no candle from {asked}; {extent}"
            raise ConfigError(msg)
        return ReplaySpan(start, stop, retrain_days)

    def gaps(self, candles: Mapping[CoinSymbol, Candles], span: ReplaySpan) -> list[str]:
        """Say which coins lack candles within the span, and that they trade nothing there."""
        _, last = extent_of(candles)
        notes = []
        if self.stop is not None and self.stop > last:
            notes.append(f"the candles end at {_minute(last)}, so does the backtest")
        for coin, columns in candles.items():
            missing = _missing(columns, span)
            if missing:
                hours = f"{missing:,} candle{'s' if missing > 1 else ''}"
                notes.append(
                    f"{hours} of {coin} missing from {_minute(span.start)} to {_minute(span.stop)}: "
                    "it has no price there and is not traded"
                )
        return notes


def _closes_within(candles: Candles, start: datetime, stop: datetime) -> bool:
    closes = candles.open_time_s + candles.interval_s
    return bool(np.any((closes > start.timestamp()) & (closes <= stop.timestamp())))


def extent_of(candles: Mapping[CoinSymbol, Candles]) -> tuple[datetime, datetime]:
    """Give when the first candle opens and the last one closes. Raises BadData naming coins without any."""
    empty = [coin for coin, columns in candles.items() if not len(columns)]
    if empty:
        msg = f"{', '.join(empty)} has no candles"
        raise BadData(msg)
    first = min(int(columns.open_time_s[0]) for columns in candles.values())
    last = max(int(columns.open_time_s[-1]) + columns.interval_s for columns in candles.values())
    return utc_of(first), utc_of(last)


def interval_of(candles: Mapping[CoinSymbol, Candles]) -> int:
    """Give the length of the finest candles in seconds, which a step is."""
    return min(columns.interval_s for columns in candles.values())


def _trained_on(coins: tuple[CoinSymbol, ...], shelf: CandleShelf) -> dict[CoinSymbol, Candles]:
    found: dict[CoinSymbol, Candles] = {}
    for coin in coins:
        book = shelf.load(coin, FINEST)
        if book is not None and not book.is_empty:
            found[coin] = book.history(range(book.from_s, book.as_of_s + 1), 0).candles
    missing = [coin for coin in coins if coin not in found or not len(found[coin])]
    if missing:
        shown = ", ".join(missing[:_SHOWN]) + (" and others" if len(missing) > _SHOWN else "")
        msg = (
            f"no candles of {shown} were downloaded from {shelf.venue} yet: "
            f"`powertrader trainer {' '.join(missing[:_SHOWN])}` downloads them and trains, "
            "or name a folder with candle files with --candles"
        )
        raise BadData(msg)
    return found


def _missing(columns: Candles, span: ReplaySpan) -> int:
    """Count the candles that should have closed within the span and are not there."""
    interval_s = columns.interval_s
    start_s, stop_s = span.start.timestamp(), span.stop.timestamp()
    closes = columns.open_time_s + interval_s
    there = int(np.count_nonzero((closes > start_s) & (closes <= stop_s)))
    return int(stop_s // interval_s) - int(start_s // interval_s) - there


def _two_thirds(first: datetime, last: datetime) -> datetime:
    days = (last - first).days * 2 // 3
    return (first + timedelta(days=days)).replace(hour=0, minute=0, second=0)


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
