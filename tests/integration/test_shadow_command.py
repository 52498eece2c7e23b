"""`powertrader shadow` beside a stand-in for the original that writes its files live.

PT_SOAK_ROUNDS makes it look longer, a second for each; scripts/soak.py sets it.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from tests.exchange_server import ExchangeServer, exchange_server
from tests.integration import fake_original
from tests.integration.fake_original import prepare

START_S: Final = 60
QUICK: Final = ("--settle", "2", "--set", "trader.step_s=0.1", "--json")
ROUNDS: Final = int(os.environ.get("PT_SOAK_ROUNDS", "1"))
TRADES_OFTEN: Final = {
    "pm_start_pct_no_dca": 0.1,
    "pm_start_pct_with_dca": 0.1,
    "trailing_gap_pct": 0.05,
    "dca_levels": [-0.2, -0.5],
    "dca_multiplier": 0.5,
}


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path_factory.mktemp("exchange"), speed=60) as server:
        yield server


@contextmanager
def running(folder: Path, venue: ExchangeServer, faults: str = "none") -> Iterator[None]:
    """Let the stand-in run until the block ends."""
    program = (sys.executable, "-m", fake_original.__name__, str(folder), venue.url, faults)
    process = subprocess.Popen(program, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + START_S
        while not (folder / "hub_data" / "trader_status.json").exists():
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline, "the stand-in did not start"
            time.sleep(0.05)
        yield
        assert process.poll() is None, process.stderr and process.stderr.read()
    finally:
        process.kill()
        process.communicate()


def run(folder: Path, home: Path, venue: ExchangeServer, *more: str) -> int:
    return main(["shadow", str(folder), "--home", str(home), "--exchange-url", venue.url, *QUICK, *more])


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def tree_of(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Give content and time stamps of everything below a folder."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            path.stat().st_mtime_ns,
            path.stat().st_ctime_ns,
        )
        for path in [folder, *sorted(folder.rglob("*"))]
    }


def test_beside_an_original_that_does_the_same_nothing_differs(
    tmp_path: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = prepare(tmp_path / "Power Trader AI")
    with running(folder, venue):
        code = run(folder, tmp_path / "home", venue, "--sweeps", "35")
    found = told(capsys)
    assert found["findings"] == found["unexplained"] == 0, found
    assert code == exit_codes.OK
    assert found["sweeps"] == 35
    assert found["signals_equal"] >= 6
    assert found["decisions_equal"] == found["decisions_compared"] >= 10
    assert not list(Path(found["results"]).glob("differences.jsonl"))


def test_every_trade_of_an_original_that_trades_often_is_one_its_rules_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = str(10 + ROUNDS)
    with exchange_server(tmp_path / "exchange", speed=3600) as fast:
        folder = prepare(tmp_path / "old", settings=TRADES_OFTEN)
        with running(folder, fast):
            code = run(folder, tmp_path / "home", fast, "--for", seconds, "--settle", "6")
    found = told(capsys)
    assert (found["trades_extra"], found["trades_missing"], found["decisions_differing"]) == (0, 0, 0), found
    assert found["trades_matched"] >= 1
    assert found["decisions_explained"] == 0
    assert code == exit_codes.OK


def test_an_original_that_deviates_is_found_out_and_nothing_of_it_is_touched(
    tmp_path: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = prepare(tmp_path / "old")
    with running(folder, venue, "bounds,level,extra_trade"):
        code = run(folder, tmp_path / "home", venue, "--for", "7")
    found = told(capsys)
    assert code == exit_codes.DIFFERENT
    lines = (Path(found["results"]) / "differences.jsonl").read_text(encoding="utf-8").splitlines()
    differences = [json.loads(line) for line in lines]
    assert {(one["kind"], one["coin"]) for one in differences} >= {("signal", "ETH"), ("trade", "ETH")}
    assert not [one for one in differences if one["coin"] == "BTC"]
    signal = next(one for one in differences if one["kind"] == "signal")
    assert "low bounds" in signal["original"]
    assert "long 1" in signal["original"]
    assert "long 0" in signal["ours"]
    before = tree_of(folder)
    run(folder, tmp_path / "home", venue, "--sweeps", "5")
    capsys.readouterr()
    assert tree_of(folder) == before
    assert run(folder, tmp_path / "home", venue, "--report") == exit_codes.DIFFERENT
    days = told(capsys)["days"]
    assert sum(day["signals_differing"] for day in days.values()) == found["signals_differing"] > 1
    assert sum(day["trades_extra"] for day in days.values()) == 1


def test_a_shadow_is_shown_by_status_and_ended_in_order_by_stop(
    tmp_path: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, home = prepare(tmp_path / "old"), ["--home", str(tmp_path / "home"), "--json"]
    options = ("--home", str(tmp_path / "home"), "--exchange-url", venue.url, *QUICK)
    program = (sys.executable, "-W", "ignore", "-m", "powertrader", "shadow", str(folder), *options)

    def stands() -> dict[str, Any]:
        main(["status", *home])
        found: dict[str, Any] = told(capsys)["processes"]
        return found

    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + START_S
        while not stands().get("shadow", {}).get("steps"):
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline, "the shadow did not start"
            time.sleep(0.1)
        assert stands()["shadow"]["pid"] == process.pid
        assert main(["stop", "shadow", *home]) == exit_codes.OK
        # a busy computer may have to ask twice
        assert told(capsys)["endings"]["shadow"] in {"asked", "terminated"}
        summary, _ = process.communicate(timeout=START_S)
    assert json.loads(summary)["sweeps"] >= 1
    assert process.returncode == exit_codes.DIFFERENT
    shadow = stands()["shadow"]
    assert (shadow["state"], shadow["pid"]) == ("stopped", None)


def test_a_home_inside_the_originals_folder_is_refused(
    tmp_path: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = prepare(tmp_path / "old")
    assert run(folder, folder / "home", venue, "--once") == exit_codes.USAGE
    assert "nothing may be written" in capsys.readouterr().err


def test_a_folder_of_something_else_is_refused(tmp_path: Path, venue: ExchangeServer) -> None:
    assert run(tmp_path, tmp_path / "home", venue, "--once") == exit_codes.USAGE


@pytest.mark.parametrize("place", ["home in it", "data in it"])
def test_a_home_inside_the_original_is_refused_before_anything_is_written(
    tmp_path: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    folder = prepare(tmp_path / "old")
    home = folder / "home" if place == "home in it" else tmp_path / "home"
    named = () if place == "home in it" else ("--set", f"paths.main_neural_dir={folder}")
    before = tree_of(folder)
    assert run(folder, home, venue, "--once", *named) == exit_codes.USAGE
    assert "nothing may be written" in capsys.readouterr().err
    assert tree_of(folder) == before
