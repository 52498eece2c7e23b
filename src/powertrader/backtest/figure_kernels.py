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


@njit(cache=True, nogil=True, error_model="numpy")
def figures(equity: FloatArray, start: float, trades: Rows) -> RunFigures:
    """Sum a run up; trades are those of Books."""
    final, deepest, moments, below = _of_equity(equity, start)
    fees, profit, loss, sells, wins = _of_sales(trades)
    mean, squares, cubes, fourths = moments
    variance = squares - mean * mean
    return RunFigures(
        start,
        final,
        deepest,
        mean,
        variance,
        cubes - mean * (3 * variance + mean * mean),
        fourths - 4 * mean * cubes + mean * mean * (6 * squares - 3 * mean * mean),
        below,
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


@njit(cache=True, error_model="numpy")
def _of_equity(
    equity: FloatArray, start: float
) -> tuple[float, float, tuple[float, float, float, float], float]:
    """Give last value, deepest fall in percent of a highest value, and the returns' means by power.

    The last is the mean square of the returns below 0.
    """
    before = highest = start
    deepest = sum_1 = sum_2 = sum_3 = sum_4 = below = 0.0
    for value in equity:
        if value == before:
            continue
        change = value / before - 1.0
        before = value
        squared = change * change
        sum_1 += change
        sum_2 += squared
        sum_3 += squared * change
        sum_4 += squared * squared
        if change > 0.0:
            highest = max(highest, value)
        else:
            below += squared
            deepest = max(deepest, 1.0 - value / highest)
    count = float(max(len(equity), 1))
    return (
        before,
        deepest * 100.0,
        (sum_1 / count, sum_2 / count, sum_3 / count, sum_4 / count),
        below / count,
    )
