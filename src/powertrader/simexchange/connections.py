"""Open connections by the address of the other end, so that a fault can really cut one."""

import asyncio
from typing import TypeAlias

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Address: TypeAlias = tuple[str, int]


class Connections:
    """The transports of all open connections."""

    def __init__(self) -> None:
        """Start without any."""
        self._open: dict[Address, asyncio.Transport] = {}

    def opened(self, address: Address, transport: asyncio.Transport) -> None:
        """Remember a new connection."""
        self._open[address] = transport

    def closed(self, address: Address) -> None:
        """Forget a connection."""
        self._open.pop(address, None)

    def cut(self, address: Address, last_words: bytes = b"") -> None:
        """Send last_words as they are and end the TCP connection; without them it is reset."""
        transport = self._open.pop(address, None)
        if transport is None:
            return
        if last_words:
            transport.write(last_words)
            transport.close()
        else:
            transport.abort()


def watched_protocol(connections: Connections) -> type[HttpToolsProtocol]:
    """Give uvicorn's HTTP protocol in a form that tells connections what is open.

    A connection that becomes a WebSocket is handed on by uvicorn; whoever serves it says when it closed.
    """

    class WatchedProtocol(HttpToolsProtocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
            super().connection_made(transport)
            if self.client is not None:
                connections.opened(self.client, transport)

        def connection_lost(self, exc: Exception | None) -> None:
            if self.client is not None:
                connections.closed(self.client)
            super().connection_lost(exc)

    return WatchedProtocol
