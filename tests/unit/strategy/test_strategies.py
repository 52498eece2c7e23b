"""Each example strategy against plain Python on one candle after another, and without a look ahead."""

import statistics
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.models.candle import Candles
from powertrader.strategy.averages import moving_average
from powertrader.strategy.mean_reversion import MeanReversion
from powertrader.strategy.momentum import Momentum
from powertrader.strategy.sma_cross import SmaCross

Strategy = SmaCross | Momentum | MeanReversion
STRATEGIES: Final = (SmaCross(3, 7), Momentum(4, 1.5), MeanReversion(6, -1.0, 0.5))


def candles_of(closes: Sequence[float]) -> Candles:
    close = np.array(closes, dtype=np.float64)
    return Candles(np.arange(len(close)) * 3600, close, close, close, close, close, 3600)


def sma_cross(seen: Sequence[float], before: int) -> int:
    return int(len(seen) >= 7 and statistics.fmean(seen[-3:]) > statistics.fmean(seen[-7:]))


def momentum(seen: Sequence[float], before: int) -> int:
    return int(len(seen) > 4 and (seen[-1] / seen[-5] - 1) * 100 > 1.5)


def mean_reversion(seen: Sequence[float], before: int) -> int:
    if len(seen) < 6:
        return 0
    mean, deviation = statistics.fmean(seen[-6:]), statistics.pstdev(seen[-6:])
    if seen[-1] - mean < -deviation:
        return 1
    return 0 if seen[-1] - mean >= 0.5 * deviation else before


@pytest.mark.parametrize(
    "strategy, slow",
    list(zip(STRATEGIES, (sma_cross, momentum, mean_reversion), strict=True)),
    ids=["sma-cross", "momentum", "mean-reversion"],
)
def test_targets_are_those_of_plain_python(
    strategy: Strategy, slow: Callable[[Sequence[float], int], int]
) -> None:
    closes = (100 * np.exp(np.cumsum(np.random.default_rng(4).normal(0, 0.02, 400)))).tolist()
    expected: list[int] = []
    for count in range(1, len(closes) + 1):
        expected.append(slow(closes[:count], expected[-1] if expected else 0))
    assert strategy.targets(candles_of(closes)).tolist() == expected
    assert 40 < sum(expected) < 360


@given(st.sampled_from(STRATEGIES), st.lists(st.floats(1e-3, 1e5), max_size=40), st.integers(0, 40))
def test_candles_that_come_later_change_nothing(strategy: Strategy, closes: list[float], count: int) -> None:
    whole = strategy.targets(candles_of(closes))
    cut = strategy.targets(candles_of(closes[:count]))
    np.testing.assert_array_equal(whole[:count], cut)
    assert set(whole.tolist()) <= {0, 1}


def test_the_averages_of_hand() -> None:
    np.testing.assert_array_equal(moving_average(np.array([1.0, 2.0, 6.0]), 2), [np.nan, 1.5, 4.0])
    np.testing.assert_array_equal(moving_average(np.array([1.0]), 2), [np.nan])
    with pytest.raises(ValueError, match="window was 0"):
        moving_average(np.array([1.0]), 0)


@pytest.mark.parametrize(
    "made, message",
    [
        (lambda: SmaCross(50, 20), "fast was 50 and slow 20"),
        (lambda: SmaCross(0, 20), "fast was 0"),
        (lambda: Momentum(0), "lookback was 0"),
        (lambda: Momentum(1, float("nan")), "threshold_pct nan"),
        (lambda: MeanReversion(1), "window was 1"),
        (lambda: MeanReversion(10, 1.0, 1.0), "enter_below 1.0 and leave_above 1.0"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(made: Callable[[], Strategy], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        made()
