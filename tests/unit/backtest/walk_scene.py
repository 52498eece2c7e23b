"""A small market for walks: two coins of a synthetic market, one with a hole and an unusable candle."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from powertrader.backtest.engine import ReplaySpan
from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.candle import Candles
from powertrader.models.types import BoolArray

BEGIN: Final = datetime(2024, 1, 1, tzinfo=UTC)
TRAINED: Final = BEGIN + timedelta(days=30)
SPAN: Final = ReplaySpan(TRAINED, TRAINED + timedelta(days=20), retrain_days=6)
COINS: Final = ("AAA", "BBB")


def config_with(*overrides: str) -> TradingConfig:
    """Give settings for the two coins."""
    given = (f"coins={','.join(COINS)}", "start_allocation_pct=0.5", "trade_start_level=2", *overrides)
    return load_config(ConfigSources(overrides=given)).config


def whole_market() -> dict[str, Candles]:
    """Give 50 days of hourly candles of both coins."""
    return {coin: synthetic_candles(coin, seed=5, start=BEGIN, count=24 * 50) for coin in COINS}


def damaged_market() -> dict[str, Candles]:
    """Give the same with two days missing of the second coin, and a candle of it that opens at 0."""
    market = whole_market()
    kept = np.ones(len(market["BBB"]), dtype=np.bool_)
    kept[24 * 40 : 24 * 42] = False
    hurt = without(market["BBB"], kept)
    opens = hurt.open.copy()
    opens[24 * 44] = 0.0
    return {**market, "BBB": replace(hurt, open=opens)}


def without(candles: Candles, kept: BoolArray) -> Candles:
    """Leave candles out."""
    return Candles(
        candles.open_time_s[kept],
        candles.open[kept],
        candles.high[kept],
        candles.low[kept],
        candles.close[kept],
        candles.volume[kept],
        candles.interval_s,
    )


def until(candles: Mapping[str, Candles], moment: datetime) -> dict[str, Candles]:
    """Leave out what closes after a time."""
    return {coin: columns.closed_by(moment.timestamp()) for coin, columns in candles.items()}
