"""Commands: taken once and in order, answered, or taken back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.command_box import CommandBox, new_command
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.command import Command, CommandAnswer, Wish

NOW = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def box(tmp_path: Path) -> CommandBox:
    store = FileStore(tmp_path)
    return CommandBox(tmp_path / "commands", store, Mailbox(store, HomePaths(tmp_path)))


def wish(later_s: float = 0.0, coin: str | None = "BTC", what: Wish = Wish.SELL) -> Command:
    return new_command(what, coin, "because", NOW + timedelta(seconds=later_s))


def test_an_empty_box_gives_nothing(box: CommandBox) -> None:
    assert box.take() == ()


def test_commands_are_taken_once_and_in_the_order_they_were_made(box: CommandBox) -> None:
    commands = [wish(second) for second in (0.0, 0.5, 1.0, 99.0, 100_000_000.0)]
    for command in reversed(commands):
        box.post(command)
    assert box.take() == tuple(commands)
    assert box.take() == ()


def test_two_wishes_of_one_moment_are_two_commands(box: CommandBox) -> None:
    for _ in range(2):
        box.post(wish())
    assert len(box.take()) == 2


def test_a_file_that_holds_no_command_keeps_none_of_the_others(box: CommandBox, tmp_path: Path) -> None:
    command = wish(coin=None, what=Wish.PAUSE)
    box.post(command)
    (tmp_path / "commands" / "0.command.json").write_text("{]")
    (tmp_path / "commands" / "1.command.json").write_text('{"schema": 1}')
    assert box.take() == (command,)
    assert not list((tmp_path / "commands").glob("*.command.json"))


def test_an_answer_is_given_to_the_one_who_asked_and_then_gone(box: CommandBox, tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    asked, other = wish(), wish()
    box.answer(CommandAnswer(other.number, False, "no", NOW))
    box.answer(CommandAnswer(asked.number, True, "sold", NOW))
    answer = box.wait_for(asked.number, clock, 1.0)
    assert answer is not None
    assert (answer.done, answer.text) == (True, "sold")
    assert [path.name for path in (tmp_path / "commands").iterdir()] == [f"{other.number}.answer.json"]


def test_waiting_for_an_answer_has_an_end(box: CommandBox) -> None:
    clock = ManualClock(NOW)
    assert box.wait_for(wish().number, clock, 3.0) is None
    assert clock.now() - NOW == timedelta(seconds=3)


def test_a_command_can_be_taken_back_until_it_was_taken(box: CommandBox) -> None:
    first, second = wish(0), wish(1)
    box.post(first)
    box.post(second)
    assert box.withdraw(first.number)
    assert box.take() == (second,)
    assert not box.withdraw(second.number)


class Trader:
    """A clock that lets a trader look into the box each time somebody waits."""

    def __init__(self, box: CommandBox, *, answers: bool) -> None:
        self.clock = ManualClock(NOW)
        self._box = box
        self._answers = answers

    def now(self) -> datetime:
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        for command in self._box.take():
            if self._answers:
                self._box.answer(CommandAnswer(command.number, True, f"sold {command.coin}", NOW))


def test_who_asks_is_told_what_the_trader_did(box: CommandBox) -> None:
    answer = box.ask(wish(), Trader(box, answers=True), 1.0)
    assert (answer.done, answer.text) == (True, "sold BTC")


def test_a_command_that_no_trader_takes_is_taken_back(box: CommandBox) -> None:
    clock = ManualClock(NOW)
    answer = box.ask(wish(), clock, 1.0)
    assert (answer.done, answer.text) == (False, "the trader did not answer within 16 s; nothing was done")
    assert box.take() == ()
    box.ask(wish(), clock, 3600.0)
    assert clock.now() - NOW == pytest.approx(timedelta(seconds=136), abs=timedelta(seconds=1))


def test_nobody_says_that_nothing_was_done_when_a_trader_has_taken_the_command(box: CommandBox) -> None:
    answer = box.ask(wish(), Trader(box, answers=False), 1.0)
    assert not answer.done
    assert "has taken it" in answer.text
