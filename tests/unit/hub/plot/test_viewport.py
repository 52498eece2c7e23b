"""Which candles are seen, and how zooming and moving change that."""

from hypothesis import given
from hypothesis.strategies import floats, integers

from powertrader.hub.plot.viewport import Viewport


def test_at_first_the_newest_candles_are_seen() -> None:
    assert Viewport.newest(120, 500).indexes(500) == (380, 500)


def test_fewer_candles_than_there_is_room_for_stand_at_the_right() -> None:
    assert Viewport.newest(120, 30).indexes(30) == (0, 30)


def test_zooming_keeps_the_candle_under_the_pointer() -> None:
    before = Viewport.newest(100, 500)
    after = before.zoomed(0.5, 0.25, 500)
    assert after.count == 50
    assert before.left + 25 == after.left + 12.5


def test_zooming_stops_at_ten_candles_and_at_all_of_them() -> None:
    assert Viewport.newest(100, 500).zoomed(0.0001, 0.5, 500).count == 10
    assert Viewport.newest(100, 500).zoomed(1e6, 0.5, 500).indexes(500) == (0, 500)


def test_moving_stops_at_both_ends() -> None:
    seen = Viewport.newest(100, 500)
    assert seen.moved(-1e6, 500).indexes(500) == (0, 100)
    assert seen.moved(1e6, 500) == seen


def test_a_view_follows_while_the_newest_candle_is_in_sight() -> None:
    assert Viewport.newest(100, 500).follows(500)
    assert not Viewport.newest(100, 500).moved(-5, 500).follows(500)


@given(total=integers(1, 2000), shown=floats(1, 500), move=floats(-3000, 3000), zoom=floats(0.01, 100))
def test_a_view_never_leaves_the_candles(total: int, shown: float, move: float, zoom: float) -> None:
    seen = Viewport.newest(shown, total).moved(move, total).zoomed(zoom, 0.3, total)
    first, stop = seen.indexes(total)
    assert 0 <= first < stop <= total
