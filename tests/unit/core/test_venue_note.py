"""That a venue does not answer is told to all processes, with the time since, until it answers again."""

from datetime import timedelta
from pathlib import Path

import pytest

from powertrader.core.budget_window import BudgetLimits
from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import (
    BadData,
    ConfigError,
    OrderUnknown,
    RateLimitError,
    Rejected,
    RetryLater,
)
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.core.shared_budget import SharedBudget
from powertrader.core.snapshot_venues import venue_uses
from powertrader.core.storage import FileStore
from powertrader.core.venue_note import VenueNote, watched
from powertrader.models.venue import Outage, VenueUse
from tests.unit.noting_watch import ANSWER, NotingWatch
from tests.unit.snapshots import NOW

SECOND = timedelta(seconds=1)


class Scene:
    """A home in which several processes ask Binance's testnet."""

    def __init__(self, root: Path) -> None:
        self.paths, self.clock = HomePaths(root), ManualClock(NOW)
        SharedBudget(
            self.paths.request_budget("binance-testnet"), self.clock, BudgetLimits(6000, 60)
        ).acquire(1)

    def note(self) -> VenueNote:
        return VenueNote(self.paths, "binance-testnet", self.clock, str)

    def outage(self) -> Outage | None:
        (use,) = venue_uses(self.paths, Mailbox(FileStore(), self.paths), self.clock.now())
        return use.outage


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_an_outage_is_told_with_its_beginning_until_the_venue_answers(scene: Scene) -> None:
    note = scene.note()
    assert scene.outage() is None
    for _ in range(3):
        note.silent("account: HTTP 503")
        scene.clock.sleep(1)
    assert scene.outage() == Outage(NOW, NOW + 2 * SECOND, "account: HTTP 503")
    note.answered()
    assert scene.outage() is None


def test_what_a_venue_said_is_told_without_secrets(scene: Scene) -> None:
    redactor = Redactor()
    redactor.register("marked-secret")
    VenueNote(scene.paths, "binance-testnet", scene.clock, redactor.redact).silent("lost marked-secret")
    found = scene.outage()
    assert found is not None
    assert found.problem == "lost ***"


def test_whoever_starts_later_goes_on_with_the_outage_that_is_known(scene: Scene) -> None:
    scene.note().silent("prices: HTTP 503")
    scene.clock.sleep(20)
    scene.note().silent("account: HTTP 503")
    assert scene.outage() == Outage(NOW, NOW + timedelta(seconds=20), "account: HTTP 503")


def test_the_first_answer_of_a_new_process_ends_the_outage_that_a_dead_one_noted(scene: Scene) -> None:
    scene.note().silent("account: HTTP 503")
    scene.note().answered()
    assert scene.outage() is None


def test_answers_to_other_questions_do_not_hide_what_still_fails(scene: Scene) -> None:
    prices, account = scene.note(), scene.note()
    prices.answered()
    account.silent("account: HTTP 503")
    prices.answered()
    assert scene.outage() is not None


def test_an_outage_that_nobody_notices_any_more_is_not_told(scene: Scene) -> None:
    scene.note().silent("account: HTTP 503")
    scene.clock.sleep(91)
    assert scene.outage() is None


def test_an_outage_that_goes_on_is_written_once_a_second(scene: Scene) -> None:
    note = scene.note()
    for _ in range(10):
        note.silent("account: HTTP 503")
        scene.clock.sleep(0.15)
    found = scene.outage()
    assert found is not None
    assert found.at == NOW + timedelta(seconds=1.05)


@pytest.mark.parametrize(
    "error, heard",
    [
        (RetryLater("HTTP 503"), ["HTTP 503"]),
        (OrderUnknown("no answer"), ["no answer"]),
        (Rejected("too small"), [ANSWER]),
        (BadData("no such pair"), [ANSWER]),
        (RateLimitError("wait", 3.0), []),
        (ConfigError("no keys"), []),
    ],
    ids=lambda one: type(one).__name__,
)
def test_only_silence_is_an_outage_and_a_refusal_is_an_answer(error: Exception, heard: list[str]) -> None:
    watch = NotingWatch()
    with pytest.raises(type(error)), watched(watch):
        raise error
    with watched(watch):
        pass
    assert watch.heard == [*heard, ANSWER]


@pytest.mark.parametrize(
    "venue, title",
    [
        ("binance", "Binance"),
        ("binance-testnet", "Binance (testnet)"),
        ("kucoin-local", "KuCoin (local)"),
        ("kraken", "kraken"),
    ],
)
def test_a_venue_is_called_as_a_person_does(venue: str, title: str) -> None:
    assert VenueUse(venue, 0).title == title
