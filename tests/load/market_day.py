"""A day of a made-up market with everything running: local exchange, thinker and a live trader.

    figures = run_day(DayPlan(coins=200, market_h=24, speed=120, trained=200), folder)

Everything is a process of its own, started by its command, and talks over real connections. About one
request in a hundred goes wrong.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tests.exchange_server import ExchangeServer, exchange_server
from tests.load.day_worker import Worker, worker

CANDLES: Final = "GET /api/v1/market/candles"
ORDERS: Final = "POST /api/v3/order"
FAULTS: Final[Sequence[Mapping[str, object]]] = (
    {"probability": 0.0015, "then": {"status": 503}},
    {"probability": 0.0015, "then": "lose_reply"},
    {"probability": 0.0015, "then": "refuse"},
    {"probability": 0.0015, "then": {"non_json": 502}},
    {"probability": 0.001, "then": {"truncate": 20}},
    {"probability": 0.001, "then": {"delay_s": 1}},
    {"probability": 0.001, "then": {"status": 429}, "retry_after_s": 2},
    {"probability": 0.0005, "then": {"error": -1021}},
    {"probability": 0.0005, "then": "cut_streams"},
)
"""What happens to any request: one in a hundred together."""
ORDER_FAULTS: Final[Sequence[Mapping[str, object]]] = (
    {"probability": 0.01, "then": "lose_reply"},
    {"probability": 0.01, "then": {"partial_then_expired": 0.4}},
    {"probability": 0.01, "then": {"delay_s": 5}},
)
"""What happens to orders beside that; the delay is longer than a client waits."""
SETTINGS: Final = (
    "trading.compat=safe",
    "entry.trade_start_level=1",
    "entry.start_allocation_pct=0.2",
    "dca.levels=-0.5,-1,-2",
    "trailing.start_pct_no_dca=0.5",
    "trailing.start_pct_with_dca=0.4",
    "trailing.gap_pct=0.1",
    "exchange.timeout_s=4",
    "trader.unseen_s=4",
)
"""A day is to hold many purchases and sales; waits are short beside a day that passes in minutes."""
QUOTE: Final = "100000"
LIMITS: Final[Mapping[str, int]] = {"binance": 6000, "kucoin": 2000}
"""Request weight that a venue allows in its window."""
LOOK_EVERY_S: Final = 1.0
WARM_UP_S: Final = 240.0
TRAIN_S: Final = 900.0
SETTLE_S: Final = 90.0


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What is run: coins, hours of the market, market seconds per second.

    trained: so many coins are trained on the exchange, the others get copies of what these learnt.
    """

    coins: int
    market_h: float
    speed: float
    trained: int

    @property
    def names(self) -> tuple[str, ...]:
        """The coins."""
        return tuple([f"C{number:03d}" for number in range(self.coins)])


@dataclass(slots=True)
class DayFigures:
    """What a day came to.

    weights: the largest share of a venue's request limit that was seen, in percent. candle_requests:
    per coin and day. told: what each trader and the thinker said at its end. verified: what
    `ledger verify` said of each ledger. balances: what each account holds of every asset.
    """

    plan: DayPlan
    market_s: float = 0.0
    wall_s: float = 0.0
    candle_requests: float = 0.0
    weights_pct: dict[str, float] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    struck: dict[str, int] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    exchange: Worker | None = None
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    verified: dict[str, Any] = field(default_factory=dict)
    balances: dict[str, Decimal] = field(default_factory=dict)
    exchange_log: list[str] = field(default_factory=list)

    def report(self) -> str:
        """Give the figures as text."""
        plan = self.plan
        lines = [
            f"{plan.coins} coins, {self.market_s / 3600:.1f} market hours in {self.wall_s:.0f} s",
            f"candle requests per coin and day: {self.candle_requests:.2f}",
            f"largest weight in % of the limit: {_listed(self.weights_pct)}",
            f"requests: {_listed(self.calls)}; {self.calls_per_coin:.1f} a coin and day",
            f"faults: {sum(self.struck.values())}; {_listed(self.struck)}",
        ]
        for name, one in self.workers.items():
            lines.append(f"{name}: {one.figures()}; {_listed(one.logged())}")
        if self.exchange is not None:
            lines.append(f"exchange: {self.exchange.figures()}")
        told = self.told["live"]
        figures = {key: told[key] for key in ("steps", "errors", "trades", "ledger_entries")}
        lines.append(f"live: {_listed(figures)}, {len(told['positions'])} positions")
        return "\n".join(lines)

    @property
    def days(self) -> float:
        """Market days that passed."""
        return self.market_s / 86_400

    @property
    def calls_per_coin(self) -> float:
        """Requests of every kind for a coin in a day."""
        return sum(self.calls.values()) / self.plan.coins / self.days


def run_day(plan: DayPlan, folder: Path) -> DayFigures:
    """Run the day and give its figures. Raises AssertionError when something does not start or end."""
    figures = DayFigures(plan)
    more = ("--synthetic", "7", "--quote", QUOTE)
    with exchange_server(
        folder / "exchange", coins=",".join(plan.names), speed=plan.speed, more=more
    ) as venue:
        figures.exchange = Worker("exchange", venue._process, folder / "exchange.json")
        day = _Day(plan, folder, venue, figures)
        day.train()
        with day.running():
            day.warm_up()
            day.live()
            day.settle()
        day.audit()
    figures.exchange_log = venue.log
    return figures


def _listed(found: Mapping[str, object]) -> str:
    """Give names and values as one line."""
    shown = (
        f"{name} {value:.1f}" if isinstance(value, float) else f"{name} {value}"
        for name, value in found.items()
    )
    return ", ".join(shown)


class _Day:
    """The steps of a day on a running exchange."""

    def __init__(self, plan: DayPlan, folder: Path, venue: ExchangeServer, figures: DayFigures) -> None:
        self._plan = plan
        self._venue = venue
        self._figures = figures
        self._home = folder / "home"
        keys = {"BINANCE_API_KEY": venue.api_key, "BINANCE_API_SECRET": venue.api_secret}
        self._environment = {**os.environ, **keys}

    def train(self) -> None:
        """Train the first coins and hand their memories to the others."""
        plan, data = self._plan, self._home / "data"
        trained = plan.names[: plan.trained]
        self._run("trainer", *trained, exchange=True)
        for number, coin in enumerate(plan.names[plan.trained :]):
            shutil.copytree(data / trained[number % len(trained)], data / coin)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run thinker and trader for as long as the block runs."""
        live = ("trader", "--mode", "live", "--confirm-live", "LIVE")
        commands = {"thinker": ("thinker",), "live": live}
        with ExitStack() as stack:
            for name, words in commands.items():
                command = self._command(*words, *_settings(self._plan.names), exchange=True)
                started = stack.enter_context(worker(name, command, self._home, self._environment))
                self._figures.workers[name] = started
            yield
            self._figures.told = {name: one.end() for name, one in self._figures.workers.items()}

    def warm_up(self) -> None:
        """Wait until every coin has a signal."""
        ready = self._home / "data" / "hub_data" / "runner_ready.json"

        def is_ready() -> bool:
            return ready.exists() and len(json.loads(ready.read_text())["ready_coins"]) == self._plan.coins

        assert self._looked(is_ready, WARM_UP_S), (
            f"no signals: {self._figures.workers['thinker'].said()[-2000:]}"
        )
        for found in self._everybody():
            found.looks.clear()

    def live(self) -> None:
        """Let the market hours pass while things go wrong."""
        admin, figures = self._venue.admin, self._figures
        for rule in FAULTS:
            admin.add_fault(on="*", **rule)
        for rule in ORDER_FAULTS:
            admin.add_fault(on=ORDERS, **rule)
        before, began_ms, began_s = admin.counters(), admin.market_ms(), time.monotonic()
        until_ms = began_ms + self._plan.market_h * 3_600_000
        self._looked(lambda: admin.market_ms() >= until_ms, self._plan.market_h * 7200 / self._plan.speed)
        figures.wall_s = time.monotonic() - began_s
        figures.market_s = (admin.market_ms() - began_ms) / 1000
        figures.calls = {path: n - before.get(path, 0) for path, n in admin.counters().items()}
        figures.candle_requests = figures.calls.get(CANDLES, 0) / self._plan.coins / figures.days
        for found in admin.faults():
            name = f"{found['on']} {found['fault']}"
            figures.struck[name] = figures.struck.get(name, 0) + int(found["struck"])

    def settle(self) -> None:
        """Let nothing go wrong any more until no order is open."""
        self._venue.admin.clear_faults()
        cleared_at = datetime.now(UTC)

        def is_settled() -> bool:
            reports = (self._home / "data" / "hub_data").glob("trader_live-*.json")
            bodies = [json.loads(path.read_text())["body"] for path in reports]
            return all(
                datetime.fromisoformat(body["at"]) > cleared_at and not body["open_orders"] for body in bodies
            )

        self._looked(is_settled, SETTLE_S)

    def audit(self) -> None:
        """Note what the ledger and the exchange say in the end."""
        figures = self._figures
        options = ("--mode", "live", "--account", figures.told["live"]["account"])
        figures.verified = json.loads(self._run("ledger", "verify", *options))
        held = self._venue.admin.balances()
        figures.balances = {asset: free + locked for asset, (free, locked) in held.items()}

    def _everybody(self) -> Iterator[Worker]:
        yield from self._figures.workers.values()
        if self._figures.exchange is not None:
            yield self._figures.exchange

    def _looked(self, done: Callable[[], bool], most_s: float) -> bool:
        """Look at the workers and the request weights until done; False when that takes too long."""
        until = time.monotonic() + most_s
        while time.monotonic() < until:
            for found in self._everybody():
                found.look()
            reply = self._venue.admin.ask("GET", "counters")
            for name, limit in LIMITS.items():
                share = reply[f"{name}_weight"] / limit * 100
                self._figures.weights_pct[name] = max(share, self._figures.weights_pct.get(name, 0.0))
            if done():
                return True
            time.sleep(LOOK_EVERY_S)
        return False

    def _command(self, *words: str, exchange: bool = False) -> tuple[str, ...]:
        where = ("--exchange-url", self._venue.url) if exchange else ()
        return (sys.executable, "-m", "powertrader", *words, *where, "--home", str(self._home), "--json")

    def _run(self, *words: str, exchange: bool = False) -> str:
        ended = subprocess.run(
            self._command(*words, exchange=exchange),
            capture_output=True,
            text=True,
            timeout=TRAIN_S,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr[-2000:]
        return ended.stdout


def _settings(coins: Sequence[str]) -> Iterator[str]:
    for setting in (*SETTINGS, f"trading.coins={','.join(coins)}"):
        yield from ("--set", setting)
