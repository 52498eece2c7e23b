"""The local exchange as an ASGI application: each request meets its faults, its endpoint and its reply."""

from starlette.types import Receive, Scope, Send

from powertrader.simexchange import wire
from powertrader.simexchange.connections import Address, Connections
from powertrader.simexchange.faults import Fault
from powertrader.simexchange.local_exchange import LocalExchange
from powertrader.simexchange.parameters import pairs_of
from powertrader.simexchange.routes import name_of, respond
from powertrader.simexchange.spoiling import Cut, outcome
from powertrader.simexchange.streams import StreamHub


class ExchangeApp:
    """Serves the HTTP and WebSocket connections of one local exchange."""

    def __init__(self, exchange: LocalExchange, connections: Connections) -> None:
        """Serve an exchange whose connections can be cut."""
        self.exchange = exchange
        self.streams = StreamHub(exchange, connections)
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket for as long as it is open."""
        if scope["type"] == "websocket":
            await self.streams.serve(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve_http(scope, receive, send)

    async def _serve_http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await wire.read_request(scope, receive)
        exchange = self.exchange
        exchange.calls[name_of(request)] += 1
        symbol = dict(pairs_of(request.query, request.body)).get("symbol", "").replace("-", "")
        struck = exchange.faults.strike(request.method, request.path, symbol)
        if not struck:
            await wire.send_reply(send, respond(exchange, request, 0))
            return
        result = await outcome(exchange, request, symbol, struck)
        if isinstance(result, Cut):
            address: Address = tuple(scope["client"])
            self._connections.cut(address, result.last_words)
            await wire.wait_for_disconnect(receive)
        else:
            await wire.send_reply(send, result)
        if any(rule.fault is Fault.CUT_STREAMS for rule in struck):
            self.streams.cut_all()
