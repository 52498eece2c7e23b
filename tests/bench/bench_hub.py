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
from statistics import median
from typing import Any, Final

import numpy as np

from tests.bench.hub_charts import (
    CANDLES,
    POINTS,
    TRADES,
    drawn_by_the_baseline,
)
from tests.bench.hub_home import HubHome, made
from tests.bench.registry import Row, bench
from tests.display import screen

CHANGES_PER_S: Final = 200
WARM_S: Final = 4
PHASE_S: Final = 20
PATIENCE_S: Final = 60
ROUNDS: Final = 30
BASELINE_ROUNDS: Final = 3
BASELINE: Final = Path(__file__).resolve().parents[2] / ".bench" / "matplotlib"
"""An environment of its own: PowerTrader has no matplotlib."""


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


@bench(group="hub", runs=1)
def charts() -> list[Row]:
    """Redraw both charts on a real screen, and let matplotlib draw the same as the original did."""
    with screen() as display, shown_on(display):
        ours = our_redraws_s()
        theirs = baseline()
    names = {
        "candles": f"chart of {CANDLES} candles with 19 lines: one redraw",
        "account": f"account of {POINTS:,} points with {TRADES:,} trades: one redraw",
    }
    rows = []
    for chart, name in names.items():
        most = 8 if chart == "candles" else None
        rows.append(Row(what=name, measured=1000 * median(ours[chart]), unit="ms", most=most))
        if chart in theirs:
            rows.append(Row(what=f"{name}, matplotlib", measured=1000 * median(theirs[chart]), unit="ms"))
    return rows


def our_redraws_s() -> dict[str, list[float]]:
    """Give what our redraws take, in a process of their own: Tk ends the one whose screen goes away."""
    program = (
        "import json; from powertrader.hub.window_root import make_root; from tests.bench import hub_charts\n"
        f"root = make_root(); print(json.dumps({{'candles': hub_charts.candle_redraws_s(root, {ROUNDS}), "
        f"'account': hub_charts.account_redraws_s(root, {ROUNDS})}}))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=PATIENCE_S * 5
    )
    found: dict[str, list[float]] = json.loads(said.stdout)
    return found


def baseline() -> dict[str, list[float]]:
    """Give what matplotlib takes in an environment of its own; nothing where that cannot be made."""
    python = BASELINE / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    try:
        if not python.exists():
            _uv("venv", "--quiet", "--python", sys.executable, str(BASELINE))
        _uv("pip", "install", "--quiet", "--python", str(python), "matplotlib")
    except subprocess.SubprocessError as error:
        print(f"no baseline: {error}", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as folder:
        numbers = Path(folder) / "charts.npz"
        np.savez(numbers, **drawn_by_the_baseline())  # type: ignore[arg-type]  # numpy's own keyword comes first
        script = Path(__file__).with_name("hub_baseline.py")
        command = [str(python), str(script), str(numbers), str(BASELINE_ROUNDS)]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE_S * 5)
    found: dict[str, list[float]] = json.loads(said.stdout)
    return found


def _uv(*words: str) -> None:
    command = [sys.executable, "-m", "uv", *words]
    subprocess.run(command, check=True, timeout=PATIENCE_S * 5)


@contextmanager
def shown_on(display: str) -> Iterator[None]:
    """Let windows of this process open on a screen until the block ends."""
    before = os.environ.get("DISPLAY")
    if display:
        os.environ["DISPLAY"] = display
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("DISPLAY", None)
        else:
            os.environ["DISPLAY"] = before
