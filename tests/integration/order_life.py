"""The life of a trader at a local exchange, and what must be true of it whatever happened.

`OrderKiller` runs commands that are struck (tests/integration/order_killer.py), `Life` is one account
with its home, and `faults_of` holds its ledger against what the exchange knows (order_audit.py).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.book import book_of
from powertrader.models.journal import (
    JournalEvent,
)
from powertrader.models.moment import utc_of
from powertrader.models.signal import Signal
from powertrader.persistence.ledger_segments import LedgerReader
from tests.exchange_server import AdminClient, ExchangeServer
from tests.integration.order_audit import QUOTE, Audit, differences, wrong_history
from tests.integration.order_killer import Deed, Job

ROOT: Final = Path(__file__).resolve().parents[2]
SETTINGS: Final = (
    "trader.unseen_s=0.03",
    "trader.cooldown_s=0.1",
    "trader.signal_max_age_s=86400",
    "exchange.timeout_s=0.25",
    "exchange.slow_down_pct=100",
    "exchange.stop_pct=100",
    "entry.start_allocation_pct=1",
    "dca.levels=-0.3",
    "dca.multiplier=0.2",
    "dca.max_buys_per_24h=1000",
    "trailing.start_pct_no_dca=0.1",
    "trailing.start_pct_with_dca=0.1",
    "trailing.gap_pct=0.05",
)
"""Short waits, and rules that trade at almost every move of the price."""
OPENING: Final = Decimal(10_000)
_NOTHING: Final = Decimal(0)


@dataclass(frozen=True)
class Strike:
    """What happens to a trader at its nth pass of a point."""

    point: str
    nth: int = 1
    deed: Deed = "die"
    victim: int = 0


class OrderKiller:
    """A program that runs commands in processes of their own, quickly."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            (sys.executable, "-m", "tests.integration.order_killer"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )

    def start(self, job: Job) -> int:
        """Start a command and give the number of its process."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return self._number()

    def wait(self) -> int:
        """Give the exit code of the command, negative for the signal that ended it."""
        return self._number()

    def stop(self) -> None:
        """End the program."""
        self._process.communicate()

    def _number(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@contextmanager
def order_killer() -> Iterator[OrderKiller]:
    """Run the program for as long as the block runs."""
    killer = OrderKiller()
    try:
        yield killer
    finally:
        killer.stop()


@dataclass
class Life:
    """One account at the exchange, the home of its trader, and what its user owns besides.

    own holds what the user brought of each asset. url is where the trader finds the exchange.
    """

    home: Path
    server: ExchangeServer
    killer: OrderKiller
    account: str
    keys: Mapping[str, str]
    coins: tuple[str, ...]
    own: dict[str, Decimal] = field(default_factory=dict)
    url: str = ""
    ledger_account: str = ""
    process: int = 0

    @property
    def paths(self) -> HomePaths:
        """The files of the home."""
        return HomePaths(self.home)

    def signal_all(self) -> None:
        """Say of every coin that it is to be bought; the signal stays fresh for ever at this speed."""
        made_at = utc_of(self.server.admin.market_ms() / 1000)
        mailbox = Mailbox(FileStore(), self.paths)
        for coin in self.coins:
            mailbox.publish_signal(Signal(coin, 7, 0, (), (), 0.5, 0.5, made_at))

    def deposit(self, asset: str, quantity: str) -> None:
        """Pay in."""
        self.server.admin.deposit(asset, quantity, self.account)
        self.own[asset] = self.own.get(asset, _NOTHING) + Decimal(quantity)

    def withdraw(self, asset: str, quantity: str) -> None:
        """Take out what the user brought."""
        self.server.admin.withdraw(asset, quantity, self.account)
        self.own[asset] -= Decimal(quantity)

    def start(self, steps: int, strike: Strike | None = None, step_s: float = 0.01) -> int:
        """Start the trader for so many steps and give its process."""
        # every run stands for a minute of its own
        FileStore().remove(self.paths.request_budget("binance-local"))
        settings = [f"--set={one}" for one in (f"trader.step_s={step_s}", *SETTINGS)]
        where = ["--exchange-url", self.url or self.server.url, "--coins", ",".join(self.coins)]
        words = ["trader", "--mode=live", "--confirm-live=LIVE", f"--steps={steps}", "--json"]
        self.process = self.killer.start(self._job([*words, *where, *settings], strike))
        return self.process

    @property
    def has_ended(self) -> bool:
        """Tell whether the trader that was started last is gone."""
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        return False

    def run(self, steps: int, strike: Strike | None = None) -> int:
        """Let the trader make so many steps and give its exit code."""
        self.start(steps, strike)
        return self.killer.wait()

    def summary(self) -> dict[str, Any]:
        """Give what the last command said."""
        text = self.out.read_text()
        assert text.startswith("{"), self.told()
        found: dict[str, Any] = json.loads(text)
        return found

    def told(self) -> str:
        """Give the last lines of what the commands said."""
        errors = Path(f"{self.out}.err")
        return "\n".join(errors.read_text().splitlines()[-25:])

    def recover(self) -> dict[str, Any]:
        """Start again until no order is open and everything that keeps a coin from trading is over."""
        found: dict[str, Any] = {}
        for number in range(12):
            # denials of an order are counted within one run, so that some runs must be long enough
            code = self.run(5 if number < 4 else 60)
            assert code == 0, (code, self.told())
            found = self.summary()
            self.ledger_account = found["account"]
            if not found["open_orders"] and not found["stopped"]:
                return found
        return found

    def verify(self) -> None:
        """Let `powertrader ledger verify` read all of it."""
        self.killer.start(
            self._job(["ledger", "verify", "--mode=live", f"--account={self.ledger_account}", "--json"])
        )
        assert self.killer.wait() == 0, self.out.read_text()
        assert self.summary()["ok"]

    def events(self) -> list[JournalEvent]:
        """Give every event of the ledger."""
        folder = self.paths.ledger("live", self.ledger_account)
        return list(LedgerReader(folder, FileStore()).events())

    @property
    def out(self) -> Path:
        """What the last command wrote to standard output."""
        return self.home / "out.txt"

    def _job(self, arguments: Sequence[str], strike: Strike | None = None) -> Job:
        job: Job = {
            "arguments": [*arguments],
            "home": str(self.home),
            "environment": dict(self.keys),
            "out": str(self.out),
        }
        if strike is not None:
            job["point"], job["nth"] = strike.point, strike.nth
            job["deed"], job["victim"] = strike.deed, strike.victim
        return job


def new_life(home: Path, server: ExchangeServer, killer: OrderKiller, coins: tuple[str, ...]) -> Life:
    """Open an account with money in it, named like the folder of its home."""
    home.mkdir(parents=True)
    opened = server.admin.ask("POST", "accounts", {"name": home.name, "quote": str(OPENING)})
    keys = {"BINANCE_API_KEY": opened["api_key"], "BINANCE_API_SECRET": opened["api_secret"]}
    life = Life(home, server, killer, home.name, keys, coins, {QUOTE: OPENING})
    life.signal_all()
    return life


def faults_of(life: Life) -> list[str]:
    """Give everything that is wrong with an account and its ledger, nothing when all is right."""
    admin: AdminClient = life.server.admin
    events = life.events()
    audit = Audit(events, admin.orders(life.account), admin.trades(life.account))
    book = book_of(events)
    found = [*audit.duplicates(), *audit.lost_fills(), *audit.accepted_twice()]
    found += differences(book, admin.balances(life.account), life.own)
    found += wrong_history(life.paths.trade_history, events)
    found += [f"{coin} is stopped: {halted.reason}" for coin, halted in book.freezes.items()]
    found += [f"{name} is open" for name in book.open_orders]
    return found
