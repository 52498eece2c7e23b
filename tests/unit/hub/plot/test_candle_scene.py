"""A coin's chart as a scene: the original's candles, lines, labels, dots and moments (HUB section 5)."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from powertrader.hub.palettes import CLASSIC
from powertrader.hub.plot.axes import local_text
from powertrader.hub.plot.candle_layout import CandleChart, candle_layout
from powertrader.hub.plot.candle_scene import candle_scene
from powertrader.hub.plot.crosshair import candle_crosshair
from powertrader.hub.plot.levels import Level, LevelKind, levels_of
from powertrader.hub.plot.marks import NO_MARKS
from powertrader.hub.plot.scene import Bars, Dots, Form, Path, Scene, Words, mixed
from powertrader.hub.plot.viewport import Viewport
from powertrader.hub.trades_view import TradesView
from powertrader.models.signal import Signal
from powertrader.models.status import PositionStatus
from powertrader.models.trade import TRAILING_EXIT
from tests.unit.hub.plot.drawings import START_S, STYLE, candles, marks_of, named, texts, trade
from tests.unit.snapshots import NOW

DRAWN = candles(120)


def chart(**changes: Any) -> CandleChart:
    size, view = (900, 400), Viewport.newest(120, 120)
    return replace(CandleChart("BTC (1hour)", DRAWN, view, (), NO_MARKS, "", "USDT", size), **changes)


def scene_of(**changes: Any) -> Scene:
    made = chart(**changes)
    return candle_scene(made, candle_layout(made, STYLE), STYLE)


def test_rising_candles_are_green_and_falling_ones_red_with_bodies_of_seven_tenths() -> None:
    scene = scene_of()
    bodies = named(scene, Bars, "body.")
    assert [len(one.corners) for one in bodies.values()] == [60, 60]
    assert bodies["body.up"].colour == mixed(CLASSIC.up, CLASSIC.panel, 0.9)
    assert bodies["body.down"].colour == mixed(CLASSIC.down, CLASSIC.panel, 0.9)
    inner = bodies["body.up"].corners[5]
    layout = candle_layout(chart(), STYLE)
    assert (inner[2] - inner[0]) / (layout.box.width / 120) == pytest.approx(0.7)
    wicks = named(scene, Bars, "wick.")["wick.up"].corners
    assert (wicks[:, 2] - wicks[:, 0]).tolist() == [1.0] * 60


def test_the_range_of_prices_is_that_of_the_candles_and_three_percent_more() -> None:
    layout = candle_layout(chart(), STYLE)
    assert (layout.prices.low, layout.prices.high) == pytest.approx((100 - 0.12, 104 + 0.12))


def test_a_market_that_stands_still_is_drawn_too() -> None:
    flat = candles(1)
    still = type(flat)(flat.open_time_s, flat.low, flat.low, flat.low, flat.low, flat.volume * 0, 3600)
    scene = scene_of(candles=still, view=Viewport.newest(10, 1))
    assert len(named(scene, Bars, "body.")["body.up"].corners) == 1


@pytest.mark.parametrize(
    "kind, colour, share, width",
    [
        (LevelKind.LOW_BOUND, "#0000FF", 0.8, 1.0),
        (LevelKind.HIGH_BOUND, "#FFA500", 0.8, 1.0),
        (LevelKind.TRAIL, "#008000", 1.0, 1.5),
        (LevelKind.NEXT_DCA, "#FF0000", 1.0, 1.5),
        (LevelKind.AVERAGE, "#FFFF00", 1.0, 1.5),
        (LevelKind.ASK, "#800080", 0.95, 1.5),
        (LevelKind.BID, "#008080", 0.95, 1.5),
    ],
)
def test_item_seven_line_colours(kind: LevelKind, colour: str, share: float, width: float) -> None:
    (line,) = named(scene_of(levels=(Level(kind, 102.0),)), Path, "line.").values()
    assert (line.colour, line.width) == (mixed(colour, CLASSIC.panel, share), width)


def test_item_five_labels_on_the_right_in_order_and_apart() -> None:
    kinds = (LevelKind.TRAIL, LevelKind.NEXT_DCA, LevelKind.AVERAGE, LevelKind.BID, LevelKind.ASK)
    levels = tuple([Level(kind, 102.0 + number / 100) for number, kind in enumerate(kinds)])
    scene = scene_of(levels=levels)
    assert texts(scene, "label.") == ["ASK $102.04", "BID $102.03", "AVG $102.02", "DCA $102.01", "SELL $102"]
    tops = sorted(one.corners[0, 1] for one in named(scene, Bars, "tag.").values())
    layout = candle_layout(chart(levels=levels), STYLE)
    gaps = np.diff(tops)
    assert gaps.min() >= (layout.prices.start - layout.prices.end) * 0.012
    assert gaps.min() >= STYLE.line_height("pt.small")
    right = max(one.corners[0, 2] for one in named(scene, Bars, "tag.").values())
    assert right <= 900


def test_a_line_out_of_sight_is_not_drawn_and_its_label_says_where_it_is() -> None:
    scene = scene_of(levels=(Level(LevelKind.NEXT_DCA, 50.0), Level(LevelKind.TRAIL, 500.0)))
    assert not named(scene, Path, "line.")
    assert texts(scene, "label.") == ["DCA $50 \u2193", "SELL $500 \u2191"]


def test_neural_levels_have_numbers_where_these_do_not_overlap() -> None:
    levels = tuple([Level(LevelKind.LOW_BOUND, 103 - number, number) for number in (1, 2)])
    assert texts(scene_of(levels=levels), "bound.") == ["L1", "L2"]
    close = tuple([Level(LevelKind.HIGH_BOUND, 102 + number / 1000, number) for number in (1, 2)])
    assert texts(scene_of(levels=close), "bound.") == ["S1"]


def test_placeholders_of_bounds_are_no_lines() -> None:
    signal = Signal("BTC", 1, 0, (99.0, 0.0, -1.0), (101.0, 9e15, 1e17), 0.0, 0.0, NOW)
    assert [(one.kind.value, one.price, one.number) for one in levels_of(signal, None)] == [
        ("low_bound", 99.0, 1),
        ("high_bound", 101.0, 1),
    ]


def test_a_coin_that_is_not_held_has_no_line_to_sell_or_buy_more() -> None:
    free = PositionStatus("BTC", 101.0, 100.0, trail_line=105.0, dca_line=90.0)
    assert {one.kind for one in levels_of(None, free)} == {LevelKind.ASK, LevelKind.BID}


def test_trades_are_dots_on_the_nearest_candle_told_apart_by_colour_form_and_word() -> None:
    trades = TradesView.of((trade(5), trade(50, reason="dca_hard_1"), trade(90, reason=TRAILING_EXIT)))
    scene = scene_of(marks=marks_of(trades).of("BTC"))
    dots = named(scene, Dots)
    assert [(one.colour, one.form) for one in dots.values()] == [
        (CLASSIC.buy, Form.CIRCLE),
        (CLASSIC.dca, Form.DIAMOND),
        (CLASSIC.sell, Form.SQUARE),
    ]
    assert texts(scene, "mark.") == ["BUY", "DCA", "SELL"]
    layout = candle_layout(chart(), STYLE)
    buy = dots["dots.buy"].centres[0]
    assert buy.tolist() == pytest.approx([layout.columns.pixel(5.0), layout.prices.pixel(102.0)])
    word = named(scene, Words, "mark.buy")["mark.buy.0"]
    assert word.at[1] == pytest.approx(buy[1] - 10)


def test_trades_outside_the_shown_time_and_of_other_coins_have_no_dots() -> None:
    trades = TradesView.of((trade(-3), trade(5, "ETH"), trade(119), trade(121)))
    scene = scene_of(marks=marks_of(trades).of("BTC"))
    assert len(named(scene, Dots)["dots.buy"].centres) == 1


def test_a_trade_without_a_price_stands_at_the_close() -> None:
    scene = scene_of(marks=marks_of(TradesView.of((trade(4, price=None),))).of("BTC"))
    layout = candle_layout(chart(), STYLE)
    assert named(scene, Dots)["dots.buy"].centres[0, 1] == pytest.approx(layout.prices.pixel(103.0))


def test_item_five_moments_with_date_and_time_below() -> None:
    found = texts(scene_of(), "moment.")
    assert len(found) == 5
    assert found[0] == local_text(START_S, "%Y-%m-%d\n%H:%M")


def test_in_a_narrow_chart_moments_that_would_overlap_are_left_out_but_not_the_ends() -> None:
    found = texts(scene_of(size=(330, 300)), "moment.")
    assert 2 <= len(found) < 5
    assert found[0] == local_text(START_S, "%Y-%m-%d\n%H:%M")
    assert found[-1] == local_text(START_S + 119 * 3600, "%Y-%m-%d\n%H:%M")


def test_volume_stands_at_the_bottom_and_the_largest_is_the_highest() -> None:
    layout = candle_layout(chart(), STYLE)
    bars = np.concatenate([one.corners for one in named(scene_of(), Bars, "volume.").values()])
    assert bars[:, 3].tolist() == [layout.box.bottom] * 120
    highest = bars[bars[:, 1].argmin()]
    assert highest[0] == bars[:, 0].max()
    assert highest[1] > layout.prices.start


def test_without_candles_there_is_a_title_and_a_note_and_no_scale() -> None:
    scene = scene_of(candles=DRAWN.between(0, 0), view=Viewport.newest(10, 0), note="no candles here")
    assert texts(scene, "title") == ["BTC (1hour)"]
    assert texts(scene, "note") == ["no candles here"]
    assert not texts(scene, "tick.")


@pytest.mark.parametrize("size", [(60, 60), (200, 120), (980, 300), (3000, 1200)])
def test_no_size_of_window_breaks_a_chart(size: tuple[int, int]) -> None:
    scene = scene_of(size=size, levels=(Level(LevelKind.ASK, 102.0), Level(LevelKind.BID, 101.0)))
    assert (scene.width, scene.height) == size
    for bars in named(scene, Bars).values():
        assert np.isfinite(bars.corners).all()


def test_candles_at_the_edge_of_the_sight_stay_inside_the_frame() -> None:
    made = chart(view=Viewport(10.2, 30.4))
    layout = candle_layout(made, STYLE)
    bodies = named(candle_scene(made, layout, STYLE), Bars, "body.")
    corners = np.concatenate([one.corners for one in bodies.values()])
    assert corners[:, 0].min() >= layout.box.left
    assert corners[:, 2].max() <= layout.box.right


def test_the_crosshair_tells_the_candle_and_the_price_under_the_pointer() -> None:
    layout = candle_layout(chart(), STYLE)
    at = layout.columns.pixel(7.2), layout.prices.pixel(102.5)
    scene = candle_crosshair(DRAWN, layout, at, STYLE)
    assert texts(scene, "told") == ["O 103  H 104  L 100  C 101  V 8  -1.94%"]
    assert texts(scene, "level") == ["102.5"]
    assert texts(scene, "moment") == [local_text(START_S + 7 * 3600, "%Y-%m-%d %H:%M")]
    below = candle_crosshair(DRAWN, layout, (at[0], layout.box.bottom - 1), STYLE)
    assert not texts(below, "level")
