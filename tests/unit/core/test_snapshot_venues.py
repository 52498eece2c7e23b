"""How much venues were asked and how their clocks go, from the files of whoever asked them."""

import logging
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from powertrader.core.budget_window import BudgetLimits
from powertrader.core.clock import ManualClock
from powertrader.core.command_box import CommandBox, new_command
from powertrader.core.exceptions import OrderUnknown
from powertrader.core.mailbox import TRADER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.shared_budget import SharedBudget
from powertrader.core.snapshot import read_snapshot
from powertrader.core.snapshot_venues import venue_uses
from powertrader.core.storage import FileStore
from powertrader.core.venue_note import VenueNote, watched
from powertrader.models.command import Wish
from powertrader.models.venue import ClockMeasure, VenueUse
from tests.unit.snapshots import NOW, report


class Home:
    def __init__(self, root: Path) -> None:
        self.paths, self.clock = HomePaths(root), ManualClock(NOW)
        self.mailbox = Mailbox(FileStore(), self.paths)

    def budget(self, venue: str, limits: BudgetLimits) -> SharedBudget:
        return SharedBudget(self.paths.request_budget(venue), self.clock, limits)

    def uses(self, now: datetime = NOW) -> tuple[VenueUse, ...]:
        return tuple(venue_uses(self.paths, self.mailbox, now))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_home_that_asked_nobody_has_no_venues(home: Home) -> None:
    assert home.uses() == ()
    assert read_snapshot(home.paths, home.mailbox, (), NOW).venues == ()


def test_what_was_used_is_told_with_what_is_allowed_until_the_window_ends(home: Home) -> None:
    budget = home.budget("binance-testnet", BudgetLimits(6000, 60))
    budget.acquire(1200)
    budget.acquire(1, order=True)
    (use,) = home.uses()
    assert use == VenueUse("binance-testnet", 1201, 6000, 60, orders=1)
    assert use.used_pct == pytest.approx(20.016, abs=0.001)
    (later,) = home.uses(NOW + timedelta(seconds=61))
    assert (later.used, later.orders) == (0, 0)


def test_a_pause_that_a_venue_asked_for_is_told_with_what_is_left_of_it(home: Home) -> None:
    home.budget("kucoin", BudgetLimits(2000, 30)).pause_until(NOW + timedelta(seconds=40))
    assert [use.paused_s for use in home.uses(NOW + timedelta(seconds=10))] == [30.0]


def test_of_a_venue_whose_limit_is_not_known_the_use_alone_is_told(home: Home) -> None:
    home.budget("kraken", BudgetLimits(15, 45)).acquire(3)
    (use,) = home.uses()
    assert (use.used, use.allowed, use.window_s, use.used_pct) == (3, None, None, None)


def test_the_newest_measure_of_a_clock_is_told(home: Home) -> None:
    home.budget("binance", BudgetLimits(6000, 60)).acquire(1)
    note = VenueNote(home.paths, "binance", home.clock, str)
    for ahead_s in (0.5, -1.25):
        note.clock_measured(ahead_s)
    assert [use.clock for use in home.uses()] == [ClockMeasure(-1.25, NOW)]


def test_a_measure_that_cannot_be_written_is_told_of_once_and_stops_nothing(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    home.paths.data.mkdir(parents=True)
    (home.paths.data / "budget").touch()
    note = VenueNote(home.paths, "binance", home.clock, str)
    with caplog.at_level(logging.WARNING):
        note.clock_measured(0.5)
        note.silent("no answer")
    assert [record.message for record in caplog.records] == ["what is known of a venue is not written"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_folder_that_leads_elsewhere_changes_nothing_of_what_a_venue_said(
    home: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home.paths.data.mkdir(parents=True)
    (home.paths.data / "budget").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    note = VenueNote(home.paths, "binance", home.clock, str)
    with pytest.raises(OrderUnknown), watched(note):
        raise OrderUnknown
    with watched(note):
        note.clock_measured(0.5)


def test_a_damaged_measure_is_named_among_the_problems(home: Home) -> None:
    home.budget("binance", BudgetLimits(6000, 60)).acquire(1)
    home.paths.venue_clock("binance").write_text("oops", encoding="utf-8")
    found = read_snapshot(home.paths, home.mailbox, (), NOW)
    assert found.venues == ()
    assert any("binance.clock" in problem for problem in found.problems)


def test_commands_that_wait_for_the_trader_are_counted(home: Home) -> None:
    home.mailbox.publish(home.paths.trader_report("paper"), TRADER, report())
    box = CommandBox(home.paths.commands("paper"), FileStore(), home.mailbox)
    for wish in (Wish.PAUSE, Wish.RESUME):
        box.post(new_command(wish, None, "", NOW))
    assert read_snapshot(home.paths, home.mailbox, (), NOW).wishes == 2
    box.take()
    assert read_snapshot(home.paths, home.mailbox, (), NOW).wishes == 0
