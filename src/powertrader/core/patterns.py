"""The one definition of a pattern and of how far two patterns are apart.

A pattern is the body of one candle: its move from open to close in percent of the open.
"""

from typing import Final

import numpy as np
from numba import njit

from powertrader.models.types import FloatArray

# within these limits no step of the distance over- or underflows
_SMALLEST_BODY: Final = 1e-290
_LARGEST_BODY: Final = 1e150
# above this threshold candles of opposite direction could match as well
_LARGEST_THRESHOLD_PCT: Final = 100.0
# far more than the rounding of the distance can shift the border of a match
_BORDER: Final = 1e-12
_SMALLEST_DOUBLE: Final = 5e-324


def bodies_pct(open_price: FloatArray, close: FloatArray) -> FloatArray:
    """Move of every candle from open to close in percent of the open; an open of 0 gives NaN or infinity."""
    with np.errstate(all="ignore"):
        return 100 * ((close - open_price) / open_price)


def index_of(bodies: FloatArray) -> FloatArray:
    """Give the bodies that can match at all, sorted, for count_matches; NaN and infinity never do."""
    return np.sort(bodies[np.isfinite(bodies)])


@njit(cache=True)
def distance_pct(first: float, second: float) -> float:
    """Gap between two bodies relative to their mean, in percent; 0 when the mean is 0.

    Opposite bodies are 0 apart and a body is 200 away from 0: the original does so.
    Source: golden/BEHAVIOUR.md section 0.2 (Q9, Q37).
    """
    mean = (first + second) / 2
    if mean == 0:
        return 0.0
    return float(abs((abs(first - second) / mean) * 100))


@njit(cache=True)
def ranks(index: FloatArray, first: float, second: float, third: float) -> tuple[int, int, int]:
    """Count the numbers of a sorted array below each of three values.

    The three searches share their steps and have no branch, so that the processor overlaps them.
    """
    left = len(index)
    if left == 0:
        return 0, 0, 0
    one = two = three = 0
    while left > 1:
        half = left >> 1
        one += half * (index[one + half - 1] < first)
        two += half * (index[two + half - 1] < second)
        three += half * (index[three + half - 1] < third)
        left -= half
    return one + (index[one] < first), two + (index[two] < second), three + (index[three] < third)


@njit(cache=True)
def count_matches(body: float, threshold_pct: float, index: FloatArray) -> int:
    """Count the bodies of an index whose distance_pct to body is at most threshold_pct.

    index: from index_of. The count equals that of testing every entry, to the last bit: only
    entries next to the border of the interval are tested, the rest is found by bisection.
    """
    if not 0 <= threshold_pct <= _LARGEST_THRESHOLD_PCT:
        return _count_all(body, threshold_pct, index)
    if body == 0:
        # halving the smallest double gives 0 as well
        start, stop, _ = ranks(index, -_SMALLEST_DOUBLE, 2 * _SMALLEST_DOUBLE, 0.0)
        return stop - start
    size = abs(body)
    if not _SMALLEST_BODY <= size <= _LARGEST_BODY:
        return _count_all(body, threshold_pct, index)
    widening = (200 + threshold_pct) / (200 - threshold_pct)
    near = size / widening
    far = size * widening
    lowest = near * (1 - _BORDER) if body > 0 else -far * (1 + _BORDER)
    highest = far * (1 + _BORDER) if body > 0 else -near * (1 - _BORDER)
    start, stop, opposite = ranks(index, lowest, highest, -body)
    count = 0
    while opposite < len(index) and index[opposite] == -body:
        count += 1
        opposite += 1
    certain_near = near * (1 + _BORDER)
    certain_far = far * (1 - _BORDER)
    while start < stop and not certain_near <= abs(index[start]) <= certain_far:
        count += distance_pct(body, index[start]) <= threshold_pct
        start += 1
    while start < stop and not certain_near <= abs(index[stop - 1]) <= certain_far:
        count += distance_pct(body, index[stop - 1]) <= threshold_pct
        stop -= 1
    return count + stop - start


@njit(cache=True)
def _count_all(body: float, threshold_pct: float, index: FloatArray) -> int:
    count = 0
    for stored in index:
        count += distance_pct(body, stored) <= threshold_pct
    return count
