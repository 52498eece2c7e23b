"""A web server on loopback that answers what a test tells it to, and remembers what it was asked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import orjson


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived."""

    method: str
    target: str
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply; cut means that the connection ends without one, late_s how long it is held back."""

    body: bytes = b""
    status: int = 200
    cut: bool = False
    headers: tuple[str, ...] = ()
    late_s: float = 0.0


def json_answer(content: object, status: int = 200) -> Answer:
    """A reply with JSON in it."""
    return Answer(orjson.dumps(content), status)


CUT = Answer(cut=True)
Responder = Callable[[Asked], Answer]


def _nothing_here(asked: Asked) -> Answer:
    return Answer(status=404)


@dataclass(slots=True)
class StubVenue:
    """Answers with what was queued, in order, and then with what the responder says."""

    address: str = ""
    queue: list[Answer] = field(default_factory=list)
    respond: Responder = _nothing_here
    asked: list[Asked] = field(default_factory=list)
    closing: Event = field(default_factory=Event)

    def answer(self, asked: Asked) -> Answer:
        """Remember a request and give its reply."""
        self.asked.append(asked)
        return self.queue.pop(0) if self.queue else self.respond(asked)

    def reset(self) -> None:
        """Forget everything."""
        self.queue.clear()
        self.asked.clear()
        self.respond = _nothing_here

    @property
    def targets(self) -> list[str]:
        """Path and query of every request so far."""
        return [asked.target for asked in self.asked]


@contextmanager
def serving() -> Iterator[StubVenue]:
    """Run a stub venue on a free port."""
    venue = StubVenue()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            answer = venue.answer(Asked(self.command, self.path, self.rfile.read(length)))
            venue.closing.wait(answer.late_s)
            if answer.cut:
                self.close_connection = True
                return
            head = (
                f"HTTP/1.1 {answer.status} X",
                "Content-Type: application/json",
                f"Content-Length: {len(answer.body)}",
                *answer.headers,
                "\r\n",
            )
            with suppress(ConnectionError):
                self.wfile.write("\r\n".join(head).encode() + answer.body)

        do_GET = do_POST = do_DELETE = _serve  # noqa: N815  the names that http.server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the method it replaces
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    venue.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield venue
    finally:
        venue.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(slots=True)
class CountingBudget:
    """A request budget without limits that remembers what was taken from it."""

    weights: list[int] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    pauses: list[datetime] = field(default_factory=list)

    def acquire(self, weight: int, *, order: bool = False) -> None:
        (self.orders if order else self.weights).append(weight)

    def report(self, used: int) -> None:
        """Nothing to correct."""

    def pause_until(self, moment: datetime) -> None:
        self.pauses.append(moment)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
