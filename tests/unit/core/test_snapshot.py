"""read_snapshot: what the files of a home tell, whatever state they are in."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from powertrader.core.findings import findings_of
from powertrader.core.mailbox import HEARTBEAT, OBSERVERS, PROCESS, THINKER, TRADER, TRAINING, Mailbox
from powertrader.core.market_claim import claim_market
from powertrader.core.paths import HomePaths
from powertrader.core.process_identity import identity_of
from powertrader.core.process_state import process_view
from powertrader.core.snapshot import SnapshotReader, read_snapshot
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.models.observers import ObserverReport, PluginState, PluginStatus
from powertrader.models.process import ProcessRecord, WorkerState
from powertrader.models.signal import Signal
from powertrader.models.snapshot import PROCESSES, ProcessState, Snapshot
from powertrader.models.status import PositionStatus, ThinkerReport
from powertrader.models.training import TrainingReport
from powertrader.models.types import Environment
from tests.unit.snapshots import DAY_S, NOW, beat, order, record, report, status_of


class Home:
    def __init__(self, root: Path) -> None:
        self.paths = HomePaths(root)
        self.store = FileStore(self.paths.data)
        self.mailbox = Mailbox(self.store, self.paths)

    def beats(self, process: str, **changes: Any) -> None:
        changes.setdefault("pid", os.getpid())
        self.mailbox.publish(self.paths.heartbeat(process), HEARTBEAT, beat(process, **changes))

    @contextmanager
    def holding(self, process: str) -> Iterator[None]:
        """Be the process of a name."""
        with exclusive(self.paths.process_lock(process)):
            yield

    def read(self, *coins: str) -> Snapshot:
        return read_snapshot(self.paths, Mailbox(self.store, self.paths), coins, NOW)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_an_empty_home_is_read_and_stays_empty(home: Home) -> None:
    found = home.read("BTC", "ETH")
    assert [view.state for view in found.processes] == [ProcessState.STOPPED] * len(PROCESSES)
    assert [view.coin for view in found.coins] == ["BTC", "ETH"]
    assert (found.trader, found.thinker, found.problems) == (None, None, ())
    assert found.free_bytes
    assert list(home.paths.root.iterdir()) == []


def test_a_process_that_holds_its_lock_and_beats_runs(home: Home) -> None:
    home.beats("trader", errors=1, last_error="once")
    assert home.read().process("trader").state is ProcessState.CRASHED
    with home.holding("trader"):
        view = home.read().process("trader")
    assert (view.state, view.pid) == (ProcessState.RUNNING, os.getpid())
    assert view.heartbeat is not None
    assert view.heartbeat.last_error == "once"


def test_a_shadow_is_shown_once_one_has_run(home: Home) -> None:
    with home.holding("shadow"):
        assert home.read().process("shadow").state is ProcessState.STARTING
    assert "shadow" not in [view.process for view in home.read().processes]
    home.beats("shadow", running=False)
    assert home.read().process("shadow").state is ProcessState.STOPPED


def test_the_heartbeat_of_an_earlier_process_says_nothing_of_this_one(home: Home) -> None:
    home.beats("trader", pid=1, failing=True)
    with home.holding("trader"):
        assert home.read().process("trader").state is ProcessState.STARTING


def test_a_process_before_its_first_step_is_starting_however_long_and_tells_its_mode(home: Home) -> None:
    home.beats("trader", steps=0, mode="live", at=NOW - timedelta(minutes=5))
    with home.holding("trader"):
        view = home.read().process("trader")
    assert (view.state, view.age_s) == (ProcessState.STARTING, None)
    assert view.heartbeat is not None
    assert view.heartbeat.mode == "live"
    # it ended before it had done anything, and said why to whoever started it
    assert home.read().process("trader").state is ProcessState.STOPPED


@pytest.mark.parametrize(
    "changes, state",
    [
        ({"failing": True}, ProcessState.FAILING),
        ({"recent_errors": 5}, ProcessState.WARNING),
        ({"recent_errors": 4}, ProcessState.RUNNING),
        ({"at": NOW - timedelta(seconds=31)}, ProcessState.STALE),
        ({"at": NOW - timedelta(seconds=31), "due_s": 60.0}, ProcessState.RUNNING),
    ],
)
def test_a_process_that_runs_is_judged_by_its_heartbeat(
    home: Home, changes: dict[str, Any], state: ProcessState
) -> None:
    home.beats("trader", **changes)
    with home.holding("trader"):
        assert home.read().process("trader").state is state


def test_a_worker_on_the_way_to_its_lock_is_known_by_its_supervisors_note(home: Home) -> None:
    me = identity_of(os.getpid())
    folder = str(home.paths.data.resolve())
    note = ProcessRecord("trader", WorkerState.RUNNING, me, "", NOW, NOW, folder=folder)
    home.mailbox.publish(home.paths.process_record("trader"), PROCESS, note)
    assert home.read().process("trader").state is ProcessState.STARTING
    home.mailbox.publish(home.paths.process_record("trader"), PROCESS, replace(note, folder="/another/data"))
    assert home.read().process("trader").pid is None


def test_how_a_process_ended_is_told_by_whoever_knew_last() -> None:
    crashed, stopped = (
        record("trader", WorkerState.CRASHED),
        record("trader", WorkerState.STOPPED),
    )
    before, after = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)
    goodbye = replace(beat("trader"), running=False)

    def state(said: ProcessRecord, at_beat: timedelta) -> ProcessState:
        return process_view("trader", None, replace(goodbye, at=NOW + at_beat), said, NOW).state

    assert state(crashed, before - NOW) is ProcessState.CRASHED
    assert state(crashed, after - NOW) is ProcessState.STOPPED
    assert state(stopped, before - NOW) is ProcessState.STOPPED
    alone = replace(record("trader", WorkerState.RUNNING), state=WorkerState.RUNNING)
    assert state(alone, before - NOW) is ProcessState.CRASHED
    first = replace(beat("trader", steps=0), at=after)
    assert process_view("trader", None, first, crashed, NOW).state is ProcessState.CRASHED


def test_coins_tell_training_signal_verdict_and_position(home: Home) -> None:
    files = home.paths.coin("ETH")
    trained_s = int(NOW.timestamp() - 2 * DAY_S)
    home.store.write_text(files.trainer_last_training_time(), str(trained_s))
    home.store.write_text(files.trainer_status(), json.dumps({"state": "TRAINING"}))
    home.store.write_text(
        files.trainer_progress(),
        json.dumps({"pct": 42.5, "timeframe": "4hour", "tf_index": 2, "tf_total": 7}),
    )
    home.mailbox.publish_signal(Signal("ETH", 4, 0, (), (), 0.0, 0.0, NOW))
    position = PositionStatus("ETH", 10.0, 9.9, quantity=2.0, value=19.8)
    told = report(
        status=status_of(position),
        verdicts=(("ETH", "trailing"),),
        frozen=(("BTC", "gone"),),
        halts=(("BTC", "by hand"),),
        open_orders=(order("BTC"),),
    )
    home.mailbox.publish(home.paths.trader_report("paper"), TRADER, told)
    eth, btc = home.read("ETH", "BTC").coins
    assert (eth.training.state, eth.training.age_s, eth.training.progress_pct) == (
        "TRAINING",
        2 * DAY_S,
        42.5,
    )
    where = (eth.training.timeframe, eth.training.timeframe_index, eth.training.timeframe_total)
    assert where == ("4hour", 2, 7)
    assert eth.signal is not None
    assert (eth.signal.long_level, eth.verdict, eth.position) == (4, "trailing", position)
    assert (btc.frozen, btc.halted, btc.signal) == ("gone", "by hand", None)
    assert home.read().trader == told


def test_the_coins_that_a_thinker_told_of_last_count_more_than_those_of_the_settings(home: Home) -> None:
    thinker = ThinkerReport(NOW, NOW, NOW, "real_predictions", (), ("XRP",), (("ADA", "not trained"),))
    home.mailbox.publish(home.paths.thinker_report, THINKER, thinker)
    with home.holding("thinker"):
        xrp, ada = home.read("BTC").coins
    assert (xrp.coin, xrp.waiting, ada.coin, ada.waiting) == ("XRP", "", "ADA", "not trained")
    ended = home.read("BTC")
    assert [view.coin for view in ended.coins] == ["XRP", "ADA"]
    advice = [one.subject for one in findings_of(ended) if "not trained" in one.problem]
    assert advice == ["XRP, ADA"]


def test_without_a_thinker_the_coins_that_a_trader_decided_on_are_shown(home: Home) -> None:
    told = report(status=status_of(), verdicts=(("ETH", "trailing"), ("SOL", "no signal")))
    home.mailbox.publish(home.paths.trader_report("paper"), TRADER, told)
    assert [view.coin for view in home.read("BTC").coins] == ["ETH", "SOL"]


def test_the_newest_of_several_traders_counts_and_its_other_files_are_no_reports(home: Home) -> None:
    home.beats("trader")
    ages: dict[Environment, int] = {"paper": 5, "live": 1, "testnet": 9}
    for mode, ago_s in ages.items():
        told = report(mode=mode, at=NOW - timedelta(seconds=ago_s))
        home.mailbox.publish(home.paths.trader_report(mode), TRADER, told)
    found = home.read()
    assert found.trader is not None
    assert found.trader.mode == "live"
    assert found.problems == ()


def test_on_a_local_exchange_ages_are_those_of_its_market_and_unknown_while_nobody_tells_it(
    home: Home,
) -> None:
    claim_market(home.paths, "http://127.0.0.1:1")
    market_at = NOW - timedelta(days=365)
    trained_at = market_at - timedelta(days=3)
    home.store.write_text(
        home.paths.coin("BTC").trainer_last_training_time(), str(int(trained_at.timestamp()))
    )
    assert home.read("BTC").coins[0].training.age_s is None
    home.mailbox.publish(home.paths.trader_report("paper"), TRADER, report(market_at=market_at))
    assert home.read("BTC").market_at == market_at
    assert home.read("BTC").coins[0].training.age_s == 3 * DAY_S
    late = report(market_at=market_at, at=NOW - timedelta(minutes=3))
    home.mailbox.publish(home.paths.trader_report("paper"), TRADER, late)
    assert home.read("BTC").market_at is None


def test_damaged_files_are_named_and_everything_else_is_read(home: Home) -> None:
    home.beats("thinker")
    files = home.paths.coin("ETH")
    for path in (
        home.paths.heartbeat("trader"),
        home.paths.process_record("trader"),
        home.paths.trader_report("paper"),
        home.paths.thinker_report,
        home.paths.market_note,
        files.signal(),
        files.trainer_status(),
        files.trainer_progress(),
        files.trainer_last_training_time(),
    ):
        home.store.write_bytes(path, b"\xff\x00{[")
    home.store.write_text(home.paths.coin("BTC").trainer_last_training_time(), "nan")
    with home.holding("thinker"):
        found = home.read("ETH", "BTC")
    assert found.process("thinker").state is ProcessState.RUNNING
    assert [view.coin for view in found.coins] == ["ETH", "BTC"]
    assert all(view.training.trained_at is None for view in found.coins)
    assert len(found.problems) == 6


def test_a_reader_sees_what_changes_and_reads_nothing_twice(home: Home) -> None:
    files = home.paths.coin("BTC")
    home.store.write_text(files.trainer_last_training_time(), str(int(NOW.timestamp() - DAY_S)))
    reader = SnapshotReader(home.paths, home.mailbox)
    first = reader.read(["BTC"], NOW).coins[0]
    again = reader.read(["BTC"], NOW + timedelta(hours=1)).coins[0]
    assert (first.training.age_s, again.training.age_s) == (DAY_S, DAY_S + 3600)
    told = TrainingReport("BTC", "failed", "kucoin", 7, NOW, NOW, NOW, reason="no candles")
    home.mailbox.publish(files.training_report(), TRAINING, told)
    assert reader.read(["BTC"], NOW).coins[0].training.report == told


def test_what_listens_to_the_workers_is_read(home: Home) -> None:
    told = ObserverReport("trader", NOW, (PluginStatus("bad", "1", PluginState.DISABLED),))
    home.mailbox.publish(home.paths.observers("trader"), OBSERVERS, told)
    assert home.read().observers == (told,)


@pytest.mark.load
def test_a_thousand_coins_are_read_within_two_seconds(home: Home) -> None:
    names = [f"C{number}" for number in range(1000)]
    for name in names:
        files = home.paths.coin(name)
        home.store.write_text(files.trainer_last_training_time(), str(int(NOW.timestamp())))
        home.store.write_text(files.trainer_status(), json.dumps({"state": "FINISHED"}))
        home.mailbox.publish_signal(Signal(name, 1, 0, (), (), 0.0, 0.0, NOW))
    began = time.process_time()
    found = home.read(*names)
    assert time.process_time() - began < 2.0
    assert len([view for view in found.coins if view.signal and view.training.state == "FINISHED"]) == 1000
