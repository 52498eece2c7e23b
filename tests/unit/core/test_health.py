"""HealthMonitor: processes tell each other through files how they are."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import StorageError
from powertrader.core.health import ERRORS_FOR_WARNING, SLACK_S, Health, HealthMonitor, health_of
from powertrader.core.mailbox import HEARTBEAT, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.status import Heartbeat

START = datetime(2024, 1, 1, tzinfo=UTC)


class Home:
    """Two processes that share nothing but a folder."""

    def __init__(self, root: Path) -> None:
        self.clock = ManualClock(START)
        self.paths = HomePaths(root)
        self.writes = 0

    def monitor(self) -> HealthMonitor:
        mailbox = Mailbox(FileStore(self.paths.data), self.paths)

        def publish(beat: Heartbeat) -> None:
            self.writes += 1
            mailbox.publish(self.paths.heartbeat(beat.process), HEARTBEAT, beat)

        def read(process: str) -> Heartbeat | None:
            return mailbox.read(self.paths.heartbeat(process), HEARTBEAT)

        return HealthMonitor(self.clock, publish, read)

    def worker(self) -> HealthMonitor:
        monitor = self.monitor()
        monitor.begin(Heartbeat("trader", 7, "paper", START, START))
        return monitor


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def health(home: Home) -> Health:
    return home.monitor().get_status(["trader", "thinker"])["trader"].health


def test_another_process_reads_how_a_worker_is(home: Home) -> None:
    worker = home.worker()
    worker.record_heartbeat("trader")
    worker.publish("trader", 1.0)
    found = home.monitor().get_status(["trader", "thinker"])
    assert list(found) == ["trader"]
    assert (found["trader"].health, found["trader"].heartbeat.pid) == (Health.OK, 7)


def test_five_errors_within_five_minutes_are_a_warning_also_while_steps_succeed_in_between(
    home: Home,
) -> None:
    worker = home.worker()
    for _ in range(ERRORS_FOR_WARNING):
        home.clock.sleep(299 / ERRORS_FOR_WARNING)
        worker.record_error("trader", "no answer")
        worker.record_heartbeat("trader")
        worker.publish("trader", 1.0)
    assert health(home) is Health.WARNING
    home.clock.sleep(301)
    worker.record_heartbeat("trader")
    worker.publish("trader", 1.0)
    assert health(home) is Health.OK
    assert worker.heartbeat("trader").errors == ERRORS_FOR_WARNING
    assert worker.heartbeat("trader").last_error == "no answer"


def test_a_failed_step_is_told_at_once_and_so_is_the_next_good_one(home: Home) -> None:
    worker = home.worker()
    worker.record_heartbeat("trader")
    worker.publish("trader", 0.0)
    worker.record_error("trader", "no answer")
    worker.publish("trader", 0.0)
    assert health(home) is Health.FAILING
    worker.record_heartbeat("trader")
    worker.publish("trader", 0.0)
    assert health(home) is Health.OK


def test_a_heartbeat_that_says_nothing_new_is_written_once_a_second(home: Home) -> None:
    worker = home.worker()
    for _ in range(100):
        worker.record_heartbeat("trader")
        worker.publish("trader", 0.05)
        home.clock.sleep(0.05)
    assert home.writes == 5


@pytest.mark.parametrize("due_s", [0.0, 1.0, 60.0])
def test_silence_is_stale_only_after_the_announced_pause(home: Home, due_s: float) -> None:
    worker = home.worker()
    worker.record_heartbeat("trader")
    worker.publish("trader", due_s)
    home.clock.sleep(due_s + SLACK_S)
    assert health(home) is Health.OK
    home.clock.sleep(1)
    assert health(home) is Health.STALE
    assert home.monitor().is_stale("trader", due_s + SLACK_S)
    assert not home.monitor().is_stale("trader", due_s + SLACK_S + 5)


def test_who_never_gave_a_sign_of_life_is_stale_and_has_no_status(home: Home) -> None:
    assert home.monitor().is_stale("trainer", 1e9)
    assert home.monitor().get_status(["trainer"]) == {}


def test_a_clock_that_is_set_back_makes_nobody_stale() -> None:
    beat = Heartbeat("trader", 7, "paper", START, START)
    assert health_of(beat, START - timedelta(hours=1)).health is Health.OK
    assert health_of(beat, START - timedelta(hours=1)).age_s == 0


def test_a_heartbeat_that_cannot_be_written_is_an_error_of_the_writer_and_tried_again_later(
    tmp_path: Path,
) -> None:
    calls: list[Heartbeat] = []

    def publish(beat: Heartbeat) -> None:
        calls.append(beat)
        msg = "disk full"
        raise StorageError(msg)

    clock = ManualClock(START)
    worker = HealthMonitor(clock, publish)
    worker.begin(Heartbeat("trader", 7, "paper", START, START))
    worker.record_heartbeat("trader")
    with pytest.raises(StorageError):
        worker.publish("trader", 0.0)
    worker.publish("trader", 0.0)
    assert len(calls) == 1
    clock.sleep(1)
    with pytest.raises(StorageError):
        worker.publish("trader", 0.0)


def test_a_heartbeat_of_an_earlier_version_is_read_and_not_moved_aside(home: Home) -> None:
    path = home.paths.heartbeat("trader")
    path.parent.mkdir(parents=True)
    old = '{"process": "trader", "pid": 7, "mode": "paper", "started_at": "2024-01-01T00:00:00Z", '
    old += '"at": "2024-01-01T00:00:00Z", "steps": 3, "errors": 0, "failing": false, "last_error": "", '
    old += '"running": true}'
    path.write_text(f'{{"schema": 1, "kind": "heartbeat", "made_at": "2024-01-01T00:00:00Z", "body": {old}}}')
    assert home.monitor().get_status(["trader"])["trader"].heartbeat.steps == 3
    assert path.exists()
