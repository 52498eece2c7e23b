"""How long a person waits for the first complete trade of `powertrader demo`."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from tests.bench.registry import Row, bench

SECONDS: Final = 60


def summary_of_a_demo(**environment: str) -> dict[str, Any]:
    """Run a demo as a user does and give its summary; one that shows not everything is an error."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        command = (sys.executable, "-m", "powertrader", "demo", "--headless", "--seconds", str(SECONDS))
        subprocess.run(
            (*command, "--json", str(told)),
            env={**os.environ, **environment},
            capture_output=True,
            check=True,
        )
        found: dict[str, Any] = json.loads(told.read_text())
        return found


def rows_of(summary: dict[str, Any], when: str) -> list[Row]:
    """Give the figures that a person notices."""
    return [
        Row(what=f"first signal, {when}", measured=summary["seconds_to_first_signal"], unit="s"),
        Row(what=f"first trade, {when}", measured=summary["seconds_to_first_trade"], unit="s", most=SECONDS),
        Row(what=f"complete trades, {when}", measured=summary["trades_completed"], unit="trades", least=1),
    ]


@bench(group="demo", runs=1)
def demo_again() -> list[Row]:
    """Run a demo whose compiled code was kept by an earlier one."""
    return rows_of(summary_of_a_demo(), "not for the first time")


@bench(group="demo", runs=1)
def first_demo() -> list[Row]:
    """Run a demo that has to compile everything, as after an installation."""
    with tempfile.TemporaryDirectory() as cache:
        return rows_of(summary_of_a_demo(NUMBA_CACHE_DIR=cache), "nothing compiled yet")
