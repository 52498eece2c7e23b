"""The original's checklist (HUB section 10): menus, status lines, start gating, account and trainings."""

import tkinter as tk
from dataclasses import replace
from tkinter import ttk
from typing import Any

import pytest

from powertrader.core.config import TradingConfig
from powertrader.hub.menu_bar import MenuBar
from powertrader.hub.panels.account_lines import AccountLines, account_words, dca_levels
from powertrader.hub.panels.controls import Controls, StatusLines
from powertrader.hub.panels.training_controls import TrainingControls
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.workers_view import WorkersView
from powertrader.models.snapshot import ProcessState, ProcessView, TrainingView
from powertrader.models.status import PositionStatus
from tests.unit.hub.driving import draw, settle, words_in
from tests.unit.hub.panels.stage import Stage
from tests.unit.hub.views import hub_view, settings_view
from tests.unit.snapshots import NOW, TRAINED, beat, coin, report, snapshot, status_of

STOPPED = tuple([ProcessView(name, ProcessState.STOPPED) for name in ("trainer", "thinker", "trader")])
HALF = TrainingView("TRAINING", None, None, 42.4, None, "4hour", 2, 7)


def stopped(*names: str, training: TrainingView = TRAINED, **changes: Any) -> HubView:
    """A view in which nothing runs."""
    coins = [coin(name, training=training) for name in names]
    return hub_view(made=snapshot(coins, STOPPED), **changes)


def entries(menu: tk.Menu) -> list[str]:
    return [
        "" if menu.type(number) == "separator" else str(menu.entrycget(number, "label"))
        for number in range(int(menu.index("end") or 0) + 1)
    ]


def local(hour: int, minute: int, second: int) -> str:
    at = NOW.replace(hour=hour, minute=minute, second=second)
    return f"{at.astimezone():%H:%M:%S}"


def test_item_three_menus_stand_in_the_original_s_order(stage: Stage) -> None:
    made = MenuBar(stage.root, stage.context.commands, stage.context.theme)
    assert entries(made.bar) == ["Scripts", "Settings", "File"]
    scripts, settings, file = made.menus
    assert entries(scripts) == [
        "Start All",
        "Stop All",
        "",
        "Start Neural Runner",
        "Stop Neural Runner",
        "",
        "Start Trader",
        "Stop Trader",
    ]
    assert entries(settings) == ["Settings..."]
    assert entries(file)[-1] == "Exit"


def test_menu_items_do_what_they_say(stage: Stage) -> None:
    scripts, settings, file = MenuBar(stage.root, stage.context.commands, stage.context.theme).menus
    for number in (0, 1, 3, 4, 6, 7):
        scripts.invoke(number)
    settings.invoke(0)
    file.invoke("end")
    assert [name for name, _ in stage.said.commands] == [
        "trading.start_all",
        "trading.stop_all",
        "trading.start_thinker",
        "trading.stop_thinker",
        "trading.start_trader",
        "trading.stop_trader",
        "settings.open",
        "ui.exit",
    ]


def test_a_menu_item_whose_command_is_not_possible_is_greyed(stage: Stage) -> None:
    possible = {"now": False}
    commands = type(stage.context.commands)()
    commands.register("trading.start_all", lambda **_: None, enabled=lambda: possible["now"])
    scripts = MenuBar(stage.root, commands, stage.context.theme).menus[0]
    stage.root.tk.call(str(scripts), "postcascade", "none")
    stage.root.tk.eval(str(scripts.cget("postcommand")))
    assert scripts.entrycget(0, "state") == "disabled"
    assert scripts.entrycget(1, "state") == "disabled", "nobody registered it"
    possible["now"] = True
    stage.root.tk.eval(str(scripts.cget("postcommand")))
    assert scripts.entrycget(0, "state") == "normal"


@pytest.fixture
def status(stage: Stage) -> StatusLines:
    panel = StatusLines(stage.context)
    stage.put(panel.build)
    return panel


def test_item_status_lines_say_what_runs_and_when_the_status_came(status: StatusLines) -> None:
    draw(status, hub_view())
    shown = [str(label.cget("text")) for label in (status.neural, status.trader, status.last)]
    assert shown == ["Neural: running", "Trader: running", f"Last status: {local(12, 0, 0)}"]
    draw(status, stopped("BTC"))
    assert status.neural.cget("text") == "Neural: stopped"
    assert status.trader.cget("text") == "Trader: stopped"


def test_item_last_status_gives_the_reason_when_there_is_none(status: StatusLines) -> None:
    draw(status, hub_view(made=snapshot([coin("BTC")], trader=None)))
    assert status.last.cget("text") == "Last status: N/A (no trader yet)"
    skipped = report(status=None, skipped="no account")
    draw(status, hub_view(made=snapshot([coin("BTC")], trader=skipped)))
    assert status.last.cget("text") == "Last status: N/A (no account)"


@pytest.mark.parametrize(
    "state, pid, words",
    [
        (ProcessState.CRASHED, None, "Neural: stopped (! crashed)"),
        (ProcessState.STALE, 7, "Neural: running (! silent)"),
        (ProcessState.STARTING, 7, "Neural: running (starting)"),
    ],
)
def test_status_lines_say_what_is_wrong_in_words(
    status: StatusLines, state: ProcessState, pid: int | None, words: str
) -> None:
    view = ProcessView("thinker", state, pid, 1.0, beat("thinker"))
    draw(status, hub_view(made=snapshot([coin("BTC")], [view])))
    assert status.neural.cget("text") == words


def test_item_toggle_button_is_14_wide_and_starts_or_stops_all(status: StatusLines, stage: Stage) -> None:
    assert int(str(status.toggle.cget("width"))) == 14
    draw(status, stopped("BTC"))
    assert status.toggle.cget("text") == "Start All"
    status.toggle.invoke()
    draw(status, hub_view())
    assert status.toggle.cget("text") == "Stop All"
    status.toggle.invoke()
    assert stage.said.commands == [("trading.start_all", {}), ("trading.stop_all", {})]


def test_item_start_all_is_disabled_until_every_coin_is_trained(status: StatusLines, stage: Stage) -> None:
    draw(status, stopped("BTC", "ETH", training=TrainingView()))
    assert status.toggle.instate(["disabled"])
    status.toggle.invoke()
    assert stage.said.commands == []
    draw(status, stopped("BTC", "ETH"))
    assert status.toggle.instate(["!disabled"])


def test_item_the_button_is_never_disabled_while_something_runs(status: StatusLines) -> None:
    untrained = [coin("BTC", training=TrainingView())]
    draw(status, hub_view(made=snapshot(untrained)))
    assert status.toggle.instate(["!disabled"])
    waiting = stopped("BTC", training=TrainingView(), workers=WorkersView(trader_follows=True))
    draw(status, waiting)
    assert status.toggle.cget("text") == "Stop All"
    assert status.toggle.instate(["!disabled"])


def test_item_seven_account_lines(stage: Stage) -> None:
    panel = AccountLines(stage.context)
    box = stage.put(panel.build)
    draw(panel, hub_view())
    assert words_in(box)[1::2] == [
        "Total Account Value",
        "Holdings Value",
        "Buying Power",
        "Percent In Trade",
        "DCA Levels (spread)",
        "DCA Levels (single)",
        "Total realized",
    ]
    assert [str(label.cget("text")) for label in panel.values] == [
        "$10,000.00",
        "$1,000.00",
        "$9,000.00",
        "10.00%",
        "8",
        "9",
        "$5.00",
    ]


def test_account_lines_are_not_available_before_a_trader_told_them() -> None:
    view = hub_view(made=snapshot([coin("BTC")], trader=None))
    assert account_words(view) == ("N/A",) * 7
    skipped = hub_view(made=snapshot([coin("BTC")], trader=report(status=None, skipped="no price")))
    assert account_words(skipped) == (*("N/A",) * 6, "$5.00")


@pytest.mark.parametrize(
    "total, allocation_pct, coins, multiplier, levels",
    [
        # 0.50 is the least: 0.5, 1.5, 4.5, 13.5, 40.5 for one coin at a multiplier of 2
        (40.5, 0.005, 1, 2.0, 4),
        (40.4, 0.005, 1, 2.0, 3),
        # 1 % of 100 for each of two coins: 2, 6, 18, 54
        (100.0, 1.0, 2, 2.0, 3),
        (0.0, 0.005, 1, 2.0, 0),
        # nothing is ever added
        (100.0, 1.0, 1, 0.0, None),
        (float("nan"), 1.0, 1, 2.0, None),
    ],
)
def test_item_dca_levels_count_what_the_account_can_pay(
    total: float, allocation_pct: float, coins: int, multiplier: float, levels: int | None
) -> None:
    assert dca_levels(total, allocation_pct, coins, multiplier) == levels


def test_defect_11_a_value_that_makes_no_sense_does_not_end_the_drawing(stage: Stage) -> None:
    panel = AccountLines(stage.context)
    stage.put(panel.build)
    odd = replace(status_of(), total=float("nan"), percent_in_trade=float("inf"))
    draw(panel, hub_view(made=snapshot([coin("BTC")], trader=report(status=odd))))
    assert panel.values[0].cget("text") == "N/A"
    draw(panel, hub_view())
    assert panel.values[0].cget("text") == "$10,000.00"


@pytest.fixture
def training(stage: Stage) -> TrainingControls:
    panel = TrainingControls(stage.context)
    stage.put(panel.build)
    return panel


def test_item_training_column_has_a_combo_four_buttons_and_a_list_of_five_rows(
    training: TrainingControls,
) -> None:
    draw(training, stopped("BTC", "ETH"))
    assert [str(button.cget("text")) for button in training.buttons.values()] == [
        "Train Selected",
        "Train All",
        "Force Retrain",
        "Force Retrain All",
    ]
    assert (str(training.combo.cget("state")), int(str(training.combo.cget("width")))) == ("readonly", 8)
    assert training.combo.cget("values") == ("BTC", "ETH")
    assert int(str(training.list.box.cget("height"))) == 5
    assert (int(str(training.bar.cget("length"))), float(str(training.bar.cget("maximum")))) == (200, 100)


def test_item_progress_overview_flow_and_lines_are_shown(training: TrainingControls) -> None:
    coins = [coin("BTC", training=HALF), coin("ETH", training=TRAINED)]
    draw(training, hub_view(made=snapshot(coins)))
    assert training.progress.cget("text") == "BTC: 4hour [3/7] (42%)"
    assert float(str(training.bar.cget("value"))) == pytest.approx(42.4)
    assert training.overview.cget("text") == "Training: RUNNING (BTC)"
    assert training.flow.cget("text") == "Flow: Running (use the button to stop)"
    assert training.list.lines == ("BTC: TRAINING — 4hour [3/7] 42%", "ETH: TRAINED")


def test_item_flow_says_that_the_trader_follows(training: TrainingControls) -> None:
    draw(training, stopped("BTC", workers=WorkersView(trader_follows=True)))
    assert training.flow.cget("text") == "Flow: Starting runner → waiting for ready → trader will auto-start"


@pytest.mark.parametrize(
    "button, arguments",
    [
        ("train_selected", {"coins": ("ETH",), "reprocess": False}),
        ("train_all", {"coins": ("ETH", "XRP"), "reprocess": False}),
        ("retrain_selected", {"coins": ("ETH",), "reprocess": True}),
        ("retrain_all", {"coins": ("BTC", "ETH", "XRP"), "reprocess": True}),
    ],
)
def test_item_training_buttons_skip_trained_coins_unless_forced(
    training: TrainingControls, stage: Stage, button: str, arguments: dict[str, object]
) -> None:
    never = TrainingView()
    coins = [coin("BTC"), coin("ETH", training=never), coin("XRP", training=never)]
    draw(training, hub_view(made=snapshot(coins, STOPPED)))
    training.combo.set("ETH")
    training.buttons[button].invoke()
    answer(training, "Learn all anew")
    assert stage.said.commands == [("training.start", arguments)]


def answer(training: TrainingControls, words: str) -> None:
    """Click on the answer to the question, where there is one."""
    if training.question is not None:
        for one in _below(training.question.window):
            if isinstance(one, ttk.Button) and one.cget("text") == words:
                one.invoke()
                return


def test_force_retrain_all_asks_first_and_no_leaves_everything(
    training: TrainingControls, stage: Stage
) -> None:
    draw(training, stopped("BTC", "ETH"))
    training.buttons["retrain_all"].invoke()
    assert training.question is not None
    first = training.question
    training.buttons["retrain_all"].invoke()
    assert training.question is first, "it asks once"
    assert stage.said.commands == []
    answer(training, "Keep what was learnt")
    assert not training.question.is_open
    assert stage.said.commands == []


def test_defect_4_what_a_click_did_is_not_written_over_by_the_next_tick(
    training: TrainingControls, stage: Stage
) -> None:
    view = stopped("BTC")
    draw(training, view)
    training.buttons["train_selected"].invoke()
    assert stage.said.commands == []
    for _ in range(3):
        draw(training, view)
    assert training.note.cget("text") == "Skipped already-trained: BTC."
    settle(stage.root)
    assert training.note.winfo_ismapped()


def test_defect_8_train_all_is_one_wish_for_all_coins(training: TrainingControls, stage: Stage) -> None:
    names = [f"C{number}" for number in range(50)]
    draw(training, stopped(*names, training=TrainingView()))
    training.buttons["train_all"].invoke()
    assert stage.said.commands == [("training.start", {"coins": tuple(names), "reprocess": False})]
    assert training.note.cget("text") == "Asked for: C0, C1, C2, C3, C4 and 45 more."


def test_without_coins_a_click_says_what_is_missing(training: TrainingControls, stage: Stage) -> None:
    draw(training, stopped())
    training.buttons["train_selected"].invoke()
    assert training.note.cget("text") == "There is no coin to train. Name some in Settings."
    assert stage.said.commands == []


def test_item_list_is_redrawn_only_where_a_line_changed(training: TrainingControls) -> None:
    coins = [coin("BTC", training=HALF), coin("ETH")]
    draw(training, hub_view(made=snapshot(coins)))
    box = training.list.box
    for number in (0, 1):
        box.itemconfigure(number, background="#123456")
    coins[0] = replace(coins[0], training=replace(HALF, progress_pct=50.0))
    draw(training, hub_view(made=snapshot(coins)))
    assert training.list.lines[0] == "BTC: TRAINING — 4hour [3/7] 50%"
    assert (box.itemcget(0, "background"), box.itemcget(1, "background")) == ("", "#123456")


def test_a_click_on_a_line_chooses_its_coin(training: TrainingControls) -> None:
    draw(training, stopped("BTC", "ETH", "XRP"))
    training.list.box.selection_set(2)
    training.list.box.event_generate("<<ListboxSelect>>")
    assert training.chosen == "XRP"


def test_defect_10_a_changed_list_of_coins_reaches_combo_and_lines(training: TrainingControls) -> None:
    draw(training, stopped("BTC", "ETH"))
    training.combo.set("ETH")
    draw(training, stopped("XRP", "ETH"), Change(frozenset({Part.COIN_LIST, Part.COINS})))
    assert training.combo.cget("values") == ("XRP", "ETH")
    assert training.chosen == "ETH", "what was chosen stays chosen while it is there"
    draw(training, stopped("XRP"), Change(frozenset({Part.COIN_LIST, Part.COINS})))
    assert training.chosen == "XRP"
    assert training.list.lines == ("XRP: TRAINED",)


def test_the_levels_keep_their_room_in_a_low_window_and_what_is_above_scrolls(stage: Stage) -> None:
    pane = Controls(stage.context)
    stage.root.geometry("480x330")
    stage.put(pane.build)
    for _, panel in pane.panels:
        draw(panel, hub_view())
    settle(stage.root)
    settle(stage.root)
    levels = pane.tiles.canvas.master
    assert levels.winfo_height() >= 130
    assert levels.winfo_y() + levels.winfo_height() <= 330
    stage.root.geometry("480x700")
    settle(stage.root)
    settle(stage.root)
    assert pane.training.list.winfo_ismapped()


@pytest.mark.parametrize("width, beside", [(470, True), (360, False)])
def test_trainings_stand_beside_the_account_and_below_it_in_a_narrow_pane(
    stage: Stage, width: int, beside: bool
) -> None:
    pane = Controls(stage.context)
    stage.root.geometry(f"{width}x700")
    stage.put(pane.build)
    for _, panel in pane.panels:
        draw(panel, hub_view())
    settle(stage.root)
    settle(stage.root)
    realized, train_all = pane.account.values[-1], pane.training.buttons["retrain_all"]
    assert (train_all.winfo_rooty() < realized.winfo_rooty()) is beside
    assert train_all.winfo_width() >= train_all.winfo_reqwidth()
    right = train_all.winfo_rootx() + train_all.winfo_width()
    assert right <= stage.root.winfo_rootx() + width
    stage.root.geometry("480x700")


@pytest.mark.timeout(20)
def test_a_pane_of_any_size_comes_to_rest(stage: Stage) -> None:
    pane = Controls(stage.context)
    made = stage.put(pane.build)
    for _, panel in pane.panels:
        draw(panel, hub_view())
    for width in range(360, 480, 13):
        for height in (260, 420, 440, 460):
            stage.root.geometry(f"{width}x{height}")
            settle(stage.root)
            settle(stage.root)
            assert (made.winfo_width(), made.winfo_height()) == (width, height)
    stage.root.geometry("480x700")


def test_every_control_is_explained(stage: Stage) -> None:
    pane = Controls(stage.context)
    stage.said.explained.clear()
    stage.put(pane.build)
    explained = set(stage.said.explained.values())
    controls = [one for one in _below(stage.root) if isinstance(one, ttk.Button | ttk.Combobox | ttk.Entry)]
    assert controls
    assert [str(one) for one in controls if one not in explained] == []


def _below(widget: tk.Misc) -> list[tk.Misc]:
    found = [widget]
    for child in widget.winfo_children():
        found += _below(child)
    return found


def test_settings_of_another_quote_asset_are_shown_in_it() -> None:
    config = TradingConfig.model_validate({"trading": {"quote_asset": "BTC", "coins": ["ETH"]}})
    told = report(quote_asset="BTC", status=status_of(PositionStatus("ETH", 1.0, 1.0)))
    view = hub_view(made=snapshot([coin("ETH")], trader=told), settings=settings_view(config))
    assert account_words(view)[0].endswith(" BTC")
