"""`powertrader backtest` and `compare-runs` from the command line to the saved result."""

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Final

import pytest

from powertrader.backtest.archive import EQUITY_FILE, RESULT_FILE, TRADES_FILE
from powertrader.backtest.result_files import CONFIG_FILE, REPORT_FILE
from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.config import hash_of_tree
from powertrader.market.candle_files import write_candles
from powertrader.market.synthetic import synthetic_candles

START: Final = datetime(2022, 1, 1, tzinfo=UTC)
SPAN: Final = ("--from", "2022-04-01", "--to", "2022-05-01")
RESULT_FILES: Final = {CONFIG_FILE, EQUITY_FILE, REPORT_FILE, RESULT_FILE, TRADES_FILE}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home beside which lie four months of two coins."""
    folder = tmp_path_factory.mktemp("backtests")
    (folder / "candles").mkdir()
    for coin in ("BTC", "ETH"):
        candles = synthetic_candles(coin, seed=7, start=START, count=24 * 120)
        write_candles(folder / "candles" / f"{coin}USDT-1h.npz", candles)
    return folder / "home"


def command(home: Path, *more: str) -> list[str]:
    candles = home.parent / "candles"
    return ["backtest", "--home", str(home), "--candles", str(candles), "--coins", "BTC,ETH", *more]


def run(home: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[dict[str, object], str]:
    assert main(command(home, *SPAN, "--json", *more)) == exit_codes.OK
    captured = capsys.readouterr()
    return json.loads(captured.out), captured.err


def refused(home: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    code = main(command(home, *more))
    return code, capsys.readouterr().err


def told(result: dict[str, object]) -> dict[str, float]:
    """Give the figures that could be told."""
    metrics = result["metrics"]
    assert isinstance(metrics, dict)
    return {name: value for name, value in metrics.items() if value is not None}


def groups_by(result: dict[str, object], name: str) -> dict[str, int]:
    """Give how many trips each group has, by its name."""
    groups = result["groups"]
    assert isinstance(groups, dict)
    return {one["name"]: one["trips"] for one in groups[name]}


def files_of(result: dict[str, object]) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(str(result["result_dir"])).iterdir()}


def test_both_engines_trade_the_same(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compiled, shown = run(home, capsys)
    event, _ = run(home, capsys, "--engine", "event")
    assert (compiled["engine"], event["engine"]) == ("compiled", "event")
    metrics, same = told(compiled), told(event)
    assert metrics["trades"] > 10
    assert metrics == pytest.approx(same, rel=1e-9, abs=1e-9)
    first, second = (files_of(one)[TRADES_FILE].decode().splitlines() for one in (compiled, event))
    assert [row.rsplit(",", 3)[0] for row in first] == [row.rsplit(",", 3)[0] for row in second]
    assert files_of(compiled)[EQUITY_FILE] == files_of(event)[EQUITY_FILE]
    assert f"{metrics['return_pct']:+.2f} %" in shown
    assert "less than an exchange's smallest order" in shown
    signals, again = (groups_by(one, "signal") for one in (compiled, event))
    assert signals == again
    assert sum(signals.values()) == metrics["trips"]
    # nothing is bought below trade_start_level
    assert set(signals) <= {"3", "4", "5", "6", "7"}
    assert set(groups_by(compiled, "tier")) <= {"below 1,000", "below 10,000", "from 10,000"}
    assert re.search(rf"signal at its start +{next(iter(signals))} +{next(iter(signals.values()))} ", shown)


def test_the_same_backtest_twice_gives_the_same_bytes(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (files_of(run(home, capsys)[0]) for _ in range(2))
    assert set(first) == RESULT_FILES
    assert first == second


def test_a_result_says_what_it_was_made_from(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result, _ = run(home, capsys, "--param", "dca.multiplier=1.5")
    saved = json.loads(files_of(result)[RESULT_FILE])
    assert saved["config_hash"] == hash_of_tree(saved["config"])
    assert saved["changed_settings"]["dca.multiplier"] == {"value": 1.5, "default": 2.0}
    assert (saved["start"], saved["stop"]) == ("2022-04-01T00:00:00Z", "2022-05-01T00:00:00Z")
    assert saved["first_step"] == "2022-04-01T01:00:00Z"
    again, _ = run(home, capsys, "--config", str(Path(str(result["result_dir"])) / CONFIG_FILE))
    assert again["config_hash"] == saved["config_hash"]
    assert files_of(again)[TRADES_FILE] == files_of(result)[TRADES_FILE]


def test_settings_that_trade_for_real_are_tried_on_paper(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, shown = run(home, capsys, "--param", "trading.mode=live")
    assert "real money" not in shown
    assert "trading.mode" not in str(result["changed_settings"])


def test_what_is_not_compiled_is_traded_by_the_event_engine(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, shown = run(home, capsys, "--param", "compat=original", "--to", "2022-04-08")
    assert result["engine"] == "event"
    assert "compat was original" in str(result["notes"])
    code, said = refused(home, capsys, *SPAN, "--param", "compat=original", "--engine", "compiled")
    assert code == exit_codes.USAGE
    assert "use --engine event" in said
    assert "with the event engine" in shown
    assert "Note: traded by the event engine" in shown


def test_a_backtest_that_bought_nothing_says_what_may_be_the_reason(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result, shown = run(home, capsys, "--param", "replay.start_quote=1")
    assert told(result)["trades"] == 0
    assert "Note: nothing was bought" in shown
    assert "a first purchase of 0.01 USDT (start_allocation_pct)" in shown
    _, shown = run(home, capsys, "--strategy", "sma_cross", "--strategy-param", "slow=90000")
    assert "Note: sma_cross did not trade BTC, ETH" in shown


def test_two_backtests_are_compared(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, _ = run(home, capsys)
    second, _ = run(home, capsys, "--param", "trailing.gap_pct=2")
    folders = [str(result["result_dir"]) for result in (first, second)]
    assert main(["compare-runs", *folders, "--json"]) == exit_codes.OK
    captured = capsys.readouterr()
    said = json.loads(captured.out)
    assert [one["name"] for one in said["settings"]] == ["trailing.gap_pct"]
    assert said["runs"] == []
    figures = {one["name"]: one for one in said["metrics"]}
    change = told(second)["return_pct"] - told(first)["return_pct"]
    assert figures["return_pct"]["change"] == pytest.approx(change)
    assert f"{change:+.2f}" in captured.err
    assert main(["compare-runs", folders[0], str(home)]) == exit_codes.BAD_DATA
    assert "has no result.json" in capsys.readouterr().err


def test_an_example_strategy_is_named_wherever_its_result_is(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    classic, _ = run(home, capsys)
    assert (classic["strategy"], classic["strategy_params"]) == ("classic", {})
    chosen = ("--strategy", "sma_cross", "--strategy-param")
    found = [run(home, capsys, *chosen, f"fast={fast}") for fast in (5, 10)]
    for (result, shown), fast in zip(found, (5, 10), strict=True):
        assert (result["strategy"], result["strategy_params"]) == ("sma_cross", {"fast": fast, "slow": 50})
        assert result["engine"] == "compiled"
        assert "target_buy" in str(result["trades_by_reason"])
        assert re.search(rf"strategy +sma_cross\s+fast +{fast}\s+slow +50", shown)
        assert "dca.levels" not in shown
        page = files_of(result)[REPORT_FILE].decode()
        assert f"Strategy: sma_cross (fast {fast}, slow 50)." in page
        assert "in backtests only" in page
        assert "trained again" not in page
    folders = [str(result["result_dir"]) for result, _ in found]
    assert main(["compare-runs", *folders, "--json"]) == exit_codes.OK
    said = json.loads(capsys.readouterr().out)
    assert said["runs"] == [{"name": "strategy.fast", "first": 5, "second": 10, "change": 5.0}]
    assert main(["compare-runs", str(classic["result_dir"]), folders[0]]) == exit_codes.OK
    assert re.search(r"strategy +classic +sma_cross\s+strategy.fast +5", capsys.readouterr().err)
    _, shown = run(home, capsys, "--strategy", "momentum", "--param", "dca.multiplier=3")
    assert "momentum does not look at dca.multiplier" in shown


@pytest.mark.parametrize(
    "more, code, said",
    [
        (("--param", "dca.multiplyer=1.5"), exit_codes.USAGE, "did you mean dca.multiplier?"),
        (("--param", "dca.multiplier=-1"), exit_codes.USAGE, "dca.multiplier was '-1', must be"),
        (("--param", "dca.multiplier"), exit_codes.USAGE, "must be written name=value"),
        (
            ("--from", "2030-01-01"),
            exit_codes.USAGE,
            "the candles are of 2022-01-01 00:00 to 2022-05-01 00:00",
        ),
        (("--from", "2022-01-01"), exit_codes.USAGE, "choose a later --from"),
        (
            ("--from", "2022-01-01T02:00", "--to", "2022-01-02"),
            exit_codes.BAD_DATA,
            "nothing could be learnt of BTC, ETH",
        ),
        (("--from", "soon"), exit_codes.USAGE, "is no date"),
        (("--coins", "BTC,SOL"), exit_codes.BAD_DATA, "has no candles of SOL"),
        (("--strategy", "sma_crss"), exit_codes.USAGE, "did you mean sma_cross?"),
        (("--strategy-param", "fast=5"), exit_codes.USAGE, "its settings are changed with --param"),
        (("--strategy", "momentum", "--engine", "event"), exit_codes.USAGE, "event knows classic only"),
        (
            (*SPAN, "--strategy", "momentum", "--param", "replay.start_quote=1e9"),
            exit_codes.USAGE,
            "parts replay.start_quote equally over the coins",
        ),
        (("--resume",), exit_codes.USAGE, "leave the other options out"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], code: int, said: str
) -> None:
    before = set((home / "results").glob("*"))
    given, shown = refused(home, capsys, *more)
    assert said in shown
    assert given == code
    assert "Traceback" not in shown
    assert set((home / "results").glob("*")) == before


def test_without_candles_the_way_to_them_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", "--home", str(tmp_path), "--coins", "BTC"]) == exit_codes.BAD_DATA
    assert "`powertrader trainer BTC` downloads them" in capsys.readouterr().err


def test_a_place_that_cannot_hold_results_is_named_before_anything_is_done(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "results").touch()
    candles = str(home.parent / "candles")
    given = ["backtest", "--home", str(tmp_path), "--candles", candles, "--coins", "BTC", *SPAN]
    assert main(given) == exit_codes.BAD_DATA
    assert "cannot hold results" in capsys.readouterr().err
    assert not (tmp_path / "data" / "signals").exists()


@pytest.fixture
def ctrl_c_at_the_first_folder(tmp_path: Path) -> Iterator[Thread]:
    """Press Ctrl-C as soon as the folder of a backtest is there; one that comes too late does nothing."""

    def press() -> None:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("results/backtest_*")) and time.monotonic() < deadline:
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, lambda *_: None)
    presser = Thread(target=press)
    presser.start()
    yield presser
    presser.join()
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")
def test_what_ctrl_c_ended_is_gone_on_with(
    home: Path, tmp_path: Path, ctrl_c_at_the_first_folder: Thread, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [*command(home, *SPAN, "--engine", "event")[1:], "--home", str(tmp_path)]
    code = main(["backtest", *given])
    ctrl_c_at_the_first_folder.join()
    (folder,) = tmp_path.glob("results/backtest_*")
    saved = json.loads((folder / RESULT_FILE).read_text())
    assert (code, saved["interrupted"]) == (exit_codes.INTERRUPTED, True)
    assert saved["steps"] < 720
    assert f"`powertrader backtest --resume --home {tmp_path}` goes on with it" in capsys.readouterr().err
    assert main(["backtest", "--resume", "--home", str(tmp_path), "--json"]) == exit_codes.OK
    resumed = json.loads(capsys.readouterr().out)
    assert (resumed["result_dir"], resumed["interrupted"]) == (str(folder), False)
    whole, _ = run(home, capsys, "--engine", "event")
    assert files_of(resumed) == files_of(whole)
    assert main(["backtest", "--resume", "--home", str(tmp_path)]) == exit_codes.USAGE
    assert "was interrupted: leave out --resume" in capsys.readouterr().err
