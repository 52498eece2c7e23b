"""How many events a second the bus, the journal, the way through Redis and plugins carry."""

import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Final

from powertrader.core.clock import SystemClock
from powertrader.core.event_journal import EventJournal, JournalReader
from powertrader.core.event_notes import EventNote, EventWriter, Sender, line_of
from powertrader.core.events import EventBus
from powertrader.core.plugin import PluginLimits, PluginManager
from powertrader.core.redaction import Redactor
from powertrader.core.storage import FileStore
from powertrader.models.events import SignalUpdated
from powertrader.models.signal import Signal
from powertrader.services.redis_bus import RedisBus
from powertrader.services.redis_events import RedisEvents
from powertrader.services.redis_line import RedisAddress
from tests.bench.registry import Row, bench
from tests.redis_server import redis_server
from tests.unit.core.plugin_cases import HEARD, entry

AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
SIGNAL: Final = Signal("BTC", 3, 0, (99.5, 98.0, 97.5), (110.0, 111.0), 0.5, 0.4, AT)
EVENT: Final = SignalUpdated(SIGNAL, AT)
SENDER: Final = Sender("thinker", "desk", "desk-7-1")
EVENTS: Final = 20_000
LISTENERS: Final = 5
CLAIMED: Final = 10_000.0


@bench(group="bus", what=f"event bus, {LISTENERS} listeners", unit="events/s", least=CLAIMED)
def bus_alone() -> float:
    """Publish to listeners that do as little as possible."""
    bus, heard = EventBus(), list[SignalUpdated]()
    for _ in range(LISTENERS):
        bus.subscribe(SignalUpdated, heard.append)
    began = perf_counter()
    for _ in range(EVENTS):
        bus.publish(EVENT)
    elapsed = perf_counter() - began
    assert len(heard) == EVENTS * LISTENERS
    return EVENTS / elapsed


@bench(group="bus")
def journal() -> Sequence[Row]:
    """Publish to the journal, which rotates meanwhile, and read it back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "thinker_events.jsonl"
        bus, kept = EventBus(), EventJournal(path, FileStore())
        bus.subscribe_all(EventWriter(SENDER, (kept.append,), Redactor(["hushhush"])), "journal")
        began = perf_counter()
        for _ in range(EVENTS):
            bus.publish(EVENT)
        written_s = perf_counter() - began
        began = perf_counter()
        notes = JournalReader(path.parent).read_all()
        read_s = perf_counter() - began
        assert (kept.lost, len(notes)) == (0, EVENTS)
    return [
        Row(what="bus to the journal on the disk", measured=EVENTS / written_s, unit="events/s"),
        Row(what="journal read back", measured=EVENTS / read_s, unit="events/s"),
    ]


@bench(group="bus")
def through_redis() -> Sequence[Row]:
    """Send events to a real server and read them from it, one after the other and at the same time."""
    lines = [line_of(EventNote(SENDER, number, EVENT)) for number in range(1, EVENTS + 1)]
    with tempfile.TemporaryDirectory() as folder, redis_server(Path(folder)) as server:
        address = RedisAddress(server.url, "bench")
        reader = RedisEvents(address, SystemClock())
        with RedisBus(address, EVENTS) as relay:
            began = perf_counter()
            for line in lines:
                relay.offer(line)
            offered_s = perf_counter() - began
            received = 0
            while received < EVENTS:
                received += len(reader.read(1.0))
            elapsed = perf_counter() - began
        assert (reader.missed, relay.status().dropped) == (0, 0)
        reader.close()
    return [
        Row(what="handed to the line to Redis", measured=EVENTS / offered_s, unit="events/s", least=CLAIMED),
        Row(what="through Redis to a reader", measured=EVENTS / elapsed, unit="events/s", least=CLAIMED),
    ]


@bench(group="bus", what="one plugin, called and back", unit="events/s", least=CLAIMED)
def plugin() -> float:
    """Tell one plugin of signals through its queue."""
    HEARD.clear()
    installed = {"recorder": entry("Recorder")}
    limits = PluginLimits(longest_queue=EVENTS)
    with PluginManager(installed, limits, lambda _: None, installed) as plugins:
        began = perf_counter()
        for _ in range(EVENTS):
            plugins.on_signal(SIGNAL)
        while plugins.status()[0].calls < EVENTS:
            time.sleep(0.001)
        elapsed = perf_counter() - began
    assert len(HEARD) == EVENTS
    return EVENTS / elapsed
