"""Training on an exchange's candles and the running thinker, on a local exchange in its own process."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.mailbox import HEARTBEAT, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.models.status import Heartbeat
from powertrader.models.timeframe import TIMEFRAMES
from tests.exchange_server import ExchangeServer, exchange_server

CANDLES: Final = "GET /api/v1/market/candles"
PRICES: Final = "GET /api/v3/ticker/bookTicker"
QUICK: Final = ("--set", "trader.step_s=0.02")


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path_factory.mktemp("exchange")) as server:
        yield server


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, venue: ExchangeServer) -> Path:
    """Give a home in which BTC and ETH were trained on the venue's candles."""
    home = tmp_path_factory.mktemp("home")
    assert _train(home, venue, "BTC", "ETH") == exit_codes.OK
    return home


@pytest.fixture(autouse=True)
def _counts_anew(venue: ExchangeServer) -> Iterator[None]:
    venue.admin.clear_counters()
    yield
    venue.admin.clear_faults()


def _train(home: Path, venue: ExchangeServer, *coins: str) -> int:
    return main(["trainer", *coins, "--home", str(home), "--exchange-url", venue.url, "--json"])


def _think(home: Path, venue: ExchangeServer, *more: str) -> int:
    """Run the thinker on the coins that were trained."""
    arguments = ["thinker", "BTC", "ETH", "--home", str(home), "--exchange-url", venue.url, "--json"]
    return main([*arguments, *QUICK, *more])


def _told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def _heartbeat(home: Path) -> Heartbeat | None:
    paths = HomePaths(home)
    return Mailbox(FileStore(), paths).read(paths.heartbeat("thinker"), HEARTBEAT)


def test_a_training_downloads_its_candles_and_leaves_memories_with_the_markets_time(
    trained: Path, venue: ExchangeServer
) -> None:
    for coin in ("BTC", "ETH"):
        files = HomePaths(trained).coin(coin)
        assert all(files.pattern_memory(timeframe).exists() for timeframe in TIMEFRAMES)
        trained_at_s = float(files.trainer_last_training_time().read_text(encoding="utf-8"))
        assert 0 <= venue.admin.market_ms() / 1000 - trained_at_s < 3600


def test_each_step_asks_for_all_prices_once_and_for_candles_only_at_the_start(
    trained: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _think(trained, venue, "--steps", "5") == exit_codes.OK
    told = _told(capsys)
    assert (told["steps"], told["errors"], sorted(told["signals"])) == (5, 0, ["BTC", "ETH"])
    assert (told["candle_requests"], told["price_requests"]) == (2 * len(TIMEFRAMES), 5)
    calls = venue.admin.counters()
    assert (calls[CANDLES], calls[PRICES]) == (2 * len(TIMEFRAMES), 5)
    paths = HomePaths(trained)
    assert json.loads(paths.runner_ready.read_text(encoding="utf-8"))["ready_coins"] == ["BTC", "ETH"]
    published = Mailbox(FileStore(), paths).read_signal("BTC")
    assert published is not None
    assert published.long_level == told["signals"]["BTC"]["long_level"]


def test_a_coin_whose_candles_fail_costs_the_other_nothing(
    trained: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    venue.admin.add_fault(on=CANDLES, symbol="ETHUSDT", every=1, then={"status": 503})
    assert _think(trained, venue, "--once") == exit_codes.DIFFERENT
    told = _told(capsys)
    assert list(told["signals"]) == ["BTC"]
    assert "1hour candle" in told["no_signal"]["ETH"]


def test_a_venue_that_gives_no_prices_is_reported_and_the_next_step_is_whole(
    trained: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    venue.admin.add_fault(on=PRICES, nth=1, then={"status": 503})
    assert _think(trained, venue, "--once") == exit_codes.VENUE
    assert "The last step failed" in capsys.readouterr().err
    assert _think(trained, venue, "--once") == exit_codes.OK


def test_a_termination_ends_the_thinker_in_order(trained: Path, venue: ExchangeServer) -> None:
    paths = HomePaths(trained)
    paths.heartbeat("thinker").unlink(missing_ok=True)

    def terminate() -> None:
        while not paths.heartbeat("thinker").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=terminate, daemon=True)
    thread.start()
    assert _think(trained, venue) == exit_codes.OK
    thread.join()
    beat = _heartbeat(trained)
    assert beat is not None
    assert (beat.running, beat.errors) == (False, 0)


def test_a_second_thinker_of_a_home_is_refused(
    trained: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with exclusive(HomePaths(trained).process_lock("thinker")):
        assert _think(trained, venue, "--once") == exit_codes.USAGE
    assert "another PowerTrader works here" in capsys.readouterr().err


def test_a_coin_the_venue_does_not_have_is_named_and_the_others_are_trained(
    tmp_path: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _train(tmp_path, venue, "BTC", "XYZ") == exit_codes.BAD_DATA
    captured = capsys.readouterr()
    told = json.loads(captured.out)
    assert told["coins"]["BTC"]["state"] == "finished"
    assert "KuCoin trades the pair" in told["failed"]["XYZ"]
    assert "correct the coin's name" in told["coins"]["XYZ"]["remedy"]
    assert "XYZ" in captured.err


def test_nobody_at_the_address_ends_a_command_with_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["trainer", "BTC"], ["thinker", "BTC", "--once"]):
        assert main([*command, "--home", str(tmp_path), "--exchange-url", "http://127.0.0.1:9"]) == (
            exit_codes.VENUE
        )
        assert "`powertrader exchange serve` starts one" in capsys.readouterr().err
