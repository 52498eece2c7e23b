"""The scripts that carry the original's habits: each is the command of its name and nothing else."""

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
        ("run_live.py", "up"),
    ],
)
def test_a_script_is_the_command_of_its_name(name: str, command: str) -> None:
    shown = run(name, "--help")
    assert shown.returncode == exit_codes.OK
    assert f"powertrader {command} [OPTIONS]" in shown.stdout
    assert len((SCRIPTS / name).read_text(encoding="utf-8").splitlines()) < MOST_LINES


def test_a_script_ends_with_the_exit_code_of_its_command(tmp_path: Path) -> None:
    refused = run("run_live.py", "--mode", "live", "--home", str(tmp_path), "--set", "coins=BTC")
    assert refused.returncode == exit_codes.USAGE
    assert "--confirm-live LIVE" in refused.stderr
