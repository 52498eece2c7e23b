"""Compiled prediction: what followed the stored candles that resemble the newest one.

Source: golden/BEHAVIOUR.md section 2.3 step 4 (Q10, Q29, Q36, Q37, Q85).
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

EachMove: TypeAlias = tuple[IntArray, FloatArray, FloatArray]
"""States, mean high moves and mean low moves, (N,) each."""


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
def predict_each(bodies_pct: FloatArray, threshold_pct: float, columns: Columns, moves: EachMove) -> None:
    """Fill what predict gives for each of N bodies."""
    states, highs, lows = moves
    for row in range(len(bodies_pct)):
        states[row], highs[row], lows[row] = predict(bodies_pct[row], threshold_pct, columns)


@njit(cache=True)
def predict_each_without_damage(
    bodies_pct: FloatArray, threshold_pct: float, columns: Columns, moves: EachMove
) -> None:
    """Fill what predict_without_damage gives for each of N bodies."""
    states, highs, lows = moves
    for row in range(len(bodies_pct)):
        found = predict_without_damage(bodies_pct[row], threshold_pct, columns)
        states[row], highs[row], lows[row] = found
