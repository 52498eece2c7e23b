"""Compiled rules of the thinker: prediction from similar candles, bounds, and the sides of a price.

The functions of a sweep work on rows of seven numbers, one per timeframe or one per rank, and take
their result rows as arguments. Source: golden/BEHAVIOUR.md sections 2.3 and 2.4.
"""

import math
from typing import Final, TypeAlias

import numpy as np
from numba import njit

from powertrader.core.patterns import distance_pct
from powertrader.models.types import BoolArray, FloatArray, IntArray

ACTIVE: Final = 0
INACTIVE: Final = 1
DAMAGED: Final = 2

Columns: TypeAlias = tuple[
    FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, BoolArray, BoolArray
]
"""Body, close, high and low move, the weights of these three moves, readable body, readable fields.

Weights are empty where all are 1.0, the last two where everything is readable.
"""
LowHigh: TypeAlias = tuple[FloatArray, FloatArray]
"""Seven low and seven high prices."""

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


@njit(cache=True)
def find_matches(body_pct: float, threshold_pct: float, columns: Columns) -> IntArray:
    """Give the positions of the stored bodies at most threshold_pct away, in stored order."""
    bodies, readable = columns[0], columns[7]
    positions = np.empty(len(bodies), dtype=np.int64)
    count = 0
    for position in range(len(bodies)):
        positions[count] = position
        # Counting without a branch: a match in three entries would mislead the processor too often.
        count += distance_pct(body_pct, bodies[position]) <= threshold_pct
    if len(readable) == 0:
        return positions[:count]
    return positions[:count][readable[positions[:count]]]


@njit(cache=True)
def _sum_of_products(
    positions: IntArray, moves: FloatArray, weights: FloatArray, divisor: float
) -> tuple[float, int]:
    total = 0.0
    if len(weights) == 0:
        for position in positions:
            total += moves[position] / divisor
        return total, len(positions)
    count = 0
    for position in positions:
        if weights[position] != 0:
            total += (moves[position] / divisor) * weights[position]
            count += 1
    return total, count


@njit(cache=True)
def undamaged(positions: IntArray, columns: Columns) -> IntArray:
    """Leave out positions whose moves or weights are unreadable or not finite."""
    _, close, high, low, weights, weights_high, weights_low, _, readable = columns
    kept = np.empty(len(positions), dtype=np.int64)
    count = 0
    for position in positions:
        good = (
            math.isfinite(close[position]) and math.isfinite(high[position]) and math.isfinite(low[position])
        )
        for weight in (weights, weights_high, weights_low):
            good = good and (len(weight) == 0 or math.isfinite(weight[position]))
        kept[count] = position
        count += good and (len(readable) == 0 or readable[position])
    return kept[:count]


@njit(cache=True)
def mean_moves(positions: IntArray, columns: Columns) -> tuple[int, float, float]:
    """Give state, mean high move and mean low move (fractions) of the matches at these positions.

    ACTIVE, or INACTIVE without a match or when the close, the high or the low move has no weight
    other than 0, or DAMAGED when a move or weight of a match is unreadable.
    """
    _, close, high, low, weights, weights_high, weights_low, _, readable = columns
    if len(readable) > 0 and not readable[positions].all():
        return DAMAGED, 0.0, 0.0
    _, closes = _sum_of_products(positions, close, weights, 1.0)
    highs_sum, highs = _sum_of_products(positions, high, weights_high, 100.0)
    lows_sum, lows = _sum_of_products(positions, low, weights_low, 100.0)
    if closes == 0 or highs == 0 or lows == 0:
        return INACTIVE, 0.0, 0.0
    return ACTIVE, highs_sum / highs, lows_sum / lows


@njit(cache=True)
def predict(body_pct: float, threshold_pct: float, columns: Columns) -> tuple[int, float, float]:
    """Give state, mean high move and mean low move (fractions) after a candle with this body.

    One damaged entry voids the result, as in the original.
    """
    if len(columns[7]) > 0 and not columns[7].all():
        return DAMAGED, 0.0, 0.0
    return mean_moves(find_matches(body_pct, threshold_pct, columns), columns)


@njit(cache=True)
def predict_without_damage(
    body_pct: float, threshold_pct: float, columns: Columns
) -> tuple[int, float, float]:
    """Give what predict gives, or where an entry is damaged, what the others say.

    A damaged entry is one that cannot be read or that drives the result to nan or infinity.
    """
    state, high, low = predict(body_pct, threshold_pct, columns)
    if state != DAMAGED and math.isfinite(high) and math.isfinite(low):
        return state, high, low
    state, high, low = mean_moves(undamaged(find_matches(body_pct, threshold_pct, columns), columns), columns)
    if math.isfinite(high) and math.isfinite(low):
        return state, high, low
    return DAMAGED, 0.0, 0.0


@njit(cache=True)
def _rank(values: FloatArray, sign: float, ranked: FloatArray, position: IntArray) -> None:
    """Sort rising (sign 1) or falling (sign -1) and find the first place of each value."""
    for taken in range(COUNT):
        value = values[taken]
        place = taken
        while place > 0 and sign * ranked[place - 1] > sign * value:
            ranked[place] = ranked[place - 1]
            place -= 1
        ranked[place] = value
    for rank in range(COUNT):
        position[rank] = rank
        for index in range(COUNT):
            if values[index] == ranked[rank]:
                position[rank] = index
                break


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
    _rank(low, -1.0, ranked[0], position_low)
    _rank(high, 1.0, ranked[1], position_high)
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
