"""The workers in weeks of a market that runs 3,600 times as fast, with one request in a hundred failing.

PT_SOAK_MINUTES says for how many minutes, which scripts/soak.py --minutes sets; 24 hours of the market are 24
seconds. With -s the figures are printed: memory, CPU and how much the files grow in a day of the market.
"""

import os
import statistics
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
import pytest

from tests.exchange_server import exchange_server
from tests.integration.worker_town import FAULTS, OPENING, WORKERS, Town, faults_of, town_of

MINUTES: Final = float(os.environ.get("PT_SOAK_MINUTES", "0"))
COINS: Final = ("BTC", "ETH", "SOL", "ADA", "DOT")
SPEED: Final = 3600
DAY_S: Final = 86_400
WARM_UP_SHARE: Final = 0.2
"""So much of the time goes by before memory is compared: caches fill, libraries load."""
EDGE_SHARE: Final = 0.15
MOST_GROWTH_PCT: Final = 5.0
LOOK_EVERY_S: Final = 2.0
MIB: Final = 2**20
SETTINGS: Final = (
    "entry.trade_start_level=1",
    "entry.start_allocation_pct=0.5",
    "exchange.timeout_s=2",
    "trader.unseen_s=2",
)
"""The rules as they are, with more to do."""
MOST_STATUS_A_DAY: Final = 250_000
"""A line of account_value_history.jsonl for each minute. Source: docs/WORKERS.md."""
LOGS_KEPT: Final = 6 * 10 * MIB
"""A log is six files of at most 10 MB. Source: docs/WORKERS.md."""

pytestmark = [
    pytest.mark.load,
    pytest.mark.money,
    pytest.mark.skipif(
        not MINUTES, reason="memory and files tell something after minutes only: soak.py --minutes"
    ),
    pytest.mark.timeout(600 + MINUTES * 70),
]


@dataclass
class Season:
    """What was seen along the way: resident bytes of each process, and bytes of each kind of file.

    The files' growth is that of the measured_days behind the warm-up.
    """

    memory: dict[str, list[int]] = field(default_factory=dict)
    cpu_pct: dict[str, float] = field(default_factory=dict)
    files_at_start: Mapping[str, int] = field(default_factory=dict)
    files_at_end: Mapping[str, int] = field(default_factory=dict)
    market_days: float = 0.0
    measured_days: float = 0.0
    calls: int = 0
    struck: int = 0
    alarming: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    trades: int = 0
    codes: dict[str, int] = field(default_factory=dict)

    def growth_pct(self, name: str) -> float:
        """Give how much more memory the last looks saw than the first ones after the warm-up, in percent."""
        looks = self.memory[name][int(len(self.memory[name]) * WARM_UP_SHARE) :]
        edge = max(1, int(len(looks) * EDGE_SHARE))
        return (statistics.median(looks[-edge:]) / statistics.median(looks[:edge]) - 1) * 100

    def report(self) -> str:
        """Give the figures as text."""
        lines = [
            f"{self.market_days:.1f} market days in {MINUTES:g} min, {self.trades} orders",
            f"{self.calls} requests, {self.struck} of them failed",
        ]
        for name, looks in self.memory.items():
            growth_pct, cpu_pct = self.growth_pct(name), self.cpu_pct[name]
            lines.append(f"{name}: {looks[-1] / MIB:.0f} MiB, {growth_pct:+.2f} %, {cpu_pct:.1f} % of a core")
        for kind, size in self.files_at_end.items():
            a_day = (size - self.files_at_start.get(kind, 0)) / self.measured_days
            lines.append(f"{kind}: {size:,} bytes, {a_day:,.0f} more in a market day")
        return "\n".join(lines)


def files_of(town: Town) -> dict[str, int]:
    """Give the bytes of each kind of file in a home."""
    sizes: dict[str, int] = {}
    for path in town.home.rglob("*"):
        if path.is_file():
            kind = _kind(path.relative_to(town.home))
            sizes[kind] = sizes.get(kind, 0) + path.stat().st_size
    return dict(sorted(sizes.items()))


def _kind(path: Path) -> str:
    top, *rest = path.parts
    if top == "logs":
        return "logs"
    if top != "data" or not rest:
        return "others"
    if rest[0] in {"ledger", "candles", "hub_data", "budget"}:
        is_folder = rest[0] == "ledger" and len(rest) > 1
        return f"{rest[0]} {rest[1].partition('.')[2] or 'entries'}" if is_folder else rest[0]
    return "coins"


def lived(town: Town) -> Season:
    """Let the season pass, and give what was seen."""
    admin, found = town.server.admin, Season({name: [] for name in WORKERS})
    town.start(*WORKERS)
    town.wait_until_all_work(120)
    for rule in FAULTS:
        admin.add_fault(**rule)
    began_ms = warm_ms = admin.market_ms()
    processes = {name: psutil.Process(one.pid) for name, one in town.processes.items()}
    cpu_s = {name: sum(one.cpu_times()[:2]) for name, one in processes.items()}
    began_s = time.monotonic()
    while (passed_s := time.monotonic() - began_s) < MINUTES * 60:
        for name, one in processes.items():
            found.memory[name].append(one.memory_info().rss)
        if not found.files_at_start and passed_s > MINUTES * 60 * WARM_UP_SHARE:
            # the first training has downloaded all that there is by now
            found.files_at_start, warm_ms = files_of(town), admin.market_ms()
        time.sleep(LOOK_EVERY_S)
    found.cpu_pct = {
        name: (sum(one.cpu_times()[:2]) - cpu_s[name]) / passed_s * 100 for name, one in processes.items()
    }
    found.market_days = (admin.market_ms() - began_ms) / 1000 / DAY_S
    found.measured_days = (admin.market_ms() - warm_ms) / 1000 / DAY_S
    found.struck = sum(int(rule["struck"]) for rule in admin.faults())
    found.calls = sum(admin.counters().values())
    found.files_at_end = files_of(town)
    town.settle()
    found.codes = town.end()
    found.faults, found.alarming = faults_of(town), town.alarming()
    found.trades = len(admin.orders())
    return found


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    folder = tmp_path_factory.mktemp("season")
    more = ("--synthetic", "7", "--quote", str(OPENING))
    with (
        exchange_server(folder / "exchange", coins=",".join(COINS), speed=SPEED, more=more) as server,
        town_of(folder / "home", server, COINS, settings=SETTINGS) as town,
    ):
        found = lived(town)
        print(found.report())  # noqa: T201  the figures of a soak
        yield found


def test_every_worker_ends_in_order_and_logged_no_error(season: Season) -> None:
    assert set(season.codes.values()) == {0}
    assert season.alarming == []


def test_the_ledger_agrees_with_the_exchange_after_many_trades(season: Season) -> None:
    assert season.faults == []
    assert season.trades > 0
    assert season.struck > 0


def test_memory_does_not_grow(season: Season) -> None:
    assert {name: grown for name in WORKERS if (grown := season.growth_pct(name)) >= MOST_GROWTH_PCT} == {}


def test_files_do_not_grow_beyond_what_is_documented(season: Season) -> None:
    assert season.files_at_end["logs"] < LOGS_KEPT * len(WORKERS)
    first, last = season.files_at_start["hub_data"], season.files_at_end["hub_data"]
    assert last < first + MOST_STATUS_A_DAY * season.measured_days
