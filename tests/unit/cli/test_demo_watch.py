"""What a demo reads out of its workers' files."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from powertrader.cli.demo_watch import DemoWatch
from powertrader.core.memory_store import pack_memory
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.memory import PatternMemory
from powertrader.models.order import Side
from powertrader.models.timeframe import Timeframe
from tests.unit.cli.demo_story import NOON, append, order, publish, report, signal

BOUGHT = order(1, "BTC", Side.BUY, "entry", "20000")
SOLD = order(2, "BTC", Side.SELL, "trailing_exit", "21000")


@pytest.fixture
def paths(tmp_path: Path) -> HomePaths:
    return HomePaths(tmp_path)


@pytest.fixture
def watch(paths: HomePaths) -> DemoWatch:
    """Watch with a clock that goes on a second with each look."""
    seconds: Iterator[float] = iter(range(1, 1000))
    return DemoWatch(paths, ("BTC", "ETH"), lambda: next(seconds))


def test_an_empty_folder_tells_nothing(watch: DemoWatch) -> None:
    snapshot = watch.look()
    assert snapshot.trader is None
    assert (watch.record.orders, watch.record.bought, watch.record.sold) == (0, 0, 0)
    assert watch.record.seconds_to_first_trade is None


def test_trades_are_taken_from_the_ledger_as_they_come(paths: HomePaths, watch: DemoWatch) -> None:
    append(paths, *BOUGHT)
    watch.look()
    assert (watch.record.orders, watch.record.bought, watch.record.sold) == (1, 1, 0)
    append(paths, *SOLD)
    watch.look()
    watch.look()
    assert (watch.record.orders, watch.record.bought, watch.record.sold) == (2, 1, 1)
    assert watch.record.book.realized_profit == 1000
    assert watch.record.seconds_to_first_purchase == 1
    assert watch.record.seconds_to_first_trade == 2


def train(paths: HomePaths, coin: str, hour: int, *counts: int) -> None:
    """Leave what the trainer leaves: so many patterns for the first timeframes, and the time."""
    store, files = FileStore(paths.data), paths.coin(coin)
    for timeframe, count in zip(Timeframe, counts, strict=False):
        column = np.ones(count)
        memory = PatternMemory(column, column, column, column, 1.0)
        store.write_bytes(files.pattern_memory(timeframe), pack_memory(memory))
    store.write_text(files.trainer_last_training_time(), str(NOON.timestamp() + hour))


def test_a_training_counts_when_its_time_changes_with_the_patterns_on_the_disk(
    paths: HomePaths, watch: DemoWatch
) -> None:
    train(paths, "ETH", 0, 3, 4)
    watch.look()
    watch.look()
    assert (watch.record.patterns, watch.record.trainings) == ({"ETH": 7}, 1)
    train(paths, "ETH", 1, 5, 4)
    train(paths, "BTC", 1, 2)
    watch.look()
    assert (watch.record.patterns, watch.record.trainings) == ({"ETH": 9, "BTC": 2}, 3)


def test_every_different_signal_counts_once(paths: HomePaths, watch: DemoWatch) -> None:
    publish(paths, signal("BTC", 3), signal("ETH", 0))
    watch.look()
    watch.look()
    assert watch.record.signals_seen == 2
    publish(paths, signal("BTC", 3, hour=1))
    watch.look()
    assert watch.record.signals_seen == 3
    assert watch.record.signals["BTC"] == signal("BTC", 3, hour=1)
    assert watch.record.seconds_to_first_signal == 1


def test_a_damaged_ledger_keeps_nobody_from_seeing_the_rest(paths: HomePaths, watch: DemoWatch) -> None:
    append(paths, *BOUGHT)
    (segment,) = paths.ledger("paper").glob("*.jsonl")
    segment.write_bytes(segment.read_bytes().replace(b"20000", b"20001"))
    publish(paths, signal("BTC", 3), report())
    assert watch.look().trader is not None
    assert watch.record.signals_seen == 1
    assert watch.record.bought == 0
