"""What the engines did, in the one form that figures and reports are made from."""

import math
from collections.abc import Iterable, Sequence

import numpy as np

from powertrader.analytics.metrics import fees_of
from powertrader.analytics.performance import EquityCurve
from powertrader.backtest.engine import ReplayCourse
from powertrader.backtest.result import OpenPosition, RunOutcome
from powertrader.models.book import Book
from powertrader.models.order import Side
from powertrader.models.trade import ENTRY, Trade, is_dca
from powertrader.models.trade_columns import TradeColumns
from powertrader.models.types import CoinSymbol, FloatArray, IntArray


def event_outcome(
    course: ReplayCourse, book: Book, coins: Sequence[CoinSymbol], start: float, timeframe: str
) -> RunOutcome:
    """Give what the event engine did."""
    time_s = np.array([int(moment.timestamp()) for moment in course.times], dtype=np.int64)
    curve = EquityCurve(timeframe, start, time_s, np.array(course.equity, dtype=np.float64))
    held = [
        OpenPosition(
            coin,
            float(position.quantity),
            float(position.cost),
            position.dca_count,
            float(position.quantity) * course.last_bid.get(coin, 0.0),
        )
        for coin, position in sorted(book.held.items())
    ]
    return RunOutcome(curve, columns_of(book.trades, coins), tuple(held))


def columns_of(trades: Sequence[Trade], coins: Sequence[CoinSymbol]) -> TradeColumns:
    """Give trades, oldest first, as columns; every coin of theirs must be one of coins."""
    reasons = tuple(sorted({trade.reason for trade in trades}))
    numbers = {coin: number for number, coin in enumerate(coins)}
    coin = np.array([numbers[trade.coin] for trade in trades], dtype=np.int64)
    nothing = math.nan
    return TradeColumns(
        coins=tuple(coins),
        reasons=reasons,
        time_s=np.array([int(trade.timestamp.timestamp()) for trade in trades], dtype=np.int64),
        coin=coin,
        is_sale=np.array([trade.side is Side.SELL for trade in trades], dtype=np.bool_),
        price=_floats(nothing if trade.price is None else trade.price for trade in trades),
        quantity=_floats(float(trade.quantity) for trade in trades),
        value=_floats(float(trade.value) for trade in trades),
        fee=_floats(fees_of(trade) for trade in trades),
        reason=np.array([reasons.index(trade.reason) for trade in trades], dtype=np.int64),
        stage=stages_of(coin.tolist(), [trade.reason for trade in trades]),
        gain_pct=_floats(nothing if trade.pnl_pct is None else trade.pnl_pct for trade in trades),
        realized=_floats(
            nothing if trade.realized_profit is None else float(trade.realized_profit) for trade in trades
        ),
        # the classic strategy sends market orders only
        is_maker=np.zeros(len(trades), dtype=np.bool_),
    )


def stages_of(coins: Iterable[int], reasons: Iterable[str]) -> IntArray:
    """Give the further purchases that each trade's position had so far, the trade's own one included."""
    so_far: dict[int, int] = {}
    stages: list[int] = []
    for coin, reason in zip(coins, reasons, strict=True):
        if is_dca(reason):
            so_far[coin] = so_far.get(coin, 0) + 1
        elif reason == ENTRY:
            so_far[coin] = 0
        stages.append(so_far.get(coin, 0))
    return np.array(stages, dtype=np.int64)


def _floats(values: Iterable[float]) -> FloatArray:
    return np.fromiter(values, dtype=np.float64)
