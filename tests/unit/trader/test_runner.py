"""The trader as a worker: commands first, then a step, then the files that tell of it."""

import json
import logging
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from powertrader.core.command_box import CommandBox, new_command
from powertrader.core.exceptions import StorageError
from powertrader.core.mailbox import TRADER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.command import CommandAnswer, Wish
from powertrader.models.signal import SignalView
from powertrader.models.status import TraderReport, TraderStatus
from powertrader.trader.desk import Patience
from powertrader.trader.outlets import Identity, TraderOutlets
from powertrader.trader.runner import RunnerPorts, TraderRunner
from powertrader.trader.session import Session
from tests.unit.trader.venue import BUY_SIGNAL, RULES, World, bought

pytestmark = pytest.mark.money


class Exports:
    """Remembers the status it was given; fails when told to."""

    def __init__(self) -> None:
        self.given: list[TraderStatus] = []
        self.full = False

    def publish(self, status: TraderStatus) -> None:
        if self.full:
            msg = "the disk is full"
            raise StorageError(msg)
        self.given.append(status)


class Worker:
    """A runner on a world, with a home of its own."""

    def __init__(self, world: World, home: Path, session: Session | None = None) -> None:
        self.world = world
        self.paths = HomePaths(home)
        self.store = FileStore(self.paths.data)
        self.mailbox = Mailbox(self.store, self.paths)
        self.box = CommandBox(self.paths.commands("paper"), self.store, self.mailbox)
        self.exports = Exports()
        self.session = session or world.session()
        outlets = TraderOutlets(Identity("paper", "default", "USDT"), self.paths, self.store, self.exports)
        self.runner = TraderRunner(
            RunnerPorts(self.session, lambda: world.rules, self.box, outlets, world.clock)
        )

    def step(self, price: float = 100.0, seconds: float = 60.0) -> None:
        self.world.clock.sleep(seconds)
        self.world.venue.price("BTC", price)
        self.runner.step()

    def wish(self, wish: Wish, coin: str | None = "BTC") -> CommandAnswer:
        """Leave a wish, let one round pass, and give the answer."""
        command = new_command(wish, coin, "because", self.world.clock.now())
        self.box.post(command)
        self.step()
        answer = self.box.wait_for(command.number, self.world.clock, 1.0)
        assert answer is not None
        return answer

    @property
    def report(self) -> TraderReport:
        found = self.mailbox.read(self.paths.trader_report("paper"), TRADER)
        assert found is not None
        return found


def test_a_round_trades_and_tells_how_things_stand(tmp_path: Path) -> None:
    worker = Worker(World(), tmp_path)
    worker.world.signals["BTC"] = BUY_SIGNAL
    worker.step()
    report = worker.report
    assert dict(report.verdicts)["BTC"] == "entry"
    assert (report.trades, report.open_orders, report.halts, report.skipped) == (1, (), (), "")
    assert worker.exports.given[0].total > 0
    assert worker.runner.report is not None
    assert worker.runner.report.at == worker.world.clock.now()


def test_a_pause_holds_before_the_step_of_its_own_round(tmp_path: Path) -> None:
    worker = Worker(World(), tmp_path)
    worker.world.signals["BTC"] = BUY_SIGNAL
    assert worker.wish(Wish.PAUSE).done
    assert worker.session.book.trades_closed == 0
    assert dict(worker.report.halts) == {"BTC": "because"}
    assert worker.wish(Wish.RESUME).done
    assert worker.session.book.trades_closed == 1


def test_everything_is_paused_and_resumed_without_a_coin(tmp_path: Path) -> None:
    worker = Worker(World(), tmp_path)
    assert worker.wish(Wish.PAUSE, None).done
    assert dict(worker.report.halts) == {"": "because"}
    again = worker.wish(Wish.PAUSE, None)
    assert not again.done
    assert "paused already" in again.text


def test_a_sale_by_hand_is_answered_with_what_it_brought(tmp_path: Path) -> None:
    world = World()
    worker = Worker(world, tmp_path, bought(world))
    answer = worker.wish(Wish.SELL)
    assert answer.done
    assert answer.text.startswith("sold ")
    assert "powertrader resume BTC" in answer.text
    assert worker.session.book.position("BTC").quantity == 0
    assert worker.wish(Wish.RESUME).done
    assert worker.session.book.position("BTC").quantity == 1


@pytest.mark.parametrize("wish", [Wish.SELL, Wish.ADOPT])
def test_what_is_about_one_coin_needs_its_name(tmp_path: Path, wish: Wish) -> None:
    answer = Worker(World(), tmp_path).wish(wish, None)
    assert not answer.done
    assert "name a coin" in answer.text


def test_adopting_takes_charge_and_says_at_what_cost(tmp_path: Path) -> None:
    world = World()
    worker = Worker(world, tmp_path)
    world.venue.free["BTC"] = Decimal(2)
    answer = worker.wish(Wish.ADOPT)
    assert answer.done
    assert worker.session.book.position("BTC").quantity == 2


def test_a_venue_that_does_not_answer_is_the_answer_to_a_wish(tmp_path: Path) -> None:
    world = World()
    worker = Worker(world, tmp_path)
    world.venue.failing.add("get_account")
    answer = worker.wish(Wish.ADOPT)
    assert not answer.done
    assert answer.text


def test_decisions_are_kept_by_day_and_only_when_they_change(tmp_path: Path) -> None:
    worker = Worker(World(), tmp_path)
    for _ in range(5):
        worker.step()
    (day,) = (worker.paths.data / "ledger" / "paper-default.decisions").iterdir()
    lines = [json.loads(line) for line in day.read_text().splitlines()]
    assert [line["coin"] for line in lines].count("BTC") == 1
    assert all(line["gates"] for line in lines)


def test_a_report_in_which_nothing_happened_is_not_written_more_than_once_a_second(tmp_path: Path) -> None:
    worker = Worker(World(), tmp_path)
    for _ in range(3):
        worker.step()
    before = worker.report.at
    worker.step(seconds=0.5)
    assert worker.report.at == before
    worker.step(seconds=0.6)
    assert worker.report.at - before == timedelta(seconds=1.1)


def test_a_full_disk_stops_no_trading_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker(World(), tmp_path)
    worker.exports.full = True
    for _ in range(3):
        worker.step()
    assert [record.message for record in caplog.records].count("status not written") == 1
    worker.exports.full = False
    worker.world.signals["BTC"] = BUY_SIGNAL
    worker.step()
    assert worker.session.book.trades_closed == 1
    assert worker.exports.given


def test_an_order_whose_end_is_not_known_is_shown(tmp_path: Path) -> None:
    world = World()
    worker = Worker(world, tmp_path)
    world.venue.scripts = ["unanswered"]
    world.signals["BTC"] = BUY_SIGNAL
    worker.step()
    (order,) = worker.report.open_orders
    assert (order.coin, order.side, order.reason, order.order_id) == ("BTC", "BUY", "entry", "")


def test_a_step_that_cannot_be_made_is_told_once_and_so_is_the_next_that_can(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    world = World()
    worker = Worker(world, tmp_path)
    world.venue.failing.add("get_account")
    for _ in range(3):
        worker.step()
    assert worker.report.status is None
    assert worker.report.skipped
    world.venue.failing.clear()
    worker.step()
    messages = [record.message for record in caplog.records]
    assert (
        sum(text.startswith("no step: the account") for text in messages),
        messages.count("steps go on"),
    ) == (1, 1)


def test_the_log_says_why_coins_are_not_traded_when_that_changes_and_not_every_second(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    worker = Worker(World(), tmp_path)
    for _ in range(5):
        worker.step()
    worker.world.signals["BTC"] = BUY_SIGNAL
    worker.step()
    worker.world.signals.clear()
    for _ in range(5):
        worker.step(seconds=1.0)
    stands = [record.message for record in caplog.records if record.message.startswith("coins: ")]
    assert len(stands) == 2
    assert "no fresh signal" in stands[0]
    assert "1 bought" in stands[1]
    worker.step(seconds=60.0)
    assert sum(record.message.startswith("coins: ") for record in caplog.records) == 3


def test_an_order_that_is_too_small_in_every_step_is_logged_once_until_it_was_not_tried(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    world = World(rules=replace(RULES, start_allocation_pct=0.00001))
    worker = Worker(world, tmp_path)
    for signal in (BUY_SIGNAL, BUY_SIGNAL, BUY_SIGNAL, SignalView(0, 0), BUY_SIGNAL):
        world.signals["BTC"] = signal
        worker.step()
    refused = [record for record in caplog.records if record.message == "not traded"]
    assert [vars(record)["refusal"] for record in refused] == ["below_min_notional"] * 2


def test_commands_that_cannot_be_taken_out_keep_nothing_from_being_sold(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    worker = Worker(world, tmp_path, bought(world))
    worker.step(110.0)
    # a folder cannot be read, nor deleted, as a file
    (worker.paths.commands("paper") / "1.command.json").mkdir(parents=True)
    worker.step(109.0)
    worker.step(109.0)
    assert "trailing_exit" in [trade.reason for trade in worker.session.book.trades]
    assert [record.msg for record in caplog.records].count("commands cannot be taken or answered") == 1


@pytest.mark.parametrize("wish, done", [(Wish.SELL, False), (Wish.PAUSE, True)])
@pytest.mark.parametrize("made_s, later_s", [(0, 3 * 86400), (3600, 60)], ids=["old", "clock_set_back"])
def test_a_command_that_lay_there_for_long_does_nothing_but_pause(
    tmp_path: Path, wish: Wish, done: bool, made_s: int, later_s: int
) -> None:
    world = World()
    worker = Worker(world, tmp_path, bought(world))
    command = new_command(wish, "BTC", "because", world.clock.now() + timedelta(seconds=made_s))
    worker.box.post(command)
    worker.step(seconds=later_s)
    answer = worker.box.wait_for(command.number, world.clock, 1.0)
    assert answer is not None
    assert answer.done is done
    assert worker.session.book.position("BTC").quantity == 1


def test_what_is_still_being_sold_by_hand_is_not_bought_back(tmp_path: Path) -> None:
    world = World()
    worker = Worker(world, tmp_path, bought(world))
    world.venue.scripts = ["pending"]
    assert not worker.wish(Wish.SELL).done
    world.venue.finish(world.venue.placed[-1].client_order_id)
    world.signals["BTC"] = BUY_SIGNAL
    worker.step()
    worker.step()
    assert [intent.side.value for intent in world.venue.placed] == ["BUY", "SELL"]


def test_a_wish_is_carried_out_without_a_step_when_a_step_has_to_wait(tmp_path: Path) -> None:
    worker = Worker(World(), tmp_path)
    command = new_command(Wish.PAUSE, "BTC", "news", worker.world.clock.now())
    worker.box.post(command)
    worker.runner.obey()
    answer = worker.box.wait_for(command.number, worker.world.clock, 1.0)
    assert answer is not None
    assert answer.done
    assert worker.runner.report is None
    assert worker.world.venue.calls == []


def test_the_report_gives_every_coin_the_reason_for_which_there_was_no_step(tmp_path: Path) -> None:
    world = World()
    worker = Worker(world, tmp_path, bought(world))
    worker.step()
    world.venue.failing.add("get_account")
    worker.step()
    assert dict(worker.report.verdicts) == {"BTC": "no_account", "ETH": "no_account"}


def test_the_originals_status_is_written_only_of_steps_that_came_to_their_end(tmp_path: Path) -> None:
    world = World()
    worker = Worker(world, tmp_path, world.session(patience=Patience(looks=2, pause_s=1.0)))
    worker.step()
    assert len(worker.exports.given) == 1
    world.signals["BTC"] = BUY_SIGNAL
    world.venue.scripts = ["pending"]
    worker.step()
    assert worker.report.skipped == "prices_stale"
    assert len(worker.exports.given) == 1
    worker.step()
    assert len(worker.exports.given) == 2
