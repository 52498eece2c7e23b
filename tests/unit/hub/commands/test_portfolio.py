"""Selling, adopting, pausing and resuming from the window: what is asked, of whom, and what is said."""

import sys
import threading
import tkinter as tk
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tkinter import ttk

import pytest

from powertrader.core.command_box import CommandBox
from powertrader.hub.commands.portfolio import Portfolio
from powertrader.hub.dialogs.sell import WORD
from powertrader.hub.panel import PanelContext
from powertrader.hub.ports import HubPorts
from powertrader.hub.view import HubView
from powertrader.models.command import Command, CommandAnswer
from powertrader.models.snapshot import ProcessState, ProcessView
from tests.unit.hub.driving import Said, settle, words_in
from tests.unit.hub.held import held
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import NOW, report, running, snapshot

STOPPED = ProcessView("trader", ProcessState.STOPPED)


class Trader:
    """Takes what lies in the box and answers it, as a trader between two steps."""

    def __init__(self, ports: HubPorts) -> None:
        self.taken: list[Command] = []
        self._box = CommandBox(ports.paths.commands("paper", "default"), ports.store, ports.mailbox)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        while not self._ended.wait(0.01):
            for command in self._box.take():
                self.taken.append(command)
                done = command.coin != "ETH"
                self._box.answer(CommandAnswer(command.number, done, f"answer to {command.wish}", NOW))

    def end(self) -> None:
        self._ended.set()
        self._thread.join()


@pytest.fixture
def trader(hub_ports: HubPorts) -> Iterator[Trader]:
    one = Trader(hub_ports)
    yield one
    one.end()


class Desk:
    """The commands over a view that a test can change."""

    def __init__(self, root: tk.Tk, context: PanelContext) -> None:
        self.root = root
        self.view: HubView | None = hub_view([held("BTC", quantity=2.0, bid=110.0), held("ETH")])
        self.context = context
        self.portfolio = Portfolio(root, context, lambda: self.view)
        self.portfolio.register()

    def run(self, name: str, **arguments: object) -> None:
        self.context.commands.run(name, **arguments)
        settle(self.root)


@pytest.fixture
def desk(root: tk.Tk, hub_context: Callable[..., PanelContext]) -> Desk:
    return Desk(root, hub_context())


Wait = Callable[[Callable[[], bool]], None]


def test_a_running_trader_is_asked_and_its_answer_is_said(
    desk: Desk, trader: Trader, said: Said, wait_until: Wait
) -> None:
    desk.run("trading.pause", coin="BTC")
    wait_until(lambda: len(said.words) == 2)
    desk.run("trading.resume")
    wait_until(lambda: len(said.words) == 4)
    assert [(one.wish, one.coin, one.reason) for one in trader.taken] == [
        ("pause", "BTC", "asked for in the window"),
        ("resume", None, "asked for in the window"),
    ]
    assert said.words[0] == (
        "Asked the trader: no more purchases of BTC. It answers after its step …",
        "news",
    )
    assert said.words[1] == ("answer to pause", "news")


def test_what_the_trader_refuses_is_said_as_a_warning(
    desk: Desk, trader: Trader, said: Said, wait_until: Wait
) -> None:
    desk.run("trading.resume", coin="ETH")
    wait_until(lambda: len(said.words) == 2)
    assert said.words[1] == ("answer to resume", "warning")


def test_a_sale_shows_its_numbers_and_is_made_only_after_the_click(
    desk: Desk, trader: Trader, said: Said, wait_until: Wait
) -> None:
    desk.run("portfolio.sell", coin="BTC")
    dialog = desk.portfolio.sell_dialog
    assert dialog is not None
    words = words_in(dialog.dialog.window)
    assert {"2 BTC", "$110", "$220.00", "$0.22", "$200.00", "+$19.78 (+9.89%)"} <= set(words)
    assert "This is paper: no money is spent." in words
    dialog.cancel.invoke()
    assert not dialog.dialog.is_open
    assert trader.taken == []
    desk.run("portfolio.sell", coin="BTC")
    again = desk.portfolio.sell_dialog
    assert again is not None
    again.confirm.invoke()
    wait_until(lambda: bool(trader.taken))
    assert [(one.wish, one.coin) for one in trader.taken] == [("sell", "BTC")]


def test_a_live_sale_needs_the_typed_word_and_says_that_it_is_real_money(desk: Desk) -> None:
    live = snapshot(
        [held("BTC")], [running("trader", mode="live")], trader=report(mode="live", account="12ab34cd")
    )
    desk.view = hub_view(made=live)
    desk.run("portfolio.sell", coin="BTC")
    dialog = desk.portfolio.sell_dialog
    assert dialog is not None
    assert dialog.field is not None
    assert any("real money" in words and "12ab34cd" in words for words in words_in(dialog.dialog.window))
    for typed, state in (("", "disabled"), ("sell", "disabled"), ("SEL", "disabled"), (WORD, "normal")):
        write(dialog.field, typed)
        assert str(dialog.confirm["state"]) == state
    write(dialog.field, "no")
    dialog.field.event_generate("<Return>")
    settle(desk.root)
    assert dialog.dialog.is_open


def test_what_is_not_held_cannot_be_sold(desk: Desk, said: Said) -> None:
    desk.run("portfolio.sell", coin="XRP")
    assert desk.portfolio.sell_dialog is None
    assert said.words == [("XRP is not held any more: there is nothing to sell.", "warning")]


def test_adopting_says_what_it_means_and_asks(
    desk: Desk, trader: Trader, said: Said, wait_until: Wait
) -> None:
    desk.run("portfolio.adopt", coin="ETH")
    dialog = desk.portfolio.adopt_dialog
    assert dialog is not None
    assert any("takes charge of all ETH" in words for words in words_in(dialog.window))
    dialog.on_escape()
    settle(desk.root)
    assert trader.taken == []
    desk.run("portfolio.adopt", coin="ETH")
    again = desk.portfolio.adopt_dialog
    assert again is not None
    press(again.window, "Adopt ETH")
    wait_until(lambda: bool(trader.taken))
    assert trader.taken[0].wish == "adopt"


def test_a_question_about_another_coin_takes_the_place_of_the_first(desk: Desk) -> None:
    desk.run("portfolio.sell", coin="BTC")
    first = desk.portfolio.sell_dialog
    desk.run("portfolio.adopt", coin="ETH")
    assert first is not None
    assert not first.dialog.is_open


@pytest.mark.parametrize(
    "process, told, words",
    [
        (running("trader", mode="live"), report(), "has just started"),
        (running("trader"), None, "has just started"),
        (STOPPED, None, "No trader has run in mode paper here"),
        (STOPPED, report(mode="live"), "No trader has run in mode paper here"),
    ],
)
def test_nobody_is_asked_whose_account_is_not_known(
    desk: Desk, said: Said, process: ProcessView, told: object, words: str
) -> None:
    desk.view = hub_view(made=snapshot([held("BTC")], [process], trader=told))
    for name in ("trading.pause", "portfolio.sell", "portfolio.adopt"):
        desk.run(name, coin="BTC")
    assert [words in text for text, level in said.words if level == "warning"] == [True] * 3


PROGRAM = """
import json, sys
print(json.dumps({"done": "sell" not in sys.argv, "text": " ".join(sys.argv[1:])}))
"""


@pytest.fixture
def alone(root: tk.Tk, hub_context: Callable[..., PanelContext], hub_ports: HubPorts, tmp_path: Path) -> Desk:
    """Commands without a running trader, whose programs only repeat what they are told."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM, "utf-8")

    def program(command: str, arguments: Sequence[str]) -> tuple[str, ...]:
        return (sys.executable, "-I", "-S", str(script), command, *arguments)

    ports = replace(hub_ports, program=program, options=("--home", "/h"))
    desk = Desk(root, hub_context(ports=ports))
    desk.view = hub_view(made=snapshot([held("BTC")], [STOPPED], trader=report(account="desk")))
    return desk


def test_while_no_trader_runs_the_command_line_does_it_in_its_place(
    alone: Desk, said: Said, wait_until: Wait
) -> None:
    desk = alone
    desk.run("trading.pause")
    wait_until(lambda: len(said.words) == 2)
    assert said.words[0][0] == "No trader runs, so it is done in its place: no more purchases of any coin …"
    reason = "--reason asked for in the window"
    assert said.words[1] == (f"pause --home /h --mode paper --account desk {reason} --json", "news")
    desk.run("portfolio.sell", coin="BTC")
    dialog = desk.portfolio.sell_dialog
    assert dialog is not None
    assert any("No trader runs: these prices are" in words for words in words_in(dialog.dialog.window))
    dialog.confirm.invoke()
    wait_until(lambda: len(said.words) == 4)
    assert said.words[3] == (
        f"sell BTC --home /h --mode paper --account desk {reason} --yes --json",
        "warning",
    )


def test_before_the_first_view_nothing_is_asked(desk: Desk, said: Said) -> None:
    desk.view = None
    for name in ("trading.pause", "portfolio.sell", "portfolio.adopt"):
        desk.run(name, coin="BTC")
    assert said.words == []


def press(window: tk.Misc, words: str) -> None:
    """Click the button with these words."""
    stack = [window]
    while stack:
        one = stack.pop()
        stack += one.winfo_children()
        if one.winfo_class() == "TButton" and str(one.cget("text")) == words:
            one.invoke()  # type: ignore[attr-defined]  # its class is told by its name
            return
    raise AssertionError(words)


def write(field: ttk.Entry, words: str) -> None:
    """Type words into a field in place of what is there."""
    field.delete(0, "end")
    field.insert(0, words)
