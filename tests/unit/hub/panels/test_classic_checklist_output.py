"""The original's checklist (HUB section 10): what runner, trader and trainers print."""

from dataclasses import replace

import pytest

from powertrader.hub.panels.live_output import LiveOutput
from powertrader.hub.panels.output_lines import brief
from powertrader.hub.view import HubView, OutputTail
from powertrader.models.snapshot import ProcessState, ProcessView, TrainingView
from tests.unit.hub.driving import draw, settle
from tests.unit.hub.panels.stage import Stage
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import coin, running, snapshot

HALF = TrainingView("TRAINING", None, None, 42.4, None, "4hour", 2, 7)
RUNNER, TRADER, TRAINERS = range(3)


def trained(name: str, words: str) -> str:
    return f"2024-01-15 12:00:00 [INFO] trainer.{name}: {words}"


def printed(**tails: OutputTail) -> HubView:
    return hub_view(output=tails)


def lines(count: int, first: int = 0, **changes: int) -> OutputTail:
    made = tuple([f"line {number}" for number in range(first, first + count)])
    return OutputTail(made, **{"begins": first, **changes})


@pytest.fixture
def output(stage: Stage) -> LiveOutput:
    panel = LiveOutput(stage.context)
    stage.root.geometry("460x260")
    stage.put(panel.build)
    return panel


def show(output: LiveOutput, view: HubView, stage: Stage) -> None:
    draw(output, view)
    settle(stage.root)


def go_to(output: LiveOutput, tab: int, stage: Stage) -> None:
    output.tabs.tk.call(str(output.tabs), "select", tab)
    settle(stage.root)


def test_item_three_log_tabs(output: LiveOutput) -> None:
    call, tabs = output.tabs.tk.call, str(output.tabs)
    assert [str(call(tabs, "tab", number, "-text")) for number in range(3)] == [
        "Runner",
        "Trader",
        "Trainers",
    ]


def test_item_lines_have_the_prefix_of_their_process(output: LiveOutput, stage: Stage) -> None:
    show(output, printed(thinker=lines(2), trader=lines(1, 7), trainer=lines(1)), stage)
    assert output.texts[RUNNER].lines == ("[RUNNER] line 0", "[RUNNER] line 1")
    go_to(output, TRADER, stage)
    assert output.texts[TRADER].lines == ("[TRADER] line 7",)


def test_item_trainer_lines_have_the_prefix_of_their_coin(output: LiveOutput, stage: Stage) -> None:
    tail = OutputTail((trained("BTC", "Training started"), "2024-01-15 12:00:01 [INFO] trainer: 2 coins"))
    show(output, printed(trainer=tail), stage)
    go_to(output, TRAINERS, stage)
    assert output.texts[TRAINERS].lines == (
        "[BTC] 12:00:00 trainer.BTC: Training started",
        "[TRAINER] 12:00:01 trainer: 2 coins",
    )


@pytest.mark.parametrize(
    "line, shown",
    [
        ("2024-01-15 12:00:00 [INFO] trader: bought BTC", "12:00:00 trader: bought BTC"),
        ("2024-01-15 12:00:00 [WARNING] trader: late", "12:00:00 [WARNING] trader: late"),
        ("Traceback (most recent call last):", "Traceback (most recent call last):"),
    ],
)
def test_a_line_is_shown_without_what_most_lines_have(line: str, shown: str) -> None:
    assert brief(line) == shown


def test_item_at_most_2500_lines_are_kept(output: LiveOutput, stage: Stage) -> None:
    show(output, printed(thinker=lines(2400)), stage)
    show(output, printed(thinker=lines(2500, 200)), stage)
    shown = output.texts[RUNNER].lines
    assert (len(shown), shown[0], shown[-1]) == (2500, "[RUNNER] line 200", "[RUNNER] line 2699")


def test_item_a_worker_that_ends_says_process_exited(output: LiveOutput, stage: Stage) -> None:
    show(output, printed(thinker=lines(1)), stage)
    ended = snapshot([coin("BTC")], [ProcessView("thinker", ProcessState.CRASHED)])
    show(output, hub_view(made=ended, output={"thinker": lines(2)}), stage)
    assert output.texts[RUNNER].lines[-2:] == ("[RUNNER] line 1", "[RUNNER] [process exited]")
    show(output, hub_view(made=ended, output={"thinker": lines(2)}), stage)
    assert output.texts[RUNNER].lines.count("[RUNNER] [process exited]") == 1


def test_item_text_is_fixed_not_wrapped_and_never_below_9_points(output: LiveOutput, stage: Stage) -> None:
    for shown in output.texts:
        assert str(shown.text.cget("font")) == "pt.fixed"
        assert str(shown.text.cget("wrap")) == "none"
    assert int(stage.root.tk.call("font", "actual", "pt.fixed", "-size")) >= 9


def test_item_the_end_is_in_sight_while_nobody_scrolls(output: LiveOutput, stage: Stage) -> None:
    text = output.texts[RUNNER].text
    for count in (5, 100, 400):
        show(output, printed(thinker=lines(count)), stage)
        assert text.dlineinfo("end-1c linestart") is not None
    stage.root.geometry("460x180")
    settle(stage.root)
    settle(stage.root)
    assert text.dlineinfo("end-1c linestart") is not None, "nor when the pane becomes smaller"


def test_who_has_scrolled_up_goes_on_reading_the_same_lines(output: LiveOutput, stage: Stage) -> None:
    text = output.texts[RUNNER].text
    show(output, printed(thinker=lines(2450)), stage)
    text.yview("2000.0")
    text.event_generate("<Button-4>")
    settle(stage.root)
    reads = text.get("@0,0 linestart", "@0,0 lineend")
    show(output, printed(thinker=lines(2500, 250)), stage)
    assert text.get("@0,0 linestart", "@0,0 lineend") == reads
    text.yview_moveto(1.0)
    text.event_generate("<Button-5>")
    show(output, printed(thinker=lines(2500, 300)), stage)
    assert text.dlineinfo("end-1c linestart") is not None, "at the end it follows again"


def test_new_lines_are_put_in_at_once_and_old_ones_not_again(output: LiveOutput, stage: Stage) -> None:
    show(output, printed(thinker=lines(3)), stage)
    output.texts[RUNNER].text.mark_set("here", "2.0")
    show(output, printed(thinker=lines(4)), stage)
    assert output.texts[RUNNER].text.index("here") == "2.0", "the text was not written anew"
    assert output.texts[RUNNER].lines[-1] == "[RUNNER] line 3"


def test_a_file_that_was_begun_anew_is_shown_from_its_beginning(output: LiveOutput, stage: Stage) -> None:
    show(output, printed(thinker=lines(3)), stage)
    show(output, printed(thinker=lines(1, 0, generation=1)), stage)
    assert output.texts[RUNNER].lines[-1] == "[RUNNER] line 0"
    assert len(output.texts[RUNNER].lines) == 4


def test_hidden_tabs_are_drawn_when_they_are_shown(output: LiveOutput, stage: Stage) -> None:
    show(output, printed(trader=lines(3)), stage)
    assert output.texts[TRADER].lines == ()
    go_to(output, TRADER, stage)
    assert len(output.texts[TRADER].lines) == 3


def test_item_trainers_tab_has_a_combo_two_buttons_and_says_who_trains(
    output: LiveOutput, stage: Stage
) -> None:
    go_to(output, TRAINERS, stage)
    trainers = output.trainers
    show(output, hub_view(), stage)
    assert trainers.running.cget("text") == "(no trainers running)"
    assert [str(one.cget("text")) for one in (trainers.start, trainers.stop)] == [
        "Start Trainer",
        "Stop Trainer",
    ]
    assert trainers.combo.cget("values") == ("All coins", "BTC", "ETH")
    busy = [coin("ADA", training=HALF), coin("BTC", training=HALF)]
    show(output, hub_view(made=snapshot(busy, [running("trainer")])), stage)
    assert trainers.running.cget("text") == "running: ADA, BTC"


def test_item_selection_shows_that_coin_alone_and_clears_what_was_there(
    output: LiveOutput, stage: Stage
) -> None:
    tail = OutputTail(
        (trained("BTC", "one"), "Traceback of BTC", trained("ETH", "two"), trained("BTC", "three"))
    )
    go_to(output, TRAINERS, stage)
    show(output, printed(trainer=tail), stage)
    shown = output.texts[TRAINERS]
    assert output.trainers.coin == ""
    output.trainers.combo.set("BTC")
    output.trainers.combo.event_generate("<<ComboboxSelected>>")
    assert [line.rsplit(" ", 1)[-1] for line in shown.lines] == ["one", "BTC", "three"]
    show(output, printed(trainer=replace(tail, lines=(*tail.lines, trained("BTC", "four")))), stage)
    output.trainers.combo.set("ETH")
    output.trainers.combo.event_generate("<<ComboboxSelected>>")
    assert list(shown.lines) == ["[ETH] 12:00:00 trainer.ETH: two"]


def test_item_trainer_buttons_start_and_stop_the_coin_that_is_shown(output: LiveOutput, stage: Stage) -> None:
    go_to(output, TRAINERS, stage)
    show(output, hub_view([coin("BTC"), coin("ETH", training=TrainingView())]), stage)
    output.trainers.start.invoke()
    output.trainers.stop.invoke()
    output.trainers.combo.set("BTC")
    output.trainers.start.invoke()
    output.trainers.stop.invoke()
    assert stage.said.commands == [
        ("training.start", {"coins": ("ETH",), "reprocess": False}),
        ("training.stop", {"coins": None}),
        ("training.start", {"coins": ("BTC",), "reprocess": False}),
        ("training.stop", {"coins": ("BTC",)}),
    ]


def test_a_trainer_that_ends_says_process_exited(output: LiveOutput, stage: Stage) -> None:
    go_to(output, TRAINERS, stage)
    show(output, printed(trainer=lines(1)), stage)
    ended = snapshot([coin("BTC"), coin("ETH")], [ProcessView("trainer", ProcessState.STOPPED)])
    for _ in range(2):
        show(output, hub_view(made=ended, output={"trainer": lines(1)}), stage)
    assert output.texts[TRAINERS].lines == ("[TRAINER] line 0", "[TRAINER] [process exited]")


def test_a_coin_that_is_gone_leaves_the_choice_to_all_coins(output: LiveOutput, stage: Stage) -> None:
    go_to(output, TRAINERS, stage)
    tail = OutputTail((trained("BTC", "one"), trained("ETH", "two")))
    show(output, printed(trainer=tail), stage)
    output.trainers.combo.set("ETH")
    output.trainers.combo.event_generate("<<ComboboxSelected>>")
    show(output, hub_view([coin("BTC")], output={"trainer": tail}), stage)
    assert output.trainers.coin == ""
    assert len(output.texts[TRAINERS].lines) == 2


def test_start_trainer_says_that_every_coin_is_trained(output: LiveOutput, stage: Stage) -> None:
    go_to(output, TRAINERS, stage)
    show(output, hub_view(), stage)
    output.trainers.start.invoke()
    assert stage.said.commands == []
    assert stage.said.words[0][0].startswith("Every coin is trained")


def test_what_is_selected_is_copied(output: LiveOutput, stage: Stage) -> None:
    show(output, printed(thinker=lines(3)), stage)
    text = output.texts[RUNNER].text
    text.focus_force()
    settle(stage.root)
    text.event_generate("<Control-a>")
    text.event_generate("<<Copy>>")
    assert stage.root.clipboard_get() == "[RUNNER] line 0\n[RUNNER] line 1\n[RUNNER] line 2"
    text.event_generate("x")
    assert text.get("1.0", "end-1c").startswith("[RUNNER] line 0"), "nothing can be typed in"
