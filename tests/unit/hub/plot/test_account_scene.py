"""The account's chart: its line, its dollars, and all trades on it however many there are."""

import numpy as np
import pytest

from powertrader.hub.account_history import AccountHistory
from powertrader.hub.plot.account_scene import DOT_RADIUS
from powertrader.hub.plot.account_view import AccountView
from powertrader.hub.plot.axes import local_text
from powertrader.hub.plot.scene import Dots, Path
from powertrader.hub.trades_view import TradesView
from powertrader.models.trade import TRAILING_EXIT
from tests.unit.hub.plot.drawings import HOUR_S, START_S, STYLE, marks_of, named, texts, trade

SIZE = (900, 400)
DAYS = 10


def view_of(count: int = DAYS * 24 + 1, **changes: object) -> AccountView:
    view = AccountView()
    hours = np.arange(count)
    view.history = AccountHistory.of((START_S + hours * HOUR_S).tolist(), (10_000.0 + hours).tolist())
    for name, value in changes.items():
        setattr(view, name, value)
    return view


def test_the_line_goes_from_the_first_value_to_the_last_in_dollars() -> None:
    view = view_of(title="Account Value ($10,240.00)")
    scene = view.scene(SIZE, STYLE)
    (line,) = named(scene, Path, "value").values()
    assert line.width == 1.5
    assert len(line.points) == DAYS * 24 + 1
    assert line.points[0, 1] > line.points[-1, 1]
    assert all(one.startswith("$") and one[-3] == "." for one in texts(scene, "tick."))
    assert texts(scene, "title") == ["Account Value ($10,240.00)"]


def test_item_five_moments_with_seconds() -> None:
    found = texts(view_of().scene(SIZE, STYLE), "moment.")
    assert len(found) == 5
    assert found[0] == local_text(START_S, "%Y-%m-%d\n%H:%M:%S")


def test_trades_are_named_by_coin_and_deed() -> None:
    trades = TradesView.of((trade(5), trade(100, "ETH", "dca_hard_1"), trade(200, reason=TRAILING_EXIT)))
    scene = view_of(marks=marks_of(trades)).scene(SIZE, STYLE)
    assert texts(scene, "mark.") == ["BTC BUY", "ETH DCA", "BTC SELL"]
    (buy,) = named(scene, Dots)["dots.buy"].centres
    line = named(scene, Path, "value")["value"].points
    assert buy[1] == pytest.approx(np.interp(buy[0], line[:, 0], line[:, 1]), abs=0.5)


def test_several_trades_in_one_place_are_one_dot_with_their_number() -> None:
    trades = TradesView.of([trade(5) for _ in range(3)])
    scene = view_of(marks=marks_of(trades)).scene(SIZE, STYLE)
    assert len(named(scene, Dots)["dots.buy"].centres) == 1
    assert texts(scene, "mark.") == ["3 x BUY"]


def test_ten_thousand_trades_are_no_more_dots_than_fit() -> None:
    trades = TradesView.of([trade(number % 240, "BTC", "dca_hard_1") for number in range(10_000)])
    scene = view_of(marks=marks_of(trades)).scene(SIZE, STYLE)
    dots = named(scene, Dots)["dots.dca"].centres
    assert 50 < len(dots) <= SIZE[0] / (2 * DOT_RADIUS)
    assert not texts(scene, "mark.")


def test_an_account_that_stands_still_has_a_level_line() -> None:
    view = AccountView()
    view.history = AccountHistory.of([START_S, START_S + 60], [10_000.0, 10_000.0])
    scene = view.scene(SIZE, STYLE)
    points = named(scene, Path, "value")["value"].points
    assert points[0, 1] == points[1, 1]
    assert texts(scene, "tick.")


def test_without_values_there_is_a_note_and_no_scale() -> None:
    view = AccountView()
    view.note = "No values yet"
    scene = view.scene(SIZE, STYLE)
    assert texts(scene, "note") == ["No values yet"]
    assert not texts(scene, "tick.")
    assert view.change() is None
    assert view.cross((400.0, 200.0), STYLE) is None


@pytest.mark.parametrize("span_s, change", [(3600.0, 1.0), (86400.0, 24.0), (None, 240.0), (1e9, 240.0)])
def test_a_chosen_span_ends_at_the_newest_value_and_says_how_it_changed(
    span_s: float | None, change: float
) -> None:
    view = view_of()
    view.choose(span_s)
    assert view.span[1] == START_S + DAYS * 86400
    found = view.change()
    assert found is not None
    assert found.amount == pytest.approx(change)


def test_new_values_are_followed_but_not_once_somebody_looks_at_older_ones() -> None:
    view = view_of(100)
    view.choose(86400.0)
    view.scene(SIZE, STYLE)
    longer = view_of(120).history
    view.history = longer
    assert view.span[1] == longer.last_s
    view.pan(-300)
    before = view.span
    assert before[1] < (longer.last_s or 0.0)
    view.history = view_of(140).history
    assert view.span == before
    view.reset()
    assert view.span[1] == view.history.last_s


def test_zooming_keeps_the_moment_under_the_pointer_and_stops_at_a_minute() -> None:
    view = view_of()
    view.scene(SIZE, STYLE)
    x = 500.0
    layout = view._layout
    assert layout is not None
    before_s = layout.times.value(x)
    view.zoom(0.5, x)
    view.scene(SIZE, STYLE)
    assert view._layout is not None
    assert view._layout.times.value(x) == pytest.approx(before_s, abs=1.0)
    for _ in range(60):
        view.zoom(0.5, x)
    assert view.span[1] - view.span[0] == pytest.approx(60.0)
    for _ in range(60):
        view.zoom(2.0, x)
    assert view.span == (START_S, START_S + DAYS * 86400)


def test_moving_stops_at_the_first_value() -> None:
    view = view_of()
    view.choose(86400.0)
    view.scene(SIZE, STYLE)
    view.pan(-1e6)
    assert view.span == (START_S, START_S + 86400)


def test_the_crosshair_tells_the_value_of_its_moment() -> None:
    view = view_of()
    view.scene(SIZE, STYLE)
    layout = view._layout
    assert layout is not None
    at = layout.times.pixel(START_S + 100.5 * HOUR_S), 200.0
    scene = view.cross(at, STYLE)
    assert scene is not None
    assert texts(scene, "told") == ["$10,100.00"]
    assert view.cross((5.0, 200.0), STYLE) is None
