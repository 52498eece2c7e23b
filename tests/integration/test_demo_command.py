"""`powertrader demo`: real processes on a local exchange, cut off from the network, with keys around."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.process_identity import identity_of
from tests.display import screen, xdotool
from tests.integration import network_guard

pytestmark = pytest.mark.timeout(240)
LONGEST_S: Final = 120.0
BY_SIGNALS: Final = pytest.mark.skipif(
    os.name == "nt", reason="a console signal would stop the whole test run on Windows"
)
HANGUP: Final = getattr(signal, "SIGHUP", signal.SIGINT)
"""What a process gets whose window was closed."""
ENDS_S: Final = 10.0
"""Twice what it promises: other tests run beside this one."""
KEY: Final = "K3yOfTheUserThatNobodyMayUse"
AROUND: Final = {
    "BINANCE_API_KEY": KEY,
    "BINANCE_API_SECRET": KEY,
    "CCXT_KRAKEN_API_KEY": KEY,
    "PT__TRADING__MODE": "live",
    "PT_HOME": "/nowhere",
    "HTTP_PROXY": "http://192.0.2.1:9",
    "https_proxy": "http://192.0.2.1:9",
}


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """A demo, the lines it has printed, and where its processes note what they do."""

    process: "subprocess.Popen[str]"
    lines: list[str]
    reader: threading.Thread
    notes: Path
    temporary: Path

    def wait_for(self, text: str) -> None:
        """Return when a line has a text in it."""
        deadline = time.monotonic() + LONGEST_S
        while not any(text in line for line in self.lines):
            assert self.process.poll() is None, self.told
            assert time.monotonic() < deadline, self.told
            time.sleep(0.05)

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, float]:
        """End it as Ctrl-C does, or another signal; gives the exit code and the seconds that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(LONGEST_S)
        took_s = time.monotonic() - began
        self.reader.join(LONGEST_S)
        return code, took_s

    @property
    def told(self) -> str:
        """Everything it has printed."""
        return "".join(self.lines)

    def noted(self) -> dict[int, list[dict[str, Any]]]:
        """Give by process number what each process has noted, its command line first."""
        files = sorted(self.notes.iterdir())
        return {
            int(file.stem): [json.loads(line) for line in file.read_text().splitlines()] for file in files
        }


@contextmanager
def running_demo(folder: Path, *more: str, display: str = "") -> Iterator[RunningDemo]:
    """Run a demo that can reach nothing but this computer until the block ends, which has to end it.

    display: the screen for its window; without one it tells what it does line by line.
    """
    notes, temporary, guard = folder / "notes", folder / "tmp", folder / "guard"
    for one in (notes, temporary, guard):
        one.mkdir()
    (guard / "sitecustomize.py").write_bytes(Path(network_guard.__file__).read_bytes())
    around = {**os.environ, **AROUND, "PYTHONPATH": str(guard), "TMPDIR": str(temporary)}
    how = () if display else ("--headless",)
    command = (sys.executable, "-m", "powertrader", "demo", *how, *more)
    around["DISPLAY"] = display
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**around, network_guard.FOLDER: str(notes)}
    ) as process:
        lines: list[str] = []
        stream = process.stderr
        assert stream is not None
        reader = threading.Thread(target=lambda: lines.extend(iter(stream.readline, "")), daemon=True)
        reader.start()
        yield RunningDemo(process, lines, reader, notes, temporary)
        if process.poll() is None:
            process.kill()


def command_of(noted: list[dict[str, Any]]) -> str:
    words = noted[0]["arguments"]
    return str(words[words.index("powertrader") + 1])


@BY_SIGNALS
def test_a_demo_trains_signals_and_trades_without_network_and_keys_and_leaves_nothing(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    with running_demo(tmp_path, "--json", str(told), "--seconds", "100") as demo:
        demo.wait_for("sold below the trailing line")
        code, took_s = demo.end()
    assert code == exit_codes.OK, demo.told
    assert took_s < ENDS_S
    summary = json.loads(told.read_text())
    assert summary["coins_trained"] == 2
    assert summary["signals"] > 2
    assert summary["orders"] >= summary["purchases"] + summary["trades_completed"] >= 2
    assert summary["trades_completed"] >= 1
    assert 0 < summary["seconds_to_first_purchase"] <= summary["seconds_to_first_trade"] <= summary["seconds"]
    assert summary["final_equity"] == pytest.approx(10_000 + summary["realized_profit"], abs=300)
    assert "What the demo did" in demo.told
    assert KEY not in demo.told
    noted = demo.noted()
    assert {command_of(notes) for notes in noted.values()} >= {"demo", "exchange", "thinker", "trader"}
    hosts = {process: [one["host"] for one in notes[1:]] for process, notes in noted.items()}
    assert [one for notes in noted.values() for one in notes[1:] if not one["near"]] == []
    assert sum("127.0.0.1" in found for found in hosts.values()) >= 3
    for process, notes in noted.items():
        if process != demo.process.pid:
            assert set(notes[0]["environment"]).isdisjoint(set(AROUND) - {"PT_HOME"})
        assert identity_of(process) is None
    assert list(demo.temporary.iterdir()) == []


@BY_SIGNALS
def test_a_demo_whose_window_is_closed_ends_its_processes_and_removes_its_folder(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        demo.wait_for("trader starting")
        code, took_s = demo.end(HANGUP)
    assert code == exit_codes.INTERRUPTED, demo.told
    assert took_s < ENDS_S
    assert [process for process in demo.noted() if identity_of(process) is not None] == []
    assert list(demo.temporary.iterdir()) == []


@BY_SIGNALS
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a screen of our own is there on Linux only")
def test_a_demo_opens_the_window_where_there_is_a_screen_and_ends_with_it(tmp_path: Path) -> None:
    with screen() as display, running_demo(tmp_path, display=display) as demo:
        xdotool("search", "--sync", "--onlyvisible", "--name", "PowerTrader - Hub", display=display)
        demo.wait_for("trader running")
        (window,) = [number for number, notes in demo.noted().items() if command_of(notes) == "hub"]
        os.kill(window, signal.SIGTERM)
        code = demo.process.wait(ENDS_S + 5)
        demo.reader.join(LONGEST_S)
    assert code in {exit_codes.OK, exit_codes.DIFFERENT}, demo.told
    assert "until its window is closed" in demo.told
    assert "What the demo did" in demo.told
    assert [process for process in demo.noted() if identity_of(process) is not None] == []
    assert list(demo.temporary.iterdir()) == []


def test_a_demo_that_is_too_short_says_what_is_missing_and_a_named_folder_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, told = tmp_path / "kept", tmp_path / "told.json"
    arguments = ["demo", "--seconds", "5", "--headless", "--home", str(home), "--json", str(told)]
    assert main([*arguments, "--seed", "8"]) == exit_codes.DIFFERENT
    shown = " ".join(capsys.readouterr().err.split())
    assert "No coin was bought and sold again in time: give it longer" in shown
    assert f"Everything is in {home}" in shown
    summary = json.loads(told.read_text())
    assert (summary["seed"], summary["trades_completed"], summary["seconds_to_first_trade"]) == (8, 0, None)
    assert summary["seconds"] >= 5
    assert (home / "config" / "trading_config.yaml").is_file()
    assert main(["stop", "--home", str(home)]) == exit_codes.OK
    assert "Nothing runs here" in capsys.readouterr().err


def test_the_guard_refuses_everything_but_this_computer(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_bytes(Path(network_guard.__file__).read_bytes())
    tries = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    around = {**os.environ, "PYTHONPATH": str(tmp_path), network_guard.FOLDER: str(tmp_path)}
    done = subprocess.run(
        (sys.executable, "-c", tries), env=around, capture_output=True, text=True, check=False
    )
    assert "nobody reach 192.0.2.1" in done.stderr
    (record,) = tmp_path.glob("*.jsonl")
    assert {"host": "192.0.2.1", "near": False} in map(json.loads, record.read_text().splitlines())


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["demo", "--home", str(tmp_path)]) == exit_codes.USAGE
    assert f"--home {tmp_path} is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
