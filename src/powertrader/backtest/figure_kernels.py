"""Compiled figures of a run, for searches that keep no trades and no equity."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numba import njit

from powertrader.backtest.classic_state import SELL, Rows
from powertrader.models.types import FloatArray, IntArray

_Powers: TypeAlias = tuple[float, float, float, float, float]

_AT_ONCE: Final = 128
_LANES: Final = 64
_NEARLY: Final = 1.0 + 1e-12


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


FIGURES: Final = len(RunFigures._fields)
_COUNTS_FROM: Final = RunFigures._fields.index("trades")


def figures(equity: FloatArray, start: float, trades: Rows) -> RunFigures:
    """Sum a run up; trades are those of Books."""
    row = np.empty(FIGURES)
    sum_up(equity, len(equity), start, trades, row)
    return figures_of(row)


def figures_of(row: FloatArray) -> RunFigures:
    """Give the figures that sum_up left in a row."""
    numbers = row.tolist()
    return RunFigures(*numbers[:_COUNTS_FROM], *map(int, numbers[_COUNTS_FROM:]))


@njit(cache=True, nogil=True, error_model="numpy")
def sum_up(equity: FloatArray, steps: int, start: float, trades: Rows, row: FloatArray) -> None:
    """Leave the figures of a run in a row (FIGURES,), the counts as floats.

    From equity, the values after each of so many steps, those may be left out that are as the one before.
    """
    final, deepest = equity[-1] if len(equity) else start, _deepest_fall(equity, start) * 100.0
    mean, squares, cubes, fourths, below = _mean_powers(equity, steps, start)
    fees, profit, loss, sells, wins = _of_sales(trades)
    variance = squares - mean * mean
    row[:] = (
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
        float(len(trades)),
        float(sells),
        float(wins),
        float(steps),
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
def _mean_powers(equity: FloatArray, steps: int, start: float) -> _Powers:
    """Give the means of the returns' powers one to four, and of the squares of those below 0."""
    first = _change(start, equity[0]) if len(equity) else 0.0
    sums, count = _power_sums(equity, first), float(max(steps, 1))
    return sums[0] / count, sums[1] / count, sums[2] / count, sums[3] / count, sums[4] / count


@njit(cache=True, error_model="numpy", inline="always")
def _change(before: float, value: float) -> float:
    return value / before - 1.0 if value != before else 0.0


@njit(cache=True, error_model="numpy")
def _power_sums(equity: FloatArray, first: float) -> _Powers:
    """Sum in lanes: many steps at once, in an order that is the same on every processor."""
    lanes, moves = np.zeros((5, _LANES)), np.empty(_LANES)
    ones, squares, cubes, fourths, below = lanes[0], lanes[1], lanes[2], lanes[3], lanes[4]
    for begin in range(1, len(equity), _LANES):
        before, after = equity[begin - 1 : begin + _LANES - 1], equity[begin : begin + _LANES]
        count = len(after)
        for lane in range(count):
            moves[lane] = _change(before[lane], after[lane])
        # few columns in each loop: with more of them the compiler takes one step at a time
        for lane in range(count):
            ones[lane] += moves[lane]
            squares[lane] += moves[lane] * moves[lane]
        for lane in range(count):
            squared = moves[lane] * moves[lane]
            cubes[lane] += squared * moves[lane]
            fourths[lane] += squared * squared
        for lane in range(count):
            below[lane] += moves[lane] * moves[lane] if moves[lane] < 0.0 else 0.0
    loss = first**2 if first < 0.0 else 0.0
    return (
        first + ones.sum(),
        first**2 + squares.sum(),
        first**3 + cubes.sum(),
        first**4 + fourths.sum(),
        loss + below.sum(),
    )


@njit(cache=True, error_model="numpy")
def _deepest_fall(equity: FloatArray, start: float) -> float:
    """Give the deepest fall as a fraction of the highest value before it.

    Only steps that may hold a deeper one than known are looked at one by one.
    """
    highest, deepest = start, 0.0
    # the bits of floats that are not negative have the floats' order, and many are compared at once
    bits, bounds = equity.view(np.int64), np.empty(2)
    bounds_bits = bounds.view(np.int64)
    for begin in range(0, len(equity), _AT_ONCE):
        end = min(begin + _AT_ONCE, len(equity))
        bounds_bits[0], bounds_bits[1] = _bounds(bits, begin, end)
        if 1.0 - bounds[0] / max(highest, bounds[1]) > deepest:
            deepest = _deepest(equity, (begin, end), highest, deepest)
        highest = max(highest, bounds[1])
    return deepest


@njit(cache=True)
def _bounds(values: IntArray, begin: int, end: int) -> tuple[int, int]:
    # a slice has no places before its first, which compiled code would look for each time
    some = values[begin:end]
    lowest = highest = some[0]
    for place in range(len(some)):
        lowest, highest = min(lowest, some[place]), max(highest, some[place])
    return lowest, highest


@njit(cache=True, error_model="numpy")
def _deepest(equity: FloatArray, steps: tuple[int, int], peak: float, deepest: float) -> float:
    floor = (1.0 - deepest) * _NEARLY
    for place in range(steps[0], steps[1]):
        peak = max(peak, equity[place])
        # a division takes as long as all the rest
        if equity[place] < peak * floor:
            deepest = max(deepest, 1.0 - equity[place] / peak)
            floor = (1.0 - deepest) * _NEARLY
    return deepest
