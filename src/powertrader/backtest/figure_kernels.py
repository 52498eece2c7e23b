"""Compiled figures of a run, for searches that keep no trades and no equity."""

from typing import NamedTuple

from numba import njit

from powertrader.backtest.classic_state import SELL, Rows
from powertrader.models.types import FloatArray


class RunFigures(NamedTuple):
    """What a search keeps of a run.

    mean, variance, third_moment and fourth_moment (central, divided by the number of steps) and
    downside_variance (against 0) are those of the return of a step as a fraction. fees, gross_profit and
    gross_loss (of the sales that lost, positive) are in the quote asset; trades counts purchases and sales.
    """

    start_equity: float
    final_equity: float
    max_drawdown_pct: float
    mean: float
    variance: float
    third_moment: float
    fourth_moment: float
    downside_variance: float
    fees: float
    gross_profit: float
    gross_loss: float
    trades: int
    sells: int
    wins: int
    steps: int


@njit(cache=True, nogil=True)
def figures(equity: FloatArray, start: float, trades: Rows) -> RunFigures:
    """Sum a run up; trades are those of Books."""
    final = equity[-1] if len(equity) else start
    mean, variance, third, fourth, downside = _moments(equity, start)
    fees, profit, loss, sells, wins = _of_sales(trades)
    return RunFigures(
        start,
        final,
        _deepest_fall_pct(equity, start),
        mean,
        variance,
        third,
        fourth,
        downside,
        fees,
        profit,
        loss,
        len(trades),
        sells,
        wins,
        len(equity),
    )


@njit(cache=True)
def _of_sales(trades: Rows) -> tuple[float, float, float, int, int]:
    """Give all fees, what sales won and lost, how many there were and how many of them won."""
    fees = profit = loss = 0.0
    sells = wins = 0
    for place in range(len(trades)):
        price, fee, realized = trades[place].price, trades[place].fee, trades[place].realized
        if trades[place].side == SELL:
            fees += fee
            sells += 1
            wins += realized > 0
            profit += max(realized, 0.0)
            loss += max(-realized, 0.0)
        else:
            fees += fee * price
    return fees, profit, loss, sells, wins


@njit(cache=True)
def _moments(equity: FloatArray, start: float) -> tuple[float, float, float, float, float]:
    """Give mean, variance, third and fourth central moment of the returns, and their downside variance."""
    count = max(len(equity), 1)
    mean = 0.0
    before = start
    for value in equity:
        mean += (value / before - 1.0) / count
        before = value
    squares = cubes = fourths = below = 0.0
    before = start
    for value in equity:
        change = value / before - 1.0
        away = change - mean
        squares += away * away
        cubes += away * away * away
        fourths += away * away * away * away
        below += min(change, 0.0) * min(change, 0.0)
        before = value
    return mean, squares / count, cubes / count, fourths / count, below / count


@njit(cache=True)
def _deepest_fall_pct(equity: FloatArray, start: float) -> float:
    """Give the deepest fall from a highest value, in percent of it."""
    highest, deepest = start, 0.0
    for value in equity:
        highest = max(highest, value)
        deepest = max(deepest, (highest - value) / highest * 100.0)
    return deepest
