"""Asking a worker process to end in order."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from powertrader.core.clock import SystemClock
from powertrader.core.loop import Alarm
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.process_stop import StopPorts, was_asked
from powertrader.core.stop_request import ANYBODY, ask_to_stop, stopped_by_request
from powertrader.core.storage import FileStore
from powertrader.models.command import StopRequest

PID = 4711
PATIENCE_S = 10.0


class Told(Alarm):
    """An alarm that can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.news = threading.Event()

    def stop(self) -> None:
        super().stop()
        self.news.set()


def _request(pid: int) -> StopRequest:
    return StopRequest("thinker", pid, "test", datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def home(tmp_path: Path) -> HomePaths:
    return HomePaths(tmp_path)


@pytest.fixture
def mailbox(home: HomePaths) -> Mailbox:
    return Mailbox(FileStore(home.data), home)


@pytest.fixture
def path(home: HomePaths) -> Path:
    return home.stop_request("thinker")


@pytest.mark.parametrize("pid", [PID, ANYBODY])
def test_a_request_stops_the_process_it_names_or_whoever_runs(
    home: HomePaths, mailbox: Mailbox, path: Path, pid: int
) -> None:
    alarm = Told()
    with stopped_by_request(alarm, path, FileStore(home.data), mailbox, PID):
        ask_to_stop(mailbox, path, _request(pid))
        assert alarm.news.wait(PATIENCE_S)
    assert not path.exists()


def test_a_request_for_another_process_is_left_alone(home: HomePaths, mailbox: Mailbox, path: Path) -> None:
    alarm = Told()
    with stopped_by_request(alarm, path, FileStore(home.data), mailbox, PID):
        ask_to_stop(mailbox, path, _request(PID + 1))
        assert not alarm.news.wait(0.3)
        ask_to_stop(mailbox, path, _request(PID))
        assert alarm.news.wait(PATIENCE_S)


def test_a_request_from_before_the_start_is_removed(home: HomePaths, mailbox: Mailbox, path: Path) -> None:
    ask_to_stop(mailbox, path, _request(ANYBODY))
    alarm = Told()
    with stopped_by_request(alarm, path, FileStore(home.data), mailbox, PID):
        assert not alarm.stopped
        assert not path.exists()


def test_a_request_that_comes_before_anybody_watches_is_seen(
    home: HomePaths, mailbox: Mailbox, path: Path
) -> None:
    class Overtaken(FileStore):
        def remove(self, path: Path) -> None:
            super().remove(path)
            ask_to_stop(mailbox, path, _request(PID))

    alarm = Told()
    with stopped_by_request(alarm, path, Overtaken(home.data), mailbox, PID):
        assert alarm.stopped


@pytest.mark.parametrize("pid, asked", [(PID, True), (ANYBODY, True), (PID + 1, False)])
def test_a_supervisor_knows_from_the_request_that_an_end_was_wanted(
    home: HomePaths, mailbox: Mailbox, path: Path, pid: int, *, asked: bool
) -> None:
    ask_to_stop(mailbox, path, _request(pid))
    assert was_asked("thinker", [PID], StopPorts(home, mailbox, SystemClock())) is asked


def test_a_damaged_request_stops_nobody_and_the_next_one_counts(
    home: HomePaths, mailbox: Mailbox, path: Path
) -> None:
    alarm = Told()
    with stopped_by_request(alarm, path, FileStore(home.data), mailbox, PID):
        # again and again: the good one may come while the damaged one is being moved aside
        for _ in range(20):
            path.write_text("{", encoding="utf-8")
        assert not alarm.stopped
        ask_to_stop(mailbox, path, _request(PID))
        assert alarm.news.wait(PATIENCE_S)
