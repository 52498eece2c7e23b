"""The screen Why: where each coin stands; of one the sentence, gates, inputs, past, and what if."""

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from powertrader.core.exceptions import BadData
from powertrader.core.paths import HomePaths
from powertrader.core.record_codec import encode
from powertrader.hub.decision_repeat import ask
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.why import WhyScreen
from powertrader.hub.ports import HubPorts
from powertrader.hub.view import Change, HubView, Part
from powertrader.models.decision import DecisionAgain, DecisionRecord
from powertrader.models.signal import SignalView
from powertrader.models.snapshot import CoinView
from powertrader.trader.repeat import differences, repeat
from tests.unit.hub.decision_cases import decision, held_decision, keep
from tests.unit.hub.driving import Said, below, draw, settle, words_in
from tests.unit.hub.held import held
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import NOW, coin

Wait = Callable[..., None]


class Stage:
    """The screen in a window, with a home to read from and an answer to give."""

    def __init__(self, root: tk.Tk, context: PanelContext, wait: Wait, *, real: bool = False) -> None:
        self.root, self.wait = root, wait
        self.paths: HomePaths = context.ports.paths
        self.commands: list[Sequence[str]] = []
        self.answers: list[Mapping[str, object] | BadData] = []
        self.screen = WhyScreen(context, partial(ask, context.ports) if real else self._run)
        self.screen.build(root).pack(fill="both", expand=True)
        settle(root)

    def _run(self, command: Sequence[str]) -> Mapping[str, object]:
        self.commands.append(command)
        answer = self.answers.pop(0)
        if isinstance(answer, BadData):
            raise answer
        return answer

    def keep(self, *records: DecisionRecord) -> None:
        keep(self.paths.decision_folder("paper", "default"), records)

    def show(self, *coins: CoinView, change: Change | None = None) -> HubView:
        view = hub_view(coins)
        draw(self.screen, view, change)
        settle(self.root)
        return view

    def read(self) -> None:
        """Wait for the decisions of the chosen coin."""
        self.wait(lambda: self.screen.detail.history.model.visible != ())
        settle(self.root)

    @property
    def headline(self) -> str:
        return str(self.screen.detail.headline.cget("text"))

    @property
    def result(self) -> str:
        return str(self.screen.detail.repeat.result.cget("text"))


@pytest.fixture
def stage(root: tk.Tk, hub_context: Callable[..., PanelContext], wait_until: Wait) -> Stage:
    return Stage(root, hub_context(), wait_until)


def rows(stage: Stage) -> dict[str, tuple[str, ...]]:
    return {key: row.cells[1:] for key, row in stage.screen.table.model.rows.items()}


def test_each_coin_says_where_it_stands_and_why(stage: Stage) -> None:
    stage.show(
        coin("BTC", 2, verdict="long_below_start_level"),
        replace(held("ETH"), verdict="dca_not_reached"),
        coin("SOL", verdict="entry"),
        coin("ADA", verdict="not_tradable", frozen="not_tradable"),
        coin("DOT", verdict="halted", halted="by hand"),
        coin("XRP", verdict="no_signal", signal=None, waiting="trained 15 days ago"),
        coin("LTC", verdict="", signal=None),
    )
    assert rows(stage) == {
        "BTC": ("○ not bought", "L2 S0", "too few timeframes say long"),
        "ETH": ("● held", "L0 S0", "neither the trailing line nor a DCA level is reached"),
        "SOL": ("✓ traded", "L0 S0", "bought"),
        "ADA": ("✕ left alone", "L0 S0", "the venue does not list the pair or does not trade it now"),
        "DOT": ("✕ buying stopped", "L0 S0", "by hand"),
        "XRP": ("○ not bought", "none", "no fresh signal (trained 15 days ago)"),
        "LTC": ("? no decision", "none", "the trader has not come to it yet"),
    }


def test_only_coins_that_changed_are_written_anew(stage: Stage) -> None:
    stage.show(coin("BTC"), coin("ETH"))
    stage.show(
        coin("BTC", verdict="entry"),
        coin("ETH", verdict="entry"),
        change=Change(frozenset({Part.COINS}), frozenset({"ETH"})),
    )
    assert [rows(stage)[name][0] for name in ("BTC", "ETH")] == ["○ not bought", "✓ traded"]


def test_the_sentence_names_the_number_that_decided(stage: Stage) -> None:
    stage.keep(decision())
    stage.show(coin("BTC", 2, verdict="long_below_start_level"))
    stage.read()
    assert stage.headline == "BTC is not bought: too few timeframes say long (long 2 < 3)."
    shown = " ".join(words_in(stage.screen.detail.gates))
    assert "✕ closed long 2 3 long 2 < 3 ✓ passed short 0 0 short 0, must be 0" in shown


def test_what_the_decision_was_made_from_is_shown(stage: Stage) -> None:
    stage.keep(held_decision())
    stage.show(replace(held("BTC"), verdict="dca_not_reached"))
    stage.read()
    shown = "\n".join(words_in(stage.screen.detail.inputs)).splitlines()
    for words in (
        "$99.95",
        "$100.05",
        "2 of 7",
        "4 s",
        "0.5",
        "$102",
        "from $107.1 on",
        "-2.5, -5, -10, -20",
    ):
        assert words in shown, words


def test_a_click_on_an_earlier_decision_shows_its_gates_and_news_leave_it_there(stage: Stage) -> None:
    later = NOW + timedelta(minutes=1)
    stage.keep(decision(signal=SignalView(4, 1)), decision(at=later))
    stage.show(coin("BTC", 2, verdict="long_below_start_level"))
    stage.read()
    history = stage.screen.detail.history
    assert [row.cells[1] for row in history.model.rows.values()] == [
        "too few timeframes say long",
        "a timeframe says short",
    ]
    history.selection.select(history.model.visible[1])
    settle(stage.root)
    assert stage.headline == "BTC, decided before: a timeframe says short."
    assert "This is an earlier decision" in str(stage.screen.detail.note.cget("text"))
    stage.keep(decision(at=later + timedelta(minutes=1), signal=None))
    stage.show(coin("BTC", verdict="no_signal", signal=None))
    stage.wait(lambda: len(history.model) == 3)
    assert stage.headline == "BTC, decided before: a timeframe says short."
    history.selection.select(history.model.visible[0])
    settle(stage.root)
    assert stage.headline == "BTC is not bought: no fresh signal."


def test_another_coin_is_shown_when_another_screen_asks_for_it(stage: Stage) -> None:
    stage.keep(decision(), decision("ETH", signal=SignalView(5, 0)))
    stage.show(coin("BTC", 2, verdict="long_below_start_level"), coin("ETH", 5, verdict="entry"))
    stage.screen.filter.set("BTC")
    stage.screen.select(coin="ETH")
    stage.wait(lambda: stage.headline == "ETH: bought.")
    assert stage.screen.table.selection.cursor == "ETH"


def test_a_coin_that_is_asked_for_before_anything_is_shown_is_marked_in_the_list(stage: Stage) -> None:
    stage.keep(decision("ETH", signal=SignalView(5, 0)))
    stage.screen.select(coin="ETH")
    stage.show(coin("BTC", 2, verdict="long_below_start_level"), coin("ETH", 5, verdict="entry"))
    stage.read()
    assert stage.headline == "ETH: bought."
    assert stage.screen.table.selection.cursor == "ETH"


def test_a_coin_without_a_decision_says_why(stage: Stage) -> None:
    stage.show(coin("BTC", verdict="", signal=None, waiting="no candles yet"))
    stage.wait(lambda: "No decision on BTC is kept yet" in str(stage.screen.detail.note.cget("text")))
    assert stage.headline == "Nothing is decided on BTC: the thinker has no signal for it: no candles yet."
    detail = stage.screen.detail
    assert detail.repeat.replay.instate(["disabled"])
    assert not any(box.winfo_ismapped() for box in (detail.gates, detail.inputs, detail.history))


def test_decisions_that_cannot_be_read_are_told_of(stage: Stage) -> None:
    stage.keep(decision())
    (day,) = stage.paths.decision_folder("paper", "default").iterdir()
    day.write_text('{"coin": "BTC", oops\n', encoding="utf-8")
    stage.show(coin("BTC"))
    problem = stage.screen.detail.problem
    stage.wait(lambda: "line 1 holds no JSON" in str(problem.cget("text")))
    assert stage.screen.detail.note.cget("text") == ""
    day.unlink()
    stage.keep(decision())
    stage.show(coin("BTC", 2, verdict="long_below_start_level"))
    stage.read()
    assert not problem.winfo_ismapped()


def test_an_old_record_says_that_it_cannot_be_made_again(stage: Stage) -> None:
    stage.keep(replace(decision(), inputs=None))
    stage.show(coin("BTC", 2, verdict="long_below_start_level"))
    stage.read()
    detail = stage.screen.detail
    assert detail.no_inputs.winfo_ismapped()
    assert detail.repeat.replay.instate(["disabled"])
    assert detail.gates.winfo_ismapped()


def answer(record: DecisionRecord, **changes: object) -> Mapping[str, object]:
    again = repeat(record)
    plain = DecisionAgain(
        record.coin,
        record.at,
        record.verdict,
        again.verdict,
        "too few timeframes say long",
        same=True,
        differences=tuple(differences(record, again)),
        replaced=(),
        amount=0.0,
        gates=again.gates,
    )
    return {"repeated": [encode(replace(plain, **changes))]}  # type: ignore[arg-type]  # fields by name


def test_replay_asks_about_the_decision_that_is_shown(stage: Stage) -> None:
    stage.keep(decision())
    stage.show(coin("BTC", 2, verdict="long_below_start_level"))
    stage.read()
    stage.answers = [answer(decision())]
    stage.screen.detail.repeat.replay.invoke()
    assert stage.result == "The rules decide once more …"
    stage.wait(lambda: stage.result.startswith("✓ The same decision comes out"))
    (command,) = stage.commands
    assert command == (
        *("ledger", "explain", "BTC", "--replay", "--at", "2024-01-15T12:00:00+00:00"),
        *("--mode", "paper", "--account", "default"),
    )


def test_what_differs_is_told_in_words(stage: Stage) -> None:
    stage.keep(decision())
    stage.show(coin("BTC", 2, verdict="long_below_start_level"))
    stage.read()
    stage.answers = [answer(decision(), same=False, words="bought", differences=("decided entry",))]
    stage.screen.detail.repeat.replay.invoke()
    stage.wait(lambda: stage.result == "✕ Something else comes out: bought.\ndiffers: decided entry")


def test_what_if_sends_only_the_values_that_were_changed(stage: Stage) -> None:
    stage.keep(decision())
    stage.show(coin("BTC", 2, verdict="long_below_start_level"))
    stage.read()
    repeat_box = stage.screen.detail.repeat
    repeat_box.what_if.invoke()
    settle(stage.root)
    assert (
        sum(isinstance(one, tk.Entry) or one.winfo_class() == "TEntry" for one in below(repeat_box.frame))
        == 4
    )
    repeat_box.decide.invoke()
    assert "Change a value first" in stage.result
    repeat_box.field("entry.trade_start_level").set(" 2 ")
    replaced = [["entry.trade_start_level", "3", "2"]]
    content = answer(decision(), same=None, words="bought", amount=50.0)
    content["repeated"][0]["replaced"] = replaced  # type: ignore[index]  # a list of objects, see answer
    stage.answers = [content]
    repeat_box.decide.invoke()
    stage.wait(lambda: stage.result.startswith("With"))
    assert stage.result == "With Start level 2 instead of 3: bought, for $50.00."
    assert stage.commands[0][-2:] == ("--set", "entry.trade_start_level=2")
    repeat_box.reset.invoke()
    assert repeat_box.field("entry.trade_start_level").get() == "3"


def test_a_question_that_fails_says_why(stage: Stage) -> None:
    stage.keep(decision())
    stage.show(coin("BTC", 2, verdict="long_below_start_level"))
    stage.read()
    stage.answers = [BadData("no decision is kept")]
    stage.screen.detail.repeat.replay.invoke()
    stage.wait(lambda: stage.result == "It could not be decided again: no decision is kept")


def test_the_decision_can_be_copied_whole(stage: Stage, said: Said) -> None:
    stage.keep(decision())
    stage.show(coin("BTC", 2, verdict="long_below_start_level"))
    stage.read()
    stage.screen.detail.repeat.copy.invoke()
    copied = stage.root.clipboard_get()
    assert copied.startswith("BTC is not bought: too few timeframes say long (long 2 < 3).")
    assert "✕ closed  long 2 < 3" in copied
    assert "Start level: 3" in copied
    assert said.words == [("The decision on BTC is on the clipboard.", "news")]


def test_decisions_of_a_trader_that_stopped_say_so(stage: Stage) -> None:
    stage.keep(decision())
    view = hub_view([coin("BTC", 2, verdict="long_below_start_level")])
    stopped = tuple([replace(one, pid=None) for one in view.snapshot.processes])
    draw(stage.screen, replace(view, snapshot=replace(view.snapshot, processes=stopped)))
    stage.read()
    assert "The trader does not run" in str(stage.screen.detail.note.cget("text"))


def test_the_program_itself_decides_again_whatever_the_window_was_started_with(
    root: tk.Tk, hub_context: Callable[..., PanelContext], hub_ports: HubPorts, wait_until: Wait
) -> None:
    options = ("--home", str(hub_ports.paths.root), "--set", "hub.ui_refresh_seconds=2")
    stage = Stage(root, hub_context(ports=replace(hub_ports, options=options)), wait_until, real=True)
    stage.keep(decision())
    stage.show(coin("BTC", 2, verdict="long_below_start_level"))
    stage.read()
    repeat_box = stage.screen.detail.repeat
    repeat_box.what_if.invoke()
    repeat_box.field("long").set("3")
    repeat_box.decide.invoke()
    wait_until(lambda: stage.result.startswith(("With", "It could")), 60.0)
    assert stage.result == "With Long 3 instead of 2: bought, for $50.00."
