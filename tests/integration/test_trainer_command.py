"""The trainer as a command, on a local exchange in its own process: downloads, stops, kills, and stays.

PT_SOAK_ROUNDS raises the number of kills; scripts/soak.py sets it.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.clock import SystemClock
from powertrader.core.mailbox import HEARTBEAT, TRAINING, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.core.training_wishes import TrainingWishes
from powertrader.market.history import CandleShelf
from powertrader.models.command import TrainingWish
from powertrader.models.timeframe import TIMEFRAMES
from tests.exchange_server import ExchangeServer, exchange_server
from tests.unit.exchanges.stub_venue import Answer, Asked, StubVenue, json_answer, serving

ROUNDS: Final = int(os.environ.get("PT_SOAK_ROUNDS", "1"))
COINS: Final = ("BTC", "ETH")
CANDLES: Final = "GET /api/v1/market/candles"
NOBODY: Final = "http://127.0.0.1:9"
DEADLINE_S: Final = 60.0
KILLED: Final = 1 if sys.platform == "win32" else -signal.SIGKILL
HOUR_MS: Final = 3_600_000
EDGE_MS: Final = 2_000
SCRIPT: Final = Path(__file__).resolve().parents[2] / "scripts" / "run_trainer.py"


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path_factory.mktemp("exchange"), coins=",".join(COINS)) as server:
        # the market begins with an hour: in that second alone there is no running candle to be counted
        wait_for(lambda: server.admin.market_ms() % HOUR_MS > EDGE_MS)
        yield server


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, venue: ExchangeServer) -> Path:
    """A home in which all coins were trained without a break."""
    home = tmp_path_factory.mktemp("whole")
    assert main(command(home, venue.url, *COINS)[3:]) == exit_codes.OK
    return home


@pytest.fixture
def silent() -> Iterator[StubVenue]:
    """A venue that tells the time and never answers a question about candles."""

    def respond(asked: Asked) -> Answer:
        if asked.target == "/local/clock":
            now_ms = time.time() * 1000
            return json_answer({"wall_ms": now_ms, "market_ms": now_ms, "rate": 1.0})
        return Answer(late_s=30.0)

    with serving() as venue:
        venue.respond = respond
        yield venue


def command(home: Path, url: str, *more: str) -> list[str]:
    arguments = ["trainer", *more, "--home", str(home), "--exchange-url", url, "--json"]
    return [sys.executable, "-m", "powertrader", *arguments]


def started(home: Path, url: str, *more: str) -> "subprocess.Popen[bytes]":
    out = (home.parent / f"{home.name}.out").open("ab")
    with out:
        return subprocess.Popen(command(home, url, *more), stdout=out, stderr=out)


def wait_for(condition: Callable[[], bool], process: "subprocess.Popen[bytes] | None" = None) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        assert process is None or process.poll() is None
        time.sleep(0.01)


def learnt(home: Path) -> dict[str, bytes]:
    """Give what the coins know: memories, weights and thresholds in both forms."""
    data = HomePaths(home).data
    files = [path for stem in ("memor", "neural_") for path in data.rglob(f"{stem}*")]
    return {str(path.relative_to(data)): path.read_bytes() for path in sorted(files)}


def status(home: Path, coin: str = "BTC") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        HomePaths(home).coin(coin).trainer_status().read_text(encoding="utf-8")
    )
    return found


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_each_coin_is_trained_and_its_report_says_what_every_timeframe_was_learnt_from(
    whole: Path, venue: ExchangeServer
) -> None:
    paths = HomePaths(whole)
    mailbox, market_s = Mailbox(FileStore(), paths), venue.admin.market_ms() / 1000
    for coin in COINS:
        report = mailbox.read(paths.coin(coin).training_report(), TRAINING)
        assert report is not None
        assert (report.state, report.source, report.pid) == ("finished", "kucoin", os.getpid())
        assert [row.timeframe for row in report.timeframes] == list(TIMEFRAMES)
        assert all(
            row.memories == row.learnt > 0 and row.candles >= row.used > 0 for row in report.timeframes
        )
        assert all(row.gaps == "no candle is missing" for row in report.timeframes)
        assert abs(report.as_of.timestamp() - market_s) < 3600
        assert status(whole, coin)["state"] == "FINISHED"


def test_what_is_on_file_is_not_asked_for_again_and_the_same_is_learnt_without_a_network(
    whole: Path, tmp_path: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    copied = tmp_path / "home"
    shelf = HomePaths(copied).candle_cache("kucoin")
    shelf.parent.mkdir(parents=True)
    source = HomePaths(whole).candle_cache("kucoin")
    shutil.copytree(source, shelf)
    venue.admin.clear_counters()
    assert main(command(copied, NOBODY, *COINS, "--offline")[3:]) == exit_codes.OK
    assert told(capsys)["candle_requests"] == 0
    assert learnt(copied) == learnt(whole)
    assert main(command(copied, venue.url, "BTC", "reprocess_yes")[3:]) == exit_codes.OK
    assert told(capsys)["candle_requests"] <= 1
    assert learnt(copied) == learnt(whole)


def test_without_a_network_and_candles_the_missing_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(tmp_path, NOBODY, "BTC", "--offline")[3:]) == exit_codes.BAD_DATA
    shown = capsys.readouterr()
    assert "BTCUSDT-1h.npz is not there" in json.loads(shown.out)["failed"]["BTC"]
    said = [line for line in shown.err.splitlines() if line.startswith("BTC: ") and "is not there" in line]
    assert len(said) == 1
    assert "What to do: train it once without --offline" in said[0]


def test_killed_again_and_again_the_trainer_ends_with_the_bytes_of_one_that_was_not(
    whole: Path, tmp_path: Path, venue: ExchangeServer
) -> None:
    draw, expected, kills = random.Random(5), learnt(whole), 0
    for number in range(ROUNDS):
        home = tmp_path / f"{number}"
        home.mkdir()
        for workers in (1, 2):
            untrained = [coin for coin in COINS if not finished(home, coin)]
            if untrained:
                process = started(home, venue.url, *untrained, "--workers", str(workers))
                kills += killed(process, home, draw.uniform(0.0, 1.0))
        untrained = [coin for coin in COINS if not finished(home, coin)]
        if untrained:
            assert started(home, venue.url, *untrained).wait(DEADLINE_S) == exit_codes.OK
        assert candles(home) == candles(whole), f"round {number}"
        assert learnt(home) == expected, f"round {number}"
    assert kills >= ROUNDS


def candles(home: Path) -> dict[str, list[list[float]]]:
    """Give the candles that a home has kept."""
    paths = HomePaths(home)
    shelf = CandleShelf(FileStore(), paths.candle_cache("kucoin"), "USDT", "kucoin")
    books = {f"{coin} {timeframe}": shelf.load(coin, timeframe) for coin in COINS for timeframe in TIMEFRAMES}
    return {name: [] if book is None else book.table.T.tolist() for name, book in books.items()}


def killed(process: "subprocess.Popen[bytes]", home: Path, after_s: float) -> bool:
    """Kill a trainer some time after it has begun with a coin; tell whether it still ran."""
    statuses = [HomePaths(home).coin(coin).trainer_status() for coin in COINS]
    before = [path.stat().st_mtime_ns if path.exists() else 0 for path in statuses]

    def begun() -> bool:
        return before != [path.stat().st_mtime_ns if path.exists() else 0 for path in statuses]

    wait_for(lambda: process.poll() is not None or begun())
    time.sleep(after_s)
    process.kill()
    return process.wait(DEADLINE_S) == KILLED


def finished(home: Path, coin: str) -> bool:
    """Tell whether nothing of a coin's training is left to do."""
    files = HomePaths(home).coin(coin)
    return files.trainer_last_training_time().exists() and not files.training_run().exists()


@pytest.mark.parametrize("by", ["signal", "killer.txt in the home", "killer.txt of the coin"])
def test_a_trainer_that_waits_for_its_venue_stops_within_a_second_or_two(
    tmp_path: Path, silent: StubVenue, by: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    # a request that is under way is left alone by a stopped process, and waited for by one that goes on
    quick = () if by != "killer.txt of the coin" else ("--set", "exchange.timeout_s=1")
    process = started(home, silent.address, "BTC", "ETH", *quick)
    wait_for(lambda: any("candles" in target for target in silent.targets), process)
    began = time.monotonic()
    if by == "signal":
        process.send_signal(signal.SIGTERM)
    elif by == "killer.txt in the home":
        (home / "killer.txt").write_text("yes")
    else:
        for coin in ("BTC", "ETH"):
            HomePaths(home).coin(coin).killer().write_text("yes")
    assert process.wait(DEADLINE_S) == exit_codes.INTERRUPTED
    # generous on a busy machine; alone it takes about a second
    assert time.monotonic() - began < 6.0
    assert status(home)["state"] == "INTERRUPTED"
    assert status(home, "ETH")["state"] == "INTERRUPTED"


def test_one_coins_killer_txt_stops_that_coin_alone(
    tmp_path: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    killer = HomePaths(tmp_path).coin("ETH").killer()
    killer.parent.mkdir(parents=True)
    killer.write_text("yes")
    assert main(command(tmp_path, venue.url, "BTC", "ETH")[3:]) == exit_codes.INTERRUPTED
    states = {coin: report["state"] for coin, report in told(capsys)["coins"].items()}
    assert states == {"BTC": "finished", "ETH": "interrupted"}


def test_a_trainer_that_stays_trains_what_is_due_follows_the_settings_and_ends_when_asked(
    tmp_path: Path, venue: ExchangeServer
) -> None:
    home, paths = tmp_path / "home", HomePaths(tmp_path / "home")
    paths.config.mkdir(parents=True)
    paths.gui_settings.write_text(json.dumps({"coins": ["BTC"]}))
    process = started(home, venue.url, "--keep")
    wait_for(lambda: finished(home, "BTC"), process)
    once = paths.coin("BTC").trainer_last_training_time().stat().st_mtime_ns
    paths.gui_settings.write_text(json.dumps({"coins": ["BTC", "ETH"]}))
    wait_for(lambda: finished(home, "ETH"), process)
    beat = Mailbox(FileStore(), paths).read(paths.heartbeat("trainer"), HEARTBEAT)
    assert beat is not None
    assert (beat.running, beat.errors, beat.pid) == (True, 0, process.pid)
    assert paths.coin("BTC").trainer_last_training_time().stat().st_mtime_ns == once
    wishes = wishes_of(home)
    wishes.post(TrainingWish("BTC", anew=True, made_at=SystemClock().now()))
    wait_for(lambda: wishes.coins() == (), process)
    # it was not begun again while its wish still lay there
    assert begun(home).count("it was asked for") == 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(DEADLINE_S) == exit_codes.OK


def begun(home: Path) -> list[str]:
    """Give why each training began."""
    entries = [json.loads(line) for line in (home / "logs" / "trainer.log").read_text().splitlines()]
    return [one["reason"] for one in entries if one["message"] == "training begins"]


def wishes_of(home: Path) -> TrainingWishes:
    paths, store = HomePaths(home), FileStore()
    return TrainingWishes(paths.training_wishes, store, Mailbox(store, paths))


def test_a_trainer_that_was_asked_trains_those_coins_alone_and_ends(
    tmp_path: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    wishes, files = wishes_of(tmp_path), HomePaths(tmp_path).coin("ETH")
    wishes.post(TrainingWish("BTC", anew=True, made_at=SystemClock().now()))
    wishes.post(TrainingWish("ETH", anew=False, made_at=SystemClock().now()))
    files.killer().parent.mkdir(parents=True)
    files.killer().write_text("yes")
    assert main(command(tmp_path, venue.url, "--asked")[3:]) == exit_codes.OK
    assert set(told(capsys)["coins"]) == {"BTC", "ETH"}
    assert finished(tmp_path, "BTC")
    assert status(tmp_path, "ETH")["state"] == "INTERRUPTED"
    assert wishes.coins() == ()
    # nobody asks any more
    assert main(command(tmp_path, venue.url, "--asked")[3:]) == exit_codes.OK
    assert told(capsys)["coins"] == {}


def test_a_wish_taken_back_stops_its_training_and_one_left_over_is_kept_for_the_next_trainer(
    tmp_path: Path, silent: StubVenue
) -> None:
    wishes = wishes_of(tmp_path)
    for coin in ("BTC", "ETH"):
        wishes.post(TrainingWish(coin, anew=False, made_at=SystemClock().now()))
    process = started(tmp_path, silent.address, "--asked", "--set", "exchange.timeout_s=1")
    wait_for(lambda: any("candles" in target for target in silent.targets), process)
    wishes.withdraw("BTC")
    wait_for(lambda: status(tmp_path)["state"] == "INTERRUPTED", process)
    assert status(tmp_path, "ETH")["state"] == "TRAINING"
    process.send_signal(signal.SIGTERM)
    assert process.wait(DEADLINE_S) == exit_codes.OK
    assert status(tmp_path, "ETH")["state"] == "INTERRUPTED"
    assert wishes.coins() == ("ETH",)


def test_a_venue_that_fails_now_and_then_costs_time_and_nothing_else(
    tmp_path: Path, venue: ExchangeServer, whole: Path
) -> None:
    for number in (3, 7):
        venue.admin.add_fault(on=CANDLES, nth=number, then={"status": 503})
    try:
        assert main(command(tmp_path, venue.url, "BTC")[3:]) == exit_codes.OK
    finally:
        venue.admin.clear_faults()
    files = HomePaths(tmp_path).coin("BTC")
    expected = HomePaths(whole).coin("BTC")
    for timeframe in TIMEFRAMES:
        assert files.pattern_memory(timeframe).read_bytes() == expected.pattern_memory(timeframe).read_bytes()


def test_the_script_takes_the_arguments_of_the_original(tmp_path: Path, venue: ExchangeServer) -> None:
    arguments = ["eth", "reprocess_yes", "--home", str(tmp_path), "--exchange-url", venue.url]
    ended = subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, check=False)
    assert ended.returncode == exit_codes.OK, ended.stderr
    assert finished(tmp_path, "ETH")


def test_candles_are_taken_from_a_date_on(
    tmp_path: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(tmp_path, venue.url, "BTC", "--from", "2024-01-01")[3:]) == exit_codes.OK
    rows = told(capsys)["coins"]["BTC"]["timeframes"]
    assert rows["1hour"]["first_at"] == "2024-01-01T00:00:00Z"
    assert rows["1hour"]["candles"] == rows["2hour"]["candles"] * 2


def test_staying_and_asking_nobody_do_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trainer", "--keep", "--offline", "--home", str(tmp_path)]) == exit_codes.USAGE
    assert "leave one of them out" in capsys.readouterr().err
