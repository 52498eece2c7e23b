"""A small backtest that was worked out by hand: two trips and an open position in four days."""

import math
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from powertrader.analytics.backdrop import Backdrop
from powertrader.analytics.performance import EquityCurve
from powertrader.backtest.result import BacktestResult, OpenPosition, RunFacts, RunOutcome, result_of
from powertrader.core.config import TradingConfig
from powertrader.models.candle import Candles
from powertrader.models.trade_columns import TradeColumns
from powertrader.models.types import IntArray

START: Final = datetime(2022, 1, 30, tzinfo=UTC)
STEPS: Final = 96
START_S: Final = int(START.timestamp())


def market() -> dict[str, Candles]:
    """Candles of BTC that rise from 100 to 195 from a day before the start on."""
    count = STEPS + 24
    close = np.arange(100.0, 100.0 + count)
    high, low = np.arange(101.0, 101.0 + count), np.arange(99.0, 99.0 + count)
    times = START_S + (np.arange(count, dtype=np.int64) - 24) * 3600
    return {"BTC": Candles(times, close, high, low, close, np.full(count, 5.0), 3600)}


def outcome() -> RunOutcome:
    """The account rises by 1 with each step; BTC is bought and sold twice, and bought once more."""
    time_s = START_S + (np.arange(STEPS, dtype=np.int64) + 1) * 3600
    curve = EquityCurve("1h", 1000.0, time_s, 1000.0 + np.arange(STEPS) - 30.0 * (np.arange(STEPS) == 50))
    steps = np.array([1, 5, 20, 30, 90])
    sale = np.array([False, True, False, True, False])
    trades = TradeColumns(
        coins=("BTC",),
        reasons=("entry", "trailing_exit"),
        time_s=time_s[steps],
        coin=np.zeros(5, dtype=np.int64),
        is_sale=sale,
        price=np.array([125.0, 130.0, 144.0, 140.0, 214.0]),
        quantity=np.array([1.0, 0.999, 1.0, 0.999, 1.0]),
        value=np.array([125.0, 129.87, 144.0, 139.86, 214.0]),
        fee=np.array([0.125, 0.12987, 0.144, 0.13986, 0.214]),
        reason=sale.astype(np.int64),
        stage=np.zeros(5, dtype=np.int64),
        gain_pct=np.array([math.nan, 4.0, math.nan, -2.8, math.nan]),
        realized=np.array([math.nan, 4.74, math.nan, -4.28, math.nan]),
        is_maker=np.zeros(5, dtype=np.bool_),
    )
    return RunOutcome(curve, trades, (OpenPosition("BTC", 0.999, 214.0, 0, 218.8),))


def result(*, notes: tuple[str, ...] = (), interrupted: bool = False) -> BacktestResult:
    """Give the whole result."""
    facts = RunFacts(
        engine="event",
        strategy="classic",
        coins=("BTC",),
        quote_asset="USDT",
        timeframe="1h",
        start=START,
        stop=START + timedelta(hours=STEPS),
        retrain_days=7,
        config_hash="a" * 16,
        data_hash="b" * 16,
        code_version="1.0",
        settings=TradingConfig().model_dump(mode="json"),
        changed={
            "dca.multiplier": {"value": 1.5, "default": 2.0},
            "trading.coins": {"value": ["BTC", "ETH"], "default": ["BTC"]},
        },
        source="kucoin",
        notes=notes,
        interrupted=interrupted,
    )
    return result_of(facts, outcome(), Backdrop(market()))


def taken(trades: TradeColumns, places: IntArray) -> TradeColumns:
    """Give the trades at these places, each as often as it is named."""
    return TradeColumns(
        trades.coins,
        trades.reasons,
        trades.time_s[places],
        trades.coin[places],
        trades.is_sale[places],
        trades.price[places],
        trades.quantity[places],
        trades.value[places],
        trades.fee[places],
        trades.reason[places],
        trades.stage[places],
        trades.gain_pct[places],
        trades.realized[places],
        trades.is_maker[places],
    )
