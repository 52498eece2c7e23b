"""Bounds of numbers that no market has: always bounds or one clear error, always in the end.

Not run without the compiler: a bound of -1e300 needs a million pushes until it parts from a tiny one.
"""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from powertrader.thinker.bounds import Bounds, EndlessSpacing
from powertrader.thinker.prediction import Activity, Prediction, PredictionColumns

pytestmark = pytest.mark.property

seven = st.lists(st.floats(), min_size=7, max_size=7)


@given(lows=seven, highs=seven)
@example(lows=[math.nan] * 7, highs=[math.inf] * 7)
@example(lows=[5e-324] * 7, highs=[5e-324] * 7)
@example(lows=[5e-324, -1e300, *[1.0] * 5], highs=[2.0] * 7)
@example(lows=[1.0] * 7, highs=[-math.inf] * 7)
def test_any_number_at_all_gives_bounds_or_one_clear_error(lows: list[float], highs: list[float]) -> None:
    found = [Prediction(Activity.ACTIVE, low, high) for low, high in zip(lows, highs, strict=True)]
    try:
        placed = Bounds.of(PredictionColumns.of(found))
    except EndlessSpacing:
        return
    assert all(map(math.isfinite, (*placed.long_bounds, *placed.short_bounds)))
