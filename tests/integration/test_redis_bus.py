"""Events through a real Redis server: in order, past its death, and never at the cost of the teller."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from powertrader.core.clock import SystemClock
from powertrader.core.credentials import Secret
from powertrader.core.event_notes import EventNote, Sender, line_of
from powertrader.models.events import TradingHalted
from powertrader.services.redis_bus import RedisBus
from powertrader.services.redis_events import RedisEvents
from powertrader.services.redis_line import RedisAddress, connect
from tests.redis_server import PASSWORD, RedisServer, redis_server
from tests.unit.core.event_cases import AT, CASES, SENDER

STREAM = "test:events"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as running:
        yield running


def address(server: RedisServer, password: str = "") -> RedisAddress:
    return RedisAddress(server.url, STREAM, Secret(password) if password else None)


def line(number: int, sender: Sender = SENDER) -> bytes:
    return line_of(EventNote(sender, number, TradingHalted("paper", "default", None, "why", AT)))


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def read(events: RedisEvents, wanted: int) -> list[EventNote]:
    found: list[EventNote] = []
    deadline = time.monotonic() + 30
    while len(found) < wanted:
        found.extend(events.read(0.05))
        assert time.monotonic() < deadline, found
    return found


def test_every_kind_of_event_arrives_as_it_was_told(server: RedisServer) -> None:
    notes = [EventNote(SENDER, number, case) for number, case in enumerate(CASES, start=1)]
    events = RedisEvents(address(server), SystemClock())
    with RedisBus(address(server), 100) as bus:
        for note in notes:
            bus.offer(line_of(note))
    assert read(events, len(notes)) == notes
    assert (events.missed, events.take_problems()) == (0, ())
    events.close()


def test_what_was_told_while_the_server_was_dead_arrives_in_order_when_it_lives_again(
    server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    events = RedisEvents(address(server), SystemClock())
    with RedisBus(address(server), 1_000) as bus:
        bus.offer(line(1))
        assert [note.number for note in read(events, 1)] == [1]
        server.kill()
        for number in range(2, 200):
            bus.offer(line(number))
        until(lambda: not bus.status().connected)
        assert bus.status().problem
        assert events.read(0.01) == ()
        server.start()
        assert [note.number for note in read(events, 198)] == list(range(2, 200))
        until(lambda: bus.status().connected)
        assert (bus.status().waiting, bus.status().dropped, events.missed) == (0, 0, 0)
    told = [record.msg for record in caplog.records]
    assert told.count("Redis does not take events, work goes on without it") == 1
    assert told.count("Redis takes events again") == 1
    events.close()


def test_a_server_that_was_never_there_costs_the_teller_nothing(tmp_path: Path) -> None:
    absent = RedisServer(tmp_path)
    began = time.monotonic()
    with RedisBus(address(absent), 50) as bus:
        for number in range(1, 1_001):
            bus.offer(line(number))
        assert time.monotonic() - began < 5.0
        until(lambda: bool(bus.status().problem))
        until(lambda: bus.status().waiting == 50)
        assert bus.status().dropped == 950
    assert time.monotonic() - began < 20.0


def test_what_did_not_fit_is_seen_as_missed_by_the_reader(tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    server.start()
    events = RedisEvents(address(server), SystemClock())
    with RedisBus(address(server), 10) as bus:
        bus.offer(line(1))
        read(events, 1)
        server.kill()
        bus.offer(line(2))
        until(lambda: bool(bus.status().problem))
        for number in range(3, 33):
            bus.offer(line(number))
        until(lambda: bus.status().waiting == 10)
        server.start()
        assert [note.number for note in read(events, 10)] == list(range(23, 33))
    assert events.missed == 21
    server.kill()
    events.close()


def test_a_line_that_was_sent_twice_comes_once(server: RedisServer) -> None:
    events = RedisEvents(address(server), SystemClock())
    with RedisBus(address(server), 100) as bus:
        for number in (1, 2, 1, 2, 3):
            bus.offer(line(number))
        bus.offer(line(1, Sender("thinker", "desk", "another run")))
    assert [note.number for note in read(events, 4)] == [1, 2, 3, 1]
    assert events.missed == 0
    events.close()


def test_what_others_put_into_the_stream_is_told_of_and_skipped(server: RedisServer) -> None:
    with connect(address(server)) as redis:
        redis.xadd(STREAM, {"other": "field"})
        redis.xadd(STREAM, {"event": "no JSON"})
    events = RedisEvents(address(server), SystemClock())
    with RedisBus(address(server), 100) as bus:
        bus.offer(line(1))
    assert [note.number for note in read(events, 1)] == [1]
    assert len(events.take_problems()) == 2
    assert events.take_problems() == ()
    events.close()


def test_a_password_is_needed_where_the_server_asks_for_one_and_is_told_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with redis_server(tmp_path, PASSWORD) as server:
        with RedisBus(address(server), 10) as stranger:
            stranger.offer(line(1))
            until(lambda: "uthentication" in stranger.status().problem)
        with RedisBus(address(server, PASSWORD), 10) as bus:
            bus.offer(line(1))
            until(lambda: bus.status().sent == 1)
        events = RedisEvents(address(server, PASSWORD), SystemClock())
        assert len(read(events, 1)) == 1
        events.close()
    assert PASSWORD not in caplog.text + repr(bus.status()) + repr(address(server, PASSWORD))
