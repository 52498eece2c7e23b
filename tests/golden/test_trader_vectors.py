"""Every recorded run of the original trader gives the recorded orders, books, status and memory."""

from pathlib import Path
from typing import Final

import pytest

from powertrader.parity.case import Case, case_files, load_case
from powertrader.parity.trader_cases import run_case, run_case_safe

RECORDED: Final = Path(__file__).parents[2] / "legacy" / "recorded" / "trader"
FILES: Final = case_files(RECORDED)

pytestmark = [pytest.mark.golden, pytest.mark.money]


def name_of(path: Path) -> str:
    return path.name.split(".")[0]


def recorded(name: str) -> Case:
    return load_case(next(path for path in FILES if name_of(path) == name))


def test_every_recorded_trader_case_is_here() -> None:
    assert len(FILES) == 102


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_our_trader_repeats_the_recorded_run(path: Path) -> None:
    assert run_case(load_case(path)) == ()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_order_that_safe_decides_differently_has_its_deviation(path: Path) -> None:
    unexplained = [finding for finding in run_case_safe(load_case(path)) if finding.deviation is None]
    assert unexplained == []


@pytest.mark.parametrize(
    "case, deviations",
    [
        ("trader_size_scientific_qty", {"T01"}),
        ("trader_dust_blocks_entry", {"T02"}),
        ("trader_untracked_coin", {"T03"}),
        ("trader_account_fail_all", {"T04"}),
        ("trader_account_fail_second_call", {"T04"}),
        ("trader_orders_fail", {"T05"}),
        ("trader_locked_balance", {"T11"}),
        ("trader_buy_without_fill_data", {"T19"}),
        ("trader_basis_newest_first", set()),
        ("trader_24h_seed_history", set()),
        ("trader_exact_lines", set()),
        ("trader_killed_mid_buy", {"T18"}),
        ("trader_multi_entry_insufficient", {"T10"}),
        ("trader_buy_partial_then_canceled", {"T06"}),
        ("trader_trail_sell_error_api", {"T08"}),
        ("trader_entry_without_price", {"T03"}),
        ("trader_buy_errors", {"T14"}),
        ("trader_no_pairs", {"T03"}),
        ("trader_trail_basic", set()),
        ("trader_dca_hard_all_stages", set()),
        ("trader_multi_entry", set()),
        ("trader_24h_limit_restart", set()),
        ("trader_fuzz_1", set()),
    ],
)
def test_safe_decides_differently_only_where_the_register_says(case: str, deviations: set[str]) -> None:
    assert {finding.deviation for finding in run_case_safe(recorded(case))} == deviations


def test_a_wrong_order_in_a_recording_is_found() -> None:
    case = recorded("trader_trail_basic")
    case.outputs["runs"][0]["ticks"][0]["orders"][0]["quantity"] = "0.0025"
    found = run_case(case)
    assert [(difference.expected, difference.actual) for difference in found] == [("'0.0025'", "'0.00249'")]
    assert [finding.deviation for finding in run_case_safe(case)] == [None]
