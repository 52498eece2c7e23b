"""The scripts that carry the original's habits: each is the command of its name and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from powertrader.cli import exit_codes

SCRIPTS: Final = Path(__file__).resolve().parents[2] / "scripts"
MOST_LINES: Final = 60


def run(name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(SCRIPTS / name), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "name, command",
    [
        ("run_trainer.py", "trainer"),
        ("run_thinker.py", "thinker"),
        ("run_trader.py", "trader"),
        ("run_backtest.py", "backtest"),
        ("run_live.py", "up"),
    ],
)
def test_a_script_is_the_command_of_its_name(name: str, command: str) -> None:
    shown = run(name, "--help")
    assert shown.returncode == exit_codes.OK
    assert f"powertrader {command} [OPTIONS]" in shown.stdout
    assert len((SCRIPTS / name).read_text(encoding="utf-8").splitlines()) < MOST_LINES


# -S: without the packages of the environment that runs the tests, as the Python of the system
FOREIGN_PYTHON: Final = (sys.executable, "-S")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give the scripts in a checkout that is not set up."""
    return Path(shutil.copytree(SCRIPTS, tmp_path / "check out" / "scripts")).parent


@pytest.mark.parametrize("name", ["run_trainer.py", "migrate.py", "compare_outputs.py"])
def test_a_foreign_python_says_how_to_set_up_what_is_not_set_up(name: str, checkout: Path) -> None:
    command = [*FOREIGN_PYTHON, str(checkout / "scripts" / name), "--help"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == exit_codes.USAGE
    assert refused.stderr == (
        f"PowerTrader is not set up in {checkout}: run `python3 scripts/bootstrap.py setup` there once\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="there a Python of the checkout is no link")
def test_a_foreign_python_hands_over_to_that_of_the_checkout(checkout: Path) -> None:
    own = checkout / ".venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    own.chmod(0o755)
    command = [*FOREIGN_PYTHON, str(checkout / "scripts" / "run_trainer.py"), "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert shown.returncode == exit_codes.OK
    assert "powertrader trainer [OPTIONS]" in shown.stdout


def test_a_script_ends_with_the_exit_code_of_its_command(tmp_path: Path) -> None:
    refused = run("run_live.py", "--mode", "live", "--home", str(tmp_path), "--set", "coins=BTC")
    assert refused.returncode == exit_codes.USAGE
    assert "--confirm-live LIVE" in refused.stderr
