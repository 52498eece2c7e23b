"""The figures of a replay, as result.json holds them."""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from powertrader.analytics.metrics import buy_and_hold_pct, count_trades, max_drawdown, return_pct
from powertrader.backtest.engine import ReplayCourse, ReplaySpan
from powertrader.backtest.provenance import code_version, data_hash
from powertrader.core.config import TradingConfig, config_hash
from powertrader.models.book import Book
from powertrader.models.candle import Candles
from powertrader.models.moment import iso_text
from powertrader.models.position import Position
from powertrader.models.types import CoinSymbol

SCHEMA: Final = 1


def summary_of(
    config: TradingConfig,
    candles: Mapping[CoinSymbol, Candles],
    span: ReplaySpan,
    course: ReplayCourse,
    book: Book,
) -> dict[str, object]:
    """Sum a replay up; the same run gives the same content.

    Money is in the quote asset. trades counts executed orders, buys and sells together.
    """
    start = config.replay.start_quote
    final = course.equity[-1] if course.equity else start
    trades = count_trades(book.trades)
    held = [position for _, position in sorted(book.held.items())]
    drawdown = max_drawdown(np.array([start, *course.equity]))
    return {
        "schema": SCHEMA,
        "kind": "replay",
        "interrupted": course.interrupted,
        "coins": list(candles),
        "quote_asset": config.trading.quote_asset,
        "trained_until": iso_text(span.start),
        "first_step": iso_text(course.times[0]) if course.times else None,
        "last_step": iso_text(course.times[-1]) if course.times else None,
        "steps": course.steps,
        "start_equity": start,
        "final_equity": final,
        "return_pct": return_pct(start, final),
        "max_drawdown_pct": drawdown.pct,
        "buy_and_hold_pct": _hold(candles, course),
        "trades": len(book.trades),
        "buys": trades.buys,
        "sells": trades.sells,
        "trades_by_reason": dict(trades.by_reason),
        "win_rate_pct": trades.win_rate_pct,
        "realized_profit": trades.realized_profit,
        "fees": trades.fees,
        "unrealized_profit": math.fsum(_unrealized(position, course) for position in held),
        "open_positions": {position.coin: _open(position, course) for position in held},
        "config_hash": config_hash(config),
        "data_hash": data_hash(candles),
        "code_version": code_version(),
        "config": config.model_dump(mode="json"),
    }


def _open(position: Position, course: ReplayCourse) -> dict[str, object]:
    return {
        "quantity": format(position.quantity, "f"),
        "cost": format(position.cost, "f"),
        "stage": position.dca_count,
        "unrealized_profit": _unrealized(position, course),
    }


def _unrealized(position: Position, course: ReplayCourse) -> float:
    """Give the value of a position at the newest bid less what it cost, fees of the purchases included."""
    return float(position.quantity) * course.last_bid.get(position.coin, 0.0) - float(position.cost)


def _hold(candles: Mapping[CoinSymbol, Candles], course: ReplayCourse) -> float | None:
    if not course.times:
        return None
    first, last = course.times[0].timestamp(), course.times[-1].timestamp()
    return buy_and_hold_pct(_closes(candles, first), _closes(candles, last))


def _closes(candles: Mapping[CoinSymbol, Candles], time_s: float) -> dict[CoinSymbol, float]:
    """Give each coin's newest close by a time; coins that had none yet are left out."""
    closed = {coin: columns.closed_by(time_s) for coin, columns in candles.items()}
    return {coin: float(columns.close[-1]) for coin, columns in closed.items() if len(columns)}
