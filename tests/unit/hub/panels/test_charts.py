"""The charts: tabs, one chart for all coins, timeframes, spans, what the mouse does, and pictures."""

import sys
import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import RetryLater
from powertrader.hub.account_history import AccountHistory
from powertrader.hub.commands.chart import with_suffix
from powertrader.hub.commands.registry import Commands
from powertrader.hub.palettes import CLASSIC, LIGHT
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.charts import ACCOUNT, MOST_TABS, Charts
from powertrader.hub.trades_view import TradesView
from powertrader.hub.view import Change, HubView, Part
from powertrader.models.candle import Candles
from powertrader.models.signal import Signal
from powertrader.models.status import PositionStatus
from powertrader.models.timeframe import ChartTimeframe
from tests.unit.hub.driving import Said, draw, settle
from tests.unit.hub.plot.drawings import START_S, candles, trade
from tests.unit.hub.views import hub_view, settings_view, with_coins
from tests.unit.snapshots import NOW, coin

Wait = Callable[[Callable[[], bool]], None]
LINES = 700


class Venue:
    """A venue whose candles are those of `candles`, in any timeframe."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.answers = True

    def __call__(self, coin: str, timeframe: str, count: int, before: datetime | None = None) -> Candles:
        assert ChartTimeframe(timeframe).seconds > 0
        self.asked.append((coin, timeframe))
        if not self.answers:
            msg = "the venue does not answer"
            raise RetryLater(msg)
        stop = LINES if before is None else int(before.timestamp() - START_S) // 3600
        return candles(LINES).between(max(stop - count, 0), stop)


class Shown:
    """The charts in a window, and what they work with."""

    def __init__(self, root: tk.Tk, context: PanelContext, venue: Venue, said: Said) -> None:
        self.root, self.context, self.venue, self.said = root, context, venue, said
        self.clock = context.ports.wall
        self.charts = Charts(context)
        self.charts.build(root).pack(fill="both", expand=True)
        settle(root)

    def draw(self, view: HubView, change: Change | None = None) -> None:
        draw(self.charts, view, change)
        settle(self.root)

    def texts(self) -> list[str]:
        """What is written on the canvas that is in sight."""
        canvas = self.charts.canvas.widget
        return [
            str(canvas.tk.call(str(canvas), "itemcget", item, "-text"))
            for item in canvas.find_all()
            if str(canvas.type(item)) == "text" and self.state(item) != "hidden"
        ]

    def search(self, typed: str) -> None:
        """Type a coin's name into the field and press Return."""
        field = self.charts.search
        field.focus_force()
        settle(self.root)
        field.delete(0, "end")
        for letter in typed:
            field.event_generate(f"<KeyPress-{letter}>")
        field.event_generate("<KeyPress-Return>")
        settle(self.root)

    def state(self, item: int) -> str:
        canvas = self.charts.canvas.widget
        return str(canvas.tk.call(str(canvas), "itemcget", item, "-state"))

    def items(self, name: str) -> list[tuple[float, ...]]:
        """Where the items of a shape are that can be seen."""
        canvas = self.charts.canvas.widget
        found = canvas.find_withtag(f"chart:{name}")
        return [tuple(canvas.coords(item)) for item in found if self.state(item) != "hidden"]


@pytest.fixture
def shown(root: tk.Tk, hub_context: Callable[..., PanelContext], said: Said) -> Shown:
    venue = Venue()
    plain = hub_context()
    ports = replace(plain.ports, candles=venue, wall=ManualClock(NOW))
    context = replace(plain, ports=ports, commands=Commands())
    root.geometry("1000x460")
    return Shown(root, context, venue, said)


def held(name: str = "BTC") -> PositionStatus:
    return PositionStatus(name, 102.5, 102.0, 1, 1.0, 101.0, dca_line=100.5, trail_line=103.5)


def view_of(*names: str, **changes: Any) -> HubView:
    signal = Signal(names[0], 4, 0, (101.5, 100.2), (103.0, 1e17), 0.0, 0.0, NOW)
    first = coin(names[0], signal=signal, position=held(names[0]))
    plain = {
        "account": AccountHistory.of([START_S, START_S + 3600], [10_000.0, 10_100.0]),
        "trades": TradesView.of((trade(650), trade(690, reason="dca_hard_1"))),
    }
    return hub_view((first, *[coin(name) for name in names[1:]]), **{**plain, **changes})


def chosen(shown: Shown, wait_until: Wait, name: str = "BTC") -> None:
    """Show a coin's chart with its candles."""
    shown.charts.tabs[name].invoke()
    wait_until(lambda: len(shown.charts.candles.plot.candles) > 0)
    settle(shown.root)


def test_item_account_is_the_first_tab_and_the_first_page(shown: Shown) -> None:
    shown.draw(view_of("BTC", "ETH"))
    assert [str(one.cget("text")) for one in shown.charts.tabs.values()] == ["ACCOUNT", "BTC", "ETH"]
    assert shown.charts.chosen == ACCOUNT
    assert str(shown.charts.tabs[ACCOUNT].cget("style")) == "SelectedTab.TButton"
    assert "Account Value ($10,100.00)" in shown.texts()
    assert shown.venue.asked == []


def test_item_eleven_timeframes_in_a_combo_of_ten_letters(shown: Shown, wait_until: Wait) -> None:
    shown.draw(view_of("BTC"))
    chosen(shown, wait_until)
    combo = shown.charts.candles.timeframe
    assert tuple(combo.cget("values")) == tuple(one.value for one in ChartTimeframe)
    assert (int(str(combo.cget("width"))), combo.get()) == (10, "1hour")
    for name in ("5min", "15min", "1week"):
        combo.set(name)
        combo.event_generate("<<ComboboxSelected>>")
    wait_until(lambda: ("BTC", "1week") in shown.venue.asked)
    # the others were only scrolled past
    assert [one for _, one in shown.venue.asked] == ["1hour", "1week"]


def test_item_the_header_tells_levels_and_when_they_were_made(shown: Shown, wait_until: Wait) -> None:
    shown.draw(view_of("BTC", "ETH"))
    chosen(shown, wait_until)
    page = shown.charts.candles
    assert page.name.cget("text") == "BTC chart"
    assert page.neural.cget("text") == "Neural: long=4 short=0 | levels L=2 S=1"
    assert page.last.cget("text") == f"Last: {NOW.astimezone():%H:%M:%S}"
    assert "BTC (1hour)" in shown.texts()


def test_item_lines_labels_and_dots_of_the_coin_are_drawn(shown: Shown, wait_until: Wait) -> None:
    shown.draw(view_of("BTC"))
    chosen(shown, wait_until)
    assert len(shown.items("body.up")) + len(shown.items("body.down")) == 120
    for name in ("low_bound.1", "low_bound.2", "high_bound.1", "trail.0", "next_dca.0", "average.0"):
        assert len(shown.items(f"line.{name}")) == 1, name
    labels = [one for one in shown.texts() if "$" in one]
    assert labels == ["ASK $102.5", "BID $102", "AVG $101", "DCA $100.5", "SELL $103.5"]
    assert (len(shown.items("dots.buy")), len(shown.items("dots.dca"))) == (1, 1)


def test_defect_7_one_chart_serves_all_coins(shown: Shown, wait_until: Wait) -> None:
    names = [f"C{number}" for number in range(1000)]
    shown.draw(view_of(*names))
    assert [*shown.charts.tabs] == [ACCOUNT]
    before = len(shown.root.winfo_children())
    for name in ("C7", "C999"):
        shown.search(name)
        wait_until(lambda: len(shown.charts.candles.plot.candles) > 0)
        assert shown.charts.chosen == name
    assert len(shown.root.winfo_children()) == before
    assert shown.venue.asked == [("C7", "1hour"), ("C999", "1hour")]


def test_a_search_goes_to_the_first_coin_that_begins_so_and_forgets_what_is_none(shown: Shown) -> None:
    names = [f"C{number}" for number in range(MOST_TABS + 1)]
    shown.draw(view_of(*names))
    search = shown.charts.search
    shown.search("c4")
    assert (shown.charts.chosen, search.get()) == ("C4", "C4")
    shown.search("nothing")
    assert (shown.charts.chosen, search.get()) == ("C4", "C4")


def test_defect_10_a_coin_that_came_later_has_a_tab_that_works_and_one_that_went_has_none(
    shown: Shown, wait_until: Wait
) -> None:
    shown.draw(view_of("BTC", "ETH"))
    chosen(shown, wait_until, "ETH")
    later = view_of("BTC", "XRP", settings=settings_view(with_coins("BTC", "XRP")))
    shown.draw(later, Change(frozenset({Part.COIN_LIST, Part.SETTINGS})))
    assert [*shown.charts.tabs] == [ACCOUNT, "BTC", "XRP"]
    assert shown.charts.chosen == ACCOUNT
    chosen(shown, wait_until, "XRP")
    assert "XRP (1hour)" in shown.texts()


def test_a_venue_without_an_answer_says_so_in_place_of_candles_and_above_old_ones(
    shown: Shown, wait_until: Wait
) -> None:
    shown.venue.answers = False
    shown.draw(view_of("BTC"))
    shown.charts.tabs["BTC"].invoke()
    wait_until(lambda: any("does not answer" in one for one in shown.texts()))
    assert "BTC (1hour) - no candles" in shown.texts()
    assert not shown.charts.candles.trouble.winfo_ismapped()
    shown.venue.answers = True
    shown.charts.candles.refresh()
    wait_until(lambda: len(shown.charts.candles.plot.candles) > 0)
    settle(shown.root)
    assert not any("no candles" in one for one in shown.texts())
    shown.venue.answers = False
    shown.charts.candles.refresh()
    wait_until(lambda: bool(shown.charts.candles.trouble.winfo_ismapped()))
    assert "none since: the venue does not answer" in str(shown.charts.candles.trouble.cget("text"))
    assert len(shown.items("body.up")) == 60


def test_only_the_chart_in_sight_asks_for_candles(shown: Shown, wait_until: Wait) -> None:
    shown.draw(view_of("BTC", "ETH"))
    chosen(shown, wait_until)
    shown.charts.tabs[ACCOUNT].invoke()
    settle(shown.root)
    shown.draw(view_of("BTC", "ETH"), Change(frozenset({Part.COINS}), frozenset({"BTC", "ETH"})))
    assert shown.venue.asked == [("BTC", "1hour")]


def test_news_of_another_coin_draw_nothing(shown: Shown, wait_until: Wait) -> None:
    shown.draw(view_of("BTC", "ETH"))
    chosen(shown, wait_until)
    drawn: list[int] = []
    shown.charts.candles.canvas.after_look = lambda: drawn.append(1)
    shown.draw(view_of("BTC", "ETH"), Change(frozenset({Part.COINS}), frozenset({"ETH"})))
    assert not drawn
    shown.draw(view_of("BTC", "ETH"), Change(frozenset({Part.COINS}), frozenset({"BTC"})))
    assert drawn == [1]


def test_wheel_and_keys_zoom_and_a_double_click_shows_the_newest_again(
    shown: Shown, wait_until: Wait
) -> None:
    shown.draw(view_of("BTC"))
    chosen(shown, wait_until)
    canvas, plot = shown.charts.canvas.widget, shown.charts.candles.plot
    before = plot.viewport
    canvas.event_generate("<Motion>", x=400, y=150)
    canvas.event_generate("<Button-4>", x=400, y=150)
    settle(shown.root)
    assert plot.viewport.count == pytest.approx(120 / 1.25)
    canvas.focus_force()
    settle(shown.root)
    canvas.event_generate("<KeyPress-minus>")
    canvas.event_generate("<KeyPress-minus>")
    assert plot.viewport.count == pytest.approx(120 * 1.25)
    for _ in range(2):
        canvas.event_generate("<ButtonPress-1>", x=400, y=150)
        canvas.event_generate("<ButtonRelease-1>", x=400, y=150)
    settle(shown.root)
    assert plot.viewport == before


def test_dragging_moves_to_older_candles_which_are_asked_for(shown: Shown, wait_until: Wait) -> None:
    shown.draw(view_of("BTC"))
    chosen(shown, wait_until)
    canvas, plot = shown.charts.canvas.widget, shown.charts.candles.plot
    known = len(plot.candles)
    canvas.event_generate("<ButtonPress-1>", x=100, y=150)
    canvas.event_generate("<B1-Motion>", x=900, y=150)
    canvas.event_generate("<ButtonRelease-1>", x=900, y=150)
    wait_until(lambda: len(plot.candles) == LINES)
    assert known < LINES
    assert plot.viewport.right < LINES - 50
    canvas.focus_force()
    settle(shown.root)
    moved = plot.viewport.left
    canvas.event_generate("<KeyPress-Right>")
    assert plot.viewport.left > moved


def test_the_pointer_shows_the_values_under_it_and_takes_them_along(shown: Shown, wait_until: Wait) -> None:
    shown.draw(view_of("BTC"))
    chosen(shown, wait_until)
    canvas = shown.charts.canvas.widget
    canvas.event_generate("<Motion>", x=400, y=150)
    assert any(one.startswith("O 10") for one in shown.texts())
    canvas.event_generate("<Leave>")
    assert not any(one.startswith("O 10") for one in shown.texts())


@pytest.mark.parametrize("span, change", [("1h", "+$100.00 (+1.00%)"), ("all", "+$100.00 (+1.00%)")])
def test_span_buttons_choose_what_is_seen_and_say_how_it_changed(
    shown: Shown, span: str, change: str
) -> None:
    shown.draw(view_of("BTC"))
    page = shown.charts.account
    page.spans[span].invoke()
    settle(shown.root)
    assert str(page.change.cget("text")).startswith(change)
    assert str(page.spans[span].cget("style")) == "SelectedTab.TButton"
    assert shown.context.preferences.words("charts.span") == span


def test_an_account_without_values_says_what_to_wait_for(shown: Shown) -> None:
    shown.draw(view_of("BTC", account=AccountHistory()))
    assert any("first step" in one for one in shown.texts())
    assert shown.charts.account.last.cget("text") == "Last: N/A"


def test_another_palette_recolours_the_chart(shown: Shown, wait_until: Wait) -> None:
    shown.draw(view_of("BTC"))
    canvas = shown.charts.canvas.widget
    assert str(canvas.cget("background")) == CLASSIC.bg
    shown.context.theme.apply(LIGHT)
    settle(shown.root)
    assert str(canvas.cget("background")) == LIGHT.bg
    wait_until(lambda: str(canvas.cget("background")) == LIGHT.bg)


def test_select_shows_a_coin_s_chart_and_the_account_s(shown: Shown) -> None:
    shown.draw(view_of("BTC", "ETH"))
    shown.charts.select(page="chart", coin="ETH")
    assert shown.charts.chosen == "ETH"
    shown.charts.select(page="account_chart")
    assert shown.charts.chosen == ACCOUNT
    shown.charts.select(page="chart", coin="NOBODY")
    assert shown.charts.chosen == ACCOUNT


@pytest.mark.parametrize("name, begins", [("a.png", b"\x89PNG"), ("a.svg", b"<svg")])
def test_a_picture_of_the_chart_is_saved_beside_the_window_s_work(
    shown: Shown, wait_until: Wait, name: str, begins: bytes
) -> None:
    shown.draw(view_of("BTC"))
    folder = shown.context.ports.paths.data
    shown.context.commands.run("chart.export", path=str(folder / name))
    wait_until(lambda: bool(shown.said.words))
    written = folder / name
    assert written.read_bytes().startswith(begins)
    assert shown.said.words == [(f"Picture saved: {written}", "news")]


@pytest.mark.skipif(sys.platform != "linux", reason="the desktop's own dialog elsewhere")
@pytest.mark.parametrize("button, saved", [("ok", True), ("cancel", False)])
def test_the_button_asks_where_the_picture_goes_and_a_cancelled_dialog_saves_nothing(
    shown: Shown, wait_until: Wait, button: str, saved: bool
) -> None:
    shown.draw(view_of("BTC"))
    target = shown.context.ports.paths.data / "x.svg"
    target.parent.mkdir(parents=True)
    dialog = f"{shown.charts.canvas.widget}.__tk_filedialog"
    offered: list[str] = []

    def answer() -> None:
        call = shown.root.tk.call
        if not int(call("winfo", "exists", f"{dialog}.contents.f2.ent")):
            shown.root.after(10, answer)
            return
        offered.append(str(call(f"{dialog}.contents.f2.ent", "get")))
        call(f"{dialog}.contents.f2.ent", "delete", 0, "end")
        call(f"{dialog}.contents.f2.ent", "insert", 0, str(target))
        call(f"{dialog}.contents.f2.{button}", "invoke")

    shown.root.after(10, answer)
    shown.charts.export.invoke()
    assert offered == ["Account-Value-10-100-00.png"]
    if saved:
        wait_until(lambda: bool(shown.said.words))
    assert target.exists() == saved


def test_a_picture_whose_name_does_not_say_what_it_is_becomes_a_png() -> None:
    names = [with_suffix(Path(name)).name for name in ("a", "a.b", "A.SVG", "a.png")]
    assert names == ["a.png", "a.b.png", "A.SVG", "a.png"]


def test_a_picture_that_cannot_be_saved_is_told_of(shown: Shown, wait_until: Wait) -> None:
    shown.draw(view_of("BTC"))
    shown.context.commands.run("chart.export", path=str(Path("/nowhere") / "x.png"))
    wait_until(lambda: bool(shown.said.words))
    ((words, level),) = shown.said.words
    assert words.startswith("The picture was not saved")
    assert level == "error"


def test_commands_look_nearer_farther_and_back(shown: Shown) -> None:
    shown.draw(view_of("BTC", account=long_history()))
    plot, run = shown.charts.account.plot, shown.context.commands.run
    whole = plot.span
    run("chart.zoom_in")
    settle(shown.root)
    assert plot.span[1] - plot.span[0] == pytest.approx((whole[1] - whole[0]) / 1.25)
    run("chart.zoom_out")
    run("chart.reset")
    assert plot.span == whole


def long_history() -> AccountHistory:
    return AccountHistory.of([START_S + 3600 * one for one in range(100)], [1.0 + one for one in range(100)])


def test_candles_are_asked_for_again_while_they_are_in_sight(shown: Shown, wait_until: Wait) -> None:
    shown.draw(view_of("BTC"))
    chosen(shown, wait_until)
    for seconds, asked in ((9, 1), (2, 2)):
        shown.clock.sleep(seconds)
        shown.charts.candles.tick()
        assert len(shown.venue.asked) + shown.context.background.waiting >= asked
    wait_until(lambda: len(shown.venue.asked) == 2)
    shown.charts.tabs[ACCOUNT].invoke()
    settle(shown.root)
    shown.clock.sleep(60)
    shown.charts.candles.tick()
    assert shown.context.background.waiting == 0
    assert shown.venue.asked == [("BTC", "1hour")] * 2


def test_a_chart_that_goes_while_it_waits_for_something_leaves_nothing_behind(
    shown: Shown, wait_until: Wait
) -> None:
    shown.draw(view_of("BTC"))
    chosen(shown, wait_until)
    shown.charts.candles.timeframe.event_generate("<<ComboboxSelected>>")
    shown.charts.canvas.redraw()
    failed: list[str] = []
    shown.root.tk.createcommand("hear", failed.append)
    shown.root.tk.eval("interp bgerror {} {apply {{message options} {hear $message}}}")
    shown.charts.canvas.widget.destroy()
    shown.root.after(150, failed.append, "")
    wait_until(lambda: "" in failed)
    assert failed == [""]
