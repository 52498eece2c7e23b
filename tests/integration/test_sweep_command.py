"""`powertrader sweep` from the command line to its folder: what is shown, kept, refused, and gone on with."""

import json
import os
import re
import shlex
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.market.candle_files import write_candles
from tests.unit.backtest.walk_scene import COINS, SPAN, whole_market

PARAMS = ("--param", "trade_start_level=1..3", "--param", "trailing_gap_pct=0.25,2")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("a home")
    for coin, candles in whole_market().items():
        write_candles(home / "files" / f"{coin}USDT-1h.csv", candles)
    return home


@pytest.fixture(scope="module")
def folder(home: Path) -> Path:
    """Give the folder of one whole sweep."""
    assert main(_words(home, *PARAMS)) == exit_codes.OK
    return max((home / "results").glob("sweep_*"))


def _words(home: Path, *more: str) -> list[str]:
    at = ("--home", str(home), "--candles", str(home / "files"), "--coins", ",".join(COINS))
    return ["sweep", *at, "--from", f"{SPAN.start:%Y-%m-%d}", "--set", "start_allocation_pct=2", *more]


def test_the_best_is_shown_beside_what_it_did_later(
    home: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_words(home, *PARAMS, "--objective", "return_pct", "--json")) == exit_codes.OK
    captured = capsys.readouterr()
    outcome = json.loads(captured.out)
    assert (outcome["runs"], len(outcome["best"]), outcome["interrupted"]) == (6, 6, False)
    returns = [row["in_sample"]["return_pct"] for row in outcome["best"]]
    assert returns == sorted(returns, reverse=True)
    assert len(set(returns)) > 1
    best = outcome["best"][0]
    assert best["out_of_sample"]["steps"] == pytest.approx(0.3 * 24 * 20, abs=1)
    for text in ("every setting of 6", "The best of 6 settings by return_pct", "later", "is luck"):
        assert text in captured.err
    assert f"{best['out_of_sample']['return_pct']:+.2f}" in captured.err
    made = Path(outcome["result_dir"])
    chosen = load_config(ConfigSources(yaml_files=(made / "best.yaml",))).config
    assert chosen.trailing.gap_pct == best["settings"]["trailing.gap_pct"]
    assert (made / "runs.jsonl").read_bytes() == (folder / "runs.jsonl").read_bytes()


def test_a_sweep_that_was_killed_goes_on_by_its_own_settings(
    home: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, outcome = (folder / "runs.jsonl").read_bytes(), (folder / "sweep.json").read_bytes()
    (folder / "runs.jsonl").write_bytes(whole[: len(whole) // 2])
    (folder / "sweep.json").unlink()
    assert main(["sweep", "--home", str(home), "--resume", str(folder)]) == exit_codes.OK
    assert "The best of 6 settings by sharpe" in capsys.readouterr().err
    assert (folder / "runs.jsonl").read_bytes() == whole
    assert (folder / "sweep.json").read_bytes() == outcome


def test_the_best_of_an_example_strategy_is_what_a_backtest_says(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ("--strategy", "sma_cross", "--strategy-param", "fast=5,10,30", "--strategy-param", "slow=20,40")
    orders = ("--strategy-param", "order.limit_offset_pct=none,0.1", "--param", "costs.taker_pct=0.1,0.3")
    assert main(_words(home, *own, *orders, "--out-of-sample", "0", "--json")) == exit_codes.OK
    captured = capsys.readouterr()
    outcome = json.loads(captured.out)
    # 30 candles are no faster than 20
    assert (outcome["strategy"], outcome["runs"], outcome["runs_without_trades"]) == ("sma_cross", 24, 4)
    assert "with the example strategy sma_cross, which trades in backtests only" in captured.err
    best = outcome["best"][0]
    assert set(best["settings"]) > {"costs.taker_pct", "strategy.fast", "strategy.order.limit_offset_pct"}
    again = re.search(r"The best one as a backtest: `powertrader (.*)`", captured.err)
    assert again is not None
    assert "…" not in captured.err
    assert main([*_split(again.group(1)), "--json"]) == exit_codes.OK
    metrics = json.loads(capsys.readouterr().out)["metrics"]
    for name in ("final_equity", "sharpe", "max_drawdown_pct", "fees"):
        assert metrics[name] == pytest.approx(best["in_sample"][name], rel=1e-9), name
    made = Path(outcome["result_dir"])
    whole = (made / "runs.jsonl").read_bytes()
    (made / "runs.jsonl").write_bytes(whole[: len(whole) // 2])
    assert main(["sweep", "--home", str(home), "--resume", str(made)]) == exit_codes.OK
    assert (made / "runs.jsonl").read_bytes() == whole


@pytest.mark.skipif(os.name == "nt", reason="a console signal would stop the whole test run on Windows")
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(
    home: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set((home / "results").glob("sweep_*"))

    def press() -> None:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if any((made / "runs.jsonl").exists() for made in _made(home, before)):
                os.kill(os.getpid(), signal.SIGINT)
                return
            time.sleep(0.002)

    hand = threading.Thread(target=press)
    hand.start()
    many = ("--param", "trailing_gap_pct=0.01..10/0.01", "--param", "dca.multiplier=1,2,3")
    assert main(_words(home, *many)) == exit_codes.INTERRUPTED
    hand.join()
    made = next(_made(home, before))
    again = re.search(r"`powertrader (sweep --resume .*)` goes on", capsys.readouterr().err)
    assert again is not None
    assert _split(again.group(1)) == ["sweep", "--resume", str(made), "--home", str(home)]
    runs = (made / "runs.jsonl").read_text().splitlines()
    assert 0 < len(runs) < 3000
    assert json.loads((made / "sweep.json").read_text())["runs"] == len(runs)


def _split(typed: str) -> list[str]:
    """Give the words that a shell makes of a command."""
    return [word.strip('"') for word in shlex.split(typed, posix=os.name != "nt")]


def _made(home: Path, before: set[Path]) -> Iterator[Path]:
    return (made for made in (home / "results").glob("sweep_*") if made not in before)


@pytest.mark.parametrize(
    "words,said,code",
    [
        (("--param", "trailing_gap=1"), "did you mean trailing_gap_pct?", exit_codes.USAGE),
        (("--param", "trade_start_level=9"), "must be a whole number from 1 to 7", exit_codes.USAGE),
        ((), "nothing to try", exit_codes.USAGE),
        (("--strategy", "sma_crss"), "did you mean sma_cross?", exit_codes.USAGE),
        (("--strategy", "momentum", *PARAMS), "changes nothing of a sweep", exit_codes.USAGE),
        (("--strategy-param", "fast=5"), "its settings are changed with --param", exit_codes.USAGE),
        ((*PARAMS, "--objective", "luck"), "must be one of sharpe", exit_codes.USAGE),
        ((*PARAMS, "--method", "guess"), "must be one of grid", exit_codes.USAGE),
        ((*PARAMS, "--out-of-sample", "nan"), "must be from 0 to 0.9", exit_codes.USAGE),
        ((*PARAMS, "--set", "compat=original"), "knows only safe", exit_codes.USAGE),
        ((*PARAMS, "--engine", "cloud"), "must be local or an address", exit_codes.USAGE),
        ((*PARAMS, "--from", "2031-01-01"), "there is no candle from", exit_codes.USAGE),
        ((*PARAMS, "--resume", "nowhere"), "leave --param out", exit_codes.USAGE),
        (("--resume", "nowhere"), "there is no plan.json", exit_codes.USAGE),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is_made(
    home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str, code: int
) -> None:
    before = set((home / "results").glob("*"))
    assert main(_words(home, *words)) == code
    assert said in capsys.readouterr().err
    assert set((home / "results").glob("*")) == before


def test_results_that_cannot_be_kept_are_refused_before_the_first_run(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "results").touch()
    words = _words(home, *PARAMS)
    words[words.index("--home") + 1] = str(tmp_path)
    assert main(words) == exit_codes.BAD_DATA
    assert "cannot hold results" in capsys.readouterr().err


def test_other_candles_than_before_are_not_gone_on_with(
    home: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = json.loads((folder / "plan.json").read_text())
    other = folder.with_name("sweep_other")
    other.mkdir()
    (other / "plan.json").write_text(json.dumps({**plan, "data_hash": "0" * 16}))
    assert main(["sweep", "--home", str(home), "--resume", str(other)]) == exit_codes.USAGE
    assert "the candles changed since" in capsys.readouterr().err
    (other / "plan.json").write_text(json.dumps({**plan, "config": {"entry": {"trade_start_level": 99}}}))
    assert main(["sweep", "--home", str(home), "--resume", str(other)]) == exit_codes.USAGE
    assert "start the sweep anew" in capsys.readouterr().err
