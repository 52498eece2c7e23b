"""What the workers cost while nothing happens, and how soon a signal follows its price.

PT_BENCH_IDLE_S: seconds over which idle workers are watched, 20 unless set.
"""

import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from powertrader.core.folder_watch import FolderWatch
from powertrader.core.mailbox import THINKER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.status import ThinkerReport
from powertrader.thinker.publishing import SignalFiles
from tests.bench.bench_thinker import START, Market, session_of
from tests.bench.registry import Row, bench
from tests.bench.taught_home import coins_of, reports_of, resident_bytes, teach, wait_until, workers
from tests.exchange_server import ExchangeServer, exchange_server

COINS: Final = 50
MANY: Final = 1_000
IDLE_S: Final = float(os.environ.get("PT_BENCH_IDLE_S", "20"))
SETTLE_S: Final = 20.0
LATENCY_S: Final = 60.0
SPEED: Final = 360.0
"""Hours pass in ten seconds: the venue's request limit allows no more for so many coins."""
BYTES_PER_GIB: Final = 2**30
WORKERS: Final = ("trainer", "thinker", "trader")


@contextmanager
def town(coins: Sequence[str], speed: float, count: int) -> Iterator[tuple[Path, ExchangeServer, HomePaths]]:
    """Run a local exchange with at most fifty of the coins, beside a home that knows all of them."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        listed = ",".join(coins[:COINS])
        with exchange_server(Path(folder) / "exchange", coins=listed, speed=speed) as server:
            yield home, server, teach(home, server, coins, count)


@bench(group="messages", runs=1)
def idle_workers() -> Sequence[Row]:
    coins = coins_of(COINS)
    with town(coins, 1.0, 300) as (home, server, paths), workers(home, server, coins, *WORKERS) as running:
        wait_until(report is not None and len(report.ready) == COINS for report in reports_of(paths))
        time.sleep(SETTLE_S)
        for one in running:
            one.look()
        time.sleep(IDLE_S)
        for one in running:
            one.look()
        rows = [
            Row(what=f"idle {one.name}, {COINS} coins", measured=one.cpu_pct, unit="%") for one in running
        ]
    together = sum(row.measured for row in rows)
    what = f"all three idle workers, {COINS} coins, of one core"
    return [*rows, Row(what=what, measured=together, unit="%", most=5.0)]


@bench(group="messages", runs=1)
def price_to_signal() -> Sequence[Row]:
    """Let all coins have another signal at once, as at each full hour: the hardest moment there is."""
    coins = coins_of(COINS)
    steps = ("trader.step_s=0.25",)
    waits: list[float] = []
    with (
        town(coins, SPEED, 300) as (home, server, paths),
        workers(home, server, coins, "thinker", settings=steps),
    ):
        wait_until(report is not None and len(report.ready) == COINS for report in reports_of(paths))
        collect(paths, waits)
    waits.sort()
    assert len(waits) > COINS, "hardly any signal changed"
    middle, late = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
    count = f"{len(waits):,} changed signals"
    return [
        Row(what=f"price received to signal read, median of {count}", measured=middle, unit="ms"),
        Row(what="the same, p99", measured=late, unit="ms", most=50.0),
    ]


def collect(paths: HomePaths, waits: list[float]) -> None:
    """Read each signal that changed as soon as the watch tells of it, and note its age in ms."""
    mailbox, rung = Mailbox(FileStore(), paths), threading.Event()

    def look(path: Path) -> None:
        if path.name == paths.thinker_report.name:
            rung.set()

    ends_s = time.monotonic() + LATENCY_S
    with FolderWatch([paths.hub_data], look):
        while time.monotonic() < ends_s:
            if not rung.wait(1.0):
                continue
            rung.clear()
            report = mailbox.read(paths.thinker_report, THINKER)
            if report is not None:
                waits.extend(_age_ms(report) for coin in report.changed if mailbox.read_signal(coin))


def _age_ms(report: ThinkerReport) -> float:
    return (datetime.now(UTC) - report.priced_at).total_seconds() * 1000


@bench(group="messages", what="sweep of 1,000 coins with new candles, all files written", unit="s", most=2)
def whole_sweep() -> float:
    coins = [f"C{number}" for number in range(MANY)]
    market = Market(coins)
    session = session_of(market, coins, 2_000)
    with tempfile.TemporaryDirectory() as folder:
        paths = HomePaths(Path(folder))
        files = SignalFiles(FileStore(paths.data), paths)

        def sweep(hour: int) -> float:
            market.now_s = int(START.timestamp()) + hour * 3600
            quotes, now = market.quotes(), START + timedelta(hours=hour)
            start = time.perf_counter()
            step = session.step(now, quotes)
            published = files.publish(step.signals, now)
            files.report(ThinkerReport(now, now, now, "", published.changed, tuple(step.signals), ()))
            assert not files.export(step, now)
            assert len(published.changed) > MANY * 0.9
            return time.perf_counter() - start

        sweep(0)
        return max(sweep(hour) for hour in (1, 2, 3))


@bench(group="messages", runs=1)
def memory_of_all() -> Sequence[Row]:
    """Load the memories of all coins; the exchange lists only some of them, for a quick start."""
    coins = coins_of(MANY)
    with town(coins, 1.0, 5_000) as (home, server, paths), workers(home, server, coins, *WORKERS) as running:
        wait_until(report is not None and report.stage != "starting" for report in reports_of(paths))
        time.sleep(SETTLE_S)
        measured = resident_bytes(running) / BYTES_PER_GIB
    what = "memory of all three workers, 1,000 coins of 7 x 5,000 memories"
    return [Row(what=what, measured=measured, unit="GiB", most=1.5)]
