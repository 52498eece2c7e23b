"""How a recorded thinker run is repeated, where the recorded ones do not reach."""

import copy
from pathlib import Path
from typing import Any, Final

import pytest

from powertrader.core.exceptions import DataCorruptionError
from powertrader.parity.case import Case, load_case
from powertrader.parity.thinker_cases import outputs_of, run_case, run_case_safe
from powertrader.parity.thinker_folder import Folder
from powertrader.parity.thinker_market import NoMoreAnswers, RecordedMarket
from powertrader.parity.thinker_program import ThinkerProgram
from powertrader.parity.thinker_requests import ThinkerRequests
from powertrader.parity.thinker_settings import DEFAULT_COINS, CoinList
from powertrader.thinker import deviations
from powertrader.thinker.bounds import EndlessSpacing
from powertrader.thinker.signal_engine import SignalEngine

RECORDED: Final = Path(__file__).parents[3] / "legacy" / "recorded" / "thinker"


def recorded(name: str) -> Case:
    (path,) = RECORDED.glob(f"{name}*")
    return load_case(path)


def changed(name: str) -> tuple[Case, dict[str, Any]]:
    """Give a case whose inputs may be changed, and these inputs."""
    case = recorded(name)
    inputs = copy.deepcopy(dict(case.inputs))
    return Case(case.kind, case.id, case.title, inputs, case.outputs), inputs


def sweep_once(case: Case) -> None:
    """Run the start and one sweep, letting the error through."""
    folder = Folder(case.inputs["files"])
    market = RecordedMarket(case.inputs["snapshots"], 0)
    program = ThinkerProgram(folder, ThinkerRequests(market, folder), SignalEngine("original"), 1700003723)
    program.start()
    market.rewind(0)
    for _ in range(7):
        program.run_pass()


@pytest.mark.parametrize(
    "name, error, text",
    [
        ("thinker_012", DataCorruptionError, "neural_perfect_threshold_8hour.txt was None"),
        ("thinker_025", NoMoreAnswers, "no price without b_key.txt and b_secret.txt"),
        ("thinker_026", EndlessSpacing, "must be above 0"),
    ],
)
def test_where_the_original_hangs_or_ends_we_raise_a_typed_error(
    name: str, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        sweep_once(recorded(name))


def test_an_open_of_0_ends_the_program_before_the_threshold_is_written_back() -> None:
    case, inputs = changed("thinker_001")
    inputs["files"]["neural_perfect_threshold_1hour.txt"] = "60"
    for snapshot in inputs["snapshots"]:
        for rows in snapshot["klines"]["BTC"]["1hour"]:
            rows[1][1] = "0"
    outputs = outputs_of(case)
    assert outputs["end"] == "terminated"
    assert [(each["files"], each["partial"]) for each in outputs["passes"]] == [({}, True)]


def test_an_open_of_0_ends_the_program_also_where_nothing_was_learnt() -> None:
    case, inputs = changed("thinker_001")
    for name in [name for name in inputs["files"] if name.startswith("memor")]:
        del inputs["files"][name]
    for snapshot in inputs["snapshots"]:
        for rows in snapshot["klines"]["BTC"]["1hour"]:
            rows[1][1] = "0"
    assert outputs_of(case)["end"] == "terminated"


def test_an_infinite_bound_is_written_as_it_is_and_not_as_the_placeholder() -> None:
    case, inputs = changed("thinker_001")
    name = "memories_1hour.txt"
    pattern, _, *rest = inputs["files"][name].split("~")[0].split("{}")
    inputs["files"][name] = "{}".join([pattern, "inf", *rest])
    for weights in ("memory_weights", "memory_weights_high", "memory_weights_low"):
        inputs["files"][f"{weights}_1hour.txt"] = "1.0"
    inputs["files"]["neural_perfect_threshold_1hour.txt"] = "1e400"
    written = outputs_of(case)["passes"][6]["files"]["high_bound_prices.html"]["text"]
    assert written.endswith(", inf")


def test_a_price_of_0_ends_the_original_and_costs_the_safe_thinker_one_sweep() -> None:
    case, inputs = changed("thinker_001")
    for snapshot in inputs["snapshots"]:
        snapshot["ask"]["BTCUSDT"] = ["0"]
    outputs = outputs_of(case)
    assert (outputs["end"], len(outputs["passes"])) == ("terminated", 7)
    found = run_case_safe(case)
    assert {each.deviation for each in found} == {deviations.NO_PRICE}


def test_a_file_that_differs_in_its_last_digit_is_found() -> None:
    case, _ = changed("thinker_001")
    outputs = copy.deepcopy(dict(case.outputs))
    files = outputs["passes"][6]["files"]
    files["low_bound_prices.html"]["text"] = files["low_bound_prices.html"]["text"][:-1] + "9"
    found = run_case(Case(case.kind, case.id, case.title, case.inputs, outputs))
    assert [difference.where for difference in found] == [
        "outputs.passes[6].files.low_bound_prices.html.text"
    ]


def test_a_candle_request_that_always_fails_is_a_hang() -> None:
    case, inputs = changed("thinker_001")
    inputs["snapshots"][0]["klines"]["BTC"]["2hour"].append({"error": "down"})
    assert outputs_of(case)["end"] == "hang"
    inputs["snapshots"][0]["klines"]["BTC"]["2hour"] = [[], [["1"]], {"error": "down"}]
    outputs = outputs_of(case)
    assert outputs["end"] == "hang"
    assert len(outputs["passes"]) == 2
    assert outputs["passes"][1]["partial"]


def test_a_market_that_is_down_from_the_start_ends_before_the_first_pass() -> None:
    case, inputs = changed("thinker_001")
    inputs["snapshots"][0]["klines"]["BTC"]["1hour"] = [{"error": "down"}]
    outputs = outputs_of(case)
    assert (outputs["end"], outputs["passes"]) == ("hang", [])
    assert "hub_data/runner_ready.json" in outputs["init"]["files"]


def test_a_candle_that_opened_at_zero_ends_the_program() -> None:
    case, inputs = changed("thinker_001")
    inputs["snapshots"][0]["klines"]["BTC"]["1hour"][0][1][1] = "0"
    outputs = outputs_of(case)
    assert outputs["end"] == "terminated"
    assert len(outputs["passes"]) == 1


def test_a_coin_that_the_case_has_no_answer_for_is_a_hang() -> None:
    case, inputs = changed("thinker_001")
    del inputs["snapshots"][0]["ask"]["BTCUSDT"]
    outputs = outputs_of(case)
    assert (outputs["end"], len(outputs["passes"])) == ("hang", 7)


def test_a_price_text_that_is_no_number_is_asked_for_again() -> None:
    case, inputs = changed("thinker_001")
    asks = inputs["snapshots"][0]["ask"]
    asks["BTCUSDT"] = ["soon", *asks["BTCUSDT"]]
    assert run_case(case) == ()


@pytest.mark.parametrize(
    "text",
    ["{", "[1]", "7", "null", "{}", '{"coins": []}', '{"coins": "BTC"}', '{"coins": [" ", ""]}', None],
)
def test_settings_without_a_usable_coin_list_keep_the_coins(text: str | None) -> None:
    folder = Folder({} if text is None else {"gui_settings.json": text})
    coins = CoinList(folder)
    coins.refresh()
    assert coins.coins == DEFAULT_COINS


def test_coin_names_are_trimmed_and_upper_case() -> None:
    coins = CoinList(Folder({"gui_settings.json": '{"coins": [" btc", "", "Eth ", 7]}'}))
    coins.refresh()
    assert coins.coins == ("BTC", "ETH", "7")


def test_settings_whose_time_is_kept_are_not_read_again() -> None:
    folder = Folder({"gui_settings.json": '{"coins": ["BTC"]}'})
    coins = CoinList(folder)
    coins.refresh()
    folder.change({"gui_settings.json": {"text": '{"coins": ["ETH"]}', "keep_mtime": True}})
    coins.refresh()
    assert coins.coins == ("BTC",)
    folder.change({"gui_settings.json": '{"coins": ["ETH"]}'})
    coins.refresh()
    assert coins.coins == ("ETH",)
    folder.change({"gui_settings.json": None})
    coins.refresh()
    assert coins.coins == ("ETH",)


@pytest.mark.parametrize(
    "name, deviation",
    [("thinker_011", "S01"), ("thinker_012", "S02"), ("thinker_025", "S05"), ("thinker_026", "S03")],
)
def test_what_safe_signals_differently_has_its_deviation(name: str, deviation: str) -> None:
    findings = run_case_safe(recorded(name))
    assert {finding.deviation for finding in findings} == {deviation}


@pytest.mark.parametrize("name", ["thinker_002", "thinker_007", "thinker_016", "thinker_020", "thinker_021"])
def test_safe_signals_the_same_where_nothing_hangs_or_is_damaged(name: str) -> None:
    assert run_case_safe(recorded(name)) == ()


def test_safe_goes_on_with_a_market_that_is_down_and_a_candle_that_opened_at_zero() -> None:
    case, inputs = changed("thinker_001")
    inputs["snapshots"][0]["klines"]["BTC"]["1hour"] = [{"error": "down"}]
    assert {finding.deviation for finding in run_case_safe(case)} == {"S04"}
    case, inputs = changed("thinker_001")
    inputs["snapshots"][0]["klines"]["BTC"]["1hour"][0][1][1] = "0"
    assert {finding.deviation for finding in run_case_safe(case)} == {"S06"}
