"""The training matrix: rows, choices, the coin in full, and what its buttons ask for."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace

import pytest

from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.training import TrainingMatrix
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.workers_view import WorkersView
from powertrader.models.process import WorkerState
from powertrader.models.snapshot import CoinView, ProcessState, ProcessView, TrainingView
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.models.training import TimeframeReport, TrainingReport
from tests.unit.hub.driving import Said, below, draw, settle
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import NOW, TRAINED, coin, record, snapshot

FAILED = TrainingReport(
    "DOGE", "failed", "kucoin", 7, NOW, NOW, NOW, reason="it is not traded there", remedy="name another venue"
)
SHORT = tuple(
    TimeframeReport(one, "failed", reason=f"{one} has too few candles", remedy="wait") for one in TIMEFRAMES
)
COINS = (
    coin("BTC"),
    coin("ETH", training=TrainingView("FAILED", None, None, None, FAILED)),
    coin("SOL", training=TrainingView()),
)


@pytest.fixture
def screen(root: tk.Tk, hub_context: Callable[..., PanelContext]) -> TrainingMatrix:
    made = TrainingMatrix(hub_context("training.start", "training.stop"))
    made.build(root).pack(fill="both", expand=True)
    settle(root)
    return made


def show(screen: TrainingMatrix, view: HubView, change: Change | None = None) -> None:
    draw(screen, view, change)
    settle(screen.table)


def test_each_coin_has_a_row_and_each_choice_tells_how_many_it_shows(screen: TrainingMatrix) -> None:
    show(screen, hub_view(COINS))
    assert [str(one.cget("text")) for one in screen.choices.values()] == [
        "All (3)",
        "Running (0)",
        "Failed (1)",
        "Old or never (1)",
    ]
    assert list(screen.table.model.visible) == ["BTC", "ETH", "SOL"]
    screen.choices["failed"].invoke()
    settle(screen.table)
    assert list(screen.table.model.visible) == ["ETH"]


def test_only_coins_that_changed_are_made_anew(screen: TrainingMatrix) -> None:
    show(screen, hub_view(COINS))
    moved = (coin("BTC", training=TrainingView()), COINS[1], coin("SOL"))
    show(screen, hub_view(moved), Change(frozenset({Part.COINS}), frozenset({"BTC"})))
    states = {key: row.cells[1] for key, row in screen.table.model.rows.items()}
    assert states == {"BTC": "○ not trained", "ETH": "✕ failed", "SOL": "○ not trained"}


def test_a_coin_that_was_asked_for_waits_its_turn_and_one_taken_back_does_not(screen: TrainingMatrix) -> None:
    view = hub_view(COINS)
    show(screen, view)
    asked = replace(view, workers=WorkersView(asked=frozenset({"SOL"})))
    show(screen, asked, Change(frozenset({Part.PROCESSES})))
    assert screen.table.model.rows["SOL"].cells[1] == "… waits its turn"
    assert "Waiting: 1." in str(screen.status.cget("text"))
    show(screen, view, Change(frozenset({Part.PROCESSES})))
    assert screen.table.model.rows["SOL"].cells[1] == "○ not trained"


def test_the_buttons_ask_for_the_selected_coins(screen: TrainingMatrix, said: Said) -> None:
    screen.buttons["train"].invoke()
    assert said.commands == []
    assert said.words[-1][1] == "warning"
    show(screen, hub_view(COINS))
    # the first is chosen, so that there is something to look at
    assert screen.table.selection.ordered() == ("BTC",)
    screen.table.selection.select("SOL")
    for button in screen.buttons.values():
        button.invoke()
    assert sorted(said.commands, key=str) == [
        ("training.start", {"coins": ("SOL",), "reprocess": False}),
        ("training.start", {"coins": ("SOL",), "reprocess": True}),
        ("training.stop", {"coins": ("SOL",)}),
    ]


def test_a_failure_is_told_with_what_to_do(screen: TrainingMatrix) -> None:
    show(screen, hub_view(COINS))
    screen.select(coin="ETH")
    settle(screen.table)
    assert screen.detail.problems.cget("text") == "it is not traded there. What to do: name another venue"
    assert "✕ failed" in str(screen.detail.head.cget("text"))
    many = replace(FAILED, reason="", timeframes=SHORT)
    show(screen, hub_view([coin("ETH", training=TrainingView("FAILED", None, None, None, many))]))
    lines = str(screen.detail.problems.cget("text")).splitlines()
    assert lines[0] == "1hour: 1hour has too few candles. What to do: wait"
    assert lines[-1] == "and 4 more"
    assert [row.cells[1] for row in screen.detail.table.model.rows.values()] == ["✕ failed"] * 7


def test_the_chosen_coin_shows_what_each_timeframe_was_learnt_from(screen: TrainingMatrix) -> None:
    learnt = TimeframeReport(
        *(TIMEFRAMES[0], "trained", 30_000, 15_000, NOW, NOW, "2 candles missing in 1 place"),
        *(8_000, 300, 2_000, 4_000, 1.25),
    )
    told = replace(FAILED, state="finished", reason="", timeframes=(learnt,))
    show(screen, hub_view([coin("BTC", training=replace(TRAINED, report=told))]))
    screen.select(coin="BTC")
    settle(screen.table)
    day = f"{NOW.astimezone():%Y-%m-%d}"
    assert screen.detail.table.model.rows["1hour"].cells == (
        *("1hour", "● learnt", day, day, "30,000", "15,000", "8,000", "300", "2,000", "4,000 (50 %)"),
        "1.250 %",
    )
    assert screen.detail.table.model.rows["1week"].cells[1] == "○ not yet"
    assert screen.detail.gaps.cget("text") == "1hour: 2 candles missing in 1 place"


def test_a_trainer_that_crashed_says_when_it_starts_again_and_who_looks_after_it(
    screen: TrainingMatrix,
) -> None:
    crash = replace(record("trainer", WorkerState.CRASHED, "boom"), retry_s=8.0)
    down = ProcessView("trainer", ProcessState.CRASHED, record=crash)
    view = hub_view(made=snapshot(COINS, [down]), workers=WorkersView(other=9))
    show(screen, view)
    words = str(screen.status.cget("text"))
    assert words.startswith("Trainer has crashed, starts again in 8 s.")
    assert "process 9" in words


def test_a_thousand_coins_are_drawn_in_pieces_and_one_that_is_hidden_is_found(
    screen: TrainingMatrix, root: tk.Tk
) -> None:
    many: list[CoinView] = [coin(f"C{number}") for number in range(1000)]
    view = hub_view(many)
    pieces = sum(1 for _ in screen.render(view, Change(frozenset(screen.parts))))
    assert pieces >= 1000 / 40
    screen.choose("failed")
    settle(root)
    assert len(screen.table.model.visible) == 0
    screen.select(coin="C777")
    settle(root)
    assert screen.table.selection.ordered() == ("C777",)
    # only what can be seen is a widget
    assert len(screen.table.tree.get_children()) < 60


def test_everything_that_can_be_used_is_explained(screen: TrainingMatrix, said: Said, root: tk.Tk) -> None:
    explained = {str(one) for one in said.explained.values()}
    used = [one for one in below(root) if one.winfo_class() in {"TButton", "TRadiobutton", "TEntry"}]
    # several radio buttons share one text: the last of them stands for all
    names = {str(one) for one in used if one not in {*screen.choices.values()}}
    assert names <= explained
