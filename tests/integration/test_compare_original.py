"""`compare --original` as a user starts it, and what is left of it when it is killed."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil
import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main

ROOT: Final = Path(__file__).parents[2]
STAND_INS: Final = ROOT / "tests" / "golden" / "stand_in"
RECORDED: Final = ROOT / "legacy" / "recorded"
PATIENCE_S: Final = 30.0


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    folder = tmp_path / "vectors"
    folder.mkdir()
    for name in (
        "trainer/trainer_001_n60",
        "thinker/thinker_012_missing_threshold",
        "trader/trader_trail_basic",
    ):
        shutil.copy(RECORDED / f"{name}.json", folder)
    return folder


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STAND_INS, tmp_path / "my scripts"))


def compare(folder: Path, vectors: Path, *more: str) -> int:
    return main(["compare", "--original", str(folder), "--vectors", str(vectors), "--cases", "0", *more])


def test_equal_scripts_end_with_0_and_the_report_says_which_scripts_ran(
    scripts: Path, vectors: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    assert compare(scripts, vectors, "--json", str(report)) == exit_codes.OK
    told = json.loads(report.read_text())
    assert {kind: len(script["sha256"]) for kind, script in told["scripts"].items()} == {
        "trainer": 64,
        "thinker": 64,
        "trader": 64,
    }
    assert [(one["equal"], one["total"]) for one in told["summary"].values()] == [(1, 1)] * 3
    assert {one["id"]: one["ends"] for one in told["scenarios"]} == {
        "thinker_012_missing_threshold": ["exit:0"],
        "trader_trail_basic": ["stopped"],
        "trainer_001_n60": ["exit:0"],
    }
    shown = capsys.readouterr().err
    assert told["scripts"]["trader"]["sha256"] in shown
    assert "trader   1/1 scenarios equal" in shown


def test_another_order_is_shown_with_both_quantities_and_ends_with_1(
    scripts: Path, vectors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = scripts / "pt_trader.py"
    script.write_text(script.read_text().replace("quantity=str(rounded)", "quantity=str(rounded * 0.5)"))
    assert compare(scripts, vectors, "--only", "trader") == exit_codes.DIFFERENT
    shown = capsys.readouterr().err
    assert "tick 1, order 1\n    original BUY BTCUSDT 0.001245" in shown
    assert "ours     BUY BTCUSDT 0.00249" in shown
    assert "trader   0/1 scenarios equal" in shown


def test_safe_names_what_it_does_otherwise_and_ends_with_0(
    scripts: Path, vectors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(scripts, vectors, "--only", "thinker", "--compat", "safe") == exit_codes.OK
    shown = capsys.readouterr().err
    assert "S02    thinker_012_missing_threshold" in shown
    assert "compat=safe decides 1 times otherwise, 0 without an id" in shown


@pytest.mark.parametrize(
    "only, told",
    [
        ("hub", "--only was 'hub', must be one of trainer, thinker, trader"),
        ("trader", "holds no pt_trader.py; leave out --only trader"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(
    scripts: Path, vectors: Path, only: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (scripts / "pt_trader.py").unlink()
    assert compare(scripts, vectors, "--only", only) == exit_codes.USAGE
    assert told in capsys.readouterr().err


def test_a_folder_without_scripts_is_refused(
    tmp_path: Path, vectors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(tmp_path, vectors) == exit_codes.BAD_DATA
    assert "holds none of pt_trainer.py, pt_thinker.py, pt_trader.py" in capsys.readouterr().err


def test_neither_recordings_nor_scripts_is_no_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare"]) == exit_codes.USAGE
    assert "give --vectors with a folder of recorded cases, or --original" in capsys.readouterr().err


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_script_in_an_endless_loop_does_not_outlive_a_comparison_that_is_killed(
    scripts: Path, vectors: Path
) -> None:
    trainer = scripts / "pt_trainer.py"
    trainer.write_text("while True:\n    pass\n")
    command = [sys.executable, "-m", "powertrader", "compare", "--original", str(scripts), "--cases", "0"]
    with subprocess.Popen(
        [*command, "--vectors", str(vectors), "--only", "trainer"], stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_until(lambda: bool(psutil.Process(process.pid).children()))
            (child,) = psutil.Process(process.pid).children()
            wait_until(lambda: child.cpu_times().user > 0.1)
            process.send_signal(signal.SIGKILL)
        finally:
            process.kill()
    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
