"""The deflated Sharpe ratio against the numbers that its authors print."""

import math

import pytest

from powertrader.analytics.deflated_sharpe import (
    Returns,
    SharpeSpread,
    luckiest_sharpe,
    probability_above,
)

# Bailey and Lopez de Prado (2014), "A numerical example": five years of 250 days, a Sharpe ratio of 2.5 a
# year as the best of N tries whose ratios have a variance of 1/2 a year, skewness -3, kurtosis 10
DAYS, BEST, VARIANCE = 1250, 2.5 / math.sqrt(250), 0.5 / 250


def test_the_luckiest_of_100_tries_is_the_one_in_the_paper() -> None:
    assert luckiest_sharpe(100, VARIANCE) == pytest.approx(0.1132, abs=5e-5)


@pytest.mark.parametrize(
    "tries,skewness,kurtosis,printed",
    [(100, -3.0, 10.0, 0.9004), (46, -3.0, 10.0, 0.9505), (88, 0.0, 3.0, 0.9505)],
)
def test_the_probabilities_are_those_in_the_paper(
    tries: int, skewness: float, kurtosis: float, printed: float
) -> None:
    best = Returns(DAYS, BEST, skewness, kurtosis)
    found = probability_above(best, luckiest_sharpe(tries, VARIANCE))
    assert found == pytest.approx(printed, abs=5e-5)


def test_one_try_is_judged_against_nothing_earned() -> None:
    assert luckiest_sharpe(1, 0.0) == 0.0
    # 101 steps of a mean of a tenth of their spread: ten standard errors over 10, hand-calculated z = 0.995
    found = probability_above(Returns(101, 0.1, 0.0, 3.0), 0.0)
    assert found == pytest.approx(0.840, abs=1e-3)


def test_a_form_that_has_no_spread_tells_nothing() -> None:
    assert probability_above(Returns(1, 0.5, 0.0, 3.0), 0.0) is None
    assert probability_above(Returns(100, 2.0, 3.0, 2.0), 0.0) is None


def test_the_spread_of_ratios_is_counted_without_keeping_them() -> None:
    spread = SharpeSpread()
    for ratio in (2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0):
        spread.add(ratio)
    assert (spread.count, spread.mean) == (8, 5.0)
    assert spread.variance == pytest.approx(32 / 7)
