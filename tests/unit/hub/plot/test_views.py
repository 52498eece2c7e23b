"""Whatever somebody does with mouse and keys while data come and go, a chart can be drawn."""

import numpy as np
from hypothesis import given, settings
from hypothesis.strategies import floats, integers, just, lists, one_of, tuples

from powertrader.hub.account_history import AccountHistory
from powertrader.hub.plot.account_view import AccountView
from powertrader.hub.plot.candle_view import CandleView
from powertrader.hub.plot.chart_canvas import Drawable
from powertrader.hub.plot.scene import Bars, Dots, Path, Scene
from tests.unit.hub.plot.drawings import HOUR_S, START_S, STYLE, candles, named, texts

Deed = tuple[str, float]
DEEDS = lists(
    one_of(
        tuples(just("take"), integers(0, 900).map(float)),
        tuples(just("older"), integers(0, 300).map(float)),
        tuples(just("zoom"), floats(0.01, 100)),
        tuples(just("pan"), floats(-5000, 5000)),
        tuples(just("reset"), just(0.0)),
        tuples(just("begin"), integers(1, 500).map(float)),
    ),
    max_size=12,
)


def move(view: Drawable, deed: Deed) -> None:
    """Do what a person does."""
    name, number = deed
    if name == "zoom":
        view.zoom(number, 300.0)
    elif name == "pan":
        view.pan(number)
    elif name == "reset":
        view.reset()


def assert_can_be_seen(scene: Scene) -> None:
    for shape in scene.shapes:
        if isinstance(shape, Bars):
            assert np.isfinite(shape.corners).all()
        elif isinstance(shape, Path):
            assert np.isfinite(shape.points).all()
        elif isinstance(shape, Dots):
            assert np.isfinite(shape.centres).all()


@settings(max_examples=25)
@given(deeds=DEEDS)
def test_candles_are_in_sight_whatever_was_done(deeds: list[Deed]) -> None:
    view, first, count = CandleView(), 0, 0
    for name, number in deeds:
        if name == "begin":
            first = count = 0
            view.begin(int(number))
        elif name == "take":
            count = int(number)
            view.take(candles(count, START_S + first * HOUR_S))
        elif name == "older" and count:
            first, count = first - int(number), count + int(number)
            view.take(candles(count, START_S + first * HOUR_S))
        move(view, (name, number))
        scene = view.scene((700, 300), STYLE)
        assert_can_be_seen(scene)
        bodies = named(scene, Bars, "body.")
        assert (sum(len(one.corners) for one in bodies.values()) > 0) == (count > 0)
        view.cross((300.0, 100.0), STYLE)


@settings(max_examples=25)
@given(deeds=DEEDS)
def test_the_account_s_line_is_in_sight_whatever_was_done(deeds: list[Deed]) -> None:
    view = AccountView()
    for name, number in deeds:
        if name == "take":
            times = START_S + np.arange(int(number)) * 60.0
            view.history = AccountHistory.of(times.tolist(), (times - START_S + 1).tolist())
        elif name == "begin":
            view.choose(number * 60)
        move(view, (name, number))
        scene = view.scene((700, 300), STYLE)
        assert_can_be_seen(scene)
        assert bool(named(scene, Path, "value")) == (len(view.history) > 0)
        view.cross((300.0, 100.0), STYLE)
        view.change()


def test_older_candles_leave_what_is_seen_where_it_is() -> None:
    view = CandleView()
    view.begin(50)
    view.take(candles(200))
    view.scene((700, 300), STYLE)
    view.pan(-400)
    seen = texts(view.scene((700, 300), STYLE), "moment.")
    view.take(candles(500, START_S - 300 * HOUR_S))
    assert texts(view.scene((700, 300), STYLE), "moment.") == seen


def test_a_new_candle_moves_a_chart_that_shows_the_newest_and_no_other() -> None:
    view = CandleView()
    view.begin(50)
    view.take(candles(200))
    view.scene((700, 300), STYLE)
    view.zoom(0.5, 300.0)
    view.zoom(2.0, 300.0)
    view.take(candles(201))
    assert view.viewport.follows(201)
    view.pan(-300)
    before = view.viewport
    view.take(candles(202))
    assert view.viewport == before
