"""Training in small cases that can be calculated by hand."""

import numpy as np
import pytest

from powertrader.core.exceptions import TrainingError
from powertrader.models.candle import CandleHistory, Candles
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.trainer.training_engine import TrainingEngine, train_timeframes

pytestmark = pytest.mark.kernel

DAY = Timeframe.DAY_1
# open, high, low, close; bodies 25, 25, -20 percent
THREE = [(80.0, 100.0, 80.0, 100.0), (100.0, 150.0, 50.0, 125.0), (125.0, 125.0, 75.0, 100.0)]


def candles(rows: list[tuple[float, float, float, float]], timeframe: Timeframe = DAY) -> Candles:
    opened, high, low, close = np.array(rows, dtype=np.float64).reshape(len(rows), 4).T.copy()
    times = np.arange(len(rows), dtype=np.int64) * timeframe.seconds
    return Candles(times, opened, high, low, close, np.zeros(len(rows)), timeframe.seconds)


def rising(count: int, timeframe: Timeframe = DAY) -> CandleHistory:
    """Candles with bodies 1, 2, 3... percent, so that each is another pattern."""
    return CandleHistory.of(candles([(100, 100 + n, 99, 100 + n) for n in range(1, count + 1)], timeframe))


def known(body: float, close: float, high: float, low: float) -> PatternMemory:
    return PatternMemory(np.array([body]), np.array([close]), np.array([high]), np.array([low]), 1.0)


def test_recent_training_learns_every_candle_that_has_a_next_one() -> None:
    result = TrainingEngine("recent").build_memory(DAY, {DAY: CandleHistory.of(candles(THREE))}, None)
    assert result.outcome == "finished"
    assert result.memory is not None
    assert result.memory.body_pct.tolist() == [25.0, 25.0]
    assert result.memory.close_move_pct.tolist() == [25.0, -20.0]
    assert result.memory.high_move_pct.tolist() == [50.0, 0.0]
    assert result.memory.low_move_pct.tolist() == [-50.0, -40.0]
    assert result.memory.threshold_pct == 1.01
    assert (result.candles_used, result.first_time_s, result.last_time_s) == (3, 0, 2 * 86400)


def test_weights_move_by_a_quarter_towards_what_happened() -> None:
    # first 25 instead of 10 expected: up; then -20 instead of 12.5: down again. Lows fall deeper twice.
    moved = TrainingEngine("online").adjust_weights(known(25.0, 10.0, 20.0, -5.0), candles(THREE))
    assert (moved.weights, moved.weights_high) == (None, None)
    assert moved.weights_low is not None
    assert moved.weights_low.tolist() == [1.5]


def test_weights_stay_within_their_limits() -> None:
    rows = [(80.0, 100.0, 80.0, 100.0)] * 40
    moved = TrainingEngine("online").adjust_weights(known(25.0, 10.0, 20.0, -5.0), candles(rows))
    # nothing moved: close 0 and high 0 are below what was expected until their weight is 0
    assert moved.weights is not None
    assert moved.weights_high is not None
    assert (moved.weights.tolist(), moved.weights_high.tolist()) == ([0.0], [0.0])
    rising_rows = [(80.0, 300.0, 20.0, 100.0)] * 40
    moved = TrainingEngine("online").adjust_weights(known(25.0, 10.0, 20.0, -5.0), candles(rising_rows))
    assert moved.weights_high is not None
    assert moved.weights_low is not None
    assert (moved.weights_high.tolist(), moved.weights_low.tolist()) == ([2.0], [2.0])


def test_online_training_moves_the_weights_that_the_original_leaves_alone() -> None:
    # the day with a body of 40 % matches; after it the close rises by 1 of 140, more than the fall expected
    histories = {Timeframe.HOUR_1: rising(80, Timeframe.HOUR_1), DAY: rising(60)}
    before = known(40.0, -50.0, 0.0, 0.0)
    original = TrainingEngine("original").build_memory(DAY, histories, before).memory
    online = TrainingEngine("online").build_memory(DAY, histories, before).memory
    assert original is not None
    assert original.weights is None
    assert online is not None
    assert online.weights is not None
    assert online.weights[0] == 1.25
    assert set(online.weights[1:].tolist()) == {1.0}


def test_fewer_than_ten_usable_candles_are_refused_with_the_numbers() -> None:
    histories = {Timeframe.HOUR_1: rising(17, Timeframe.HOUR_1), DAY: rising(30)}
    error = TrainingEngine().build_memory(DAY, histories, None).error
    assert error is not None
    assert "1day" in str(error)
    assert "9 of 18 rows of 1hour candles" in str(error)
    assert "needed are 10" in str(error)


@pytest.mark.parametrize("count", [0, 1, 9])
def test_a_short_timeframe_does_not_keep_the_others_from_learning(count: int) -> None:
    histories = {timeframe: rising(60, timeframe) for timeframe in TIMEFRAMES} | {DAY: rising(count)}
    trained = TrainingEngine().train_coin(histories, {})
    assert [each.timeframe for each in trained.values() if each.error is not None] == [DAY]
    assert trained[DAY].memory is None


def test_a_timeframe_without_candles_names_what_is_missing() -> None:
    error = TrainingEngine().build_memory(DAY, {DAY: rising(60)}, None).error
    assert isinstance(error, TrainingError)
    assert "no 1hour candles" in str(error)


def test_an_open_of_zero_names_the_candle() -> None:
    rows = [(100.0, 101.0, 99.0, 100.5)] * 40
    rows[5] = (0.0, 1.0, 0.0, 1.0)
    histories = {Timeframe.HOUR_1: rising(60, Timeframe.HOUR_1), DAY: CandleHistory.of(candles(rows))}
    result = TrainingEngine().build_memory(DAY, histories, known(1.0, 1.0, 1.0, 1.0))
    assert (result.outcome, result.memory) == ("failed", None)
    assert "1970-01-06 00:00 UTC opens at 0" in str(result.error)


def test_a_failed_timeframe_keeps_what_it_knew() -> None:
    before = known(1.0, 1.0, 1.0, 1.0)
    after = train_timeframes({DAY: rising(60)}, {DAY: before})
    assert after[DAY] is before
