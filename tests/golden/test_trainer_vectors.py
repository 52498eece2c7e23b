"""Every recorded run of the original trainer gives the recorded files byte for byte."""

from pathlib import Path
from typing import Final

import pytest

from powertrader.models.timeframe import TIMEFRAMES
from powertrader.parity.case import Case, case_files, load_case
from powertrader.parity.trainer_cases import run_case, run_case_safe
from powertrader.parity.trainer_market import STAGES
from powertrader.trainer import deviations

RECORDED: Final = Path(__file__).parents[2] / "legacy" / "recorded" / "trainer"
FILES: Final = case_files(RECORDED)

pytestmark = [pytest.mark.golden]


def recorded(name: str) -> Case:
    return next(case for case in map(load_case, FILES) if case.id == name)


def test_every_recorded_trainer_case_is_here() -> None:
    assert len(FILES) == 18


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.split(".")[0])
def test_our_trainer_repeats_the_recorded_run(path: Path) -> None:
    assert run_case(load_case(path)) == ()


def test_a_changed_byte_in_the_recording_is_noticed() -> None:
    case = recorded("trainer_001_n60")
    text = case.outputs["runs"][0]["files"]["memories_1day.txt"]
    case.outputs["runs"][0]["files"]["memories_1day.txt"] = text.replace("{}", "{ }", 1)
    assert [found.where for found in run_case(case)] == ["runs[0].files.memories_1day.txt"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.split(".")[0])
def test_the_safe_trainer_differs_only_where_a_deviation_says_so(path: Path) -> None:
    assert all(found.deviation is not None for found in run_case_safe(load_case(path)))


def test_the_safe_trainer_uses_the_sound_entries_of_a_damaged_memory() -> None:
    found = run_case_safe(recorded("trainer_013_preexisting_odd_files"))
    assert {each.deviation for each in found} == {deviations.DAMAGED_ENTRY}
    assert any("memories_4hour.txt" in each.where for each in found)


def test_the_stop_file_that_comes_with_the_last_download_before_a_hang_stays_in_the_folder() -> None:
    case = recorded("trainer_016_too_few_hang")
    case.inputs["runs"][0]["killer_after_kline_call"] = 1
    case.outputs["runs"][0]["files"]["killer.txt"] = "yes"
    assert run_case(case) == ()


def test_a_checkpoint_below_0_counts_from_the_last_timeframe_as_the_original_list_does() -> None:
    case = recorded("trainer_001_n60")
    (run,) = case.inputs["runs"]
    run["files"]["trainer_checkpoint.json"] = '{"coin": "BTC", "tf_index": -7}'
    # One request a stage: this is the first of the second round, whose stages are too short to stop.
    # That round learns nothing, as each of its candles matches the entry made of it in the first.
    run["killer_after_kline_call"] = len(TIMEFRAMES) * STAGES + 1
    case.outputs["runs"][0]["files"]["killer.txt"] = "yes"
    assert run_case(case) == ()


def test_stages_too_short_for_the_original_to_stop_in_stop_the_safe_trainer_alone() -> None:
    case = recorded("trainer_001_n60")
    case.inputs["runs"][0]["files"]["killer.txt"] = "yes"
    case.outputs["runs"][0]["files"]["killer.txt"] = "yes"
    assert run_case(case) == ()
    assert {found.deviation for found in run_case_safe(case)} == {deviations.STOP_BETWEEN}


def test_a_file_that_keeps_its_modification_time_is_changed_like_any_other() -> None:
    case = recorded("trainer_012_killer_resume")
    run = case.inputs["runs"][1]
    run["files"] = {name: {"text": text, "keep_mtime": True} for name, text in run["files"].items()}
    assert run_case(case) == ()


def test_a_zero_open_costs_the_safe_trainer_one_timeframe_and_the_original_all() -> None:
    found = {each.where: each for each in run_case_safe(recorded("trainer_015_zero_open_crash"))}
    assert found["runs[0].files.memories_1day.txt"].original == "(absent)"
    assert found["runs[0].files.memories_1day.txt"].ours != "(absent)"
    assert "runs[0].files.memories_1hour.txt" not in found
    assert {each.deviation for each in found.values()} == {deviations.ZERO_OPEN}
