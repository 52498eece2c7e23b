"""The main job from the command line to the saved result, on the bundled synthetic market."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from powertrader.backtest.archive import (
    DECISIONS_FILE,
    EQUITY_FILE,
    LEDGER_FILE,
    RESULT_FILE,
    TRADES_FILE,
)
from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.config import hash_of_tree
from powertrader.models.book import book_of
from powertrader.persistence.ledger_lines import decode_events

SHORT = ("replay", "--train-until", "2022-09-01", "--to", "2022-10-01", "--json")
PROMISED = (
    "final_equity",
    "return_pct",
    "trades",
    "max_drawdown_pct",
    "coin_steps_per_s",
    "config_hash",
    "data_hash",
    "result_dir",
)


def _replay(home: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[dict[str, object], str]:
    assert main([*SHORT, "--home", str(home), *more]) == exit_codes.OK
    captured = capsys.readouterr()
    return json.loads(captured.out), captured.err


def test_a_replay_shows_each_trade_with_its_reason_and_promises_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, shown = _replay(tmp_path, capsys)
    assert all(key in result for key in PROMISED)
    folder = Path(str(result["result_dir"]))
    with (folder / TRADES_FILE).open(encoding="utf-8") as stream:
        trades = list(csv.DictReader(stream))
    assert len(trades) == result["trades"]
    assert len(trades) > 5
    lines = [line for line in shown.splitlines() if line.startswith("2022-09-")]
    assert len(lines) == len(trades)
    for line, trade in zip(lines, trades, strict=True):
        assert trade["coin"] in line
        assert trade["reason"] in line
    assert {trade["reason"] for trade in trades} >= {"entry", "trailing_exit"}
    assert "less than an exchange's smallest order" in shown


def test_a_result_that_could_not_be_saved_is_refused_before_the_first_trade(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "results").touch()
    assert main([*SHORT, "--home", str(tmp_path)]) == exit_codes.BAD_DATA
    shown = capsys.readouterr().err
    assert "cannot hold results" in shown
    assert "2022-09-" not in shown.partition("learnt patterns")[2]


def test_every_trade_has_a_decision_record_with_its_gates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(str(_replay(tmp_path, capsys)[0]["result_dir"]))
    lines = (folder / DECISIONS_FILE).read_text().splitlines()
    records = {(one["at"], one["coin"], one["verdict"]): one for one in map(json.loads, lines)}
    with (folder / TRADES_FILE).open(encoding="utf-8") as stream:
        trades = [(trade["time"], trade["coin"], trade["reason"]) for trade in csv.DictReader(stream)]
    assert [trade for trade in trades if trade not in records] == []
    assert all(records[trade]["gates"] and records[trade]["config_hash"] for trade in trades)


def test_the_same_replay_twice_gives_the_same_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = [Path(str(_replay(tmp_path / name, capsys)[0]["result_dir"])) for name in ("first", "second")]
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert sorted(first) == [DECISIONS_FILE, EQUITY_FILE, LEDGER_FILE, RESULT_FILE, TRADES_FILE]
    assert first == second


def test_what_comes_later_changes_nothing_earlier(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    longer = Path(str(_replay(tmp_path / "longer", capsys)[0]["result_dir"]))
    shorter = Path(str(_replay(tmp_path / "shorter", capsys, "--to", "2022-09-15")[0]["result_dir"]))
    for name in (TRADES_FILE, EQUITY_FILE):
        early = (shorter / name).read_bytes()
        assert len(early) > 100
        assert (longer / name).read_bytes().startswith(early)
    fewer, more = (list(decode_events((folder / LEDGER_FILE).read_bytes())) for folder in (shorter, longer))
    assert 0 < len(fewer) < len(more)
    assert more[: len(fewer)] == fewer


def test_the_ledger_alone_gives_the_account_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result, _ = _replay(tmp_path, capsys)
    folder = Path(str(result["result_dir"]))
    book = book_of(decode_events((folder / LEDGER_FILE).read_bytes()))
    held = {
        coin: format(position.quantity, "f") for coin, position in book.positions.items() if position.quantity
    }
    saved = json.loads((folder / RESULT_FILE).read_text())
    assert held == {coin: position["quantity"] for coin, position in saved["open_positions"].items()}
    assert len(book.trades) == saved["trades"]


def test_start_and_profits_add_up_to_the_final_account(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, shown = _replay(tmp_path, capsys, "--to", "2022-09-12")
    saved = json.loads((Path(str(result["result_dir"])) / RESULT_FILE).read_text())
    total = saved["start_equity"] + saved["realized_profit"] + saved["unrealized_profit"]
    assert saved["final_equity"] == pytest.approx(total, abs=1e-6)
    assert saved["unrealized_profit"] != 0
    ended = shown.split("Account on paper")[1]
    # as a position, or as what a sale left over
    assert saved["open_positions"].keys() <= set(re.findall(r"\b[A-Z]{3,}\b", ended))


@pytest.mark.parametrize("percent, said", [("0.005", "below_min"), ("100", "is less than the")])
def test_a_replay_without_a_trade_says_what_was_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], percent: str, said: str
) -> None:
    result, shown = _replay(tmp_path, capsys, "--set", f"start_allocation_pct={percent}")
    assert result["trades"] == 0
    assert "Nothing was traded" in shown
    assert said in shown


def test_the_config_hash_can_be_recomputed_from_the_saved_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, _ = _replay(tmp_path, capsys, "--set", "trailing_gap_pct=1.5")
    saved = json.loads((Path(str(result["result_dir"])) / RESULT_FILE).read_text())
    assert saved["config"]["trailing"]["gap_pct"] == 1.5
    assert hash_of_tree(saved["config"]) == saved["config_hash"] == result["config_hash"]


def test_compat_original_runs_through_the_same_door(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, _ = _replay(tmp_path, capsys, "--set", "compat=original", "--to", "2022-09-10")
    assert isinstance(result["trades"], int)
    saved = json.loads((Path(str(result["result_dir"])) / RESULT_FILE).read_text())
    assert saved["config"]["trading"]["compat"] == "original"


@pytest.mark.skipif(os.name == "nt", reason="a console signal would stop the whole test run on Windows")
def test_ctrl_c_leaves_a_complete_result_and_says_how_to_go_on(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "powertrader", "replay", "--home", str(tmp_path), "--json"]
    with subprocess.Popen(
        [*command, "--train-until", "2022-02-01"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if " buy " in line:
                break
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        output, shown = process.communicate(timeout=60)
    assert process.returncode == exit_codes.INTERRUPTED
    result = json.loads(output)
    assert result["interrupted"] is True
    assert "Run the same command again" in shown
    folder = Path(result["result_dir"])
    assert json.loads((folder / RESULT_FILE).read_text())["interrupted"] is True
    rows = (folder / EQUITY_FILE).read_text().splitlines()
    assert len(rows) == result["steps"] + 1
