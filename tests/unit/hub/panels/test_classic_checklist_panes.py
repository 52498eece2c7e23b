"""The original's checklist (HUB section 10): five panes, their least sizes, and where their sashes stand."""

import time
import tkinter as tk
from dataclasses import replace
from tkinter import ttk

import pytest

from powertrader.hub.commands.registry import Commands
from powertrader.hub.guard import Failure
from powertrader.hub.palettes import CLASSIC, PALETTES
from powertrader.hub.panel import Panel, Steps
from powertrader.hub.panels.classic import COLUMNS, LEFT, RIGHT, TABLES, Classic, make
from powertrader.hub.scheduler import Scheduler
from powertrader.hub.screens import Composite, Searching, Selecting
from powertrader.hub.view import Change, HubView, everything
from powertrader.hub.widgets.panes import Panes
from tests.unit.hub.driving import below, draw, settle
from tests.unit.hub.panels.stage import Stage
from tests.unit.hub.views import hub_view


@pytest.fixture(scope="module")
def made(module_stage: Stage) -> Classic:
    panel = Classic(module_stage.context)
    module_stage.root.geometry("1400x820")
    module_stage.put(panel.build)
    return panel


@pytest.fixture
def classic(made: Classic, stage: Stage) -> Classic:
    """The screen in a window of the first size."""
    size(stage, 1400, 820, made)
    return made


def size(stage: Stage, width: int, height: int, classic: Classic) -> None:
    """Give the window a size and let the panes come to rest."""
    stage.root.geometry(f"{width}x{height}")
    settle(stage.root)
    for _ in range(3):
        # each split settles a millisecond after it has got its size
        rest(stage)
    assert classic.panes["columns"].winfo_width() == width


def rest(stage: Stage) -> None:
    """Let what waits for some milliseconds happen."""
    passed: list[bool] = []
    stage.root.after(4, lambda: passed.append(True))
    while not passed:
        stage.root.update()
    settle(stage.root)


def test_item_five_panes_with_their_titles(classic: Classic) -> None:
    titles = [
        str(box.cget("text"))
        for panes in classic.panes.values()
        for box in panes.winfo_children()
        if isinstance(box, ttk.Labelframe)
    ]
    assert sorted(titles) == [
        "Charts (Neural lines overlaid)",
        "Controls / Health",
        "Current Trades",
        "Live Output",
        "Trade History (scroll)",
    ]


def test_item_the_left_pane_is_470_wide_and_live_output_260_high_at_the_start(classic: Classic) -> None:
    assert classic.panes["columns"].sizes[0] == 470
    assert classic.panes["left"].sizes[1] == 260


def test_at_the_first_size_the_training_buttons_stand_two_by_two_below_their_label(classic: Classic) -> None:
    training = classic.controls.training
    places = [button.grid_info() for button in training.buttons.values()]
    assert [(int(one["row"]), int(one["column"])) for one in places] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    words = [str(one.cget("text")) for one in below(training.combo.master) if isinstance(one, ttk.Label)]
    assert words == ["Train coin:"]
    for widget in (*training.buttons.values(), training.combo):
        assert widget.winfo_ismapped()
        assert widget.winfo_width() >= widget.winfo_reqwidth()


def test_item_least_sizes_are_the_original_s() -> None:
    assert [pane.least for pane in COLUMNS] == [360, 520]
    assert [pane.least for pane in LEFT] == [360, 220]
    assert RIGHT[0].least == 360
    assert [pane.least for pane in TABLES] == [140, 120]


@pytest.mark.parametrize(
    "name, place, least", [("columns", 10, 360), ("left", 10, 360), ("right", 10, 360), ("tables", 10, 140)]
)
def test_defect_1_least_sizes_hold_when_a_sash_is_dragged(
    classic: Classic, stage: Stage, name: str, place: int, least: int
) -> None:
    panes = classic.panes[name]
    size(stage, 1400, 1000, classic)
    panes.drag(0, place)
    assert panes.sizes[0] == least
    panes.drag(0, 5000)
    sizes = {"columns": COLUMNS, "left": LEFT, "right": RIGHT, "tables": TABLES}[name]
    assert panes.sizes[1] == sizes[1].least


def test_defect_1_least_sizes_hold_when_the_window_shrinks(classic: Classic, stage: Stage) -> None:
    size(stage, 1800, 1060, classic)
    classic.panes["columns"].drag(0, 1200)
    size(stage, 980, 720, classic)
    assert classic.panes["columns"].sizes == (980 - 6 - 520, 520)
    assert classic.panes["right"].sizes[0] >= 360
    assert min(classic.panes["left"].sizes) >= 220


def test_a_window_too_low_for_all_panes_has_them_smaller_in_proportion(
    classic: Classic, stage: Stage
) -> None:
    size(stage, 980, 500, classic)
    charts, tables = classic.panes["right"].sizes
    assert charts + tables == 500 - 6
    assert charts / tables == pytest.approx(360 / 266, rel=0.02)
    trades, history = classic.panes["tables"].sizes
    assert min(trades, history) > 60


def test_item_sashes_stay_where_the_user_put_them(classic: Classic, stage: Stage) -> None:
    left = classic.panes["left"]
    left.drag(0, 500)
    dragged = left.sizes
    draw(classic, hub_view())
    settle(stage.root)
    assert left.sizes == dragged
    assert stage.context.preferences.numbers("classic.panes.left") == tuple(map(float, dragged))
    again = Classic(replace(stage.context, commands=Commands()))
    holder = tk.Toplevel(stage.root)
    holder.geometry("1400x820")
    again.build(holder).pack(fill="both", expand=True)
    settle(stage.root)
    rest(stage)
    assert again.panes["left"].sizes == dragged
    holder.withdraw()


def test_a_sash_is_dragged_with_the_mouse(classic: Classic, stage: Stage) -> None:
    columns = classic.panes["columns"]
    columns.drag(0, 500)
    before = columns.sizes[0]
    x = before + 3
    for event, at in (("<Button-1>", x), ("<B1-Motion>", x + 60), ("<ButtonRelease-1>", x + 60)):
        columns.event_generate(event, x=at, y=300)
    settle(stage.root)
    assert columns.sizes[0] == before + 60


def test_every_part_is_drawn_by_itself_and_together_they_are_the_screen(classic: Classic) -> None:
    assert isinstance(make(classic._context), Composite)
    assert isinstance(classic, Selecting)
    assert isinstance(classic, Searching)
    names = [name for name, _, _ in classic.panels]
    assert len(set(names)) == len(names) == 8
    assert classic.parts == frozenset().union(*[panel.parts for _, panel, _ in classic.panels])


def test_defect_11_a_part_that_fails_does_not_take_the_others_with_it(
    classic: Classic, stage: Stage, expected_errors: list[str]
) -> None:
    failures: list[Failure] = []
    scheduler = Scheduler(stage.root, failures.append)

    class Broken:
        parts = classic.controls.account.parts

        def build(self, parent: tk.Misc) -> tk.Widget:
            return tk.Frame(parent)

        def render(self, view: HubView, change: Change) -> Steps:
            yield
            msg = "a malformed value"
            raise ValueError(msg)

    parts: list[tuple[str, Panel]] = [("broken", Broken())]
    parts += [(name, panel) for name, panel, _ in classic.panels]
    for (name, panel), (_, _, urgency) in zip(parts, (classic.panels[0], *classic.panels), strict=True):
        scheduler.add(name, panel, urgency, lambda: True)
    view = hub_view()
    scheduler.publish(view, everything(view))
    ends_s = time.monotonic() + 10
    while not scheduler.is_idle and time.monotonic() < ends_s:
        stage.root.update()
    assert [failure.name for failure in failures] == ["broken"]
    assert classic.controls.account.values[0].cget("text") == "$10,000.00"
    assert expected_errors


def test_a_tile_s_click_shows_the_coin_s_chart_on_this_screen(classic: Classic, stage: Stage) -> None:
    draw(classic, hub_view())
    classic.select(page="chart", coin="ETH")
    settle(stage.root)
    assert classic.charts.chosen == "ETH"
    classic.select(page="account_chart")
    assert classic.charts.chosen == ""


def test_the_find_key_goes_to_the_filter_of_the_levels(classic: Classic, stage: Stage) -> None:
    stage.root.focus_force()
    draw(classic, hub_view())
    classic.find()
    settle(stage.root)
    assert stage.root.focus_get() is classic.controls.tiles.filter


def test_sashes_have_the_colour_of_the_window_in_every_palette(classic: Classic, stage: Stage) -> None:
    for palette in PALETTES.values():
        stage.context.theme.apply(palette)
        settle(stage.root)
        assert {str(panes.cget("background")) for panes in classic.panes.values()} == {palette.bg}
    stage.context.theme.apply(CLASSIC)
    assert all(isinstance(one, Panes) for one in below(stage.root) if one.winfo_class() == "Panedwindow")
