"""Messages between running workers: soon, whole, and heard also by a worker that rests.

PT_SOAK_ROUNDS raises the number of reads, a thousand for each; scripts/soak.py sets it.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.mailbox import HEARTBEAT, SIGNAL, THINKER, TRADER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.signal import Signal
from powertrader.models.status import ThinkerReport, TraderReport
from tests.bench.taught_home import reports_of, teach, wait_until, workers
from tests.exchange_server import ExchangeServer, exchange_server

READS: Final = int(os.environ.get("PT_SOAK_ROUNDS", "5")) * 1000
PATIENCE_S: Final = 30.0
HOUR_LONG_STEPS: Final = ("--set", "trader.step_s=3600", "--set", "start_allocation_pct=1")
NOW: Final = datetime(2024, 1, 1, tzinfo=UTC)
WRITER: Final = """
import sys
from pathlib import Path
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from tests.integration.test_messages import numbered
paths = HomePaths(Path(sys.argv[1]))
mailbox, number = Mailbox(FileStore(paths.data), paths), 0
while not (paths.root / "enough").exists():
    number += 1
    mailbox.publish_signal(numbered(number))
"""


def numbered(number: int) -> Signal:
    """Give a signal of which every part follows from one number, and whose length changes with it."""
    bounds = tuple([float(number)] * (number % 8))
    return Signal("BTC", number % 8, 0, bounds, (), float(number), float(number), NOW + timedelta(0, number))


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path_factory.mktemp("exchange")) as server:
        yield server


class Beside:
    """What a thinker does beside a running trader: it publishes, and it reads what the trader tells."""

    def __init__(self, home: Path, venue: ExchangeServer) -> None:
        self.paths = HomePaths(home)
        self.mailbox = Mailbox(FileStore(self.paths.data), self.paths)
        self.venue = venue

    def signal(self, coin: str, long: int) -> None:
        """Publish a signal, then the report that tells of it."""
        at = datetime.fromtimestamp(self.venue.admin.market_ms() / 1000, UTC)
        self.mailbox.publish_signal(Signal(coin, long, 0, (), (), 1.0, 1.0, at))
        now = datetime.now(UTC)
        report = ThinkerReport(now, now, at, "real_predictions", (coin,), (coin,), ())
        self.mailbox.publish(self.paths.thinker_report, THINKER, report)

    def report(self) -> TraderReport | None:
        return self.mailbox.read(self.paths.trader_report("paper"), TRADER)

    def steps(self) -> int:
        beat = self.mailbox.read(self.paths.heartbeat("trader"), HEARTBEAT)
        return 0 if beat is None else beat.steps

    def waited_for_steps(self, least: int) -> float:
        """Wait until the trader has done so many steps, and give how long that took."""
        began_s = time.monotonic()
        while self.steps() < least:
            assert time.monotonic() < began_s + PATIENCE_S, "the trader was not woken"
            time.sleep(0.01)
        return time.monotonic() - began_s


@contextmanager
def resting_trader(home: Path, venue: ExchangeServer) -> Iterator[Beside]:
    """Run a paper trader that has done its first step and would do the next one in an hour."""
    command = [sys.executable, "-m", "powertrader", "trader", "--home", str(home)]
    command += ["--exchange-url", venue.url, "--set", "coins=BTC,ETH", *HOUR_LONG_STEPS]
    beside = Beside(home, venue)
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as trader:
        try:
            beside.waited_for_steps(1)
            yield beside
        finally:
            trader.terminate()
            assert trader.wait(PATIENCE_S) == exit_codes.OK


@pytest.mark.money
def test_a_trader_that_rests_for_an_hour_acts_on_a_new_signal_and_on_a_wish_at_once(
    tmp_path: Path, venue: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with resting_trader(tmp_path, venue) as beside:
        beside.signal("BTC", 3)
        beside.waited_for_steps(2)
        report = beside.report()
        assert report is not None
        assert report.trades == 1
        where = ["--home", str(tmp_path), "--exchange-url", venue.url, "--set", "trader.step_s=3600"]
        began_s = time.monotonic()
        assert main(["sell", "BTC", "--yes", "--json", *where]) == exit_codes.OK
        assert time.monotonic() - began_s < PATIENCE_S
        assert "sold " in capsys.readouterr().out
        assert main(["ledger", "explain", "ETH", "--home", str(tmp_path)]) == exit_codes.OK
        assert "signal: no fresh signal" in capsys.readouterr().err


def test_a_message_that_is_replaced_all_the_time_is_never_read_torn(tmp_path: Path) -> None:
    paths = HomePaths(tmp_path)
    mailbox, path = Mailbox(FileStore(paths.data), paths), paths.coin("BTC").signal()
    mailbox.publish_signal(numbered(0))
    enough = tmp_path / "enough"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)]) as writer:
        seen: set[int] = set()
        for _ in range(READS):
            found = mailbox.read(path, SIGNAL)
            assert found is not None
            number = int(found.long_profit_margin_pct)
            assert found == numbered(number)
            seen.add(number)
        while len(seen) < 2:
            seen.add(int((mailbox.read(path, SIGNAL) or numbered(0)).long_profit_margin_pct))
        enough.touch()
        assert writer.wait(PATIENCE_S) == 0
    assert not list(path.parent.glob("*.corrupt-*"))


def test_readers_in_many_threads_share_a_mailbox_without_mixing_messages_up(tmp_path: Path) -> None:
    paths = HomePaths(tmp_path)
    mailbox = Mailbox(FileStore(paths.data), paths)
    coins = [f"C{number}" for number in range(8)]
    wrong: list[str] = []

    def publish_and_read(coin: str, level: int) -> None:
        for _ in range(50):
            mailbox.publish_signal(Signal(coin, level % 8, 0, (), (), 0.0, 0.0, NOW))
            found = mailbox.read_signal(coin)
            if found is None or (found.coin, found.long_level) != (coin, level % 8):
                wrong.append(coin)

    threads = [
        threading.Thread(target=publish_and_read, args=one) for one in zip(coins, range(8), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert not any(thread.is_alive() for thread in threads)
    assert wrong == []


def test_a_thinker_follows_an_exchange_that_is_killed_and_started_again(tmp_path: Path) -> None:
    coins, speed = ("BTC", "ETH"), 600.0
    with exchange_server(tmp_path / "exchange", speed=speed) as server:
        paths = teach(tmp_path / "home", server, coins, 100)
        with workers(tmp_path / "home", server, coins, "thinker", settings=("trader.step_s=0.2",)):
            wait_until(is_in_time(report, server, speed) for report in reports_of(paths))
            server.kill()
            time.sleep(2.0)
            server.start()
            # while it was down its time stood still: twenty minutes less than the thinker believes
            wait_until(is_in_time(report, server, speed) for report in reports_of(paths))


def test_a_running_thinker_takes_coins_over_and_keeps_its_own_while_the_settings_are_broken(
    tmp_path: Path, venue: ExchangeServer
) -> None:
    paths = teach(tmp_path, venue, ("BTC", "ETH"), 100)
    paths.config.mkdir()

    def set_coins(text: str) -> None:
        FileStore().write_text(paths.gui_settings, text)

    def signalled(*coins: str) -> None:
        wait_until(report is not None and report.ready == coins for report in reports_of(paths))

    set_coins('{"coins": ["BTC"]}')
    with workers(tmp_path, venue, (), "thinker", settings=("trader.step_s=0.1",)) as (thinker,):
        signalled("BTC")
        set_coins('{"coins": ["BTC", "ETH"]}')
        signalled("BTC", "ETH")
        set_coins('{"coins": ["BTC"')
        told = "settings not usable, the last good ones stay in force"
        wait_until(told in said for said in iter(thinker.said, None))
        set_coins('{"coins": ["ETH", "BTC"]}')
        signalled("ETH", "BTC")
    assert thinker.said().count(told) == 1


def is_in_time(report: ThinkerReport | None, server: ExchangeServer, speed: float) -> bool:
    """Tell whether all coins signal in the exchange's own time, give or take a second of the wall clock."""
    if report is None or len(report.ready) < 2:
        return False
    age_s = (datetime.now(UTC) - report.at).total_seconds()
    apart_s = server.admin.market_ms() / 1000 - report.market_at.timestamp()
    return abs(apart_s / speed - age_s) < 1.0
