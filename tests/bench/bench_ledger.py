"""How fast a long ledger opens, and what storing one event costs."""

import math
import tempfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Final

from powertrader.core.storage import FileStore
from powertrader.hub.ledger_feed import IGNORED, LedgerFeed
from powertrader.hub.trades_view import LedgerName
from powertrader.models.journal import JournalEvent, OrderAccepted, OrderClosed, OrderFilled, OrderIntended
from powertrader.models.order import OrderIntent, OrderState, Side
from powertrader.persistence.ledger_check import check_ledger
from powertrader.persistence.ledger_file import LedgerFile, open_ledger
from powertrader.persistence.ledger_tail import LedgerTail
from tests.bench.registry import Row, bench

ENTRIES: Final = 1_000_000
PER_ORDER: Final = 4
GROUP: Final = 1_000
START: Final = datetime(2024, 1, 1, tzinfo=UTC)


class Undelayed(FileStore):
    """A store that does not wait for the disk."""

    def append_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
        """Append without waiting."""
        super().append_bytes(path, content)


def order(number: int) -> list[JournalEvent]:
    """Give the four events of one order: 50 coins are bought and sold in turn, one order a minute."""
    coin, side = f"C{number % 50:02d}", Side.SELL if number // 50 % 2 else Side.BUY
    at, key = START + timedelta(minutes=number), f"pt-{coin}-{number}"
    reason = "trailing_exit" if side is Side.SELL else "entry"
    intent = OrderIntent(
        key, coin, f"{coin}USDT", side, Decimal("0.5"), "0.5", reason, 100.5, 99.5, 1.0, "c0ffee", at
    )
    return [
        OrderIntended(intent, Decimal("1000.25"), at),
        OrderAccepted(key, f"{number}", at),
        OrderFilled(key, Decimal("0.5"), Decimal("50.25"), Decimal("0.05"), "USDT", at),
        OrderClosed(key, OrderState.FILLED, Decimal("950.25"), at),
    ]


def fill(ledger: LedgerFile, entries: int) -> None:
    """Store so many entries in large groups."""
    for begin in range(0, entries // PER_ORDER, GROUP // PER_ORDER):
        group = [event for number in range(begin, begin + GROUP // PER_ORDER) for event in order(number)]
        ledger.append_all(group)


@bench(group="ledger", runs=1)
def long_ledger() -> list[Row]:
    """Measure opening, reading and checking a ledger of a million entries, in this process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper"
        with open_ledger(path, Undelayed()) as ledger:
            fill(ledger, ENTRIES)
        times = []
        for _ in range(3):
            begin = perf_counter()
            with open_ledger(path, FileStore()) as ledger:
                book = ledger.book()
            times.append(perf_counter() - begin)
        assert book.events_applied == ENTRIES
        begin = perf_counter()
        check = check_ledger(path, FileStore())
        checked = perf_counter() - begin
        assert (check.entries, check.damage) == (ENTRIES, None)
    return [
        Row(what="1,000,000 entries, open and book", measured=max(times), unit="s", most=2),
        Row(what="1,000,000 entries, verify", measured=checked, unit="s"),
    ]


@bench(group="ledger", runs=1)
def appends() -> list[Row]:
    """Measure appends of one event each, with and without waiting for the disk."""
    rows = []
    for store, count, what in ((Undelayed(), 20_000, "without fsync"), (FileStore(), 400, "with fsync")):
        with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder) / "paper", store) as ledger:
            events = [event for number in range(count // PER_ORDER) for event in order(number)]
            begin = perf_counter()
            for event in events:
                ledger.append(event)
            elapsed = perf_counter() - begin
        rows.append(Row(what=f"append of one event {what}", measured=elapsed / count * 1e6, unit="us"))
    return rows


@bench(group="ledger", runs=3)
def window_feed() -> list[Row]:
    """Measure how long the window takes to know all trades and sums of a ledger, and one order more."""
    entries = 50_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper"
        with open_ledger(path, Undelayed()) as ledger:
            for number in range(entries // PER_ORDER):
                ledger.append_all(order(number))
            whose = LedgerName("paper", "default", "USDT")
            feed = LedgerFeed(lambda _: LedgerTail(path, FileStore(), IGNORED))
            begin = perf_counter()
            view = feed.read(whose, math.inf)
            whole = perf_counter() - begin
            ledger.append_all(order(entries // PER_ORDER))
            begin = perf_counter()
            after = feed.read(whose, math.inf)
            one_more = perf_counter() - begin
    assert view is not None
    assert after is not None
    assert (len(view), len(after)) == (entries // PER_ORDER, entries // PER_ORDER + 1)
    return [
        Row(what="50,000 entries, trades and sums for the window", measured=whole, unit="s", most=1.5),
        Row(what="one order more, for the window", measured=one_more * 1000, unit="ms", most=5),
    ]
