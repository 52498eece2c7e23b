"""Whether a publication is ours: bounds must be equal, levels those of a price the market had."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.shadow.levels import Prospect, Prospects
from powertrader.shadow.prices import PriceRange
from powertrader.shadow.published import Published
from powertrader.shadow.signal_judge import judge
from powertrader.thinker.prediction import Activity, Prediction, PredictionColumns
from powertrader.thinker.signal_engine import SignalEngine

ENGINE: Final = SignalEngine("original")
LOWS: Final = (104.0, 103.0, 102.0, 98.0, 97.0, 96.0, 95.0)


def prospects_of(lows: tuple[float, ...], highs: tuple[float, ...]) -> Prospects:
    predictions = tuple(Prediction(Activity.ACTIVE, low, high) for low, high in zip(lows, highs, strict=True))
    bounds, _ = ENGINE.bounds_of(PredictionColumns.of(predictions))
    prospect = Prospect(ENGINE, predictions, bounds)
    return Prospects(prospect, replace(prospect, engine=SignalEngine("safe")), ())


def publication(prospects: Prospects, ask: float) -> Published:
    """Give what the original publishes at a price."""
    levels, bounds = prospects.original.at(ask), prospects.original.bounds
    assert bounds is not None
    return Published(
        levels.long, levels.short, bounds.long_bounds, bounds.short_bounds, levels.margin_pct, 0.0
    )


USUAL: Final = prospects_of(LOWS, (120.0,) * 7)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Prospects, float, PriceRange]:
    """Give seven predictions, the price the original used, and what we know of the prices around it."""
    near = st.floats(90.0, 110.0)
    lows = tuple(draw(st.lists(near, min_size=7, max_size=7)))
    highs = tuple([low + draw(st.floats(0.01, 8.0)) for low in lows])
    ask = draw(st.floats(85.0, 120.0))
    asks = PriceRange(ask - draw(st.floats(0.0, 3.0)), ask + draw(st.floats(0.0, 3.0)))
    return prospects_of(lows, highs), ask, asks


@given(scenes())
def test_what_the_original_publishes_at_a_price_of_the_range_is_never_a_difference(
    scene: tuple[Prospects, float, PriceRange],
) -> None:
    prospects, ask, asks = scene
    found = judge(publication(prospects, ask), prospects, asks)
    assert found.differing == ()
    assert asks.low <= found.ask <= asks.high or found.ask == pytest.approx(ask)


@given(scenes(), st.sampled_from([-1, 1, 3]))
def test_another_level_at_a_known_price_is_a_difference(
    scene: tuple[Prospects, float, PriceRange], more: int
) -> None:
    prospects, ask, _ = scene
    wrong = publication(prospects, ask)
    found = judge(replace(wrong, long=wrong.long + more), prospects, PriceRange(ask, ask))
    assert found.differing == ("levels",)


@given(scenes(), st.sampled_from([1.0001, 0.9999]), st.integers(0, 6))
def test_a_bound_that_is_moved_is_a_difference_at_any_price(
    scene: tuple[Prospects, float, PriceRange], factor: float, index: int
) -> None:
    prospects, ask, asks = scene
    right = publication(prospects, ask)
    lows = list(right.low_bounds)
    lows[min(index, len(lows) - 1)] *= factor
    assert "low bounds" in judge(replace(right, low_bounds=tuple(lows)), prospects, asks).differing


def test_a_level_of_a_price_the_market_did_not_have_is_a_difference() -> None:
    published = publication(USUAL, 101.0)
    assert published.long == 3
    assert judge(published, USUAL, PriceRange(102.0, 102.2)).differing == ("levels",)
    assert judge(published, USUAL, PriceRange(100.0, 102.2)).differing == ()


def test_a_margin_tells_the_very_price_and_one_outside_the_range_is_a_difference() -> None:
    published = publication(USUAL, 101.1)
    found = judge(published, USUAL, PriceRange(100.5, 101.4))
    assert found.differing == ()
    assert found.ask == pytest.approx(101.1)
    assert judge(published, USUAL, PriceRange(100.5, 100.9)).differing == ("levels",)


def test_last_digits_of_another_interpreter_are_no_difference() -> None:
    published = publication(USUAL, 101.0)
    nearly = tuple([bound * (1 + 2e-16) for bound in published.low_bounds])
    assert judge(replace(published, low_bounds=nearly), USUAL, PriceRange(101.0, 101.0)).differing == ()


def test_a_safe_thinker_that_says_something_else_is_named() -> None:
    other = prospects_of((90.0, *LOWS[1:]), (120.0,) * 7)
    mixed = Prospects(USUAL.original, other.safe, ("S01",))
    found = judge(publication(USUAL, 101.0), mixed, PriceRange(101.0, 101.0))
    assert found.differing == ()
    assert found.safe_differs
    assert found.safe is not None
    assert (found.ours.long, found.safe.long) == (3, 2)
