"""WebSocket connections: Binance's API with a user's events, and its market streams."""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import orjson
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from powertrader.simexchange import market_streams, stream_requests
from powertrader.simexchange.binance_events import event_content
from powertrader.simexchange.connections import Address, Connections
from powertrader.simexchange.faults import Fault, FaultRule
from powertrader.simexchange.local_exchange import LocalExchange
from powertrader.simexchange.stream_requests import StreamSession
from powertrader.simexchange.user_events import UserEvent

API_PATH: Final = "/ws-api/v3"
METHOD: Final = "WS"
_MARKET_LOOK_S: Final = 0.1
_MOST_WAITING: Final = 10_000
_UNKNOWN_PATH: Final = 4_404


@dataclass(slots=True, eq=False)
class _Connection:
    """One open WebSocket: where it leads, what waits to be sent, and who is subscribed on it."""

    address: Address
    session: StreamSession = field(default_factory=StreamSession)
    waiting: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(_MOST_WAITING))


class StreamHub:
    """Serves WebSockets and hands each account's events to whoever subscribed to them."""

    def __init__(self, exchange: LocalExchange, connections: Connections) -> None:
        """Listen to the venue's events."""
        self._exchange = exchange
        self._connections = connections
        self._open: set[_Connection] = set()
        exchange.venue.listen(self._publish)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one WebSocket for as long as it is open."""
        socket = WebSocket(scope, receive, send)
        connection = _Connection(tuple(scope["client"]))
        await socket.accept()
        self._exchange.calls[f"{METHOD} {API_PATH if scope['path'] == API_PATH else 'market'}"] += 1
        self._open.add(connection)
        try:
            with contextlib.suppress(WebSocketDisconnect):
                await self._serve_path(socket, connection, scope)
        finally:
            self._open.discard(connection)
            self._connections.closed(connection.address)

    async def _serve_path(self, socket: WebSocket, connection: _Connection, scope: Scope) -> None:
        path: str = scope["path"]
        if path == API_PATH:
            await self._serve_api(socket, connection)
        else:
            await self._serve_market(socket, market_streams.names_of(path, scope["query_string"]))

    def cut_all(self) -> None:
        """Reset the connection of every open WebSocket."""
        for connection in tuple(self._open):
            self._connections.cut(connection.address)

    async def _serve_api(self, socket: WebSocket, connection: _Connection) -> None:
        sender = asyncio.create_task(_send_waiting(socket, connection.waiting))
        try:
            while True:
                text = await socket.receive_text()
                await self._answer(connection, text)
        finally:
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                await sender

    async def _answer(self, connection: _Connection, text: str) -> None:
        struck = self._exchange.faults.strike(METHOD, API_PATH, "")
        if any(rule.fault in _ENDS for rule in struck):
            self._connections.cut(connection.address)
            return
        await self._exchange.pause(_delay_s(struck))
        reply = stream_requests.answer(self._exchange, connection.session, text)
        connection.waiting.put_nowait(orjson.dumps(reply))

    async def _serve_market(self, socket: WebSocket, names: market_streams.StreamNames) -> None:
        if not names.streams:
            await socket.close(_UNKNOWN_PATH)
            return
        listener = asyncio.create_task(_until_closed(socket))
        last: dict[str, object] = {}
        try:
            while not listener.done():
                for name in names.streams:
                    content = market_streams.content_of(self._exchange, name)
                    if content is not None and content != last.get(name.text):
                        last[name.text] = content
                        await socket.send_text(names.wrapped(name, content).decode())
                await asyncio.wait((listener,), timeout=_MARKET_LOOK_S)
        finally:
            listener.cancel()

    def _publish(self, account: str, event: UserEvent) -> None:
        content = None
        for connection in tuple(self._open):
            for number in connection.session.subscriptions_of(account):
                content = content or event_content(event)
                wrapped = orjson.dumps({"subscriptionId": number, "event": content})
                if connection.waiting.full():
                    # a reader that does not read is let go, as the venue does
                    self._connections.cut(connection.address)
                    break
                connection.waiting.put_nowait(wrapped)


_ENDS: Final = frozenset(
    {Fault.LOSE_REPLY, Fault.REFUSE, Fault.TRUNCATE, Fault.CUT_STREAMS, Fault.NON_JSON, Fault.STATUS}
)


def _delay_s(struck: Iterable[FaultRule]) -> float:
    return sum(rule.value for rule in struck if rule.fault is Fault.DELAY)


async def _send_waiting(socket: WebSocket, waiting: asyncio.Queue[bytes]) -> None:
    while True:
        await socket.send_text((await waiting.get()).decode())


async def _until_closed(socket: WebSocket) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            await socket.receive_text()
