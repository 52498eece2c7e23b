"""`powertrader trader` beside an original that still trades: refused, or only with coins of its own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.mailbox import TRADER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from tests.exchange_server import ExchangeServer, exchange_server

QUICK: Final = ("--set", "trader.step_s=0.02", "--set", "coins=BTC,ETH", "--once", "--json")


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path_factory.mktemp("exchange")) as server:
        yield server


@pytest.fixture
def original(tmp_path: Path) -> Path:
    folder = tmp_path / "PowerTrader_AI"
    folder.mkdir()
    (folder / "gui_settings.json").write_text(json.dumps({"coins": ["DOGE", "ETH"]}), encoding="utf-8")
    return folder


def run(home: Path, venue: ExchangeServer, *more: str) -> int:
    return main(["trader", "--home", str(home), "--exchange-url", venue.url, *QUICK, *more])


def test_a_coin_of_both_ends_the_trader_before_its_first_step_with_what_to_do(
    tmp_path: Path, venue: ExchangeServer, original: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(tmp_path / "home", venue, "--set", f"cutover.original_folder={original}")
    said = capsys.readouterr()
    assert code == exit_codes.USAGE
    assert "would both trade ETH" in said.err
    assert str(original / "gui_settings.json") in said.err
    assert said.out == ""


def test_the_same_key_ends_the_trader_whatever_the_coins_are(
    tmp_path: Path,
    venue: ExchangeServer,
    original: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BINANCE_API_KEY", venue.api_key)
    monkeypatch.setenv("BINANCE_API_SECRET", venue.api_secret)
    (original / "gui_settings.json").write_text(json.dumps({"coins": ["DOGE"]}), encoding="utf-8")
    (original / "b_key.txt").write_text(venue.api_key + "\n", encoding="utf-8")
    live = ("--mode", "live", "--confirm-live", "LIVE")
    code = run(tmp_path / "home", venue, *live, "--set", f"cutover.original_folder={original}")
    said = capsys.readouterr()
    assert code == exit_codes.USAGE
    assert "same API key" in said.err
    assert venue.api_key not in said.err


def test_a_coin_outside_the_share_is_left_to_the_original_with_the_reason(
    tmp_path: Path, venue: ExchangeServer, original: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--set", f"cutover.original_folder={original}", "--set", "cutover.since=2026-11-21")
    code = run(tmp_path / "home", venue, *more, "--set", "cutover.share_pct=50")
    assert code == exit_codes.OK
    assert json.loads(capsys.readouterr().out)["steps"] == 1
    paths = HomePaths(tmp_path / "home")
    report = Mailbox(FileStore(paths.data), paths).read(paths.trader_report("paper"), TRADER)
    assert report is not None
    verdicts = dict(report.verdicts)
    assert verdicts["ETH"].startswith("left to the original: ETH is at 66.9 %")
    assert verdicts["BTC"] == "no_signal"


def test_the_coins_of_each_share_are_shown_with_what_the_trader_would_refuse(
    tmp_path: Path, original: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--set", "coins=BTC,ETH", "--set", "cutover.since=2026-11-21", "--json")
    folder = ("--set", f"cutover.original_folder={original}")
    half = ("--set", "cutover.share_pct=50")
    assert main(["cutover", "--home", str(tmp_path / "home"), *more, *folder, *half]) == exit_codes.OK
    shown = json.loads(capsys.readouterr().out)
    assert [(one["coin"], one["ours"], one["original"]) for one in shown["coins"]] == [
        ("BTC", True, False),
        ("ETH", False, True),
    ]
    assert main(["cutover", "--home", str(tmp_path / "home"), *more, *folder]) == exit_codes.DIFFERENT
    assert "both trade ETH" in json.loads(capsys.readouterr().out)["refusal"]
