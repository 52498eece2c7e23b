"""The scripts a newcomer starts first: setting up, running every check, measuring every claim."""

import importlib.util
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]


def script(name: str, folder: Path = ROOT / "scripts") -> ModuleType:
    """Import a script without starting it."""
    spec = importlib.util.spec_from_file_location(f"script_{name}", folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


run_tests = script("run_tests")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make the few files of a checkout that the bootstrap looks at."""
    (tmp_path / "scripts").mkdir()
    for name in ("scripts/bootstrap.py", "pyproject.toml", "requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


@pytest.fixture
def ready(checkout: Path) -> Path:
    """Make a checkout whose setup has ended, and a program that says its arguments."""
    bootstrap = script("bootstrap", checkout / "scripts")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(checkout / ".venv")], check=True)
    bootstrap.STAMP.write_text(bootstrap.fingerprint(dev=False) + "\n", encoding="utf-8")
    (checkout / "powertrader.py").write_text(
        "import sys; print(sys.argv[1:]); sys.exit(7)\n", encoding="utf-8"
    )
    return checkout


def start(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Start the bootstrap of a checkout."""
    command = [sys.executable, str(folder / "scripts" / "bootstrap.py"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_second_start_passes_arguments_and_exit_code_through_within_a_second(ready: Path) -> None:
    took_s = []
    # the best of three: other tests have the processor too
    for _ in range(3):
        begin = time.monotonic()
        result = start(ready, "run", "--", "replay", "--coins", "BTC")
        took_s.append(time.monotonic() - begin)
        assert (result.returncode, result.stdout.strip()) == (7, "['replay', '--coins', 'BTC']")
        assert result.stderr == ""
    assert min(took_s) < 1.0


def test_the_arguments_may_follow_without_a_separator(ready: Path) -> None:
    assert start(ready, "run", "candles", "--help").stdout.strip() == "['candles', '--help']"


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_a_changed_requirement_makes_the_setup_run_again(ready: Path, name: str) -> None:
    bootstrap = script("bootstrap", ready / "scripts")
    assert bootstrap.is_ready(dev=False)
    (ready / name).write_bytes((ready / name).read_bytes() + b"\n")
    assert not bootstrap.is_ready(dev=False)


def test_the_development_set_is_asked_for_by_itself_and_contains_the_other(ready: Path) -> None:
    bootstrap = script("bootstrap", ready / "scripts")
    assert not bootstrap.is_ready(dev=True)
    bootstrap.STAMP.write_text(bootstrap.fingerprint(dev=True), encoding="utf-8")
    assert bootstrap.is_ready(dev=True)
    assert bootstrap.is_ready(dev=False)


def test_an_interrupted_or_broken_environment_is_made_anew(checkout: Path) -> None:
    bootstrap = script("bootstrap", checkout / "scripts")
    bootstrap.venv_python().parent.mkdir(parents=True)
    bootstrap.venv_python().write_text("half of a program", encoding="utf-8")
    bootstrap.venv_python().chmod(0o755)
    assert not bootstrap.is_ready(dev=False)
    bootstrap.make_venv(with_pip=False)
    assert bootstrap.venv_works(with_pip=False)
    assert not bootstrap.venv_works(with_pip=True)


def test_an_environment_whose_installation_was_cut_off_is_not_trusted(ready: Path) -> None:
    bootstrap = script("bootstrap", ready / "scripts")
    assert bootstrap.venv_works(with_pip=False)
    bootstrap.STAMP.write_text(bootstrap.UNFINISHED, encoding="utf-8")
    assert not bootstrap.venv_works(with_pip=False)
    bootstrap.make_venv(with_pip=False)
    assert bootstrap.venv_works(with_pip=False)


def test_a_failed_step_stops_the_setup_with_one_clear_line(checkout: Path) -> None:
    bootstrap = script("bootstrap", checkout / "scripts")
    with pytest.raises(bootstrap.SetupError, match="installing failed with exit code 3"):
        bootstrap.run([sys.executable, "-c", "raise SystemExit(3)"], "installing")
    with pytest.raises(bootstrap.SetupError, match="installing failed"):
        bootstrap.run([str(checkout / "absent")], "installing")


def test_missing_system_packages_never_stop_the_setup(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap = script("bootstrap", checkout / "scripts")
    monkeypatch.setenv("PATH", str(checkout))  # no apt-get
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda _: None)  # a Python without Tk
    bootstrap.install_system_packages()
    assert ("python3-tk" if sys.platform.startswith("linux") else "Tk") in capsys.readouterr().err


def test_bootstrap_says_how_to_get_the_programs_of_the_tests(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap = script("bootstrap", checkout / "scripts")
    monkeypatch.setenv("PATH", str(checkout))
    bootstrap.install_test_programs()
    said = capsys.readouterr().err
    assert "redis" in said if os.name != "nt" else not said
    if sys.platform.startswith("linux"):
        assert all(program in said for program in ("xvfb", "xdotool", "dbus", "fonts-dejavu-core"))


@pytest.mark.parametrize("exit_code, said", [(0, "once\n"), (1, "at its first start instead\n")])
def test_the_program_is_asked_to_compile_and_a_failure_stops_nothing(
    ready: Path, capfd: pytest.CaptureFixture[str], exit_code: int, said: str
) -> None:
    program = f"import sys; sys.exit({exit_code} if sys.argv[1:] == ['prepare'] else 7)\n"
    (ready / "powertrader.py").write_text(program, encoding="utf-8")
    script("bootstrap", ready / "scripts").compile_once()
    assert capfd.readouterr().err.endswith(said)


def test_an_unknown_command_shows_the_help(checkout: Path) -> None:
    result = start(checkout, "fly")
    assert result.returncode == 2
    assert "setup" in result.stdout
    assert not (checkout / ".venv").exists()


def summary(covered: int, possible: int) -> dict[str, float]:
    """Make the coverage figures of a file."""
    return {"num_statements": possible, "covered_lines": covered, "num_branches": 0, "covered_branches": 0}


def test_coverage_is_joined_by_package_and_held_against_its_floor() -> None:
    files = {
        "src/powertrader/core/a.py": summary(94, 100),
        "src/powertrader/core/b.py": summary(90, 100),
        "src\\powertrader\\trader\\c.py": summary(100, 100),
        "src/powertrader/cli/d.py": summary(90, 100),
    }
    reached = run_tests.reached_pct(files)
    assert reached == {"core": 92.0, "trader": 100.0, "": 93.5}
    assert run_tests.shortfalls(reached) == ["coverage of core is 92.00 %, must be at least 95.0 %"]


def test_branches_count_like_lines() -> None:
    file = {**summary(10, 10), "num_branches": 10.0, "covered_branches": 5.0}
    assert run_tests.reached_pct({"src/powertrader/core/a.py": file})["core"] == 75.0


def test_an_unmeasured_run_fails() -> None:
    assert run_tests.shortfalls(run_tests.reached_pct({})) == ["coverage: nothing was measured"]


@pytest.mark.parametrize(
    "code, passed", [("print('said')", True), ("print('said'); raise SystemExit(4)", False)]
)
def test_a_check_is_its_programs_exit_code_and_last_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, *, passed: bool
) -> None:
    program = tmp_path / "program.py"
    program.write_text(code, encoding="utf-8")
    outcome = run_tests.outcome_of(run_tests.Check("named", run_tests.quiet(str(program))))
    assert (outcome.name, outcome.passed, outcome.note) == ("named", passed, "said")
    assert ("said" in capsys.readouterr().out) is not passed
    assert run_tests.streamed([sys.executable, str(program)], {}) == (passed, "said")


def test_the_table_names_what_failed() -> None:
    good = run_tests.Outcome("style", passed=True, note="", took_s=1.0)
    bad = run_tests.Outcome("types", passed=False, note="1 error", took_s=2.0)
    assert run_tests.table_of([good, bad], 3.0).endswith("failed: types, 3 s")
    assert run_tests.table_of([good], 1.0).endswith("all checks passed, 1 s")


def test_an_unknown_check_is_refused_with_the_names() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "run_tests.py"), "--only", "stile"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "style, format, types" in result.stderr


BENCHES = """
from tests.bench.registry import Row, bench

@bench(group="good", what="a second", unit="s", most=2)
def one() -> float:
    return 1.0

@bench(group="bad")
def rows() -> list[Row]:
    return [Row(what="ratio", measured=3.0, unit="x", least=4.0), Row(what="size", measured=5.0, unit="MiB")]
"""


@pytest.mark.parametrize("group, exit_code, measured", [("good", 0, 1), ("bad", 1, 2), ("none", 1, 0)])
def test_a_claim_that_does_not_hold_fails_the_measurement(
    tmp_path: Path, group: str, exit_code: int, measured: int
) -> None:
    (tmp_path / "bench_sample.py").write_text(BENCHES, encoding="utf-8")
    written = tmp_path / "figures.json"
    command = [
        sys.executable,
        str(ROOT / "scripts" / "bench.py"),
        group,
        "--folder",
        str(tmp_path),
        "--json",
        str(written),
    ]
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONUTF8": "1"}
    )
    assert result.returncode == exit_code, result.stderr
    figures = json.loads(written.read_text(encoding="utf-8"))["figures"]
    assert len(figures) == measured
    assert all(figure["group"] == group for figure in figures)


def test_a_figure_that_is_no_number_keeps_no_claim() -> None:
    from tests.bench.registry import Row  # noqa: PLC0415  only this test needs it

    assert not Row(what="ratio", measured=math.nan, unit="x", most=1.0).holds
    assert not Row(what="ratio", measured=math.nan, unit="x", least=1.0).holds
