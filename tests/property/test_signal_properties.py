"""The compiled rules of a signal equal the slow oracle bit for bit, and keep their laws."""

import math
import sys
from collections.abc import Sequence
from typing import Final

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from powertrader.models.memory import PatternMemory
from powertrader.models.types import FloatArray
from powertrader.thinker.bounds import START, EndlessSpacing, SweepState
from powertrader.thinker.prediction import Activity, Moves, Prediction
from powertrader.thinker.signal_engine import SignalEngine
from powertrader.thinker.sweep_kernels import HIGH_PLACEHOLDER, LOW_PLACEHOLDER
from tests.oracles import signal_oracle as oracle

pytestmark = [
    pytest.mark.property,
    pytest.mark.kernel,
    # Without the compiler numpy warns where doubles simply overflow or become nan.
    pytest.mark.filterwarnings("ignore:.*encountered in scalar:RuntimeWarning"),
]

ORIGINAL: Final = SignalEngine("original")
SAFE: Final = SignalEngine("safe")
WORDS: Final = {Activity.ACTIVE: "active", Activity.INACTIVE: "inactive", Activity.DAMAGED: "issue"}
SIDES: Final = {0: "none", 1: "long", -1: "short"}

numbers = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 1e-300, math.inf, -math.inf, math.nan]),
    st.floats(-200, 200),
)
texts = st.one_of(numbers, st.none())
weights = st.one_of(st.just(1.0), st.sampled_from([0.0, -0.0, -2.0, 0.75]), texts)
entries = st.builds(oracle.Entry, numbers, numbers, numbers, numbers, weights, weights, weights)
damaged_entries = st.builds(oracle.Entry, texts, texts, texts, texts, weights, weights, weights)
memories = st.one_of(st.lists(entries, max_size=12), st.lists(damaged_entries, max_size=12))

near = st.floats(-0.03, 0.03)
scales = st.sampled_from([3e-8, 0.004, 0.0101, 1.0, 0.3, 40000.0, 1e12])


@st.composite
def predictions(draw: st.DrawFn) -> tuple[Prediction, ...]:
    """Seven predictions around one price, often equal, sometimes far below 0."""
    price = draw(scales)
    some = [price, price * (1 + draw(near)), draw(st.sampled_from([0.0, -price, -40 * price, price * 1.5]))]
    prices = st.one_of(
        st.sampled_from(some[:2]), near.map(lambda move: price * (1 + move)), st.sampled_from(some)
    )
    activities = draw(st.lists(st.sampled_from(list(Activity)), min_size=7, max_size=7))
    return tuple(Prediction(activity, draw(prices), draw(prices)) for activity in activities)


def column(values: Sequence[float | None]) -> FloatArray:
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def memory_of(found: Sequence[oracle.Entry], threshold: float, *, without_ones: bool) -> PatternMemory:
    """Put entries into columns; without_ones leaves out weights that are all 1.0."""
    factors = [
        column([getattr(entry, name) for entry in found]) for name in ("weight", "weight_high", "weight_low")
    ]
    kept = [None if without_ones and bool(np.all(factor == 1.0)) else factor for factor in factors]
    body = np.array([entry.body is not None for entry in found], dtype=np.bool_)
    fields = ("close", "high", "low", "weight", "weight_high", "weight_low")
    readable = np.array(
        [None not in [getattr(entry, name) for name in fields] for entry in found], dtype=np.bool_
    )
    return PatternMemory(
        column([entry.body for entry in found]),
        column([entry.close for entry in found]),
        column([entry.high for entry in found]),
        column([entry.low for entry in found]),
        threshold,
        weights=kept[0],
        weights_high=kept[1],
        weights_low=kept[2],
        readable_body=None if body.all() else body,
        readable_fields=None if readable.all() else readable,
    )


@given(found=memories, body=numbers, threshold=st.sampled_from([0.0, 1.0, 60.0, 250.0, math.nan, math.inf]))
def test_prediction_equals_the_oracle(found: list[oracle.Entry], body: float, threshold: float) -> None:
    expected = oracle.predict(body, threshold, found)
    for without_ones in (False, True):
        moves = ORIGINAL.moves_after(body, memory_of(found, threshold, without_ones=without_ones))
        assert WORDS[moves.activity] == expected.word
        assert repr((moves.high, moves.low)) == repr((expected.high, expected.low))


@given(seed=st.integers(0, 2**32 - 1))
def test_prediction_of_many_crooked_numbers_equals_the_oracle_to_the_last_bit(seed: int) -> None:
    draw = np.random.default_rng(seed)
    rows = draw.normal(0, 1, (40, 7)).tolist()
    found = [oracle.Entry(*row) for row in rows]
    expected = oracle.predict(rows[0][0], 150.0, found)
    moves = ORIGINAL.moves_after(rows[0][0], memory_of(found, 150.0, without_ones=False))
    assert (moves.high, moves.low) == (expected.high, expected.low)


@given(found=memories, body=numbers)
def test_safe_predicts_the_same_as_long_as_nothing_is_damaged(found: list[oracle.Entry], body: float) -> None:
    memory = memory_of(found, 60.0, without_ones=True)
    original = ORIGINAL.moves_after(body, memory)
    assume(original.activity is not Activity.DAMAGED and math.isfinite(original.high + original.low))
    assert SAFE.moves_after(body, memory) == original


@given(found=memories, body=numbers)
def test_safe_never_predicts_what_is_no_number(found: list[oracle.Entry], body: float) -> None:
    moves = SAFE.moves_after(body, memory_of(found, 60.0, without_ones=True))
    assert math.isfinite(moves.high)
    assert math.isfinite(moves.low)


@given(found=st.lists(entries, max_size=12), body=numbers)
def test_matching_then_averaging_is_the_prediction_in_one_go(found: list[oracle.Entry], body: float) -> None:
    memory = memory_of(found, 60.0, without_ones=True)
    assume(memory.readable_fields is None)
    matches = ORIGINAL.find_similar_patterns([body], memory)
    assert [position for position, _ in matches] == sorted({position for position, _ in matches})
    assert all(distance <= 60.0 for _, distance in matches)
    assert repr(ORIGINAL.predict_levels(matches, memory)) == repr(ORIGINAL.moves_after(body, memory))


def swept_by_oracle(state: SweepState, found: tuple[Prediction, ...], ask: float) -> oracle.Swept | None:
    rows = [(each.low, each.high, each.activity is Activity.ACTIVE) for each in found]
    high = [oracle.HIGH if bound == HIGH_PLACEHOLDER else bound for bound in state.high]
    try:
        return oracle.sweep(state.low, high, rows, ask)
    except oracle.Hang:
        return None


EQUAL: Final = (Prediction(Activity.ACTIVE, 100.0, 101.0),) * 7
WORTHLESS: Final = (
    Prediction(Activity.ACTIVE, -1.0, 101.0),
    Prediction(Activity.ACTIVE, -2.0, 101.5),
    *EQUAL[:5],
)
TINY: Final = tuple(Prediction(Activity(place == 3), 0.005 + place / 1e5, 0.006) for place in range(7))


@given(first=predictions(), second=predictions(), move=st.floats(0.9, 1.1))
@example(first=EQUAL, second=EQUAL, move=1.0)
@example(first=WORTHLESS, second=WORTHLESS, move=1.0)
@example(first=TINY, second=TINY, move=1.0)
def test_two_sweeps_equal_the_oracle(
    first: tuple[Prediction, ...], second: tuple[Prediction, ...], move: float
) -> None:
    state, ask = START, abs(second[0].high) * move or 1.0
    for found in (first, second):
        expected = swept_by_oracle(state, found, ask)
        if expected is None:
            with pytest.raises(EndlessSpacing):
                ORIGINAL.sweep(state, found, ask)
            return
        sweep = ORIGINAL.sweep(state, found, ask)
        assert [SIDES[side] for side in sweep.sides] == expected.sides
        assert repr(list(sweep.margins_pct)) == repr(expected.margins)
        assert repr(sweep.margin_pct) == repr(expected.mean)
        for ours, theirs in (
            (sweep.bounds.low, expected.low),
            (sweep.bounds.high, expected.high),
            (sweep.bounds.ranked_low, expected.ranked_low),
            (sweep.bounds.ranked_high, expected.ranked_high),
        ):
            assert repr(list(ours)) == repr([float(value) for value in theirs])
        state = sweep.state


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="this interpreter sorts nan otherwise")
@given(
    lows=st.lists(st.sampled_from([math.nan, math.inf, 90.0, 95.0, 95.0, 99.0]), min_size=7, max_size=7),
    highs=st.lists(st.sampled_from([math.nan, math.inf, 101.0, 105.0, 105.0]), min_size=7, max_size=7),
    ask=st.sampled_from([80.0, 100.0, 120.0]),
)
def test_bounds_that_are_no_numbers_lie_where_the_original_leaves_them(
    lows: list[float], highs: list[float], ask: float
) -> None:
    found = tuple([Prediction(Activity.ACTIVE, *pair) for pair in zip(lows, highs, strict=True)])
    state = START
    for _ in range(2):
        expected = swept_by_oracle(state, found, ask)
        assert expected is not None
        sweep = ORIGINAL.sweep(state, found, ask)
        assert repr(list(sweep.margins_pct)) == repr(expected.margins)
        assert repr(sweep.margin_pct) == repr(expected.mean)
        assert repr((list(sweep.bounds.low), list(sweep.bounds.high))) == repr((expected.low, expected.high))
        assert repr(list(sweep.bounds.ranked_low)) == repr(expected.ranked_low)
        state = sweep.state


@given(found=predictions(), ask=st.floats(0.5, 1.5))
@example(found=WORTHLESS, ask=1.0)
def test_safe_always_comes_to_an_end_and_agrees_with_the_original_where_that_does(
    found: tuple[Prediction, ...], ask: float
) -> None:
    sweep = SAFE.settle(START, found, ask)
    try:
        assert sweep == ORIGINAL.settle(START, found, ask)
        assert sweep.worthless == ()
    except EndlessSpacing:
        assert sweep.worthless


@given(lows=st.lists(st.floats(0.02, 1e9), min_size=7, max_size=7), factor=st.floats(1.0, 1.5))
def test_spaced_bounds_keep_their_order_and_a_growing_gap(lows: list[float], factor: float) -> None:
    found = [Prediction(Activity.ACTIVE, low, low * factor) for low in lows]
    placed = SAFE.calculate_bounds(found)
    assume(LOW_PLACEHOLDER not in placed.ranked_low)
    for ranked, direction in ((placed.ranked_low, -1), (placed.ranked_high, 1)):
        for rank in range(6):
            near_bound, far_bound = ranked[rank], ranked[rank + 1]
            assert (far_bound - near_bound) * direction > 0
            required = 0.25 * (rank + 1) / 100 * (near_bound + far_bound) / 2
            assert abs(far_bound - near_bound) >= required * (1 - 1e-12)


@given(found=predictions(), ask=st.floats(1e-9, 1e9), other=predictions())
def test_settling_is_two_sweeps_and_does_not_depend_on_the_state_before(
    found: tuple[Prediction, ...], ask: float, other: tuple[Prediction, ...]
) -> None:
    state = SAFE.sweep(START, other, ask).state
    again, fresh = SAFE.settle(state, found, ask), SAFE.settle(START, found, ask)
    assert again == SAFE.sweep(SAFE.sweep(state, found, ask).state, found, ask)
    assert (again.sides, again.margin_pct, again.bounds) == (fresh.sides, fresh.margin_pct, fresh.bounds)


def test_moves_of_an_inactive_timeframe_leave_the_price_where_it_is() -> None:
    assert Moves(Activity.INACTIVE, 0.5, -0.5).prices(80.0) == Prediction(Activity.INACTIVE, 80.0, 80.0)
