"""`powertrader trader` and what a user says to it, against a local exchange in its own process."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.clock import SystemClock
from powertrader.core.mailbox import HEARTBEAT, TRADER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.snapshot import SnapshotReader
from powertrader.core.stop_request import ask_to_stop
from powertrader.core.storage import FileStore
from powertrader.core.wake_limit import MOST_AT_ONCE
from powertrader.hub.notices import notices_of
from powertrader.models.command import StopRequest
from powertrader.models.signal import Signal
from powertrader.models.snapshot import ProcessState
from powertrader.models.status import Heartbeat
from tests.exchange_server import ExchangeServer, exchange_server

pytestmark = pytest.mark.money
QUICK: Final = ("--set", "trader.step_s=0.02", "--set", "start_allocation_pct=1", "--set", "coins=BTC,ETH")


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path_factory.mktemp("exchange")) as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, venue: ExchangeServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a home whose environment has the keys of the venue's account; the account is empty of coins."""
    monkeypatch.setenv("BINANCE_API_KEY", venue.api_key)
    monkeypatch.setenv("BINANCE_API_SECRET", venue.api_secret)
    yield tmp_path
    venue.admin.clear_faults()
    for asset, (free, _) in venue.admin.balances().items():
        if asset != "USDT" and free:
            venue.admin.withdraw(asset, str(free))


def signal(home: Path, venue: ExchangeServer, coin: str, long: int, ahead_s: float = 0.0) -> None:
    """Publish what the thinker would say of a coin now, or some time ahead of now."""
    at = datetime.fromtimestamp(venue.admin.market_ms() / 1000 + ahead_s, UTC)
    paths = HomePaths(home)
    Mailbox(FileStore(paths.data), paths).publish_signal(Signal(coin, long, 0, (), (), 1.0, 1.0, at))


def run(home: Path, venue: ExchangeServer, command: str, *more: str) -> int:
    quick = QUICK if command == "trader" else QUICK[4:]
    return main([command, "--home", str(home), "--exchange-url", venue.url, "--json", *quick, *more])


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def trade(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str], mode: str, steps: int = 2
) -> dict[str, Any]:
    """Run a trader for some steps and give what it told at its end."""
    live = ("--confirm-live", "LIVE") if mode == "live" else ()
    capsys.readouterr()
    assert run(home, venue, "trader", "--mode", mode, "--steps", str(steps), *live) == exit_codes.OK
    return told(capsys)


def test_a_paper_trader_buys_by_the_signal_and_goes_on_after_a_restart(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert trade(home, venue, capsys, "paper")["cash"] == {"USDT": "10000.0"}
    signal(home, venue, "BTC", 3)
    bought = trade(home, venue, capsys, "paper")
    assert list(bought["positions"]) == ["BTC"]
    assert bought["trades"] == 1
    again = trade(home, venue, capsys, "paper")
    assert again["positions"] == bought["positions"]
    assert again["cash"] == bought["cash"]
    assert again["trades"] == 0
    assert venue.admin.orders() == []


@pytest.mark.parametrize("ahead_s,told_once", [(3600.0, 1), (-3600.0, 0)])
def test_a_signal_of_another_time_trades_nothing_and_one_from_the_future_is_told_once(
    home: Path,
    venue: ExchangeServer,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    *,
    ahead_s: float,
    told_once: int,
) -> None:
    signal(home, venue, "BTC", 3, ahead_s)
    assert trade(home, venue, capsys, "paper", steps=4)["positions"] == {}
    reasons = [getattr(record, "reason", "") for record in caplog.records]
    assert sum("from the future" in str(reason) for reason in reasons) == told_once


def test_a_paper_trader_leaves_its_report_and_the_originals_files(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    signal(home, venue, "ETH", 3)
    trade(home, venue, capsys, "paper", steps=3)
    paths = HomePaths(home)
    report = Mailbox(FileStore(paths.data), paths).read(paths.trader_report("paper"), TRADER)
    assert report is not None
    assert (report.mode, report.account, report.quote_asset) == ("paper", "default", "USDT")
    assert dict(report.verdicts)["BTC"] == "no_signal"
    status = json.loads(paths.trader_status.read_text())
    assert status["positions"]["ETH"]["quantity"] > 0
    (line,) = paths.trade_history.read_text().splitlines()
    assert (json.loads(line)["side"], json.loads(line)["symbol"]) == ("buy", "ETHUSDT")
    assert json.loads(paths.pnl_ledger.read_text())["open_positions"]["ETH"]["qty"] > 0
    assert json.loads(paths.account_value_history.read_text().splitlines()[0])["total_account_value"] > 0


def test_a_live_trader_buys_once_and_its_ledger_agrees_with_the_exchange(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(venue.admin.orders())
    signal(home, venue, "BTC", 3)
    first = trade(home, venue, capsys, "live", steps=3)
    assert len(venue.admin.orders()) == before + 1
    second = trade(home, venue, capsys, "live", steps=3)
    assert len(venue.admin.orders()) == before + 1
    balances = venue.admin.balances()
    assert second["positions"] == first["positions"]
    assert Decimal(second["positions"]["BTC"]["quantity"]) == balances["BTC"][0]
    assert Decimal(second["cash"]["USDT"]) == balances["USDT"][0]
    assert run(home, venue, "sell", "BTC", "--yes", "--mode", "live") == exit_codes.OK
    assert "sold" in told(capsys)["text"]
    assert main(["ledger", "verify", "--home", str(home), "--mode", "live"]) == exit_codes.OK


@pytest.mark.parametrize("word", [(), ("--confirm-live", "live"), ("--confirm-live", "yes")])
def test_live_needs_the_word_and_nothing_else_is_traded_instead(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str], word: tuple[str, ...]
) -> None:
    assert run(home, venue, "trader", "--mode", "live", "--once", *word) == exit_codes.USAGE
    assert "--confirm-live LIVE" in capsys.readouterr().err
    assert not (home / "data" / "ledger").exists()


def test_live_without_keys_is_refused_and_not_turned_into_paper(
    home: Path,
    venue: ExchangeServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("BINANCE_API_KEY")
    monkeypatch.delenv("BINANCE_API_SECRET")
    live = ("--mode", "live", "--confirm-live", "LIVE", "--once")
    assert run(home, venue, "trader", *live) == exit_codes.USAGE
    assert "no Binance API keys" in capsys.readouterr().err
    assert not (home / "data" / "ledger").exists()


@pytest.mark.parametrize("most", [("--once",), ()])
def test_wrong_keys_are_told_before_the_first_step(
    home: Path,
    venue: ExchangeServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    most: tuple[str, ...],
) -> None:
    monkeypatch.setenv("BINANCE_API_SECRET", "x" * 64)
    live = ("--mode", "live", "--confirm-live", "LIVE")
    assert run(home, venue, "trader", *live, *most) == exit_codes.VENUE
    error = capsys.readouterr().err
    assert "check the API secret" in error
    assert "x" * 64 not in error


def test_keys_that_lose_their_rights_pause_everything_with_one_error_until_somebody_resumes(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str], expected_errors: list[str]
) -> None:
    signal(home, venue, "BTC", 3)
    orders = len(venue.admin.orders())
    venue.admin.add_fault(on="POST /api/v3/order", nth=1, then={"error": -2015})
    summary = trade(home, venue, capsys, "live", steps=4)
    assert "everything is paused" in summary["skipped"]
    assert len(venue.admin.orders()) == orders
    assert list(summary["stopped"]) == [""]
    assert len(expected_errors) == 1
    assert run(home, venue, "resume", "--mode", "live") == exit_codes.OK


@contextmanager
def running_trader(
    home: Path, venue: ExchangeServer, word: str, *more: str
) -> Iterator[subprocess.Popen[str]]:
    """A trader in a process of its own, from the moment its log has this word; who asks must end it."""
    where = ["--home", str(home), "--exchange-url", venue.url]
    command = [sys.executable, "-m", "powertrader", "trader", *where, *QUICK, *more]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as trader:
        assert trader.stderr is not None
        while word not in (line := trader.stderr.readline()):
            assert line, f"the trader ended without {word!r}"
        threading.Thread(target=trader.stderr.read, daemon=True).start()
        try:
            yield trader
        finally:
            # a test that failed before it ended the trader must not wait for it
            if trader.poll() is None:
                trader.kill()


def test_two_traders_never_share_a_ledger(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_trader(home, venue, "Ledger") as first:
        assert run(home, venue, "trader", "--once") == exit_codes.USAGE
        assert f"process {first.pid}" in capsys.readouterr().err
        # nor do two of other modes, whose ledgers are not the same, share a home
        live = ("--mode", "live", "--confirm-live", "LIVE")
        assert run(home, venue, "trader", "--once", *live) == exit_codes.USAGE
        assert f"process {first.pid}" in capsys.readouterr().err
        first.terminate()
        assert first.wait(20) == exit_codes.OK


def test_a_storm_of_news_costs_the_trader_no_more_steps_than_its_own_pace(
    home: Path, venue: ExchangeServer
) -> None:
    paths = HomePaths(home)
    mailbox, storm_s = Mailbox(FileStore(paths.data), paths), 4.0
    with running_trader(home, venue, "Ledger", "--set", "trader.step_s=1") as trader:
        paths.thinker_report.parent.mkdir(parents=True, exist_ok=True)
        ends_s = time.monotonic() + storm_s
        while time.monotonic() < ends_s:
            FileStore().write_text(paths.thinker_report, "news")
            time.sleep(0.005)
        trader.terminate()
        assert trader.wait(20) == exit_codes.OK
    beat = mailbox.read(paths.heartbeat("trader"), HEARTBEAT)
    assert beat is not None
    # those that come through at once, those of its pace, and as many wakes; some for a slow end
    assert MOST_AT_ONCE / 2 < beat.steps <= MOST_AT_ONCE + 2 * storm_s + 6


def test_two_homes_never_trade_one_account(
    home: Path,
    tmp_path_factory: pytest.TempPathFactory,
    venue: ExchangeServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other, live = tmp_path_factory.mktemp("other"), ("--mode", "live", "--confirm-live", "LIVE")
    with running_trader(home, venue, "Ledger", *live) as first:
        assert run(other, venue, "trader", "--once", *live) == exit_codes.USAGE
        refusal = capsys.readouterr().err
        assert "another home trades account live-" in refusal
        assert f"process {first.pid}" in refusal
        # each home has a paper account of its own
        assert run(other, venue, "trader", "--once") == exit_codes.OK
        first.kill()
        first.wait(20)
    assert run(other, venue, "trader", "--once", *live) == exit_codes.OK


def test_a_paused_coin_is_not_bought_and_a_resumed_one_is(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    trade(home, venue, capsys, "paper", steps=1)
    assert run(home, venue, "pause", "BTC", "--reason", "news") == exit_codes.OK
    signal(home, venue, "BTC", 3)
    assert trade(home, venue, capsys, "paper")["positions"] == {}
    assert run(home, venue, "resume", "BTC") == exit_codes.OK
    assert list(trade(home, venue, capsys, "paper")["positions"]) == ["BTC"]
    assert run(home, venue, "resume", "BTC") == exit_codes.DIFFERENT


def test_a_running_trader_carries_a_wish_out_and_answers(home: Path, venue: ExchangeServer) -> None:
    signal(home, venue, "BTC", 3)
    answers: list[dict[str, Any]] = []

    def ask() -> None:
        base = [sys.executable, "-m", "powertrader"]
        where = ["--home", str(home), "--exchange-url", venue.url, "--json"]
        for wish in (["sell", "BTC", "--yes"], ["pause", "--reason", "enough"]):
            ended = subprocess.run([*base, *wish, *where], capture_output=True, text=True, check=False)
            answers.append(json.loads(ended.stdout))
        done.set()

    done = threading.Event()
    with running_trader(home, venue, "bought") as trader:
        asking = threading.Thread(target=ask)
        asking.start()
        asking.join(60)
        trader.terminate()
        assert trader.wait(20) == exit_codes.OK
    assert done.is_set()
    sold, paused = answers
    assert sold["done"], sold
    assert sold["text"].startswith("sold ")
    assert paused["done"], paused


def test_adopting_shows_the_cost_and_takes_charge_of_coins_the_bot_did_not_buy(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    trade(home, venue, capsys, "live", steps=1)
    venue.admin.deposit("ETH", "0.5")
    assert trade(home, venue, capsys, "live", steps=2)["positions"] == {}
    assert run(home, venue, "adopt", "ETH", "--mode", "live", "--yes") == exit_codes.OK
    assert "0.5" in told(capsys)["text"]
    assert trade(home, venue, capsys, "live", steps=1)["positions"]["ETH"]["quantity"] == "0.5"


def test_selling_asks_first_and_without_a_yes_does_nothing(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    signal(home, venue, "BTC", 3)
    trade(home, venue, capsys, "paper")
    # no terminal and no --yes: the question cannot be answered
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "powertrader",
            "sell",
            "BTC",
            "--home",
            str(home),
            "--exchange-url",
            venue.url,
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != exit_codes.OK
    assert list(trade(home, venue, capsys, "paper", steps=1)["positions"]) == ["BTC"]


def test_a_wish_for_one_account_is_never_carried_out_on_another(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    signal(home, venue, "BTC", 3)
    bought = trade(home, venue, capsys, "live")
    HomePaths(home).ledger("live", "another").mkdir()
    assert (
        run(home, venue, "sell", "BTC", "--mode", "live", "--account", "another", "--yes") == exit_codes.USAGE
    )
    assert bought["account"] in capsys.readouterr().err
    assert trade(home, venue, capsys, "live", steps=1)["positions"] == bought["positions"]


@pytest.mark.parametrize(
    "wish", [["pause"], ["resume", "BTC"], ["sell", "BTC", "--yes"], ["adopt", "BTC", "--yes"]]
)
def test_a_wish_without_a_ledger_says_what_to_do_first(
    home: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str], wish: list[str]
) -> None:
    assert run(home, venue, wish[0], *wish[1:]) == exit_codes.USAGE
    assert "powertrader trader --mode paper" in capsys.readouterr().err


def met(condition: Callable[[], bool]) -> float:
    """Wait until something is so, and give how long that took in seconds."""
    began_s = time.monotonic()
    while not condition():
        assert time.monotonic() - began_s < 20
        time.sleep(0.02)
    return time.monotonic() - began_s


def test_a_trader_waits_for_an_exchange_that_fails_and_each_window_says_so_in_time(
    home: Path, venue: ExchangeServer
) -> None:
    paths = HomePaths(home)
    mailbox = Mailbox(FileStore(paths.data), paths)
    snapshots = SnapshotReader(paths, mailbox)

    def notices() -> str:
        return " ".join(notices_of(snapshots.read(("BTC", "ETH"), SystemClock().now())))

    def beat() -> Heartbeat | None:
        return mailbox.read(paths.heartbeat("trader"), HEARTBEAT)

    def waits() -> bool:
        found = beat()
        return found is not None and found.failing and found.last_error.startswith("it cannot begin yet")

    def trades() -> bool:
        found = beat()
        return found is not None and found.steps > 0 and not found.failing

    fails = {"on": "*", "probability": 1.0, "then": {"status": 503}}
    venue.admin.add_fault(**fails)
    with running_trader(home, venue, "not started yet", "--mode", "testnet") as trader:
        met(waits)
        assert snapshots.read((), SystemClock().now()).process("trader").state is ProcessState.FAILING
        venue.admin.clear_faults()
        met(trades)
        venue.admin.add_fault(**fails)
        # a window looks once a second, and has three
        assert met(lambda: "no useful answer for" in notices()) < 2
        assert "Server is currently overloaded" in notices()
        venue.admin.clear_faults()
        met(lambda: not notices())
        trader.terminate()
        assert trader.wait(20) == exit_codes.OK


def test_a_trader_that_waits_for_its_exchange_can_be_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    paths = HomePaths(tmp_path)
    mailbox = Mailbox(FileStore(paths.data), paths)

    def stop() -> None:
        met(lambda: any("not started yet" in one.message for one in caplog.records))
        request = StopRequest("trader", 0, "enough", SystemClock().now())
        ask_to_stop(mailbox, paths.stop_request("trader"), request)

    stopping = threading.Thread(target=stop)
    stopping.start()
    arguments = ["trader", "--home", str(tmp_path), "--exchange-url", "http://127.0.0.1:9", "--json"]
    assert main(arguments) == exit_codes.OK
    stopping.join()
    assert told(capsys)["steps"] == 0
    found = mailbox.read(paths.heartbeat("trader"), HEARTBEAT)
    assert found is not None
    assert (found.running, "does not answer" in found.last_error) == (False, True)


def test_a_local_exchange_that_is_not_there_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["trader", "--home", str(tmp_path), "--exchange-url", "http://127.0.0.1:9", "--once"]
    assert main(arguments) == exit_codes.VENUE
    assert "does not answer" in capsys.readouterr().err
