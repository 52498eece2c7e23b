# mypy: disallow-untyped-decorators=False
# (numba's njit has no types)
"""Compiled rules of a sweep: bounds around the predictions, their spacing, and the sides of a price.

Rows hold seven numbers, one per timeframe or one per rank; functions fill the rows they are given.
Source: golden/BEHAVIOUR.md section 2.4 (Q21 to Q28, Q33 to Q35).
"""

from typing import Final, TypeAlias

import numpy as np
from numba import njit

from powertrader.models.types import FloatArray, IntArray
from powertrader.thinker.kernels import ACTIVE

LowHigh: TypeAlias = tuple[FloatArray, FloatArray]
"""Seven low and seven high prices."""
Table: TypeAlias = tuple[FloatArray, FloatArray, IntArray, FloatArray, FloatArray, FloatArray, FloatArray]
"""Rows of coins, each (N, 7): predicted low and high, states, bounds low and high, ranked low and high."""

COUNT: Final = 7
LOW_PLACEHOLDER: Final = 0.01
HIGH_PLACEHOLDER: Final = 99999999999999999.0
"""Bounds of inactive timeframes. The original's high one is an integer that no float equals; the
nearest float stands for it and, unlike infinity, differs from a bound that a damaged memory made."""
DISTANCE: Final = 0.5 / 100
SPACING_PCT: Final = 0.25
PUSH: Final = 0.0005
SMALLEST_MARGIN_PCT: Final = 0.25
LONG: Final = 1
SHORT: Final = -1
RISING: Final = 1
FALLING: Final = -1
PLACED: Final = 0
CHANGED: Final = 1
ENDLESS: Final = 2


@njit(cache=True)
def _first_run(values: FloatArray, order: IntArray) -> int:
    """Give the length of the rising run at the begin; a strictly falling one is turned round."""
    run = 2
    if values[order[1]] < values[order[0]]:
        while run < COUNT and values[order[run]] < values[order[run - 1]]:
            run += 1
        order[:run] = order[:run][::-1].copy()
        return run
    while run < COUNT and not values[order[run]] < values[order[run - 1]]:
        run += 1
    return run


@njit(cache=True)
def _sort(values: FloatArray, order: IntArray) -> None:
    """Sort positions by their values, rising and stable.

    The steps are those of the interpreter that ran the original, because nan, which is never less,
    stays wherever these steps leave it.
    """
    for taken in range(_first_run(values, order), COUNT):
        pivot = order[taken]
        left, right = 0, taken
        while left < right:
            middle = (left + right) // 2
            if values[pivot] < values[order[middle]]:
                right = middle
            else:
                left = middle + 1
        for place in range(taken, left, -1):
            order[place] = order[place - 1]
        order[left] = pivot


@njit(cache=True)
def _first_equal(values: FloatArray, position: int) -> int:
    """Give the first position with the same value; nan is only ever found at its own."""
    for index in range(position):
        if values[index] == values[position]:
            return index
    return position


@njit(cache=True)
def _rank(values: FloatArray, direction: int, ranked: FloatArray, position: IntArray) -> None:
    """Fill the values by rank, and for each rank the first place of its value."""
    order = np.arange(COUNT)[::direction].copy()
    _sort(values, order)
    by_rank = order[::direction]
    for rank in range(COUNT):
        ranked[rank] = values[by_rank[rank]]
        position[rank] = _first_equal(values, by_rank[rank])


@njit(cache=True)
def _gap_pct(first: float, second: float) -> float:
    mean = (first + second) / 2
    if mean == 0:
        return 0.0
    return (abs(first - second) / mean) * 100


@njit(cache=True)
def _is_switched_off(low: FloatArray, high: FloatArray, rank: int) -> bool:
    lows_off = low[rank] == LOW_PLACEHOLDER or low[rank + 1] == LOW_PLACEHOLDER
    return bool(lows_off or high[rank] == HIGH_PLACEHOLDER or high[rank + 1] == HIGH_PLACEHOLDER)


@njit(cache=True)
def _never_parts(first: float, second: float, pushed: float) -> bool:
    """Tell whether pushing goes on for ever: two bounds that are not positive, or no movement."""
    return bool((first <= 0 and second <= 0) or pushed == second)


@njit(cache=True)
def _part(low: FloatArray, high: FloatArray, rank: int, required_pct: float) -> bool:
    while not _is_switched_off(low, high, rank):
        if _gap_pct(low[rank], low[rank + 1]) < required_pct or low[rank + 1] > low[rank]:
            pushed = low[rank + 1] - (low[rank + 1] * PUSH)
            if _never_parts(low[rank], low[rank + 1], pushed):
                return False
            low[rank + 1] = pushed
        elif _gap_pct(high[rank], high[rank + 1]) < required_pct or high[rank + 1] < high[rank]:
            pushed = high[rank + 1] + (high[rank + 1] * PUSH)
            if _never_parts(high[rank], high[rank + 1], pushed):
                return False
            high[rank + 1] = pushed
        else:
            return True
    return True


@njit(cache=True)
def space(low: FloatArray, high: FloatArray) -> bool:
    """Push ranked bounds apart in place; False when two of them would never part (Q27, Q28)."""
    gap = 0.0
    for rank in range(COUNT - 1):
        if not _part(low, high, rank, SPACING_PCT + gap):
            return False
        gap += SPACING_PCT
    return True


@njit(cache=True)
def _back_to_timeframes(
    ranked: FloatArray, position: IntArray, placeholder: float, values: FloatArray
) -> int:
    """Put each ranked value at its timeframe; equal ones close up, placeholders fill the end (Q26)."""
    count = 0
    for index in range(COUNT):
        for rank in range(COUNT):
            if position[rank] == index:
                values[count] = ranked[rank]
                count += 1
                break
    values[count:] = placeholder
    return count


@njit(cache=True)
def place_bounds(predicted: LowHigh, states: IntArray, bounds: LowHigh, ranked: LowHigh) -> tuple[int, int]:
    """Fill the bounds by timeframe and by rank from predicted prices; states tell what is ACTIVE.

    Gives how many low and high bounds have a timeframe, the others are placeholders; (0, 0) when
    the spacing would never end.
    """
    low, high = bounds
    for index in range(COUNT):
        if states[index] == ACTIVE:
            low[index] = predicted[0][index] - (predicted[0][index] * DISTANCE)
            high[index] = predicted[1][index] + (predicted[1][index] * DISTANCE)
        else:
            low[index] = LOW_PLACEHOLDER
            high[index] = HIGH_PLACEHOLDER
    position_low = np.empty(COUNT, dtype=np.int64)
    position_high = np.empty(COUNT, dtype=np.int64)
    _rank(low, FALLING, ranked[0], position_low)
    _rank(high, RISING, ranked[1], position_high)
    if not space(ranked[0], ranked[1]):
        return 0, 0
    lows = _back_to_timeframes(ranked[0], position_low, LOW_PLACEHOLDER, low)
    return lows, _back_to_timeframes(ranked[1], position_high, HIGH_PLACEHOLDER, high)


@njit(cache=True)
def take_sides(ask: float, bounds: LowHigh, predicted: LowHigh, sides: IntArray, margins: FloatArray) -> None:
    """Fill the side of each timeframe, LONG, SHORT or 0, and its margin in percent of the ask."""
    for index in range(COUNT):
        low, high = predicted[0][index], predicted[1][index]
        sides[index] = 0
        margins[index] = 0.0
        if high == low:
            continue
        if ask > bounds[1][index]:
            sides[index] = SHORT
            margins[index] = ((high - ask) / abs(ask)) * 100
        elif ask < bounds[0][index]:
            sides[index] = LONG
            margins[index] = ((low - ask) / abs(ask)) * 100


@njit(cache=True)
def mean_margin(margins: FloatArray) -> float:
    """Give the mean of the margins that are not 0, at least 0.25, in percent."""
    total = 0.0
    count = 0
    for margin in margins:
        if margin != 0:
            total += margin
            count += 1
    if count == 0 or total / count < SMALLEST_MARGIN_PCT:
        return SMALLEST_MARGIN_PCT
    return total / count


@njit(cache=True)
def place_rows(changed: IntArray, table: Table) -> None:
    """Place the bounds of the coins marked CHANGED, and mark them PLACED or ENDLESS."""
    predicted_low, predicted_high, states, low, high, ranked_low, ranked_high = table
    for row in range(len(changed)):
        if changed[row] != CHANGED:
            continue
        predicted = (predicted_low[row], predicted_high[row])
        ranked = (ranked_low[row], ranked_high[row])
        count, _ = place_bounds(predicted, states[row], (low[row], high[row]), ranked)
        changed[row] = PLACED if count > 0 else ENDLESS


@njit(cache=True)
def compare_rows(asks: FloatArray, table: Table, levels: IntArray, margins: FloatArray) -> None:
    """Fill long and short levels (N, 2) and mean margins in percent (N,) of the coins at these asks."""
    predicted_low, predicted_high, _, low, high, _, _ = table
    sides = np.empty(COUNT, dtype=np.int64)
    own = np.empty(COUNT)
    for row in range(len(asks)):
        predicted = (predicted_low[row], predicted_high[row])
        take_sides(asks[row], (low[row], high[row]), predicted, sides, own)
        levels[row, 0] = (sides == LONG).sum()
        levels[row, 1] = (sides == SHORT).sum()
        margins[row] = mean_margin(own)
