"""The rules of a signal, in numbers worked out by hand."""

import math
from datetime import UTC, datetime
from typing import Final

import numpy as np
import pytest

from powertrader.core.exceptions import BadData, DataCorruptionError
from powertrader.models.candle import Candle
from powertrader.models.memory import PatternMemory
from powertrader.thinker.bounds import START, EndlessSpacing, SweepState
from powertrader.thinker.prediction import Activity, Moves, Prediction
from powertrader.thinker.signal_engine import CoinView, SignalEngine
from powertrader.thinker.sweep_kernels import HIGH_PLACEHOLDER, LOW_PLACEHOLDER

pytestmark = [
    pytest.mark.kernel,
    # Without the compiler numpy warns where doubles simply overflow or become nan.
    pytest.mark.filterwarnings("ignore:.*encountered in scalar:RuntimeWarning"),
]

ORIGINAL: Final = SignalEngine("original")
SAFE: Final = SignalEngine("safe")
MOMENT: Final = datetime(2024, 3, 1, tzinfo=UTC)
INACTIVE: Final = Prediction(Activity.INACTIVE, 200.0, 200.0)
NEXT: Final = Prediction(Activity.ACTIVE, 194.0, 210.0)


def memory(
    *, readable_body: list[bool] | None = None, readable_fields: list[bool] | None = None
) -> PatternMemory:
    """Three candles: up 1 %, up 2 %, down 1 %."""
    return PatternMemory(
        np.array([1.0, 2.0, -1.0]),
        np.array([0.5, 0.5, 0.5]),
        np.array([2.0, 40.0, 8.0]),
        np.array([-1.0, -30.0, -5.0]),
        threshold_pct=1.0,
        readable_body=None if readable_body is None else np.array(readable_body),
        readable_fields=None if readable_fields is None else np.array(readable_fields),
    )


UP_ONE: Final = Candle(0, 100.0, 101.0, 100.0, 101.0)


def test_an_equal_and_an_exactly_opposite_candle_match_and_a_double_one_does_not() -> None:
    assert ORIGINAL.find_similar_patterns([1.0], memory()) == [(0, 0.0), (2, 0.0)]


def test_a_pattern_is_one_candle() -> None:
    with pytest.raises(ValueError, match="1 candle, got 2"):
        ORIGINAL.find_similar_patterns([1.0, 2.0], memory())


def test_the_mean_moves_of_the_matches_lead_from_the_close_to_the_prediction() -> None:
    moves = ORIGINAL.moves_after(1.0, memory())
    assert moves.activity is Activity.ACTIVE
    assert (moves.high, moves.low) == pytest.approx((0.05, -0.03))
    assert moves.prices(200.0).high == pytest.approx(210.0)
    assert moves.prices(200.0).low == pytest.approx(194.0)


def test_nothing_similar_makes_a_timeframe_inactive_at_the_close() -> None:
    calm = Candle(0, 100.0, 101.0, 100.0, 100.1)
    assert SAFE.predict(calm, memory()) == Prediction(Activity.INACTIVE, 100.1, 100.1)


def test_a_timeframe_without_memory_is_damaged_at_the_close() -> None:
    assert SAFE.predict(UP_ONE, None) == Prediction(Activity.DAMAGED, 101.0, 101.0)


def test_a_candle_that_opened_at_zero_is_refused_by_name() -> None:
    with pytest.raises(BadData, match="candle of 7200 opened at 0"):
        SAFE.predict(Candle(7200, 0.0, 1.0, 0.0, 1.0), memory())


def test_one_unreadable_body_voids_the_timeframe_in_original_and_is_left_out_in_safe() -> None:
    damaged = memory(readable_body=[True, True, False])
    assert ORIGINAL.moves_after(1.0, damaged).activity is Activity.DAMAGED
    with pytest.raises(DataCorruptionError, match="entry 2"):
        ORIGINAL.find_similar_patterns([1.0], damaged)
    assert SAFE.find_similar_patterns([1.0], damaged) == [(0, 0.0)]
    assert SAFE.moves_after(1.0, damaged) == Moves(Activity.ACTIVE, 0.02, -0.01)


def test_one_unreadable_match_voids_the_timeframe_in_original_and_is_left_out_in_safe() -> None:
    damaged = memory(readable_fields=[False, True, True])
    assert ORIGINAL.moves_after(1.0, damaged).activity is Activity.DAMAGED
    matches = ORIGINAL.find_similar_patterns([1.0], damaged)
    with pytest.raises(DataCorruptionError, match="one of 2 matching entries"):
        ORIGINAL.predict_levels(matches, damaged)
    assert SAFE.predict_levels(matches, damaged) == Moves(Activity.ACTIVE, 0.08, -0.05)
    assert SAFE.moves_after(1.0, damaged) == Moves(Activity.ACTIVE, 0.08, -0.05)


def test_an_unreadable_entry_that_does_not_match_changes_nothing() -> None:
    damaged = memory(readable_fields=[True, False, True])
    assert ORIGINAL.moves_after(1.0, damaged) == ORIGINAL.moves_after(1.0, memory())


def test_moves_too_large_to_be_added_make_a_timeframe_damaged_in_safe() -> None:
    usual = memory()
    huge = np.full(3, 1.7e308)
    moves = (usual.close_move_pct, huge, usual.low_move_pct)
    boundless = PatternMemory(usual.body_pct, *moves, threshold_pct=1e9, weights_high=huge)
    assert SAFE.moves_after(1.0, boundless) == Moves(Activity.DAMAGED)
    assert ORIGINAL.moves_after(1.0, boundless).high == math.inf


def test_bounds_lie_half_a_percent_outside_the_prediction() -> None:
    placed = SAFE.calculate_bounds([NEXT, *[INACTIVE] * 6])
    assert placed.long_bounds == pytest.approx((193.03,))
    assert placed.short_bounds == pytest.approx((211.05,))


def test_two_equal_low_bounds_are_pushed_a_quarter_percent_apart() -> None:
    placed = SAFE.calculate_bounds([NEXT, Prediction(Activity.ACTIVE, 194.0, 230.0), *[INACTIVE] * 5])
    # After 5 pushes of 0.05 % the gap is 0.25006 % of the mean, after 4 it is 0.2000 %.
    assert placed.long_bounds == pytest.approx((193.03, 193.03 * 0.9995**5))
    assert placed.short_bounds == pytest.approx((211.05, 231.15))


def test_equal_placeholders_close_up_so_that_a_late_timeframe_moves_forward() -> None:
    placed = ORIGINAL.calculate_bounds([*[INACTIVE] * 6, NEXT])
    assert placed.low == pytest.approx((LOW_PLACEHOLDER, 193.03))
    assert placed.high == pytest.approx((HIGH_PLACEHOLDER, 211.05))


def test_a_price_is_compared_with_the_bounds_of_the_sweep_before() -> None:
    found = [INACTIVE, NEXT, *[INACTIVE] * 5]
    first = ORIGINAL.sweep(START, found, 190.0)
    assert first.sides == (0,) * 7
    second = ORIGINAL.sweep(first.state, found, 190.0)
    assert second.sides == (0, 1, 0, 0, 0, 0, 0)
    assert second.margin_pct == pytest.approx(4 / 190 * 100)
    assert second.state.sweeps == 2


def test_a_price_on_the_bound_takes_no_side_and_one_beyond_does() -> None:
    state = SweepState((100.0,) * 7, (120.0,) * 7, 1)
    found = [Prediction(Activity.ACTIVE, 101.0, 119.0)] * 7
    assert [ORIGINAL.sweep(state, found, ask).sides[0] for ask in (99.9, 100.0, 120.0, 120.1)] == [
        1,
        0,
        0,
        -1,
    ]


def test_a_prediction_whose_high_is_its_low_takes_no_side() -> None:
    state = SweepState((100.0,) * 7, (120.0,) * 7, 1)
    assert ORIGINAL.sweep(state, [INACTIVE] * 7, 90.0).sides == (0,) * 7


def test_short_margins_are_negative_so_an_all_short_sweep_has_the_smallest_margin() -> None:
    state = SweepState((10.0,) * 7, (20.0,) * 7, 1)
    sweep = ORIGINAL.sweep(state, [NEXT] * 7, 300.0)
    assert sweep.sides == (-1,) * 7
    assert sweep.margins_pct[0] == pytest.approx(-30.0)
    assert sweep.margin_pct == 0.25


def test_below_a_cent_the_placeholder_is_a_real_bound() -> None:
    cheap = [Prediction(Activity.ACTIVE, 0.004, 0.005)] * 7
    assert ORIGINAL.sweep(START, cheap, 0.0045).sides == (1,) * 7


def test_two_bounds_below_zero_end_the_coin_in_original_and_are_left_out_in_safe() -> None:
    below = [Prediction(Activity.ACTIVE, low, 210.0) for low in (-10.0, -20.0)]
    found = [*below, *[NEXT] * 5]
    with pytest.raises(EndlessSpacing, match="must be above 0"):
        ORIGINAL.sweep(START, found, 200.0)
    sweep = SAFE.sweep(START, found, 200.0)
    assert [timeframe.value for timeframe in sweep.worthless] == ["1hour", "2hour"]
    assert len(sweep.bounds.long_bounds) == 5
    assert min(sweep.bounds.long_bounds) > 0


def test_two_high_bounds_below_zero_never_part_either() -> None:
    found = [*[Prediction(Activity.ACTIVE, 194.0, -10.0)] * 2, *[NEXT] * 5]
    with pytest.raises(EndlessSpacing):
        ORIGINAL.calculate_bounds(found)
    assert len(SAFE.calculate_bounds(found).short_bounds) == 5


def test_exactly_opposite_bounds_have_no_gap_and_one_push_parts_them() -> None:
    opposite = [Prediction(Activity.ACTIVE, low, 210.0) for low in (10.0, -10.0)]
    placed = ORIGINAL.calculate_bounds([*opposite, *[NEXT] * 5])
    assert placed.ranked_low[5:] == pytest.approx((9.95, -9.95 * 0.9995))


def test_one_bound_below_zero_stays_in_both() -> None:
    found = [Prediction(Activity.ACTIVE, -10.0, 210.0), *[NEXT] * 6]
    assert SAFE.sweep(START, found, 200.0) == ORIGINAL.sweep(START, found, 200.0)


def test_the_whole_way_from_candles_to_a_signal() -> None:
    rising = Candle(0, 200.0, 202.0, 190.0, 202.0)
    view = CoinView("BTC", (rising,) * 7, (memory(), *[None] * 6), 190.0)
    signal = SAFE.generate_signal(view, MOMENT)
    assert (signal.coin, signal.long_level, signal.short_level) == ("BTC", 1, 0)
    assert signal.long_bounds == pytest.approx((194.9603,))
    assert signal.short_bounds == pytest.approx((213.1605,))
    assert signal.long_profit_margin_pct == signal.short_profit_margin_pct == pytest.approx(5.94 / 190 * 100)
    assert signal.made_at == MOMENT


def test_a_margin_that_is_no_number_is_no_signal() -> None:
    state = SweepState((100.0,) * 7, (120.0,) * 7, 1)
    sweep = ORIGINAL.sweep(state, [Prediction(Activity.ACTIVE, math.nan, 119.0)] * 7, 90.0)
    with pytest.raises(BadData, match="no signal for BTC"):
        sweep.signal("BTC", MOMENT)


def test_seven_predictions_are_needed() -> None:
    with pytest.raises(ValueError, match="6 predictions"):
        SAFE.calculate_bounds([NEXT] * 6)
