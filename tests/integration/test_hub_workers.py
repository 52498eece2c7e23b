"""The window's hand on the processes: started in order, never twice, stopped, killed, adopted, handed over.

PT_SOAK_ROUNDS raises the number of kills; scripts/soak.py sets it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.clock import SystemClock
from powertrader.core.mailbox import HEARTBEAT, PROCESS
from powertrader.core.paths import HomePaths
from powertrader.core.process_identity import holder_of, kill
from powertrader.core.process_launch import powertrader_command
from powertrader.core.process_stop import Ending, StopPatience
from powertrader.core.snapshot import SnapshotReader
from powertrader.core.storage_lock import exclusive
from powertrader.hub.ports import HubPorts
from powertrader.hub.start_flow import StartOutcome
from powertrader.hub.supervision import Supervision
from powertrader.hub.training_state import CoinState, trainings_of
from powertrader.hub.workers_view import WorkersView
from powertrader.models.events import Event, WorkerCrashed, WorkerStarted
from powertrader.models.process import ProcessRecord, WorkerState
from powertrader.models.snapshot import SUPERVISOR, WORKERS, ProcessState
from powertrader.models.status import Heartbeat
from tests.display import screen
from tests.exchange_server import exchange_server
from tests.integration.fake_window import fake_ports
from tests.unit.exchanges.stub_venue import Answer, Asked, json_answer, serving

ROUNDS: Final = int(os.environ.get("PT_SOAK_ROUNDS", "1"))
QUICK: Final = StopPatience(asked_s=3.0, terminated_s=0.5, killed_s=1.0)
LONGEST_S: Final = 30.0


class Town:
    """A home, and the window's hand on its processes, which this test moves step by step."""

    def __init__(self, home: Path, ports: HubPorts | None = None) -> None:
        self.home = home
        self.paths = HomePaths(home)
        self.told: list[Event] = []
        self.ports = ports or replace(fake_ports(home), publish=self.told.append)
        self.hand = Supervision(self.ports, QUICK)

    def pid(self, process: str) -> int | None:
        found = holder_of(self.paths.process_lock(process))
        return found.pid if found else None

    def starts(self, process: str) -> list[str]:
        path = self.home / f"{process}.starts"
        return path.read_text().splitlines() if path.exists() else []

    def state(self, process: str) -> WorkerState | None:
        record = self.ports.mailbox.read(self.paths.process_record(process), PROCESS)
        return record.state if record else None

    def until(self, condition: Callable[[], bool]) -> None:
        """Look after the workers until a condition holds."""
        self.wait(condition, self.hand.step)

    def wait(self, condition: Callable[[], bool], meanwhile: Callable[[], None] = lambda: None) -> None:
        ends_s = time.monotonic() + LONGEST_S
        while not condition():
            assert time.monotonic() < ends_s
            meanwhile()
            time.sleep(0.02)

    def kill(self, process: str) -> None:
        found = holder_of(self.paths.process_lock(process))
        assert found is not None
        kill(found)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.hand.stop_everything()
    made.hand.end()
    assert [process for process in WORKERS if made.pid(process) is not None] == []


def test_the_trader_is_started_when_every_coin_has_a_signal_and_nothing_is_started_twice(town: Town) -> None:
    town.hand.step()
    outcome: Future[StartOutcome] = Future()
    town.hand.start_all(outcome, keep_trained=True)
    town.until(lambda: town.pid("thinker") is not None)
    assert town.hand.view == WorkersView(ours=True, trader_follows=True)
    assert (outcome.done(), town.pid("trader"), town.pid("trainer")) == (False, None, None)
    (town.home / "ready").touch()
    town.until(outcome.done)
    assert outcome.result() is StartOutcome.TRADING
    town.until(lambda: None not in {town.pid("trader"), town.pid("trainer")})
    assert town.hand.view == WorkersView(ours=True)
    again: Future[StartOutcome] = Future()
    town.hand.start_all(again)
    town.hand.start("trader")
    town.until(again.done)
    assert again.result() is StartOutcome.TRADING
    assert [len(town.starts(process)) for process in WORKERS] == [1, 1, 1]
    assert town.starts("trainer")[0].startswith("--keep --workers ")
    endings = town.hand.stop_all()
    assert set(endings) == set(WORKERS)
    assert {town.state(process) for process in WORKERS} == {WorkerState.STOPPED}


def test_a_start_asked_for_twice_is_made_once_and_its_answer_cannot_be_lost(town: Town) -> None:
    town.hand.step()
    taken_back: Future[StartOutcome] = Future()
    taken_back.cancel()
    town.hand.start_all(taken_back)
    assert not town.hand.view.trader_follows
    asked: Future[StartOutcome] = Future()
    town.hand.start_all(asked)
    assert not asked.cancel()
    town.hand.stop_all()
    assert asked.result() is StartOutcome.CANCELLED


def killed_window(town: Town) -> None:
    """Let a window start a thinker and a training, and kill it."""
    with subprocess.Popen([sys.executable, "-m", "tests.integration.fake_window", str(town.home)]) as window:
        town.wait(lambda: town.pid(SUPERVISOR) == window.pid)
        town.wait(lambda: None not in {town.pid("thinker"), town.pid("trainer")})
        window.kill()


def test_workers_of_a_killed_window_go_on_and_the_next_window_looks_after_them(town: Town) -> None:
    for _ in range(ROUNDS):
        killed_window(town)
        before = {process: town.pid(process) for process in WORKERS}
        starts = {process: town.starts(process) for process in ("thinker", "trainer")}
        town.hand.step()
        assert town.hand.view.ours
        assert {process: town.pid(process) for process in WORKERS} == before
        for process in starts:
            town.kill(process)
        began_s = time.monotonic()
        town.until(lambda: {town.state("thinker"), town.state("trainer")} == {WorkerState.CRASHED})
        assert time.monotonic() - began_s < 3.0
        seen = SnapshotReader(town.paths, town.ports.mailbox).read(("BTC",), SystemClock().now())
        assert seen.process("thinker").state is ProcessState.CRASHED
        for process, known in starts.items():
            town.until(lambda process=process: town.pid(process) is not None)  # type: ignore[misc]  # mypy sees a lambda with a default as one without
            assert town.starts(process) == [*known, known[-1]]
        town.hand.stop_everything()
        town.hand.end()
        town.hand = Supervision(town.ports, QUICK)
    # told of as events
    assert any(isinstance(one, WorkerCrashed) for one in town.told)
    assert any(isinstance(one, WorkerStarted) and one.restarted for one in town.told)


@pytest.mark.parametrize("seconds, copied, starts", [(5.0, False, 1), (3600.0, False, 0), (5.0, True, 0)])
def test_what_crashed_just_before_its_supervisor_ended_is_started_again_and_nothing_older(
    town: Town, seconds: float, copied: bool, starts: int
) -> None:
    at = SystemClock().now() - timedelta(seconds=seconds)
    folder = "/another/data" if copied else str(town.paths.data.resolve())
    crashed = ProcessRecord(
        "trader", WorkerState.CRASHED, None, "", at, at, failures=4, retry_s=8.0, folder=folder
    )
    town.ports.mailbox.publish(town.paths.process_record("trader"), PROCESS, crashed)
    for _ in range(3):
        town.hand.step()
    # what is started is told of in the same step, before it runs
    told = [one.process for one in town.told if isinstance(one, WorkerStarted)]
    assert told == ["trader"] * starts
    town.until(lambda: len(town.starts("trader")) == starts)
    if starts:
        town.until(lambda: town.pid("trader") is not None)


@pytest.mark.parametrize("mode, option", [("live", "--mode live"), ("paper", "")])
def test_a_trader_that_was_taken_over_comes_back_in_its_own_mode_or_not_at_all(
    town: Town, mode: str, option: str
) -> None:
    now = SystemClock().now()
    beat = Heartbeat("trader", 7, mode, now, now, steps=3)
    town.ports.mailbox.publish(town.paths.heartbeat("trader"), HEARTBEAT, beat)
    crashed = ProcessRecord(
        "trader", WorkerState.CRASHED, None, "", now, now, folder=str(town.paths.data.resolve())
    )
    town.ports.mailbox.publish(town.paths.process_record("trader"), PROCESS, crashed)
    town.until(lambda: len(town.starts("trader")) == 1)
    assert town.starts("trader") == [option]
    town.until(lambda: town.pid("trader") is not None)


def test_a_live_trader_that_was_started_elsewhere_is_taken_over_once_it_has_told_its_mode(town: Town) -> None:
    now = SystemClock().now()
    earlier = Heartbeat("trader", 7, "paper", now, now, steps=3)
    town.ports.mailbox.publish(town.paths.heartbeat("trader"), HEARTBEAT, earlier)
    with exclusive(town.paths.process_lock("trader")):
        town.hand.step()
    assert town.state("trader") is None
    trader = subprocess.Popen(town.ports.program("trader", ("--mode", "live")))
    town.until(lambda: town.state("trader") is WorkerState.RUNNING)
    trader.kill()
    trader.wait()
    town.until(lambda: len(town.starts("trader")) == 2)
    assert town.starts("trader") == ["--mode live"] * 2
    town.until(lambda: town.pid("trader") is not None)


def test_beside_another_supervisor_workers_are_stopped_and_started_by_hand_until_it_ends(town: Town) -> None:
    with ExitStack() as other:
        other.enter_context(exclusive(town.paths.process_lock(SUPERVISOR)))
        town.hand.step()
        assert (town.hand.view.ours, town.hand.view.other) == (False, os.getpid())
        town.hand.start("thinker")
        town.hand.start("thinker")
        town.until(lambda: town.pid("thinker") is not None)
        assert len(town.starts("thinker")) == 1
        # nobody writes what a supervisor knows but that supervisor
        assert town.state("thinker") is None
        assert town.hand.stop("thinker", "trader") == {"thinker": Ending.ASKED}
        # word is left for the other one, so that it starts neither again
        assert town.paths.stop_request("trader").exists()
        town.hand.start("trader")
        town.until(lambda: town.pid("trader") is not None)
    town.hand.step()
    assert town.hand.view.ours
    assert town.state("trader") is WorkerState.RUNNING
    assert town.starts("thinker") == [""]


def test_one_trainer_trains_all_coins_and_coins_can_be_added_and_taken_back(town: Town) -> None:
    town.hand.step()
    town.paths.killer.write_text("yes")
    town.hand.train(["BTC", "ETH"])
    town.until(lambda: town.pid("trainer") is not None)
    town.hand.train(["SOL"], anew=True)
    town.hand.step()
    assert len(town.starts("trainer")) == 1
    assert town.starts("trainer")[0].startswith("--asked --workers ")
    folder = town.paths.training_wishes
    assert sorted(path.stem for path in folder.glob("*.json")) == ["BTC", "ETH", "SOL"]
    assert not town.paths.killer.exists()
    town.hand.stop_training(["ETH"])
    assert sorted(path.stem for path in folder.glob("*.json")) == ["BTC", "SOL"]
    assert not town.paths.coin("ETH").killer().exists()
    # what somebody asked for is not ended by Stop All
    assert "trainer" not in town.hand.stop_all()
    assert town.hand.stop("trainer") == {"trainer": Ending.ASKED}
    assert not any(folder.iterdir())
    town.hand.step()
    assert len(town.starts("trainer")) == 1


def test_a_stopped_training_leaves_its_coin_interrupted_and_not_training_for_ever(tmp_path: Path) -> None:
    def respond(asked: Asked) -> Answer:
        if asked.target == "/local/clock":
            now_ms = time.time() * 1000
            return json_answer({"wall_ms": now_ms, "market_ms": now_ms, "rate": 1.0})
        return Answer(late_s=30.0)

    with serving() as venue:
        venue.respond = respond
        options = ("--home", str(tmp_path), "--set", f"exchange.url={venue.address}")
        ports = replace(fake_ports(tmp_path), options=options, program=powertrader_command)
        town = Town(tmp_path, ports)
        town.hand.step()
        town.hand.train(["BTC"])
        town.until(lambda: any("candles" in target for target in venue.targets))
        seen = SnapshotReader(town.paths, ports.mailbox).read(("BTC",), SystemClock().now())
        assert trainings_of(seen).states == {"BTC": CoinState.TRAINING}
        assert town.hand.stop("trainer")["trainer"] in {Ending.ASKED, Ending.TERMINATED}
        seen = SnapshotReader(town.paths, ports.mailbox).read(("BTC",), SystemClock().now())
        assert seen.coins[0].training.state == "INTERRUPTED"
        assert trainings_of(seen).states == {"BTC": CoinState.INTERRUPTED}
        town.hand.end()


@pytest.mark.skipif(ROUNDS == 1, reason="windows and a trader take ten seconds; PT_SOAK_ROUNDS=2 runs it")
def test_a_real_window_takes_charge_of_a_trader_that_it_did_not_start_and_so_does_the_next(
    tmp_path: Path,
) -> None:
    with screen() as display, exchange_server(tmp_path / "exchange") as venue, ExitStack() as processes:
        town = Town(tmp_path / "home")
        town.home.mkdir()
        options = [
            "--home",
            str(town.home),
            "--set",
            f"exchange.url={venue.url}",
            "--set",
            "trading.coins=BTC",
        ]

        def started(command: str) -> "subprocess.Popen[bytes]":
            words = [sys.executable, "-m", "powertrader", command, *options]
            process = subprocess.Popen(words, env={**os.environ, "DISPLAY": display})
            processes.callback(process.wait)
            processes.callback(process.kill)
            return process

        def looked_after() -> int | None:
            record = town.ports.mailbox.read(town.paths.process_record("trader"), PROCESS)
            return record.identity.pid if record is not None and record.identity is not None else None

        trader = started("trader")
        town.wait(lambda: town.pid("trader") == trader.pid)
        for _ in range(2):
            window = started("hub")
            town.wait(lambda window=window: town.pid(SUPERVISOR) == window.pid)  # type: ignore[misc]  # mypy sees a lambda with a default as one without
            town.wait(lambda: looked_after() == trader.pid)
            window.kill()
            window.wait()
            assert trader.poll() is None
        window = started("hub")
        town.wait(lambda: town.pid(SUPERVISOR) == window.pid and looked_after() == trader.pid)
        trader.kill()
        trader.wait()
        town.wait(lambda: town.pid("trader") not in {None, trader.pid})
        assert main(["stop", "--home", str(town.home)]) == exit_codes.OK
        assert window.wait(LONGEST_S) == exit_codes.OK
        assert [process for process in (*WORKERS, SUPERVISOR) if town.pid(process) is not None] == []
