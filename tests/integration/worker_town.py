"""Trainer, thinker and trader as processes of one home, at a local exchange that often fails.

`Town` starts, kills and ends them by name and looks at their heartbeats; `faults_of` holds the trader's
ledger against what the exchange knows (order_audit.py).
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

from powertrader.core.mailbox import HEARTBEAT, TRADER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.book import book_of
from powertrader.models.journal import JournalEvent
from powertrader.models.status import Heartbeat, TraderReport
from powertrader.persistence.ledger_segments import LedgerReader
from tests.exchange_server import ExchangeServer
from tests.integration.order_audit import QUOTE, Audit, differences, wrong_history

WORKERS: Final = ("trainer", "thinker", "trader")
OPENING: Final = Decimal(100_000)
PATIENCE_S: Final = 60.0
END_S: Final = 30.0
LOOK_EVERY_S: Final = 0.02
FAULTS: Final[Sequence[Mapping[str, object]]] = (
    {"on": "*", "probability": 0.003, "then": {"status": 503}},
    {"on": "*", "probability": 0.003, "then": "lose_reply"},
    {"on": "*", "probability": 0.003, "then": "refuse"},
    {"on": "*", "probability": 0.002, "then": {"truncate": 20}},
    {"on": "*", "probability": 0.001, "then": "cut_streams"},
    {"on": "POST /api/v3/order", "probability": 0.05, "then": "lose_reply"},
    {"on": "POST /api/v3/order", "probability": 0.05, "then": {"partial_then_expired": 0.4}},
)
"""About one request in a hundred goes wrong, and one order in ten."""
SETTINGS: Final = (
    "entry.trade_start_level=1",
    "entry.start_allocation_pct=1",
    "dca.levels=-0.3",
    "dca.multiplier=0.2",
    "dca.max_buys_per_24h=1000",
    "trailing.start_pct_no_dca=0.1",
    "trailing.start_pct_with_dca=0.1",
    "trailing.gap_pct=0.05",
    "trader.step_s=0.4",
    "trader.unseen_s=0.5",
    "trader.cooldown_s=0.5",
    "exchange.timeout_s=2",
    "exchange.slow_down_pct=100",
    "exchange.stop_pct=100",
)
"""Rules that trade at almost every move of the price, and short waits."""


@dataclass
class Town:
    """One home with its workers. clock, when given, is the file that moves their clocks."""

    home: Path
    server: ExchangeServer
    coins: tuple[str, ...]
    clock: Path | None = None
    settings: Sequence[str] = SETTINGS
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self._mailbox = Mailbox(FileStore(), self.paths)

    @property
    def paths(self) -> HomePaths:
        """The files of the home."""
        return HomePaths(self.home)

    def words(self, *words: str) -> tuple[str, ...]:
        """Give a command line of ours for this home."""
        program = (
            ("-m", "powertrader")
            if self.clock is None
            else ("-m", "tests.integration.moved_clock", str(self.clock))
        )
        return (sys.executable, *program, *words, "--home", str(self.home))

    def worker_words(self, name: str) -> tuple[str, ...]:
        """Give the command line of a worker."""
        own = {
            "trainer": ("trainer", "--keep"),
            "thinker": ("thinker",),
            "trader": ("trader", "--mode=live", "--confirm-live=LIVE"),
        }
        settings = [f"--set={one}" for one in (*self.settings, f"trading.coins={','.join(self.coins)}")]
        return self.words(*own[name], "--exchange-url", self.server.url, *settings)

    def start(self, *names: str) -> None:
        """Start workers; only the trader is given the keys."""
        keys = {"BINANCE_API_KEY": self.server.api_key, "BINANCE_API_SECRET": self.server.api_secret}
        for name in names:
            with self.said(name).open("ab") as said:
                self.processes[name] = subprocess.Popen(
                    self.worker_words(name),
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    env={**os.environ, **(keys if name == "trader" else {})},
                )

    def kill(self, name: str) -> None:
        """End a worker in the middle of whatever it does."""
        self.processes[name].kill()
        self.processes[name].wait(END_S)

    def is_running(self, name: str) -> bool:
        """Tell whether a worker runs."""
        return self.processes[name].poll() is None

    def end(self) -> dict[str, int]:
        """End the workers in order and give their exit codes."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(END_S) for name, process in self.processes.items()}

    def beat(self, name: str) -> Heartbeat | None:
        """Give the last heartbeat under a name."""
        return self._mailbox.read(self.paths.heartbeat(name), HEARTBEAT)

    def works(self, name: str) -> bool:
        """Tell whether the process that runs now under a name does its work."""
        beat = self.beat(name)
        return (
            beat is not None
            and beat.pid == self.processes[name].pid
            and beat.steps > 0
            and beat.running
            and not beat.failing
        )

    def report(self) -> TraderReport | None:
        """Give what the trader tells of itself."""
        for path in self.paths.hub_data.glob("trader_live-*.json"):
            return self._mailbox.read(path, TRADER)
        return None

    def said(self, name: str) -> Path:
        """Give the file with everything that all processes of a name wrote."""
        return self.home / f"{name}.said"

    def alarming(self, *allowed: str) -> list[str]:
        """Give what nobody should have to read: errors and tracebacks, but for lines with allowed words."""
        return [
            f"{name}: {line}"
            for name in self.processes
            for line in self.said(name).read_text(encoding="utf-8").splitlines()
            if any(one in line for one in ("[ERROR]", "[CRITICAL]", "Traceback", "Exception ignored"))
            and not any(one in line for one in allowed)
        ]

    def wait_for(self, met: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
        """Wait until something is so. Raises AssertionError with what the workers said last."""
        end = time.monotonic() + patience_s
        while not met():
            assert time.monotonic() < end, f"{what}: waited {patience_s:g} s in vain\n{self.tails()}"
            time.sleep(LOOK_EVERY_S)

    def wait_until_all_work(self, patience_s: float = PATIENCE_S) -> None:
        """Wait until every worker does its work."""
        for name in self.processes:
            self.wait_for(lambda name=name: self.works(name), f"{name} at work", patience_s)  # type: ignore[misc]  # mypy sees a lambda with a default as one without

    def settle(self) -> None:
        """Let nothing fail any more, and wait until no order is open."""
        self.server.admin.clear_faults()
        self.wait_until_all_work()
        cleared = self.beat("trader")
        assert cleared is not None

        def is_settled() -> bool:
            report = self.report()
            return report is not None and report.at > cleared.at and not report.open_orders

        self.wait_for(is_settled, "the end of every order")

    def tails(self, lines: int = 12) -> str:
        """Give the last lines of what each worker said."""
        return "\n".join(
            f"--- {name}\n" + "\n".join(self.said(name).read_text(encoding="utf-8").splitlines()[-lines:])
            for name in self.processes
        )

    def events(self) -> list[JournalEvent]:
        """Give every event of the ledger."""
        (folder,) = (path for path in (self.paths.data / "ledger").glob("live-*") if not path.suffix)
        return list(LedgerReader(folder, FileStore()).events())

    def status(self) -> tuple[int, dict[str, object]]:
        """Give exit code and answer of `powertrader status`."""
        ended = subprocess.run(
            self.words("status", "--json"), capture_output=True, text=True, timeout=END_S, check=False
        )
        answer: dict[str, object] = json.loads(ended.stdout)
        return ended.returncode, answer


@contextmanager
def town_of(
    home: Path,
    server: ExchangeServer,
    coins: tuple[str, ...],
    clock: Path | None = None,
    settings: Sequence[str] = SETTINGS,
) -> Iterator[Town]:
    """Give a town whose processes are gone when the block ends."""
    town = Town(home, server, coins, clock, settings)
    try:
        yield town
    finally:
        for process in town.processes.values():
            if process.poll() is None:
                process.kill()
                process.wait(END_S)


def faults_of(town: Town) -> list[str]:
    """Give everything that is wrong with the account and its ledger, nothing when all is right."""
    admin, events = town.server.admin, town.events()
    audit = Audit(events, admin.orders(), admin.trades())
    book = book_of(events)
    found = [*audit.duplicates(), *audit.lost_fills(), *audit.accepted_twice()]
    found += differences(book, admin.balances(), {QUOTE: OPENING})
    found += wrong_history(town.paths.trade_history, events)
    found += [f"{name} is open" for name in book.open_orders]
    return found
