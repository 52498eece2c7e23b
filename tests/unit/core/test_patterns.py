"""The distance of two patterns, and counting the ones nearby."""

import math

import numpy as np
import pytest

from powertrader.core.patterns import bodies_pct, count_matches, distance_pct, index_of

pytestmark = pytest.mark.kernel


@pytest.mark.parametrize(
    "first, second, expected",
    [
        (1.0, 1.0, 0.0),
        (1.0, 3.0, 100.0),
        (-1.0, -3.0, 100.0),
        (2.0, 0.0, 200.0),
        (5.0, -5.0, 0.0),
        (3.0, -1.0, 400.0),
    ],
)
def test_the_distance_is_the_gap_over_the_mean(first: float, second: float, expected: float) -> None:
    assert distance_pct(first, second) == expected


def test_a_body_is_the_move_from_open_to_close_in_percent_of_the_open() -> None:
    assert bodies_pct(np.array([80.0, 100.0]), np.array([100.0, 75.0])).tolist() == [25.0, -25.0]


def test_a_body_matches_its_neighbours_and_its_opposite() -> None:
    index = index_of(np.array([9.0, 1.0, -1.0, 3.0, 3.1, math.nan, math.inf, 0.0]))
    assert count_matches(1.0, 100.0, index) == 3


def test_a_body_of_zero_matches_zeros_of_both_signs_alone() -> None:
    index = index_of(np.array([0.0, -0.0, 5e-324, 1e-323, 1.0]))
    assert count_matches(0.0, 100.0, index) == 3


def test_nothing_matches_in_an_empty_index() -> None:
    assert count_matches(1.0, 100.0, index_of(np.array([]))) == 0


def test_a_threshold_of_200_reaches_bodies_of_either_sign() -> None:
    index = index_of(np.array([0.0, 7.0, -7.0]))
    assert count_matches(1.0, 200.0, index) == 2
