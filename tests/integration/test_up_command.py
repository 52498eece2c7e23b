"""`powertrader up`, `status` and `stop` with real workers, against a local exchange in its own process."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.clock import SystemClock
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.process_identity import holder_of, kill
from powertrader.core.snapshot import read_snapshot
from powertrader.core.storage import FileStore
from powertrader.models.snapshot import WORKERS, ProcessState, Snapshot
from tests.exchange_server import ExchangeServer, exchange_server

LONGEST_S: Final = 90.0
ALIVE: Final = {ProcessState.RUNNING, ProcessState.FAILING, ProcessState.WARNING}


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path_factory.mktemp("exchange")) as server:
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    main(["stop", "--home", str(tmp_path)])
    left = [process for process in (*WORKERS, "supervisor") if holder(tmp_path, process) is not None]
    assert left == []


def holder(home: Path, process: str) -> int | None:
    found = holder_of(HomePaths(home).process_lock(process))
    return found.pid if found else None


def snapshot(home: Path) -> Snapshot:
    paths = HomePaths(home)
    return read_snapshot(paths, Mailbox(FileStore(paths.data), paths), ("BTC",), SystemClock().now())


def until(condition: Callable[[], bool], told: Callable[[], object] = lambda: "") -> None:
    deadline = time.monotonic() + LONGEST_S
    while not condition():
        assert time.monotonic() < deadline, told()
        time.sleep(0.05)


def command(home: Path, venue: ExchangeServer, *more: str) -> list[str]:
    options = ["--home", str(home), "--exchange-url", venue.url, "--coins", "BTC", *more]
    return [sys.executable, "-m", "powertrader", "up", *options]


def finished(home: Path, venue: ExchangeServer, *more: str) -> "subprocess.CompletedProcess[str]":
    """Run `up` to its end."""
    return subprocess.run(
        command(home, venue, *more), capture_output=True, text=True, check=False, timeout=LONGEST_S
    )


@contextmanager
def supervisor(home: Path, venue: ExchangeServer, *more: str) -> Iterator["subprocess.Popen[str]"]:
    """Run `up` until the block ends, which has to end it."""
    with subprocess.Popen(
        command(home, venue, *more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        if process.poll() is None:
            process.kill()


def all_run(home: Path) -> bool:
    seen = snapshot(home)
    return all(seen.process(process).state in ALIVE for process in WORKERS)


def looks_after(home: Path, pid: int) -> bool:
    """Tell whether a supervisor has looked at the workers at least once."""
    beat = snapshot(home).process("supervisor").heartbeat
    return beat is not None and beat.pid == pid and beat.steps > 0


def pids(home: Path) -> dict[str, int | None]:
    return {process: holder(home, process) for process in WORKERS}


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_killed_supervisors_leave_their_workers_running_and_ctrl_c_ends_them_all(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with supervisor(home, venue) as first:
        until(lambda: all_run(home), lambda: snapshot(home).processes)
        first.kill()
    before = pids(home)
    assert None not in before.values()
    main(["status", "--json", "--home", str(home)])
    processes = told(capsys)["processes"]
    assert processes["supervisor"]["state"] == "crashed"
    assert {name: one["pid"] for name, one in processes.items() if name != "supervisor"} == before
    with supervisor(home, venue) as second:
        # not before it has looked at the workers: what ends earlier is no crash that it could have seen
        until(lambda: looks_after(home, second.pid) and all_run(home))
        assert pids(home) == before
        trader = holder_of(HomePaths(home).process_lock("trader"))
        assert trader is not None
        kill(trader)
        until(lambda: holder(home, "trader") not in {None, trader.pid})
        second.send_signal(signal.SIGINT)
        _, errors = second.communicate(timeout=LONGEST_S)
    assert second.returncode == exit_codes.OK
    assert "trader crashed, starts again in 1 s" in errors
    assert "All stopped" in errors
    assert pids(home) == dict.fromkeys(WORKERS)


def test_detached_workers_go_on_are_stopped_one_by_one_and_status_names_what_is_missing(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    done = finished(home, venue, "--detach", "--json")
    assert done.returncode == exit_codes.OK, done.stderr
    assert "Left running: trainer, thinker, trader" in done.stderr
    assert f"`powertrader status --home {home}` shows them" in done.stderr
    assert f"`powertrader stop --home {home}` ends them" in done.stderr
    assert all_run(home)
    capsys.readouterr()
    assert main(["stop", "thinker", "--json", "--home", str(home)]) == exit_codes.OK
    # a busy computer may have to ask twice
    assert told(capsys)["endings"]["thinker"] in {"asked", "terminated"}
    assert holder(home, "thinker") is None
    assert holder(home, "trader") is not None
    assert main(["status", "--home", str(home)]) == exit_codes.DIFFERENT
    shown = capsys.readouterr().err
    assert "thinker: does not run" in shown
    assert "powertrader up" in shown
    after = finished(home, venue, "--for", "1", "--json")
    assert after.returncode == exit_codes.OK, after.stderr
    assert set(json.loads(after.stdout)["endings"]) == set(WORKERS)
    capsys.readouterr()
    assert main(["stop", "--home", str(home)]) == exit_codes.OK
    assert "Nothing runs here" in capsys.readouterr().err


@pytest.mark.money
def test_a_live_trader_that_crashes_is_live_again_and_its_keys_stand_nowhere(
    home: Path, venue: ExchangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINANCE_API_KEY", venue.api_key)
    monkeypatch.setenv("BINANCE_API_SECRET", venue.api_secret)

    def lives(pid: int | None) -> bool:
        beat = snapshot(home).process("trader").heartbeat
        return beat is not None and beat.pid == pid and beat.mode == "live" and not beat.failing

    with supervisor(home, venue, "--mode", "live", "--confirm-live", "LIVE") as process:
        until(lambda: lives(holder(home, "trader")), lambda: snapshot(home).processes)
        trader = holder_of(HomePaths(home).process_lock("trader"))
        assert trader is not None
        kill(trader)
        until(lambda: holder(home, "trader") not in {None, trader.pid} and lives(holder(home, "trader")))
        running = [pid for pid in (process.pid, *pids(home).values()) if pid is not None]
        said = [" ".join(psutil.Process(pid).cmdline()) for pid in running]
        process.send_signal(signal.SIGINT)
        said += process.communicate(timeout=LONGEST_S)
    said += [path.read_text("utf-8", "replace") for path in home.rglob("*") if path.is_file()]
    assert len(said) > len(WORKERS)
    assert [text for text in said if venue.api_key in text or venue.api_secret in text] == []


@pytest.mark.money
def test_a_live_trader_that_waits_for_its_first_answer_is_not_taken_for_one_on_paper(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BINANCE_API_KEY", "k" * 64)
    monkeypatch.setenv("BINANCE_API_SECRET", "s" * 64)
    # takes connections and never says a word
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        options = ["--home", str(home), "--exchange-url", f"http://127.0.0.1:{port}", "--coins", "BTC"]
        live = ["trader", *options, "--mode", "live", "--confirm-live", "LIVE"]
        with subprocess.Popen([sys.executable, "-m", "powertrader", *live], stderr=subprocess.PIPE) as trader:
            until(lambda: holder(home, "trader") == trader.pid)
            assert main(["up", *options]) == exit_codes.USAGE
            view = snapshot(home).process("trader")
            trader.kill()
    assert f"a trader in mode live runs here already (process {trader.pid})" in capsys.readouterr().err
    assert view.state is ProcessState.STARTING
    assert pids(home) == dict.fromkeys(WORKERS)


def test_only_one_supervisor_works_in_a_home(home: Path, venue: ExchangeServer) -> None:
    with supervisor(home, venue) as first:
        until(lambda: holder(home, "supervisor") == first.pid)
        second = finished(home, venue)
        assert second.returncode == exit_codes.USAGE
        assert f"held by process {first.pid}" in second.stderr
        assert f"(`powertrader status --home {home}` shows what runs)" in second.stderr
        assert main(["stop", "--home", str(home)]) == exit_codes.OK
        first.communicate(timeout=LONGEST_S)
    assert first.returncode == exit_codes.OK


@pytest.mark.parametrize("word", [(), ("--confirm-live", "yes")])
def test_live_needs_the_word_and_nothing_is_started_without_it(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str], word: tuple[str, ...]
) -> None:
    options = ["--home", str(home), "--exchange-url", venue.url, "--mode", "live", *word]
    assert main(["up", *options]) == exit_codes.USAGE
    assert "--confirm-live LIVE" in capsys.readouterr().err
    assert pids(home) == dict.fromkeys(WORKERS)


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["stop", "treader"], "treader is no process of PowerTrader"),
        (["up", "--detach", "--for", "3"], "--detach leaves the workers running"),
    ],
)
def test_wrong_usage_is_refused_with_what_is_possible(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main([*arguments, "--home", str(home)]) == exit_codes.USAGE
    assert said in capsys.readouterr().err
