"""The harness that runs a user's own scripts, tried on small programs written from golden/BEHAVIOUR.md."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from powertrader.core.exceptions import BadData
from powertrader.parity.case import Case, load_case
from powertrader.parity.original_check import OriginalResult, check_case, summarise
from powertrader.parity.original_run import OriginalRunner
from powertrader.parity.original_scenarios import recorded_scenarios
from powertrader.parity.original_tree import OriginalScripts

RECORDED: Final = Path(__file__).parents[2] / "legacy" / "recorded"
STAND_INS: Final = Path(__file__).parent / "stand_in"
LIMIT_S: Final = 60.0

pytestmark = [pytest.mark.golden]


def recorded(kind: str, name: str) -> Case:
    return load_case(next((RECORDED / kind).glob(f"{name}.json*")))


def checked(folder: Path, case: Case, *, is_safe: bool = False, limit_s: float = LIMIT_S) -> OriginalResult:
    runner = OriginalRunner(OriginalScripts.found_in(folder), limit_s)
    return check_case(runner, case, is_safe=is_safe)


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A user's folder, with a blank in its name and files of its own that nobody may touch."""
    folder = tmp_path / "Power Trader AI"
    shutil.copytree(STAND_INS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "hub_data").mkdir()
    (folder / "hub_data" / "pnl_ledger.json").write_text("{}")
    (folder / "b_key.txt").write_text("a key nobody may read")
    return folder


def changed(folder: Path, kind: str, old: str, new: str) -> Path:
    """Make one mistake in one script."""
    script = folder / f"pt_{kind}.py"
    text = script.read_text()
    assert text.count(old) == 1
    script.write_text(text.replace(old, new))
    return folder


def everything_below(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


EQUAL: Final = [
    ("trainer", "trainer_001_n60"),
    ("trainer", "trainer_012_killer_resume"),
    ("trainer", "trainer_013_preexisting_odd_files"),
    ("trainer", "trainer_015_zero_open_crash"),
    ("trainer", "trainer_017_zero_close_bad_rows"),
    ("trainer", "trainer_018_stale_checkpoint"),
    ("thinker", "thinker_002_long_0_to_7"),
    ("thinker", "thinker_003_short_0_to_7"),
    ("thinker", "thinker_012_missing_threshold"),
    ("thinker", "thinker_013_training_gate"),
    ("thinker", "thinker_021_flaky_market"),
    ("thinker", "thinker_022_hot_reload"),
    ("trader", "trader_24h_limit_restart"),
    ("trader", "trader_buy_delayed_fill"),
    ("trader", "trader_buy_errors"),
    ("trader", "trader_dca_hard_all_stages"),
    ("trader", "trader_entry_without_price"),
    ("trader", "trader_killed_mid_buy"),
    ("trader", "trader_neural_stages"),
    ("trader", "trader_no_credentials"),
    ("trader", "trader_orders_fail"),
    ("trader", "trader_pending_mixed"),
    ("trader", "trader_settings_broken_then_fixed"),
    ("trader", "trader_trail_with_dca"),
]


@pytest.mark.parametrize("kind, name", EQUAL, ids=[name for _, name in EQUAL])
def test_a_script_that_does_what_the_originals_do_is_found_equal(kind: str, name: str) -> None:
    result = checked(STAND_INS, recorded(kind, name))
    assert result.differences == ()
    assert result.refused == ()
    assert result.tally.files


def test_other_blanks_in_a_json_file_are_counted_and_no_difference(scripts: Path) -> None:
    case = recorded("trader", "trader_trail_basic")
    assert checked(scripts, case).tally.equal_value == 0
    changed(scripts, "trader", "json.dumps(status, indent=2)", "json.dumps(status, indent=4)")
    result = checked(scripts, case)
    assert result.differences == ()
    assert result.tally.equal_value == 12


def test_an_integer_where_the_original_writes_a_float_is_a_difference(scripts: Path) -> None:
    changed(scripts, "trader", '"trail_active": False,\n            **', '"trail_active": 0,\n            **')
    result = checked(scripts, recorded("trader", "trader_trail_basic"))
    assert "hub_data/trader_status.json" in result.differences[0].where


def test_a_script_that_would_hang_is_ended_and_counts_as_the_hang_that_the_original_has() -> None:
    result = checked(STAND_INS, recorded("trainer", "trainer_016_too_few_hang"), limit_s=2)
    assert result.ends == ("hang",)
    assert result.differences == ()


FAULTS: Final = [
    ("trainer", "trainer_001_n60", "int(n * 0.25)", "int(n * 0.25) + 1", "memories_1day.txt"),
    ("trainer", "trainer_001_n60", "min(threshold + step", "min(threshold + step * 2", "threshold_1day.txt"),
    ("trainer", "trainer_001_n60", 'progress("done", 7)', 'progress("done", 6)', "trainer_progress.json"),
    ("trainer", "trainer_001_n60", "    sys.exit(0)", '    Path("extra").touch()', "at the end, file extra"),
    ("trainer", "trainer_018_stale_checkpoint", '["tf_index"])', '["tf_index"]) % 7', "how it ended"),
    ("thinker", "thinker_002_long_0_to_7", "ask < lows", "ask <= lows", ""),
    ("thinker", "thinker_004_exact_bounds", "ask < lows", "ask <= lows", "long_dca_signal.txt"),
    (
        "thinker",
        "thinker_015_close_bounds",
        "0.25 + gap or low",
        "0.26 + gap or low",
        "low_bound_prices.html",
    ),
    ("thinker", "thinker_029_small_margin", "max(mean, 0.25)", "mean", "profit_margin"),
    ("thinker", "thinker_001_all_active", '"5/3/2022/9am"', '"5/3/2022/9am\\n"', "alerts_version.txt"),
    ("trader", "trader_gate_level_3", 'long < used["trade', 'long <= used["trade', "order"),
    ("trader", "trader_trail_basic", "quantity=str(rounded)", "quantity=str(rounded * 0.5)", "order"),
    ("trader", "trader_exact_lines", 'bid < state["line"]', 'bid <= state["line"]', "order"),
    ("trader", "trader_basis_newest_first", ", reverse=True):", "):", "trader_status.json"),
    ("trader", "trader_24h_limit", ">= used[", "> used[", "order"),
]
"""Kind, scenario, right and wrong code, and where the difference shows: nowhere if it never matters there."""


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{number}-{fault[1]}" for number, fault in enumerate(FAULTS)])
def test_one_small_mistake_in_a_script_is_found(fault: tuple[str, str, str, str, str], scripts: Path) -> None:
    kind, name, old, new, where = fault
    result = checked(changed(scripts, kind, old, new), recorded(kind, name))
    found = [difference.where for difference in result.differences]
    assert bool(found) is bool(where), found
    assert not where or any(where in one for one in found), found


def test_the_users_folder_is_only_read(scripts: Path) -> None:
    before = everything_below(scripts)
    for kind, name in EQUAL[::6]:
        checked(scripts, recorded(kind, name))
    assert everything_below(scripts) == before


def test_what_compat_safe_does_otherwise_is_named_by_its_deviation() -> None:
    expected = [
        ("trainer", "trainer_015_zero_open_crash", "R03"),
        ("thinker", "thinker_012_missing_threshold", "S02"),
        ("thinker", "thinker_011_corrupt_memory", "S01"),
        ("trader", "trader_size_scientific_qty", "T01"),
    ]
    for kind, name, deviation in expected:
        found = checked(STAND_INS, recorded(kind, name), is_safe=True).findings
        assert {finding.deviation for finding in found} == {deviation}, name


def test_a_difference_that_no_deviation_explains_stays_without_an_id(scripts: Path) -> None:
    changed(scripts, "trader", "quantity=str(rounded)", "quantity=str(rounded * 0.5)")
    found = checked(scripts, recorded("trader", "trader_trail_basic"), is_safe=True).findings
    assert {finding.deviation for finding in found} == {None}


def with_first_line(folder: Path, line: str) -> Path:
    """Let the trainer do one more thing at its start."""
    return changed(folder, "trainer", "\nSTARTED = int", f"\n{line}\nSTARTED = int")


MISCHIEF: Final = [
    ("import socket; socket.create_connection(('127.0.0.1', 9))", "the network"),
    ("import urllib.request; urllib.request.urlopen('http://localhost:9')", "the network"),
    ("import requests; requests.get('https://api.binance.com')", "the network"),
    ("import subprocess; subprocess.Popen(['sleep', '100'])", "another program"),
    ("os.system('sleep 100')", "another program"),
    ("Path('../outside.txt').write_text('x')", "a file outside its folder"),
    ("os.rename(__file__, '../stolen.py')", "a file outside its folder"),
]


@pytest.mark.parametrize("line, told", MISCHIEF, ids=[line[:30] for line, _ in MISCHIEF])
def test_a_script_that_leaves_its_folder_is_stopped_from_it_and_told(
    scripts: Path, line: str, told: str
) -> None:
    result = checked(with_first_line(scripts, line), recorded("trainer", "trainer_001_n60"))
    assert [text.partition(":")[0] for text in result.refused] == [told]
    assert [difference.where for difference in result.differences][-1] == "how it ended"
    assert not (scripts.parent / "outside.txt").exists()


def test_a_script_that_crashes_is_told_with_its_last_words(scripts: Path) -> None:
    result = checked(with_first_line(scripts, "import ccxt"), recorded("trainer", "trainer_001_n60"))
    (ended,) = [one for one in result.differences if one.where == "how it ended"]
    assert ended.expected.startswith("crash:ModuleNotFoundError (ModuleNotFoundError: No module named 'ccxt'")
    assert "pt_trainer.py line" in ended.expected


def test_a_script_that_never_ends_is_ended_by_the_time_limit(scripts: Path) -> None:
    case = recorded("trainer", "trainer_001_n60")
    result = checked(with_first_line(scripts, "while True: pass"), case, limit_s=1)
    assert result.ends == ("hang",)
    assert result.seconds < 10
    assert result.differences


def test_a_script_whose_process_is_gone_is_told(scripts: Path) -> None:
    result = checked(with_first_line(scripts, "os._exit(3)"), recorded("trainer", "trainer_001_n60"))
    assert result.differences[-1].expected == "lost (its process ended with exit code 3 and no word)"


def test_a_script_that_makes_other_pauses_is_told_so(scripts: Path) -> None:
    changed(scripts, "trader", "time.sleep(0.5)", "time.sleep(0.75)")
    result = checked(scripts, recorded("trader", "trader_usdc_ignored"))
    assert "without the pause of 0.5 s that ends a tick" in result.differences[-1].expected


def test_what_a_script_tries_and_hides_is_told_although_nothing_differs(scripts: Path) -> None:
    with_first_line(scripts, "with contextlib.suppress(OSError): Path('../outside.txt').write_text('x')")
    result = checked(scripts, recorded("trainer", "trainer_001_n60"))
    assert result.differences == ()
    assert [text.rpartition("/")[2] for text in result.refused] == ["outside.txt"]


def test_keys_and_settings_of_the_user_are_not_in_the_environment_of_a_script(
    scripts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINANCE_API_KEY", "a key nobody may read")
    with_first_line(scripts, "Path('seen.txt').write_text(' '.join(sorted(os.environ.values())))")
    result = checked(scripts, recorded("trainer", "trainer_001_n60"))
    (seen,) = [one for one in result.differences if one.where.endswith("seen.txt")]
    assert "nobody" not in seen.expected


def test_without_any_original_script_there_is_nothing_to_compare(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"holds none of pt_trainer\.py, pt_thinker\.py, pt_trader\.py"):
        OriginalScripts.found_in(tmp_path)


def test_only_what_takes_very_long_is_left_out_unless_it_is_asked_for() -> None:
    def ids(*, with_long: bool) -> Iterator[str]:
        return (case.id for case in recorded_scenarios(RECORDED, {"trainer"}, with_long=with_long))

    assert set(ids(with_long=True)) - set(ids(with_long=False)) == {"trainer_019_threshold_cap"}


def test_the_summary_counts_what_was_compared(scripts: Path) -> None:
    changed(scripts, "trader", "quantity=str(rounded)", "quantity=str(rounded * 0.5)")
    names = ("trader_trail_basic", "trader_usdc_ignored")
    results = [checked(scripts, recorded("trader", name)) for name in names]
    total = summarise(results)["trader"]
    assert (total.equal, total.total, total.differing) == (1, 2, ["trader_trail_basic"])
    assert total.tally.orders == sum(result.tally.orders for result in results) > 0
