"""Everything that must hold before a change is good, in one run with one table at its end.

    run_tests.py                    all checks
    run_tests.py --only NAME,NAME   some of them (the names are those of the table)
    run_tests.py -- ARGS            pytest alone, with these arguments

Exit code 0 only when every check held. `python3 scripts/bootstrap.py test` calls this.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
TOOLS: Final = Path(sys.executable).parent
COVERAGE_FILE: Final = ROOT / "coverage.json"
FLOORS: Final = (
    ("core", 95.0),
    ("trainer", 95.0),
    ("thinker", 95.0),
    ("trader", 95.0),
    ("strategy", 95.0),
    ("risk", 95.0),
    ("", 90.0),
)
"""Package and the least percent of its lines and branches that the tests must reach; "" is the whole."""
MEMORY_FOLDER: Final = Path("/dev/shm")  # noqa: S108  pytest makes a folder there that is its user's alone
ROOM_BYTES: Final = 4 << 30
EXPORTS: Final = (
    ("requirements.txt", ("--no-dev",)),
    ("requirements-dev.txt", ("--all-extras", "--all-groups")),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended, with one line about it."""

    name: str
    passed: bool
    note: str
    took_s: float


@dataclass(frozen=True, slots=True)
class Check:
    """A name for the table, and what gives passed and a note."""

    name: str
    run: Callable[[], tuple[bool, str]]


def main(arguments: list[str]) -> int:
    """Run the checks asked for and give the exit code."""
    os.chdir(ROOT)
    # tests start Python by the hundred; where nothing compiled is kept, each start compiles everything again
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if arguments and arguments[0] != "--only":
        own = arguments[1:] if arguments[0] == "--" else arguments
        return subprocess.run([sys.executable, "-m", "pytest", *own], check=False).returncode
    wanted = arguments[1].split(",") if len(arguments) > 1 else None
    chosen = [check for check in CHECKS if wanted is None or check.name in wanted]
    if wanted is not None and len(chosen) < len(wanted):
        sys.stderr.write(f"--only was {arguments[1]}; the names are {', '.join(c.name for c in CHECKS)}\n")
        return 2
    start = time.monotonic()
    outcomes = outcomes_of([check for check in chosen if wanted is not None or check.name != "smoke"])
    print(table_of(outcomes, time.monotonic() - start), flush=True)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def outcomes_of(checks: list[Check]) -> list[Outcome]:
    """Run the checks that need one core each beside one another, then the others one by one."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        beside = list(pool.map(outcome_of, [check for check in checks if check.name in SIDE_BY_SIDE]))
    return beside + [outcome_of(check) for check in checks if check.name not in SIDE_BY_SIDE]


def outcome_of(check: Check) -> Outcome:
    """Run one check and take its time."""
    print(f"== {check.name}", flush=True)
    start = time.monotonic()
    passed, note = check.run()
    return Outcome(check.name, passed, note, time.monotonic() - start)


def table_of(outcomes: list[Outcome], total_s: float) -> str:
    """Lay the outcomes out, one line each, and say at the end whether all is good."""
    lines = [
        f"  {one.name:12} {'ok' if one.passed else 'FAILED':7}{one.took_s:7.1f} s  {one.note}".rstrip()
        for one in outcomes
    ]
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    verdict = f"failed: {', '.join(failed)}" if failed else "all checks passed"
    return "\n".join(["", *lines, f"{verdict}, {total_s:.0f} s"])


def quiet(*command: str) -> Callable[[], tuple[bool, str]]:
    """Make a check of a program whose output matters only when it fails."""

    def run() -> tuple[bool, str]:
        result = subprocess.run([*tool(command)], capture_output=True, text=True, check=False)
        output = (result.stdout + result.stderr).strip()
        if result.returncode:
            print(output, flush=True)
        return result.returncode == 0, output.splitlines()[-1] if output else ""

    return run


def tool(command: tuple[str, ...]) -> list[str]:
    """Give a command with its program taken from beside this Python."""
    suffix = ".exe" if os.name == "nt" else ""
    if command[0].endswith(".py"):
        return [sys.executable, *command]
    return [str(TOOLS / f"{command[0]}{suffix}"), *command[1:]]


def pytest(*arguments: str, **environment: str) -> Callable[[], tuple[bool, str]]:
    """Make a check of a pytest run; its output is shown as it comes, its last line is the note."""

    def run() -> tuple[bool, str]:
        return streamed([sys.executable, "-m", "pytest", "-q", *arguments], {**in_memory(), **environment})

    return run


def in_memory() -> dict[str, str]:
    """Give the setting that keeps the folders of tests in memory, if there is room: disks make them wait."""
    has_room = MEMORY_FOLDER.is_dir() and shutil.disk_usage(MEMORY_FOLDER).free > ROOM_BYTES
    return {"PYTEST_DEBUG_TEMPROOT": str(MEMORY_FOLDER)} if has_room else {}


def streamed(command: list[str], environment: Mapping[str, str]) -> tuple[bool, str]:
    """Run a program, show its output as it comes, and keep its last line."""
    last = ""
    with subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line.strip() or last
    return process.returncode == 0, last.strip("= ")


def coverage() -> tuple[bool, str]:
    """Compare what the two test runs reached with the floors."""
    made, said = quiet("coverage", "json", "-q", "-o", str(COVERAGE_FILE))()
    if not made:
        return False, said
    report = json.loads(COVERAGE_FILE.read_text(encoding="utf-8"))
    reached = reached_pct({name: file["summary"] for name, file in report["files"].items()})
    below = shortfalls(reached)
    for line in below:
        print(line, flush=True)
    return not below, ", ".join(f"{package or 'all'} {percent:.1f} %" for package, percent in reached.items())


def reached_pct(files: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Give the percent of lines and branches reached, for each package of the floors that exists."""
    reached = {}
    for package, _ in FLOORS:
        inside = re.compile(rf"src[/\\]powertrader[/\\]{package}[/\\]" if package else "")
        own = [summary for name, summary in files.items() if inside.search(name)]
        possible = sum(summary["num_statements"] + summary.get("num_branches", 0) for summary in own)
        if possible:
            done = sum(summary["covered_lines"] + summary.get("covered_branches", 0) for summary in own)
            reached[package] = 100 * done / possible
    return reached


def shortfalls(reached: Mapping[str, float]) -> list[str]:
    """Say which packages lie below their floor; the whole must be there."""
    if "" not in reached:
        return ["coverage: nothing was measured"]
    return [
        f"coverage of {package or 'all'} is {reached[package]:.2f} %, must be at least {floor} %"
        for package, floor in FLOORS
        if package in reached and reached[package] < floor
    ]


def exports() -> tuple[bool, str]:
    """Compare the requirement files with what uv.lock gives."""
    if importlib.util.find_spec("uv") is None:
        return True, "uv is not installed, not compared"
    stale = []
    for name, options in EXPORTS:
        command = tool(("uv", "export", "-q", "--offline", *EXPORT_OPTIONS, *options))
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode or result.stdout != (ROOT / name).read_text(encoding="utf-8"):
            stale.append(f"{name} (uv export {' '.join((*EXPORT_OPTIONS, *options))} -o {name})")
    for line in stale:
        print(f"not what uv.lock gives: {line}", flush=True)
    return not stale, f"{len(EXPORTS)} files as uv.lock gives them"


def files_marked(mark: str) -> list[str]:
    """Give the test files that use a mark: to collect all the others takes longer than to run these."""
    found = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(path.relative_to(ROOT)) for path in found if f"pytest.mark.{mark}" in path.read_text("utf-8")]


KERNEL: Final = "kernel"
SIDE_BY_SIDE: Final = ("style", "format", "types", "imports", "exports", "collected")
EXPORT_OPTIONS: Final = ("--frozen", "--no-header", "--no-emit-project")
TEST_PROCESSES: Final = str(min((os.cpu_count() or 1) + 1, 5))
"""One more than there are cores: a test that waits for a process of its own leaves its core to another."""
MEASURED: Final = ("--cov=powertrader", "--cov-report=")
CHECKS: Final = (
    Check("style", quiet("ruff", "check", ".")),
    Check("format", quiet("ruff", "format", "--check", ".")),
    Check("types", quiet("mypy", "src", "scripts", "tests")),
    Check("imports", quiet("lint-imports")),
    Check("exports", exports),
    # keeps what pytest makes of the test files: below, each process would make it anew, all at once
    Check("collected", quiet("pytest", "--collect-only", "-q")),
    Check("tests", pytest("-n", TEST_PROCESSES, "--dist=worksteal", *MEASURED)),
    Check(
        "kernels",
        # for the lines that coverage sees; the compiled run before has searched for examples thoroughly
        pytest(
            *("-n", TEST_PROCESSES, "-m", KERNEL, *MEASURED, "--cov-append", *files_marked(KERNEL)),
            NUMBA_DISABLE_JIT="1",
            HYPOTHESIS_PROFILE="local",
        ),
    ),
    Check("coverage", coverage),
    Check("recorded", quiet("scripts/compare_outputs.py", "--vectors", "legacy/recorded")),
    Check("smoke", pytest("-x", "-m", "not kernel and not load", "tests/unit", "tests/architecture")),
)

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
