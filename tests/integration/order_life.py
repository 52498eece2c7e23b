"""The life of a trader at a local exchange, and what must be true of it whatever happened.

`OrderKiller` runs commands that are struck (tests/integration/order_killer.py), `Life` is one account
with its home, and `faults_of` compares its ledger with what the exchange knows.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.book import Book, book_of
from powertrader.models.journal import (
    JournalEvent,
    OrderAccepted,
    OrderClosed,
    OrderFilled,
    OrderIntended,
    OrderRefused,
)
from powertrader.models.moment import utc_of
from powertrader.models.order import OrderIntent, OrderState
from powertrader.models.signal import Signal
from powertrader.persistence.ledger_segments import LedgerReader
from tests.exchange_server import AdminClient, ExchangeServer
from tests.integration.order_killer import Deed, Job

ROOT: Final = Path(__file__).resolve().parents[2]
QUOTE: Final = "USDT"
SETTINGS: Final = (
    "trader.step_s=0.01",
    "trader.unseen_s=0.03",
    "trader.cooldown_s=0.1",
    "trader.signal_max_age_s=86400",
    "exchange.timeout_s=0.25",
    "exchange.slow_down_pct=100",
    "exchange.stop_pct=100",
    "entry.start_allocation_pct=1",
    "dca.levels=-0.1",
    "dca.multiplier=0.2",
    "dca.max_buys_per_24h=1000",
    "trailing.start_pct_no_dca=0.1",
    "trailing.start_pct_with_dca=0.1",
    "trailing.gap_pct=0.05",
)
"""Short waits, and rules that trade at almost every move of the price."""
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

    own holds the coins that are the user's. url is where the trader finds the exchange.
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
        """Pay in; a coin stays the user's."""
        self.server.admin.deposit(asset, quantity, self.account)
        self.own[asset] = self.own.get(asset, _NOTHING) + Decimal(quantity)

    def start(self, steps: int, strike: Strike | None = None) -> int:
        """Start the trader for so many steps and give its process."""
        # every run stands for a minute of its own
        FileStore().remove(self.paths.request_budget("binance-local"))
        settings = [f"--set={one}" for one in SETTINGS]
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
        for _ in range(12):
            code = self.run(5)
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
    opened = server.admin.ask("POST", "accounts", {"name": home.name, "quote": "10000"})
    keys = {"BINANCE_API_KEY": opened["api_key"], "BINANCE_API_SECRET": opened["api_secret"]}
    life = Life(home, server, killer, home.name, keys, coins)
    life.signal_all()
    return life


@dataclass
class Traded:
    """What was executed of an order, before fees, and its fees by asset."""

    quantity: Decimal = _NOTHING
    quote: Decimal = _NOTHING
    fees: dict[str, Decimal] = field(default_factory=dict)

    def add(self, fill: OrderFilled) -> None:
        """Add what the ledger says."""
        self.quantity += fill.quantity
        self.quote += fill.quote_quantity
        self.charge(fill.fee_asset or "", fill.fee or _NOTHING)

    def charge(self, asset: str, fee: Decimal) -> None:
        """Add a fee."""
        if fee:
            self.fees[asset] = self.fees.get(asset, _NOTHING) + fee


@dataclass
class Audit:
    """What the ledger says of the orders, against what the exchange knows."""

    events: Sequence[JournalEvent]
    orders: Sequence[Mapping[str, Any]]
    trades: Sequence[Mapping[str, Any]]
    intents: dict[str, OrderIntent] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        intended = [event for event in self.events if isinstance(event, OrderIntended)]
        self.intents = {event.intent.client_order_id: event.intent for event in intended}
        assert len(intended) == len(self.intents), "an id was given twice"

    def duplicates(self) -> list[str]:
        """Name orders that the exchange has twice, has without an intent, or that a decision has twice."""
        counts = Counter(str(order["clientOrderId"]) for order in self.orders)
        found = [f"{name} is {count} times at the exchange" for name, count in counts.items() if count > 1]
        found += [f"{name} has no intent" for name in counts if name not in self.intents]
        refused = {event.client_order_id for event in self.events if isinstance(event, OrderRefused)}
        found += [f"{name} counts as refused and is at the exchange" for name in refused if name in counts]
        return found + self._overlaps()

    def _overlaps(self) -> list[str]:
        """Name orders of a coin that were decided while the end of another one was not known."""
        found, open_orders = [], dict[str, str]()
        for event in self.events:
            if isinstance(event, OrderIntended):
                coin, name = event.intent.coin, event.intent.client_order_id
                if coin in open_orders.values():
                    found.append(f"{name} was decided before the end of the last order of {coin}")
                open_orders[name] = coin
            elif isinstance(event, OrderRefused | OrderClosed):
                del open_orders[event.client_order_id]
        return found

    def lost_fills(self) -> list[str]:
        """Name orders whose executions and fees are not in the ledger exactly once."""
        names = {order["orderId"]: str(order["clientOrderId"]) for order in self.orders}
        done = {
            name: Traded(Decimal(order["executedQty"]), Decimal(order["cummulativeQuoteQty"]))
            for order in self.orders
            if (name := str(order["clientOrderId"]))
        }
        for trade in self.trades:
            done[names[trade["orderId"]]].charge(trade["commissionAsset"], Decimal(trade["commission"]))
        booked = {name: Traded() for name in done}
        for event in self.events:
            if isinstance(event, OrderFilled):
                booked.setdefault(event.client_order_id, Traded()).add(event)
        return [
            f"{name} is {done.get(name)}, booked {traded}"
            for name, traded in booked.items()
            if done.get(name) != traded
        ]

    def accepted_twice(self) -> list[str]:
        """Name orders whose acceptance or end is stored more than once."""
        kinds = (OrderAccepted, OrderClosed, OrderRefused)
        said = Counter(
            (type(event).__name__, event.client_order_id) for event in self.events if isinstance(event, kinds)
        )
        return [
            f"{kind} of {name} is stored {count} times" for (kind, name), count in said.items() if count > 1
        ]


def differences(
    book: Book, balances: Mapping[str, tuple[Decimal, Decimal]], own: Mapping[str, Decimal]
) -> list[str]:
    """Name assets of which the account does not hold what ledger and user own together, to the last unit."""
    found = []
    for asset in {*balances, *book.positions, *book.cash, *own}:
        held = sum(balances.get(asset, (_NOTHING, _NOTHING)), _NOTHING)
        expected = book.position(asset).quantity + book.cash.get(asset, _NOTHING)
        expected += own.get(asset, _NOTHING) if asset != QUOTE else _NOTHING
        if held != expected:
            found.append(f"{asset}: the account holds {held}, expected {expected}")
    return found


def wrong_history(life: Life, events: Sequence[JournalEvent]) -> list[str]:
    """Name orders that the original's trade_history.jsonl should have once and has not, or has twice."""
    path = life.paths.trade_history
    lines = path.read_text().splitlines() if path.exists() else []
    counts = Counter(json.loads(line)["order_id"] for line in lines)
    ids = {event.client_order_id: event.order_id for event in events if isinstance(event, OrderAccepted)}
    # the original writes only of orders that were filled as a whole
    done = Counter(
        ids[event.client_order_id]
        for event in events
        if isinstance(event, OrderClosed) and event.state is OrderState.FILLED
    )
    return [
        f"order {one}: {counts[one]} lines, expected {done[one]}"
        for one in {*counts, *done}
        if counts[one] != done[one]
    ]


def faults_of(life: Life) -> list[str]:
    """Give everything that is wrong with an account and its ledger, nothing when all is right."""
    admin: AdminClient = life.server.admin
    events = life.events()
    audit = Audit(events, admin.orders(life.account), admin.trades(life.account))
    book = book_of(events)
    found = [*audit.duplicates(), *audit.lost_fills(), *audit.accepted_twice()]
    found += differences(book, admin.balances(life.account), life.own)
    found += wrong_history(life, events)
    found += [f"{coin} is stopped: {halted.reason}" for coin, halted in book.freezes.items()]
    found += [f"{name} is open" for name in book.open_orders]
    return found
