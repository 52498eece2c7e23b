"""Our thinker on the original's files: since when its inputs are what they are."""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import RetryLater
from powertrader.core.original_folder import find_original
from powertrader.models.candle import Candle, CandleHistory
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.shadow.our_thinker import CoinInputs, OurThinker
from powertrader.shadow.trainings import OriginalTrainings
from tests.integration.fake_original import prepare

WEEK_S: Final = 7 * 86400
NOW_S: Final = 5000 * WEEK_S + 100.0


@dataclass
class Venue:
    """Gives the newest candle that closed before the clock's time; silent keeps it from answering."""

    clock: ManualClock
    silent: bool = False
    late: set[Timeframe] = field(default_factory=set)

    def latest_closed(self, coin: str, timeframe: Timeframe) -> Candle | None:
        if self.silent:
            msg = "the venue is silent"
            raise RetryLater(msg)
        last = int(self.clock.now().timestamp()) // timeframe.seconds - 1 - (timeframe in self.late)
        return Candle(last * timeframe.seconds, 100.0, 101.0, 99.0, 100.0 + last % 7)

    def history(self, coin: str, timeframe: Timeframe) -> CandleHistory:
        raise NotImplementedError


class Beside:
    def __init__(self, folder: Path) -> None:
        self.folder = prepare(folder)
        self.clock = ManualClock(utc_of(NOW_S))
        self.venue = Venue(self.clock)
        self.write_memories(NOW_S - 3600)
        (self.folder / "trainer_last_training_time.txt").write_text(str(NOW_S - 3600), encoding="utf-8")
        trainings = OriginalTrainings(find_original(self.folder))
        self.thinker = OurThinker(self.venue, trainings, self.clock, self.clock)

    def write_memories(self, at_s: float, text: str | None = None) -> None:
        path = self.folder / "memories_1hour.txt"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        for each in self.folder.glob("memor*.txt"):
            os.utime(each, (at_s, at_s))

    def inputs(self) -> CoinInputs:
        found = self.thinker.of("BTC")
        assert isinstance(found, CoinInputs), found
        return found

    def wait(self, seconds: float) -> None:
        self.clock.move_to(self.clock.now() + timedelta(seconds=seconds))


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    return Beside(tmp_path / "old")


def test_at_the_first_look_the_newest_close_counts(beside: Beside) -> None:
    assert beside.inputs().since_s == pytest.approx(NOW_S - 100)


def test_a_training_that_is_newer_than_the_last_close_counts(beside: Beside) -> None:
    beside.write_memories(NOW_S - 20)
    assert beside.inputs().since_s == pytest.approx(NOW_S - 20)


def test_between_closes_nothing_changes_and_the_same_prospects_come(beside: Beside) -> None:
    first = beside.inputs()
    beside.wait(600)
    again = beside.inputs()
    assert again.prospects is first.prospects
    assert again.since_s == pytest.approx(first.since_s)


def test_a_new_candle_and_a_new_memory_count_from_the_moment_they_were_seen(beside: Beside) -> None:
    first = beside.inputs()
    beside.wait(3550)
    second = beside.inputs()
    assert second.prospects is not first.prospects
    assert second.since_s == pytest.approx(NOW_S + 3550)
    beside.wait(30)
    beside.write_memories(NOW_S, "0.5 0.1{}30.0{}5.0~1.5 0.1{}30.0{}5.0~2.5 0.1{}30.0{}5.0")
    third = beside.inputs()
    assert third.prospects.original.predictions[0] != second.prospects.original.predictions[0]
    assert third.since_s == pytest.approx(NOW_S + 3580)


def test_a_close_that_the_venue_has_not_given_yet_counts_as_well(beside: Beside) -> None:
    beside.inputs()
    beside.venue.late = {TIMEFRAMES[0]}
    beside.wait(3510)
    assert beside.inputs().since_s == pytest.approx(NOW_S + 3500)


def test_a_training_of_more_than_fourteen_days_counts_for_nothing(beside: Beside) -> None:
    assert beside.inputs().untrained == ""
    beside.wait(14 * 86400)
    assert "14.0 days ago" in beside.inputs().untrained


def test_a_venue_that_does_not_answer_gives_its_reason(beside: Beside) -> None:
    beside.venue.silent = True
    assert beside.thinker.of("BTC") == "the venue is silent"
    assert "must be 1 to 20" in str(beside.thinker.of("B/TC"))
