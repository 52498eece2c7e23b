"""How the window carries 1,000 coins, and what its charts cost beside the original's way of drawing them."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.bench.hub_home import HubHome, made
from tests.bench.registry import Row, bench
from tests.display import screen

CHANGES_PER_S: Final = 200
WARM_S: Final = 4
PHASE_S: Final = 20
PATIENCE_S: Final = 60


@contextmanager
def window(home: Path, folder: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """Run the real window on a home until the block ends."""
    out = folder / "figures.jsonl"
    out.touch()
    command = [sys.executable, "-m", "tests.bench.hub_process", str(home), str(out)]
    with screen() as display:
        environment = {**os.environ, "DISPLAY": display} if display else dict(os.environ)
        child = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, env=environment)
        try:
            yield child, out
        finally:
            if child.stdin is not None:
                child.stdin.write("\n")
                child.stdin.close()
            try:
                child.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                child.kill()


def figures(out: Path, phase: str) -> dict[str, Any] | None:
    """Give what was told of a phase, None before that."""
    for line in out.read_text(encoding="utf-8").splitlines():
        found: dict[str, Any] = json.loads(line)
        if found["phase"] == phase:
            return found
    return None


def awaited(out: Path, phase: str, home: HubHome | None = None) -> dict[str, Any]:
    """Give what is told of a phase; meanwhile a home's workers are busy."""
    ends_s = time.monotonic() + PATIENCE_S

    def ended() -> bool:
        assert time.monotonic() < ends_s, f"the window said nothing of {phase}"
        return figures(out, phase) is not None

    if home is not None:
        home.keep_changing(CHANGES_PER_S, ended)
    while not ended():
        time.sleep(0.05)
    return figures(out, phase) or {}


@bench(group="hub", runs=1)
def thousand_coins() -> list[Row]:
    """Open the window on 1,000 coins with 200,000 account points and 10,000 trades: at rest, and busy."""
    with tempfile.TemporaryDirectory() as folder:
        home = made(Path(folder) / "home")
        with window(home.paths.root, Path(folder)) as (child, out):
            assert child.stdin is not None
            start_s = awaited(out, "first paint")["start_s"]
            found = {}
            for name in ("warm", "idle", "busy-warm", "busy"):
                child.stdin.write(f"{name} {WARM_S if 'warm' in name else PHASE_S}\n")
                child.stdin.flush()
                found[name] = awaited(out, name, home if "busy" in name else None)
    idle, busy = found["idle"], found["busy"]
    return [
        Row(what="start to first useful paint", measured=start_s, unit="s", most=1.5),
        Row(what="idle: event latency p99", measured=idle["p99_ms"], unit="ms", most=30),
        Row(what="idle: CPU of one core", measured=idle["cpu_pct"], unit="%", most=15),
        Row(what="200 changes/s: event latency p50", measured=busy["p50_ms"], unit="ms"),
        Row(what="200 changes/s: event latency p99", measured=busy["p99_ms"], unit="ms", most=30),
        Row(what="200 changes/s: worst event latency", measured=busy["worst_ms"], unit="ms"),
        Row(what="200 changes/s: CPU of one core", measured=busy["cpu_pct"], unit="%", most=40),
        Row(what="200 changes/s: resident memory", measured=busy["rss_mb"], unit="MB", most=200),
        Row(what="200 changes/s: views drawn", measured=busy["views"] / PHASE_S, unit="1/s"),
    ]
