"""ProcessManager with real processes: crashed, hung, orphaned, started twice, killed, stopped."""

import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.clock import SystemClock
from powertrader.core.file_operations import stamp_of
from powertrader.core.mailbox import PROCESS, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.process_identity import holder_of, identity_of, is_alive, kill, terminate
from powertrader.core.process_launch import WorkerSpec
from powertrader.core.process_manager import ManagerPorts, ProcessManager
from powertrader.core.process_output import MOST_AT_START, MOST_WHILE_RUNNING, aside_of
from powertrader.core.process_stop import Ending, StopPatience, StopPorts, stop_processes
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.models.process import ProcessRecord, WorkerState
from powertrader.models.snapshot import SUPERVISOR

PROGRAM: Final = Path(__file__).with_name("fake_worker.py")
NAME: Final = "thinker"
LONGEST_S: Final = 30.0
QUICK: Final = StopPatience(asked_s=1.0, terminated_s=0.3, killed_s=1.0)


class Town:
    """A home with a supervisor in it, which this process is."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.paths = HomePaths(home)
        self.mailbox = Mailbox(FileStore(self.paths.data), self.paths)
        self.told: list[ProcessRecord] = []
        self.ports = ManagerPorts(
            self.paths,
            self.mailbox,
            SystemClock(),
            settings_stamp=lambda: stamp_of(self.home / "broken"),
            redact=lambda text: text.replace("verysecret", "***"),
            on_change=self.told.append,
        )
        self.manager = ProcessManager(self.ports, QUICK)

    def spec(self, behaviour: str) -> WorkerSpec:
        return WorkerSpec(NAME, (sys.executable, str(PROGRAM), behaviour, str(self.home)))

    def start(self, behaviour: str) -> ProcessRecord:
        return self.manager.start(self.spec(behaviour))

    def by_hand(self, behaviour: str) -> "subprocess.Popen[bytes]":
        child = subprocess.Popen(self.spec(behaviour).command, stdout=subprocess.DEVNULL)
        self.until(self.works)
        return child

    def works(self) -> bool:
        return holder_of(self.paths.process_lock(NAME)) is not None

    @property
    def record(self) -> ProcessRecord:
        return self.manager.records[0]

    @property
    def pid(self) -> int:
        assert self.record.identity is not None
        return self.record.identity.pid

    def kill(self) -> None:
        """End the worker in the middle of whatever it does."""
        assert self.record.identity is not None
        kill(self.record.identity)

    def until(self, condition: Callable[[], bool]) -> None:
        """Watch until a condition holds."""
        deadline = time.monotonic() + LONGEST_S
        while not condition():
            assert time.monotonic() < deadline, self.manager.get_output(NAME)
            self.manager.watch()
            time.sleep(0.02)

    def until_state(self, state: WorkerState) -> None:
        self.until(lambda: self.record.state is state)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.manager.stop_all()
    left = holder_of(made.paths.process_lock(NAME))
    assert left is None


def test_a_worker_is_started_runs_is_asked_to_stop_and_does_so_in_order(town: Town) -> None:
    assert town.start("steady").state is WorkerState.RUNNING
    town.until(town.works)
    assert town.manager.is_running(NAME)
    # it says so once it has its lock
    town.until(lambda: town.manager.get_output(NAME) == f"works {town.pid}")
    assert town.manager.stop_all() == {NAME: Ending.ASKED}
    assert not town.manager.is_running(NAME)
    assert town.record.state is WorkerState.STOPPED
    assert not town.paths.stop_request(NAME).exists()


def test_a_second_start_changes_nothing(town: Town) -> None:
    town.start("steady")
    town.until(town.works)
    first = town.pid
    town.start("steady")
    town.manager.watch()
    assert town.pid == first
    assert [record.state for record in town.told] == [WorkerState.RUNNING]


def test_a_crashed_worker_is_started_again_and_says_why_without_its_secrets(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        town.start("crashes")
        town.until(lambda: town.record.failures == 2)
    assert town.record.restarts == 1
    assert town.record.exit_code == 1
    assert "the roof fell in" in town.record.last_output[-1]
    assert "verysecret" not in str(town.record) + town.manager.get_output(NAME)
    crash = next(record for record in caplog.records if "crashed" in record.message)
    assert "the roof fell in" in str(getattr(crash, "output", ""))
    noted = town.mailbox.read(town.paths.process_record(NAME), PROCESS)
    assert noted == town.record


def test_a_killed_worker_comes_back_within_its_first_pause(town: Town) -> None:
    town.start("steady")
    town.until(town.works)
    first = town.pid
    town.kill()
    town.until_state(WorkerState.CRASHED)
    assert town.record.exit_code
    assert town.record.retry_s == 1.0
    town.until(town.works)
    assert town.pid != first


def test_a_worker_that_hangs_is_killed_in_time(town: Town) -> None:
    town.manager = ProcessManager(town.ports)
    town.start("deaf")
    town.until(town.works)
    began = time.monotonic()
    assert town.manager.stop_all() == {NAME: Ending.KILLED}
    assert time.monotonic() - began < 5.0
    town.manager.watch()
    assert town.record.state is WorkerState.STOPPED


def test_wrong_settings_are_told_once_and_tried_again_when_they_are_repaired(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    (town.home / "broken").touch()
    with caplog.at_level(logging.WARNING):
        town.start("refuses")
        town.until_state(WorkerState.REFUSED)
        for _ in range(20):
            town.manager.watch()
    assert town.record.restarts == 0
    assert len([record for record in caplog.records if "cannot start" in record.message]) == 1
    assert town.record.last_output == ("powertrader: thinker.colour is no setting",)
    (town.home / "broken").unlink()
    town.until(town.works)
    assert town.record.state is WorkerState.RUNNING


def test_a_worker_that_was_started_by_hand_is_looked_after_and_not_started_twice(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    child = town.by_hand("steady")
    with caplog.at_level(logging.WARNING):
        town.start("steady")
    assert town.pid == child.pid
    assert any("other options" in record.message for record in caplog.records)
    child.kill()
    child.wait()
    town.until(lambda: town.works() and town.pid != child.pid)


def test_one_that_is_started_by_hand_after_a_stop_is_noticed(town: Town) -> None:
    town.start("steady")
    town.until(town.works)
    town.manager.stop(NAME)
    child = town.by_hand("steady")
    town.until_state(WorkerState.RUNNING)
    assert town.pid == child.pid
    town.manager.stop(NAME)
    child.wait(LONGEST_S)


def test_ours_does_not_take_the_place_of_one_by_hand_when_ours_was_stopped_before(town: Town) -> None:
    town.start("steady")
    town.until(town.works)
    town.manager.stop(NAME)
    child = town.by_hand("steady")
    town.until_state(WorkerState.RUNNING)
    # as Ctrl-C in its window: no request is left
    child.terminate()
    child.wait(LONGEST_S)
    town.until_state(WorkerState.STOPPED)
    for _ in range(30):
        town.manager.watch()
    assert not town.manager.is_running(NAME)


def test_a_worker_that_somebody_stopped_stays_stopped_also_when_it_had_to_be_killed(town: Town) -> None:
    town.start("deaf")
    town.until(town.works)
    identity = town.record.identity
    assert identity is not None
    stopping = StopPorts(town.paths, town.mailbox, SystemClock())
    assert stop_processes({NAME: identity}, stopping, "by a user", QUICK) == {NAME: Ending.KILLED}
    town.until_state(WorkerState.STOPPED)
    for _ in range(20):
        town.manager.watch()
    assert not town.manager.is_running(NAME)


def test_a_worker_that_is_stopped_in_the_pause_after_a_crash_is_not_started_again(town: Town) -> None:
    with exclusive(town.paths.process_lock(SUPERVISOR)):
        town.start("crashes")
        town.until_state(WorkerState.CRASHED)
        restarts = town.record.restarts
        assert main(["stop", NAME, "--home", str(town.home)]) == exit_codes.OK
        town.until_state(WorkerState.STOPPED)
    for _ in range(5):
        town.manager.watch()
    assert town.record.restarts == restarts


def test_a_signal_never_reaches_a_process_that_was_given_the_number_of_another(town: Town) -> None:
    child = town.by_hand("steady")
    found = identity_of(child.pid)
    assert found is not None
    former = replace(found, started_s=found.started_s - 60, since_boot_s=found.since_boot_s - 60)
    for act in (terminate, kill):
        act(former)
        # a process that was sent a signal ends soon
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(0.5)
    terminate(found)
    child.wait(LONGEST_S)


def test_one_by_hand_that_a_user_stopped_is_not_replaced(town: Town) -> None:
    child = town.by_hand("steady")
    town.start("steady")
    waiter = threading.Thread(target=child.wait)
    waiter.start()
    assert main(["stop", NAME, "--home", str(town.home)]) == exit_codes.OK
    waiter.join(LONGEST_S)
    town.until_state(WorkerState.STOPPED)
    assert not town.manager.is_running(NAME)


def test_the_workers_of_a_killed_supervisor_go_on_and_the_next_one_adopts_them(town: Town) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from tests.integration.test_process_manager import Town\n"
        "town = Town(Path(sys.argv[1])); town.start('steady'); town.until(town.works)\n"
        "print('up', flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = (sys.executable, "-W", "ignore", "-c", code, str(town.home))
    supervisor = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == b"up\n"
    before = holder_of(town.paths.process_lock(NAME))
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    assert before is not None
    assert is_alive(before)
    town.start("steady")
    assert town.pid == before.pid
    assert town.told[-1].options == town.spec("steady").options
    town.kill()
    town.until(lambda: town.works() and town.pid != before.pid)


def test_a_number_that_another_process_got_is_not_our_worker(town: Town) -> None:
    me = identity_of(os.getpid())
    assert me is not None
    other = replace(me, started_s=me.started_s - 5, since_boot_s=me.since_boot_s - 5)
    moved_clock = replace(me, started_s=me.started_s - 3600)
    assert not is_alive(other)
    assert is_alive(moved_clock)
    now = SystemClock().now() - timedelta(minutes=5)
    options, folder = town.spec("steady").options, str(town.paths.data.resolve())
    record = ProcessRecord(NAME, WorkerState.RUNNING, other, options, now, now, folder=folder)
    town.mailbox.publish(town.paths.process_record(NAME), PROCESS, record)
    town.start("steady")
    assert town.pid != os.getpid()
    town.until(town.works)


def test_the_copy_of_a_home_whose_workers_run_has_none_of_them(town: Town, tmp_path: Path) -> None:
    town.start("steady")
    town.until(town.works)
    shutil.copytree(town.paths.data, tmp_path / "copy" / "data")
    copy = Town(tmp_path / "copy")
    assert main(["stop", "--home", str(copy.home)]) == exit_codes.OK
    copy.start("steady")
    try:
        copy.until(copy.works)
        assert copy.pid != town.pid
    finally:
        copy.manager.stop_all()
    assert town.works()


def test_a_damaged_note_of_an_earlier_supervisor_is_told_of_and_the_worker_starts(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    path = town.paths.process_record(NAME)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x00{")
    with caplog.at_level(logging.WARNING):
        town.start("steady")
    assert any("cannot be read" in record.message for record in caplog.records)
    town.until(town.works)


def test_a_program_that_is_not_there_is_a_crash_with_its_name(town: Town) -> None:
    record = town.manager.start(WorkerSpec(NAME, ("/no/such/program",)))
    assert record.state is WorkerState.CRASHED
    assert "/no/such/program" in record.last_output[0]


def test_an_adopted_worker_that_said_goodbye_is_stopped_and_not_crashed(town: Town) -> None:
    town.start("steady")
    town.until(lambda: town.paths.heartbeat(NAME).exists())
    second = ProcessManager(town.ports, QUICK)
    second.start(town.spec("steady"))
    identity = second.records[0].identity
    assert identity is not None
    terminate(identity)
    town.until(lambda: not is_alive(identity))
    second.watch()
    assert second.records[0].state is WorkerState.STOPPED
    assert second.records[0].exit_code is None


def test_what_cannot_be_written_keeps_no_worker_from_running_and_is_told_once(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    town.paths.data.mkdir()
    town.paths.hub_data.touch()
    with caplog.at_level(logging.WARNING):
        town.start("deaf")
        town.until(town.works)
        assert town.manager.stop_all() == {NAME: Ending.KILLED}
    told = [record for record in caplog.records if "cannot be written" in record.message]
    assert len(told) == 1
    assert "hub_data is a file" in str(getattr(told[0], "reason", ""))


def test_a_worker_whose_output_has_no_place_is_a_crash_with_the_reason(town: Town) -> None:
    town.paths.logs.touch()
    record = town.start("steady")
    assert record.state is WorkerState.CRASHED
    assert "logs is a file" in record.last_output[0]
    town.paths.logs.unlink()
    town.until(town.works)


def test_the_first_start_alone_gets_the_arguments_of_the_first_start(town: Town) -> None:
    shown = "import sys; print(sys.argv[1:], flush=True); sys.exit(1)"
    town.manager.start(WorkerSpec(NAME, (sys.executable, "-c", shown), first=("--reprocess",)))
    town.until(lambda: town.record.failures == 2)
    assert town.manager.get_output(NAME).splitlines() == ["['--reprocess']", "[]"]


def test_what_a_worker_prints_never_fills_the_disk(town: Town) -> None:
    output = town.paths.process_output(NAME)
    output.parent.mkdir(parents=True)
    output.write_bytes(b"old\n" * MOST_AT_START)
    town.start("steady")
    # it takes its lock before it says so
    town.until(lambda: output.read_bytes().startswith(b"works"))
    assert output.stat().st_size < 1000
    with output.open("ab") as stream:
        stream.write(b"much\n" * (MOST_WHILE_RUNNING // 5 + 1))
    town.manager.watch()
    assert output.stat().st_size == 0
    assert aside_of(output).stat().st_size == MOST_AT_START


def test_the_commands_of_the_plan_start_this_very_program(town: Town) -> None:
    ports = replace(town.ports, options=("--bad-option",), trader_options=("--worse",))
    manager = ProcessManager(ports, QUICK)
    starts: tuple[Callable[[], object], ...] = (
        lambda: manager.start_trainer(["BTC"]),
        manager.start_thinker,
        manager.start_trader,
    )
    for start in starts:
        start()
    deadline = time.monotonic() + LONGEST_S
    while any(record.state is not WorkerState.REFUSED for record in manager.records):
        assert time.monotonic() < deadline
        manager.watch()
        time.sleep(0.05)
    assert [record.process for record in manager.records] == ["trainer", "thinker", "trader"]
    for record in manager.records:
        assert record.process in record.last_output[-1]
    manager.stop_all()
