"""The original's checklist (HUB section 10): the levels of all coins, and how a thousand are shown."""

import time
import tkinter as tk
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from powertrader.core.config import TradingConfig
from powertrader.hub.palettes import CLASSIC, LIGHT
from powertrader.hub.panels.signal_tiles import SignalTiles
from powertrader.hub.panels.tile_canvas import TileCanvas
from powertrader.hub.panels.tile_layout import Order, Sizes, Tile, TileWish, arranged, laid_out, tile_of
from powertrader.hub.panels.tile_pen import tag_of
from powertrader.hub.view import HubView
from powertrader.models.signal import Signal
from powertrader.models.snapshot import CoinView
from powertrader.models.status import PositionStatus
from tests.unit.hub.driving import draw, settle
from tests.unit.hub.panels.stage import Stage
from tests.unit.hub.views import hub_view, settings_view
from tests.unit.snapshots import NOW, coin, snapshot

SIZES = Sizes(100, 50, 10, 20)


@pytest.fixture(scope="module")
def made(module_stage: Stage) -> SignalTiles:
    panel = SignalTiles(module_stage.context)
    module_stage.root.geometry("440x400")
    module_stage.put(panel.build)
    return panel


@pytest.fixture
def tiles(made: SignalTiles, stage: Stage) -> Iterator[SignalTiles]:
    """The box of levels, in the window, as it is at the start."""
    made.filter.delete(0, "end")
    made.order.current(0)
    made._grouped = None
    made.canvas.mark("")
    yield made
    stage.root.geometry("440x400")


def leveled(name: str, long: int, short: int = 0) -> CoinView:
    return coin(name, signal=Signal(name, long, short, (), (), 0.0, 0.0, NOW))


def many(count: int) -> HubView:
    return hub_view([leveled(f"C{number}", number % 8) for number in range(count)])


def show(tiles: SignalTiles, view: HubView, stage: Stage) -> TileCanvas:
    draw(tiles, view)
    settle(stage.root)
    return tiles.canvas


def boxes(canvas: tk.Canvas, tags: str) -> list[tuple[float, ...]]:
    return [tuple(canvas.coords(item)) for item in canvas.find_withtag(tags)]


def press(widget: tk.Misc, root: tk.Misc, event: str, **where: int) -> None:
    options = [word for name, value in where.items() for word in (f"-{name}", value)]
    widget.tk.call("event", "generate", str(widget), event, *options)
    settle(root)


def option(canvas: tk.Canvas, item: int, name: str) -> str:
    return str(canvas.tk.call(str(canvas), "itemcget", item, f"-{name}"))


def first_heading(canvas: TileCanvas) -> str:
    return str(canvas.layout.rows[0].heading or "")


def place_of(canvas: TileCanvas, name: str) -> tuple[int, int]:
    """Give a place inside a coin's tile, in pixels of the canvas."""
    left, top, right, bottom = canvas.canvas.bbox(tag_of(name))
    return (left + right) // 2, int((top + bottom) / 2 - canvas.canvas.canvasy(0))


def test_item_tile_geometry_has_two_bars_of_seven_segments(tiles: SignalTiles, stage: Stage) -> None:
    canvas = show(tiles, hub_view([leveled("BTC", 4, 2)]), stage).canvas
    long, short = (boxes(canvas, f"{tag_of('BTC')}&&bar{bar}") for bar in (0, 1))
    assert (len(long), len(short)) == (7, 7)
    for bar in (long, short):
        assert {right - left for left, _, right, _ in bar} == {12.0}
        assert max(box[3] for box in bar) - min(box[1] for box in bar) == 52.0
        assert all(upper[3] == lower[1] for lower, upper in pairwise(bar)), "from the bottom up"
    assert short[0][0] - long[0][2] == 16.0


def test_item_bars_are_filled_from_the_bottom_long_blue_short_orange(
    tiles: SignalTiles, stage: Stage
) -> None:
    canvas = show(tiles, hub_view([leveled("BTC", 4, 2)]), stage).canvas
    palette = stage.context.theme.palette
    for bar, level, colour in ((0, 4, palette.long), (1, 2, palette.short)):
        items = canvas.find_withtag(f"bar{bar}")
        colours = [option(canvas, item, "fill") for item in items]
        assert colours == [colour] * level + [palette.panel] * (7 - level)
    assert (palette.long, palette.short) == ("#0000FF", "#FFA500")


@pytest.mark.parametrize("start_level, below", [(3, 2), (1, 0), (7, 6)])
def test_item_start_line_crosses_both_bars_below_the_start_level(
    tiles: SignalTiles, stage: Stage, start_level: int, below: int
) -> None:
    config = TradingConfig.model_validate({"entry": {"trade_start_level": start_level}})
    view = hub_view([leveled("BTC", 4)], settings=settings_view(config))
    canvas = show(tiles, view, stage).canvas
    (line,) = canvas.find_withtag("start")
    x1, y1, x2, y2 = canvas.coords(line)
    segments = boxes(canvas, "bar0")
    # a level of `below` ends at the line: it fills what is under it and no more
    assert y1 == y2 == segments[below][3]
    assert float(option(canvas, line, "width")) == 2.0
    assert x1 == segments[0][0]
    assert x2 == boxes(canvas, "bar1")[0][2]


def test_item_tile_names_the_coin_and_both_levels(tiles: SignalTiles, stage: Stage) -> None:
    canvas = show(tiles, hub_view([leveled("BTC", 4, 2), coin("ETH", signal=None)]), stage).canvas
    words = [str(option(canvas, item, "text")) for item in canvas.find_withtag("name||levels")]
    assert words == ["BTC", "L:4 S:2", "ETH", "\N{EN DASH}"]


def test_item_hover_gives_a_cyan_border_and_name_and_says_what_was_decided(
    tiles: SignalTiles, stage: Stage
) -> None:
    canvas = show(tiles, hub_view([leveled("BTC", 4, 2), leveled("ETH", 1)]), stage)
    legend = tiles.legend.cget("text")
    x, y = place_of(canvas, "ETH")
    press(canvas.canvas, stage.root, "<Motion>", x=x, y=y)
    frame, name = (canvas.canvas.find_withtag(f"{tag_of('ETH')}&&{part}")[0] for part in ("frame", "name"))
    assert option(canvas.canvas, frame, "outline") == "#00E5FF"
    assert float(option(canvas.canvas, frame, "width")) == 2.0
    assert option(canvas.canvas, name, "fill") == "#00E5FF"
    assert tiles.legend.cget("text") == "ETH: long 1, short 0; a timeframe says short"
    press(canvas.canvas, stage.root, "<Leave>")
    (frame,) = canvas.canvas.find_withtag(f"{tag_of('ETH')}&&frame")
    assert float(option(canvas.canvas, frame, "width")) == 1.0
    assert tiles.legend.cget("text") == legend


def test_item_click_on_a_tile_opens_the_coin_s_chart(tiles: SignalTiles, stage: Stage) -> None:
    canvas = show(tiles, hub_view([leveled("BTC", 4), leveled("1000SATS", 1)]), stage)
    x, y = place_of(canvas, "1000SATS")
    press(canvas.canvas, stage.root, "<Button-1>", x=x, y=y)
    press(canvas.canvas, stage.root, "<Button-1>", x=435, y=350)
    assert stage.said.shown == [("chart", {"coin": "1000SATS"})]


def test_defect_10_a_coin_that_came_later_opens_its_chart_too(tiles: SignalTiles, stage: Stage) -> None:
    show(tiles, hub_view([leveled("BTC", 4)]), stage)
    canvas = show(tiles, hub_view([leveled("XRP", 4), leveled("BTC", 4)]), stage)
    x, y = place_of(canvas, "XRP")
    press(canvas.canvas, stage.root, "<Button-1>", x=x, y=y)
    assert stage.said.shown == [("chart", {"coin": "XRP"})]


def test_item_levels_are_kept_within_0_and_7() -> None:
    odd = object.__new__(Signal)
    for name, value in (("long_level", 9), ("short_level", -3)):
        object.__setattr__(odd, name, value)
    tile = tile_of(coin("BTC", signal=odd))
    assert (tile.long, tile.short) == (7, 0)


def test_item_legend_and_newest_signal(tiles: SignalTiles, stage: Stage) -> None:
    newest = replace(
        leveled("ETH", 1), signal=Signal("ETH", 1, 0, (), (), 0.0, 0.0, NOW - timedelta(seconds=5))
    )
    oldest = replace(
        leveled("BTC", 1), signal=Signal("BTC", 1, 0, (), (), 0.0, 0.0, NOW - timedelta(hours=1))
    )
    show(tiles, hub_view([oldest, newest]), stage)
    assert tiles.legend.cget("text") == "Level bars: 0 = bottom, 7 = top   Blue = Long  Orange = Short"
    at = (NOW - timedelta(seconds=5)).astimezone()
    assert tiles.last.cget("text") == f"Last: {at:%H:%M:%S}"
    show(tiles, hub_view([oldest]), stage)
    at = (NOW - timedelta(hours=1)).astimezone()
    assert tiles.last.cget("text") == f"Last: {at:%H:%M:%S} (old)"
    show(tiles, hub_view([coin("BTC", signal=None)]), stage)
    assert tiles.last.cget("text") == "Last: N/A"


def test_item_scrollbar_is_hidden_while_all_tiles_are_in_sight(tiles: SignalTiles, stage: Stage) -> None:
    canvas = show(tiles, many(4), stage)
    (bar,) = [child for child in canvas.winfo_children() if child.winfo_class() == "TScrollbar"]
    assert not bar.winfo_ismapped()
    show(tiles, many(40), stage)
    settle(stage.root)
    assert bar.winfo_ismapped()


@pytest.mark.parametrize(
    "event, changes",
    [("<Button-5>", {}), ("<MouseWheel>", {"delta": -120}), ("<MouseWheel>", {"delta": -1})],
)
def test_defect_9_the_wheel_scrolls_on_every_system_and_takes_no_focus(
    tiles: SignalTiles, stage: Stage, event: str, changes: dict[str, int]
) -> None:
    canvas = show(tiles, many(60), stage)
    canvas.canvas.yview_moveto(0.0)
    tiles.find()
    stage.root.focus_force()
    tiles.filter.focus_force()
    settle(stage.root)
    before = stage.root.focus_get()
    press(canvas.canvas, stage.root, "<Enter>", x=20, y=20)
    press(canvas.canvas, stage.root, event, x=20, y=20, **changes)
    assert canvas.canvas.yview()[0] > 0.0
    assert stage.root.focus_get() is before is tiles.filter
    up = {"<Button-5>": "<Button-4>"}.get(event, event)
    press(canvas.canvas, stage.root, up, x=20, y=20, **{name: -value for name, value in changes.items()})
    assert canvas.canvas.yview()[0] == 0.0


def test_item_up_to_200_coins_are_tiles_and_more_are_a_strip_in_groups(
    tiles: SignalTiles, stage: Stage
) -> None:
    canvas = show(tiles, many(200), stage)
    assert first_heading(canvas) == ""
    assert canvas.canvas.find_withtag("start")
    show(tiles, many(201), stage)
    assert first_heading(canvas) == "ready"
    assert not canvas.canvas.find_withtag("start")
    (words,) = canvas.canvas.find_withtag("heading")
    assert option(canvas.canvas, words, "text") == "Long at the start level or above: 125"
    strip = canvas.canvas.find_withtag(f"{tag_of('C7')}&&levels")
    assert option(canvas.canvas, strip[0], "text") == "7·0"


def test_of_a_thousand_coins_only_those_in_sight_are_drawn(tiles: SignalTiles, stage: Stage) -> None:
    canvas = show(tiles, many(1000), stage)
    assert 0 < len(canvas.drawn) < 150
    assert len(canvas.canvas.find_all()) < 800
    first = set(canvas.drawn)
    canvas.canvas.yview_moveto(1.0)
    settle(stage.root)
    assert first.isdisjoint(canvas.drawn)


def test_only_tiles_that_changed_are_drawn_anew(tiles: SignalTiles, stage: Stage) -> None:
    coins = [leveled("BTC", 4), leveled("ETH", 1)]
    canvas = show(tiles, hub_view(coins), stage).canvas
    before = {name: canvas.find_withtag(tag_of(name)) for name in ("BTC", "ETH")}
    coins[1] = leveled("ETH", 2)
    show(tiles, hub_view(coins), stage)
    assert canvas.find_withtag(tag_of("BTC")) == before["BTC"]
    assert set(canvas.find_withtag(tag_of("ETH"))).isdisjoint(before["ETH"])


def test_a_filter_leaves_coins_with_these_letters_and_says_when_there_is_none(
    tiles: SignalTiles, stage: Stage
) -> None:
    canvas = show(tiles, many(40), stage)
    tiles.find()
    tiles.filter.insert(0, "c3")
    show(tiles, many(40), stage)
    assert canvas.drawn == ("C3", *(f"C3{number}" for number in range(10)))
    tiles.filter.insert("end", "x")
    show(tiles, many(40), stage)
    (message,) = canvas.canvas.find_withtag("message")
    assert "No coin has “c3x” in its name" in str(option(canvas.canvas, message, "text"))
    tiles.filter.focus_force()
    press(tiles.filter, stage.root, "<Escape>")
    show(tiles, many(40), stage)
    assert "C1" in canvas.drawn
    assert not canvas.canvas.find_withtag("message")


def test_what_is_typed_filters_after_a_moment_and_groups_are_a_tick(tiles: SignalTiles, stage: Stage) -> None:
    canvas = show(tiles, many(40), stage)
    tiles.find()
    tiles.filter.focus_force()
    settle(stage.root)
    for key in ("c", "9"):
        press(tiles.filter, stage.root, f"<KeyPress-{key}>")
    ends_s = time.monotonic() + 10
    while canvas.drawn != ("C9",) and time.monotonic() < ends_s:
        stage.root.update()
    assert canvas.drawn == ("C9",)
    tiles.groups.invoke()
    assert first_heading(canvas) == "quiet"
    show(tiles, many(250), stage)
    tiles.groups.invoke()
    show(tiles, many(250), stage)
    assert first_heading(canvas) == "", "the user's choice stays whatever the number of coins"


def test_without_coins_the_settings_are_named(tiles: SignalTiles, stage: Stage) -> None:
    canvas = show(tiles, hub_view([]), stage)
    (message,) = canvas.canvas.find_withtag("message")
    assert option(canvas.canvas, message, "text") == "No coins yet. Name some in Settings."


def test_arrow_keys_go_from_tile_to_tile_and_return_opens_the_chart(tiles: SignalTiles, stage: Stage) -> None:
    canvas = show(tiles, many(60), stage)
    canvas.canvas.focus_force()
    settle(stage.root)
    marks = []
    for key in ("<Right>", "<Right>", "<Left>", "<Down>", "<Up>"):
        press(canvas.canvas, stage.root, key)
        marks.append(canvas.marked)
    each = len(canvas.layout.rows[0].tiles)
    assert marks == ["C0", "C1", "C0", f"C{each}", "C0"]
    for _ in range(20):
        press(canvas.canvas, stage.root, "<Down>")
    assert canvas.marked in canvas.drawn, "it is scrolled into sight"
    press(canvas.canvas, stage.root, "<Return>")
    assert stage.said.shown == [("chart", {"coin": canvas.marked})]


def test_a_new_palette_colours_the_tiles_at_once(tiles: SignalTiles, stage: Stage) -> None:
    canvas = show(tiles, many(3), stage).canvas
    stage.context.theme.apply(LIGHT)
    settle(stage.root)
    assert str(canvas.cget("background")) == LIGHT.bg
    assert option(canvas, canvas.find_withtag("frame")[0], "fill") == LIGHT.panel
    stage.context.theme.apply(CLASSIC)


def test_larger_fonts_make_the_bars_larger_too(tiles: SignalTiles, stage: Stage) -> None:
    canvas = show(tiles, many(3), stage).canvas
    stage.context.theme.apply(CLASSIC, 200.0)
    settle(stage.root)
    first, *_ = boxes(canvas, "bar0")
    assert first[2] - first[0] == 24.0
    assert tiles.canvas.layout.sizes.height > 150
    stage.context.theme.apply(CLASSIC)


def listed(order: Order, *, grouped: bool = False) -> list[tuple[str, list[str]]]:
    tiles = (
        Tile("ETH", 3, 0, gain_pct=-1.0),
        Tile("BTC", 1, 0),
        Tile("XRP"),
        Tile("ADA", 7, 2, gain_pct=2.0),
    )
    found = arranged(tiles, TileWish("", order, grouped), start_level=3)
    return [(str(group), [tile.coin for tile in members]) for group, members in found]


@pytest.mark.parametrize(
    "order, names",
    [
        (Order.LISTED, ["ETH", "BTC", "XRP", "ADA"]),
        (Order.LEVEL, ["ADA", "ETH", "BTC", "XRP"]),
        (Order.GAIN, ["ADA", "ETH", "BTC", "XRP"]),
        (Order.NAME, ["ADA", "BTC", "ETH", "XRP"]),
    ],
)
def test_tiles_are_sorted_as_the_user_wishes(order: Order, names: list[str]) -> None:
    assert listed(order) == [("all", names)]


def test_groups_put_coins_together_that_the_trader_sees_alike() -> None:
    assert listed(Order.NAME, grouped=True) == [
        ("ready", ["ETH"]),
        ("quiet", ["BTC"]),
        ("short", ["ADA"]),
        ("silent", ["XRP"]),
    ]


def test_rows_wrap_and_places_are_told_back() -> None:
    tiles = [Tile(f"C{number}") for number in range(7)]
    layout = laid_out(arranged(tiles, TileWish(), 3), 340, SIZES)
    assert [len(row.tiles) for row in layout.rows] == [3, 3, 1]
    assert layout.height == 10 + 3 * 60
    for row in layout.rows:
        for number, tile in enumerate(row.tiles):
            assert layout.at(layout.x_of(number) + 1, row.y + 1) == tile
            assert layout.at(layout.x_of(number) + 105, row.y + 1) != tile, "the gap belongs to nobody"
    assert layout.at(5, 5) is None
    assert layout.find("C4") == (1, 1)
    assert layout.find("no such coin") is None


def test_a_pane_narrower_than_a_tile_still_shows_one_in_each_row() -> None:
    layout = laid_out(arranged([Tile("A"), Tile("B")], TileWish(), 3), 20, SIZES)
    assert [len(row.tiles) for row in layout.rows] == [1, 1]


def test_a_held_coin_s_words_tell_its_gain(tiles: SignalTiles, stage: Stage) -> None:
    held = PositionStatus("BTC", 1.0, 1.0, quantity=1.0, gain_at_bid_pct=-2.5)
    view = hub_view(made=snapshot([coin("BTC", 3, position=held, verdict="trailing")]))
    canvas = show(tiles, view, stage)
    canvas.mark("BTC")
    assert tiles.legend.cget("text") == (
        "BTC: long 3, short 0; held, -2.50%; the trailing line follows the price"
    )
