"""Scales, round numbers and places that keep apart."""

import itertools

import pytest
from hypothesis import given
from hypothesis.strategies import floats, integers, lists

from powertrader.hub.plot.axes import Scale, apart, decimals_of, local_text, number_text, ticks


@given(low=floats(-1e9, 1e9), span=floats(1e-6, 1e9), most=integers(1, 20))
def test_ticks_are_round_and_within_and_not_too_many(low: float, span: float, most: int) -> None:
    found, decimals = ticks(low, low + span, most)
    assert len(found) <= most + 1
    slack = span * 1e-6 + abs(low) * 1e-15
    assert all(low - slack <= one <= low + span + slack for one in found)
    assert 0 <= decimals <= 10


@pytest.mark.parametrize(
    "low, high, most, expected, decimals",
    [
        (0.0, 10.0, 5, (0.0, 2.0, 4.0, 6.0, 8.0, 10.0), 0),
        (41_900.0, 42_600.0, 4, (42_000.0, 42_200.0, 42_400.0, 42_600.0), 0),
        (1.0, 1.1, 4, (1.0, 1.025, 1.05, 1.075, 1.1), 3),
    ],
)
def test_ticks_stand_at_numbers_a_person_would_choose(
    low: float, high: float, most: int, expected: tuple[float, ...], decimals: int
) -> None:
    found, needed = ticks(low, high, most)
    assert found == pytest.approx(expected)
    assert needed == decimals


def test_a_range_without_room_has_no_ticks() -> None:
    assert ticks(5.0, 5.0, 4) == ((), 0)
    assert ticks(1.0, 2.0, 0) == ((), 0)


def test_numbers_have_the_decimals_that_tell_ticks_apart() -> None:
    assert [decimals_of(step) for step in (100.0, 2.5, 0.2, 0.025)] == [0, 1, 1, 3]
    assert number_text(1234.5, 2) == "1,234.50"


@given(value=floats(1.0, 9.0))
def test_a_pixel_gives_its_value_back(value: float) -> None:
    scale = Scale(0.0, 10.0, 400.0, 20.0)
    assert scale.value(scale.pixel(value)) == pytest.approx(value)
    assert scale.pixel(10.0) == 20.0


@given(places=lists(floats(0.0, 400.0), min_size=1, max_size=5))
def test_places_are_moved_apart_in_their_order_and_stay_inside(places: list[float]) -> None:
    found = apart(places, 17.0, 10.0, 390.0)
    order = sorted(range(len(places)), key=lambda one: places[one])
    moved = [found[one] for one in order]
    assert all(after - before >= 17.0 - 1e-9 for before, after in itertools.pairwise(moved))
    assert all(10.0 - 1e-9 <= one <= 390.0 + 1e-9 for one in found)


def test_places_that_are_apart_stay() -> None:
    assert apart([100.0, 50.0], 17.0, 0.0, 400.0) == [100.0, 50.0]


def test_a_time_that_no_clock_shows_has_no_text() -> None:
    assert local_text(1e20, "%Y") == ""
    assert local_text(1_700_000_000, "%Y") == "2023"
