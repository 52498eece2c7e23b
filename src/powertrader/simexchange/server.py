"""The two servers of the local exchange, the venue and its administration, on this computer alone."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.loops.auto import auto_loop_factory

from powertrader.core.exceptions import ConfigError
from powertrader.simexchange.connections import Connections, watched_protocol

log = logging.getLogger(__name__)

LOOPBACK: Final = "127.0.0.1"
_BACKLOG: Final = 2_048
_KEEP_ALIVE_S: Final = 300
_GRACE_S: Final = 2


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the venue and its administration listen."""

    venue: int
    admin: int

    @property
    def url(self) -> str:
        """Address of the venue."""
        return f"http://{LOOPBACK}:{self.venue}"

    @property
    def admin_url(self) -> str:
        """Address of the administration."""
        return f"http://{LOOPBACK}:{self.admin}"


@dataclass(frozen=True, slots=True)
class Served:
    """What is served: both applications, the connections that may be cut, the wish to stop, and a duty."""

    venue: ASGIApp
    admin: ASGIApp
    connections: Connections
    stopping: asyncio.Event
    each_second: Callable[[], None]


class _Server(uvicorn.Server):
    """A server that leaves signals to us, because there are two of them in one process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(port: int) -> socket.socket:
    """Open a port of this computer that nobody else can reach, any free one for 0.

    Raises ConfigError when it is taken.
    """
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        # elsewhere this would let two programs share a port
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((LOOPBACK, port))
    except (OSError, OverflowError) as error:
        opened.close()
        msg = f"port {port} cannot be used: {error}; choose another one with --port, 0 for any free one"
        raise ConfigError(msg) from error
    opened.listen(_BACKLOG)
    opened.setblocking(False)  # noqa: FBT003  the standard library's only spelling
    return opened


def run(served: Served, venue_port: int, announce: Callable[[Ports], None]) -> None:
    """Serve until stopped by a signal or by stopping; announce is called once when both listen."""
    with (
        contextlib.closing(listen(venue_port)) as venue,
        contextlib.closing(listen(0)) as admin,
        asyncio.Runner(loop_factory=auto_loop_factory()) as runner,
    ):
        runner.run(_serve(served, (venue, admin), announce))


async def _serve(
    served: Served, sockets: tuple[socket.socket, socket.socket], announce: Callable[[Ports], None]
) -> None:
    protocol = watched_protocol(served.connections)
    servers = (_Server(_config(served.venue, protocol)), _Server(_config(served.admin, "auto")))
    tasks = [
        asyncio.create_task(server.serve([opened])) for server, opened in zip(servers, sockets, strict=True)
    ]
    for server in servers:
        await server.listens.wait()
    _stop_on_signals(served.stopping)
    announce(Ports(*(int(opened.getsockname()[1]) for opened in sockets)))
    await _wait(served)
    log.info("local exchange stops")
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)


async def _wait(served: Served) -> None:
    """Return when it is time to stop; until then do what is to be done each second."""
    while not served.stopping.is_set():
        served.each_second()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(served.stopping.wait(), 1.0)


def _config(app: ASGIApp, protocol: type[asyncio.Protocol] | str) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=protocol,
        ws="websockets-sansio",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )


def _stop_on_signals(stopping: asyncio.Event) -> None:
    """Let Ctrl-C and SIGTERM end the servers instead of the process; only the first thread hears them."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()

    def stop(*_: object) -> None:
        loop.call_soon_threadsafe(stopping.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
