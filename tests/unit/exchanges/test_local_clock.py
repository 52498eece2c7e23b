"""Market time from a local exchange."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import BadData, RetryLater
from powertrader.exchanges.local_clock import market_clock

NOW = datetime(2024, 1, 1, tzinfo=UTC)


@contextmanager
def answering(body: bytes) -> Iterator[str]:
    """Serve one body on a free port of this computer."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

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


def test_market_time_runs_along_with_the_exchange() -> None:
    market = datetime(2022, 6, 1, tzinfo=UTC)
    wall = ManualClock(NOW)
    with answering(reading(NOW, market, 3600)) as url:
        clock = market_clock(url, wall)
    assert clock.now() == market
    wall.sleep(2)
    assert clock.now() == market + timedelta(hours=2)


def test_the_time_the_answer_took_counts_at_the_pace_of_the_market() -> None:
    market = datetime(2022, 6, 1, tzinfo=UTC)
    with answering(reading(NOW - timedelta(seconds=1), market, 60)) as url:
        assert market_clock(url, ManualClock(NOW)).now() == market + timedelta(minutes=1)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"no json", b'{"wall_ms": "x", "market_ms": 1, "rate": 1}', reading(NOW, NOW, 0)]
)
def test_what_is_no_clock_reading_is_refused(body: bytes) -> None:
    with answering(body) as url, pytest.raises(BadData, match="must be a clock reading"):
        market_clock(url, ManualClock(NOW))


def test_an_exchange_that_does_not_run_is_named() -> None:
    with answering(b"") as url:
        pass
    with pytest.raises(RetryLater, match=f"{url} does not answer"):
        market_clock(url, ManualClock(NOW))
