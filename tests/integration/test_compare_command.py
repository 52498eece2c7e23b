"""The proof against recorded runs, as a user and a script start it."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main

RECORDED = Path(__file__).parents[2] / "legacy" / "recorded"
NONE_OF_A_KIND = {"passed": 0, "total": 0, "failed": []}


def _recorded(kind: str, number: int = 0) -> Path:
    return sorted(path for path in (RECORDED / kind).iterdir() if path.name.endswith((".json", ".json.gz")))[
        number
    ]


def _changed(source: Path, folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    raw = source.read_bytes()
    case = json.loads(gzip.decompress(raw) if source.suffix == ".gz" else raw)
    change(case)
    target = folder / f"{case['id']}.json"
    target.write_text(json.dumps(case), encoding="utf-8")
    return target


def test_equal_cases_are_counted_by_kind_and_end_with_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind in ("trainer", "thinker"):
        shutil.copy(_recorded(kind), tmp_path)
    result = tmp_path / "result" / "all.txt"
    assert main(["compare", "--vectors", str(tmp_path), "--json", str(result)]) == exit_codes.OK
    one = {"passed": 1, "total": 1, "failed": []}
    assert json.loads(result.read_text()) == {"trainer": one, "thinker": one, "trader": NONE_OF_A_KIND}
    assert "trainer  1/1 equal" in capsys.readouterr().err


def test_a_case_that_cannot_be_run_fails_by_itself_and_the_others_are_still_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(_recorded("trainer"), tmp_path)
    broken = _changed(_recorded("trainer", 1), tmp_path, lambda case: case["inputs"].clear())
    result = tmp_path / "result.txt"
    assert main(["compare", "--vectors", str(tmp_path), "--json", str(result)]) == exit_codes.DIFFERENT
    told = json.loads(result.read_text())["trainer"]
    assert told == {"passed": 1, "total": 2, "failed": [broken.stem]}
    assert "KeyError" in capsys.readouterr().err
    assert main(["compare", "--vectors", str(tmp_path), "--compat", "safe"]) == exit_codes.DIFFERENT
    assert f"NO ID  {broken.stem} run" in capsys.readouterr().err


def test_a_recording_that_differs_is_shown_with_both_values_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def another_quantity(case: dict[str, Any]) -> None:
        case["outputs"]["runs"][0]["ticks"][0]["orders"][0]["quantity"] = "123.456"
        case["title"] = "a title [/with] brackets"

    broken = _changed(RECORDED / "trader" / "trader_24h_limit.json", tmp_path, another_quantity)
    assert main(["compare", "--vectors", str(tmp_path)]) == exit_codes.DIFFERENT
    shown = capsys.readouterr().err
    assert f"{broken.stem} (a title [/with] brackets)" in shown
    assert "recorded" in shown
    assert "123.456" in shown


def test_safe_names_each_other_decision_with_its_deviation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(RECORDED / "trainer" / "trainer_013_preexisting_odd_files.json.gz", tmp_path)
    result = tmp_path / "result.txt"
    arguments = ["compare", "--vectors", str(tmp_path), "--compat", "safe", "--json", str(result)]
    assert main(arguments) == exit_codes.OK
    (findings,) = json.loads(result.read_text()).values()
    assert findings
    assert all(finding["deviation"].startswith("R") for finding in findings)
    assert "1 of 1 cases decide differently, 0 without an id" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("compat", ["original", "safe"])
def test_a_folder_without_cases_proves_nothing_and_is_refused(
    tmp_path: Path, compat: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "--vectors", str(tmp_path), "--compat", compat]) == exit_codes.BAD_DATA
    assert "holds no recorded cases" in capsys.readouterr().err


def test_a_file_that_is_no_case_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "foreign.json").write_text(
        '{"kind": "hub", "id": "", "title": "", "inputs": 1, "outputs": 1}'
    )
    assert main(["compare", "--vectors", str(tmp_path)]) == exit_codes.BAD_DATA
    assert "foreign.json: kind was 'hub'" in capsys.readouterr().err
