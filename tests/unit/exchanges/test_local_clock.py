"""Market time from a local exchange."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from powertrader.core.clock import ManualClock, SystemClock
from powertrader.core.exceptions import BadData, RetryLater
from powertrader.exchanges.local_clock import LOOK_EVERY_S, LocalClock

NOW = datetime(2024, 1, 1, tzinfo=UTC)
MARKET = datetime(2022, 6, 1, tzinfo=UTC)


@contextmanager
def answering(body: bytes | list[bytes], late_s: float = 0.0, status: int = 200) -> Iterator[str]:
    """Serve one body, or the first of a list, on a free port of this computer, so many seconds late."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(late_s)
            content = body[0] if isinstance(body, list) else body
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the standard library's name
            """Keep the output of the tests clean."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def reading(wall: datetime, market: datetime, rate: float) -> bytes:
    return json.dumps(
        {"wall_ms": wall.timestamp() * 1000, "market_ms": market.timestamp() * 1000, "rate": rate}
    ).encode()


def test_an_exchange_that_fails_is_to_be_asked_again() -> None:
    with answering(b"", status=503) as url, pytest.raises(RetryLater, match="HTTP 503"):
        LocalClock(url, SystemClock())


def test_market_time_runs_along_with_the_exchange() -> None:
    market = datetime(2022, 6, 1, tzinfo=UTC)
    wall = ManualClock(NOW)
    with answering(reading(NOW, market, 3600)) as url:
        clock = LocalClock(url, wall)
    assert clock.now() == market
    wall.sleep(2)
    assert clock.now() == market + timedelta(hours=2)


def test_the_time_the_answer_took_counts_at_the_pace_of_the_market() -> None:
    market, wall = datetime(2022, 6, 1, tzinfo=UTC), SystemClock()
    with answering(reading(wall.now(), market, 3600), late_s=0.2) as url:
        clock = LocalClock(url, wall)
        assert timedelta(seconds=0.2 * 3600) <= clock.now() - market < timedelta(seconds=10 * 3600)


def test_a_clock_of_this_computer_that_shows_another_time_than_the_exchanges_does_no_harm() -> None:
    market = datetime(2022, 6, 1, tzinfo=UTC)
    with answering(reading(NOW, market, 3600)) as url:
        clock = LocalClock(url, ManualClock(NOW + timedelta(hours=1)))
    assert clock.now() - market < timedelta(seconds=10 * 3600)


class Stage:
    """A clock on an exchange whose answer changes, with a wall clock and a monotonic one to move."""

    def __init__(self, url: str, body: list[bytes]) -> None:
        self.body = body
        self.wall = ManualClock(NOW)
        self.monotonic_s = 0.0
        self.clock = LocalClock(url, self.wall, lambda: self.monotonic_s)

    def says(self, market: datetime, rate: float = 60) -> None:
        self.body[0] = reading(self.wall.now(), market, rate)

    def follow_after(self, wall_s: float, monotonic_s: float | None = None) -> timedelta:
        """Let so much time pass, follow, and give the distance to the market's start."""
        self.wall.sleep(wall_s)
        self.monotonic_s += wall_s if monotonic_s is None else monotonic_s
        self.clock.follow()
        return self.clock.now() - MARKET


@pytest.fixture
def stage() -> Iterator[Stage]:
    body = [reading(NOW, MARKET, 60)]
    with answering(body) as url:
        yield Stage(url, body)


def test_an_exchange_that_was_restarted_or_moved_is_followed_within_seconds(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.says(MARKET - timedelta(days=3))
    assert stage.follow_after(1.0) == timedelta(minutes=1)
    assert stage.follow_after(LOOK_EVERY_S) == timedelta(days=-3)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    stage.says(MARKET, rate=10)
    assert stage.follow_after(LOOK_EVERY_S) == timedelta()
    assert stage.clock.rate == 10


def test_an_exchange_that_runs_on_is_followed_in_silence(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.wall.sleep(LOOK_EVERY_S)
    stage.says(MARKET + timedelta(minutes=5))
    assert stage.follow_after(0.0, LOOK_EVERY_S) == timedelta(minutes=5)
    assert not caplog.records


def test_a_computer_whose_clock_was_moved_asks_at_once(stage: Stage) -> None:
    stage.says(MARKET)
    assert stage.follow_after(3600.0, monotonic_s=0.1) == timedelta()


def test_an_exchange_that_does_not_answer_changes_nothing() -> None:
    body = [reading(NOW, MARKET, 60)]
    with answering(body) as url:
        gone = Stage(url, body)
    assert gone.follow_after(LOOK_EVERY_S) == timedelta(minutes=5)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"no json", b'{"wall_ms": "x", "market_ms": 1, "rate": 1}', reading(NOW, NOW, 0)]
)
def test_what_is_no_clock_reading_is_refused(body: bytes) -> None:
    with answering(body) as url, pytest.raises(BadData, match="must be a clock reading"):
        LocalClock(url, ManualClock(NOW))


def test_an_exchange_that_does_not_run_is_named() -> None:
    with answering(b"") as url:
        pass
    with pytest.raises(RetryLater, match=f"{url} does not answer"):
        LocalClock(url, ManualClock(NOW))
