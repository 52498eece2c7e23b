"""What is said of processes, and what closing the window leaves behind."""

from dataclasses import replace
from datetime import timedelta

import pytest

from powertrader.core.process_stop import Ending
from powertrader.hub.closing import Closing, closing_of
from powertrader.hub.worker_words import ending_words, process_words, starts_in_s
from powertrader.hub.workers_view import WorkersView
from powertrader.models.process import WorkerState
from powertrader.models.snapshot import WORKERS, ProcessState, ProcessView
from powertrader.models.status import PositionStatus
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import NOW, record, report, running, snapshot, status_of

CRASHED = replace(record("trader", WorkerState.CRASHED, "boom"), retry_s=8.0)


def test_a_process_that_runs_is_named_by_its_number() -> None:
    assert process_words(running("trainer"), NOW) == "runs (process 7)"
    stale = running("trainer", ProcessState.STALE)
    assert process_words(stale, NOW) == "runs, and gives no sign of life (process 7)"


def test_one_that_crashed_says_when_it_starts_again() -> None:
    view = ProcessView("trader", ProcessState.CRASHED, record=CRASHED)
    assert process_words(view, NOW + timedelta(seconds=5)) == "has crashed, starts again in 3 s"
    assert process_words(ProcessView("trader", ProcessState.CRASHED), NOW) == "has crashed"
    assert process_words(ProcessView("trader", ProcessState.STOPPED, record=CRASHED), NOW) == "stopped"


def test_a_pause_is_never_below_nothing_nor_longer_for_a_clock_that_was_set_back() -> None:
    assert starts_in_s(CRASHED, NOW + timedelta(seconds=60)) == 0.0
    assert starts_in_s(CRASHED, NOW - timedelta(hours=1)) == 8.0
    assert starts_in_s(None, NOW) is None


@pytest.mark.parametrize(
    "endings, words, well",
    [
        ({}, "Nothing runs.", True),
        ({"trader": Ending.ASKED}, "Stopped: trader.", True),
        ({"trainer": Ending.ASKED, "trader": Ending.TERMINATED}, "Stopped: trainer and trader.", True),
    ],
)
def test_endings_in_order_are_told_in_a_line(endings: dict[str, Ending], words: str, well: bool) -> None:
    assert ending_words(endings) == (words, well)


def test_an_ending_that_is_out_of_order_is_told_for_each() -> None:
    words, well = ending_words({"thinker": Ending.KILLED, "trader": Ending.ALIVE, "trainer": Ending.ASKED})
    assert not well
    assert "thinker did not react and was killed" in words
    assert "trader still runs" in words
    assert "trainer" not in words


def test_closing_tells_what_runs_what_is_held_and_whether_it_is_real_money() -> None:
    held = PositionStatus("BTC", 100.0, 99.0, quantity=1.0)
    live = running("trader", mode="live")
    made = snapshot((), [live], trader=report(status=status_of(held)))
    found = closing_of(hub_view(made=made))
    assert found == Closing(WORKERS, 1, live=True)
    assert not found.is_silent
    assert found.usual == "leave"


def test_nothing_is_asked_when_nothing_runs_or_another_supervisor_looks_after_it() -> None:
    idle = [ProcessView(process, ProcessState.STOPPED) for process in WORKERS]
    assert closing_of(hub_view(made=snapshot((), idle))).is_silent
    assert closing_of(None).is_silent
    assert closing_of(hub_view(workers=WorkersView(other=9))).is_silent


def test_without_a_trader_stopping_comes_first() -> None:
    idle = [ProcessView("trader", ProcessState.STOPPED)]
    assert closing_of(hub_view(made=snapshot((), idle))).usual == "stop"
    assert closing_of(hub_view()).usual == "leave"
