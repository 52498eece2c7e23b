"""What an equity curve and its trades amount to."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from powertrader.models.order import Side
from powertrader.models.trade import Trade
from powertrader.models.types import CoinSymbol, FloatArray

_PCT: Final = 100.0


@dataclass(frozen=True, slots=True)
class Drawdown:
    """The deepest fall of an equity curve from its peak so far, in percent of that peak.

    peak_step and trough_step are positions of the curve; both 0 when it never fell.
    """

    pct: float
    peak_step: int
    trough_step: int


def return_pct(start: float, end: float) -> float:
    """Gain over a period in percent of its start. Raises ValueError unless start is above 0."""
    if not start > 0:
        msg = f"a return needs a start above 0, it was {start}"
        raise ValueError(msg)
    return (end / start - 1) * _PCT


def max_drawdown(equity: FloatArray) -> Drawdown:
    """Find the deepest fall from a peak; a curve without steps never falls."""
    if not len(equity):
        return Drawdown(0.0, 0, 0)
    peaks = np.maximum.accumulate(equity)
    falls = np.where(peaks > 0, (peaks - equity) / np.where(peaks > 0, peaks, 1.0), 0.0)
    trough = int(np.argmax(falls))
    if falls[trough] <= 0:
        return Drawdown(0.0, 0, 0)
    return Drawdown(float(falls[trough]) * _PCT, int(np.argmax(equity[: trough + 1])), trough)


@dataclass(frozen=True, slots=True)
class TradeCounts:
    """Trades by what they were; win_rate_pct is the share of sales that made money, None without sales.

    realized_profit and fees are in the quote asset; fees taken in a coin count at their trade's price.
    A fee in a third asset counts with what it was worth then, as it is where nobody knew.
    """

    buys: int
    sells: int
    by_reason: Mapping[str, int]
    win_rate_pct: float | None
    realized_profit: float
    fees: float


def count_trades(trades: Sequence[Trade]) -> TradeCounts:
    """Count trades and add their profit and fees up."""
    sales = [trade for trade in trades if trade.side is Side.SELL]
    by_reason: dict[str, int] = {}
    for trade in trades:
        by_reason[trade.reason] = by_reason.get(trade.reason, 0) + 1
    wins = [trade for trade in sales if trade.realized_profit is not None and trade.realized_profit > 0]
    profits = [float(trade.realized_profit) for trade in sales if trade.realized_profit is not None]
    return TradeCounts(
        buys=len(trades) - len(sales),
        sells=len(sales),
        by_reason=dict(sorted(by_reason.items())),
        win_rate_pct=len(wins) / len(sales) * _PCT if sales else None,
        realized_profit=math.fsum(profits),
        fees=math.fsum(fees_of(trade) for trade in trades),
    )


def buy_and_hold_pct(first: Mapping[CoinSymbol, float], last: Mapping[CoinSymbol, float]) -> float | None:
    """Return in percent of buying every coin for the same money first and holding it to the last price.

    Coins without both prices are left out; None when none is left. Without fees and spread.
    """
    factors = [last[coin] / price for coin, price in first.items() if coin in last and price > 0]
    return (math.fsum(factors) / len(factors) - 1) * _PCT if factors else None


def fees_of(trade: Trade) -> float:
    """Give what a trade's fees were worth in the quote asset."""
    price = trade.price or 0.0
    worth = dict(trade.fee_values)
    return math.fsum(
        float(worth[asset]) if asset in worth else float(amount) * (price if asset == trade.coin else 1.0)
        for asset, amount in trade.fees
    )
