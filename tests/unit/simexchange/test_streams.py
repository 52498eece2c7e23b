"""WebSocket connections: logging on, one's own events, market streams, and cut connections."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from typing import Any, TypeAlias
from urllib.parse import urlencode

import orjson
import pytest
import requests
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from powertrader.simexchange.keys import FIRST_ACCOUNT
from tests.unit.simexchange.cases import exchange_case
from tests.unit.simexchange.served import Running, running

Talk: TypeAlias = Callable[[ClientConnection], Awaitable[Any]]


@pytest.fixture(scope="module")
def served() -> Iterator[Running]:
    with running(exchange_case()) as found:
        yield found


def on(served: Running, path: str, talk: Talk) -> Any:
    """Talk over a WebSocket and give what the talk gives."""

    async def run() -> Any:
        async with connect(served.url.replace("http", "ws") + path) as socket:
            return await asyncio.wait_for(talk(socket), 20)

    return asyncio.run(run())


async def ask(socket: ClientConnection, method: str, given: dict[str, object] | None = None) -> Any:
    """Send one request and give its reply."""
    await socket.send(orjson.dumps({"id": "1", "method": method, "params": given or {}}).decode())
    return orjson.loads(await socket.recv())


def signed(served: Running, **given: object) -> dict[str, object]:
    """Give parameters signed with the first account's secret, as python-binance signs them."""
    key = served.case.exchange.keys.first(FIRST_ACCOUNT)
    values = {"apiKey": key.api_key, "timestamp": served.case.exchange.wall_ms(), **given}
    payload = urlencode(dict(sorted(values.items())))
    return {**values, "signature": hmac.new(key.proof.encode(), payload.encode(), hashlib.sha256).hexdigest()}


def test_ping_and_time_are_answered(served: Running) -> None:
    async def talk(socket: ClientConnection) -> Any:
        return await ask(socket, "ping"), await ask(socket, "time")

    ping, time = on(served, "/ws-api/v3", talk)
    assert (ping["id"], ping["status"], ping["result"]) == ("1", 200, {})
    assert time["result"]["serverTime"] == served.case.exchange.wall_ms()


def test_an_account_hears_of_its_money_until_it_unsubscribes(served: Running) -> None:
    async def talk(socket: ClientConnection) -> Any:
        subscribed = await ask(socket, "userDataStream.subscribe.signature", signed(served))
        number = subscribed["result"]["subscriptionId"]
        await asyncio.to_thread(served.admin.deposit, "BNB", "2")
        events = [orjson.loads(await socket.recv()) for _ in range(2)]
        await ask(socket, "userDataStream.unsubscribe", {"subscriptionId": number})
        await asyncio.to_thread(served.admin.deposit, "BNB", "2")
        return number, events, await ask(socket, "ping")

    number, events, ping = on(served, "/ws-api/v3", talk)
    assert {event["subscriptionId"] for event in events} == {number}
    kinds = {event["event"]["e"]: event["event"] for event in events}
    assert kinds["balanceUpdate"]["a"] == "BNB"
    assert Decimal(kinds["balanceUpdate"]["d"]) == 2
    assert kinds["outboundAccountPosition"]["B"][0]["a"] == "BNB"
    assert ping["result"] == {}


def test_an_account_hears_of_its_orders_and_lists(served: Running) -> None:
    price = Decimal(served.case.get("/api/v3/ticker/price", symbol="BTCUSDT")["price"])
    pair = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "quantity": "0.001",
        "aboveType": "STOP_LOSS",
        "aboveStopPrice": str((price * 2).quantize(Decimal("0.01"))),
        "belowType": "LIMIT_MAKER",
        "belowPrice": str((price / 2).quantize(Decimal("0.01"))),
    }

    def trade() -> None:
        market = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001"}
        served.case.signed("POST", "/api/v3/order", **market)
        placed = served.case.signed("POST", "/api/v3/orderList/oco", **pair)
        served.case.signed("DELETE", "/api/v3/orderList", symbol="BTCUSDT", orderListId=placed["orderListId"])

    async def talk(socket: ClientConnection) -> Any:
        await ask(socket, "userDataStream.subscribe.signature", signed(served))
        trade()
        found: list[dict[str, Any]] = []
        while sum(event.get("L") == "ALL_DONE" for event in found) < 1:
            found.append(orjson.loads(await socket.recv())["event"])
        return found

    events = on(served, "/ws-api/v3", talk)
    reports = [event for event in events if event["e"] == "executionReport"]
    assert [report["x"] for report in reports[:2]] == ["NEW", "TRADE"]
    assert (reports[1]["X"], reports[1]["l"], reports[1]["N"]) == ("FILLED", "0.00100000", "BTC")
    canceled = [report for report in reports if report["x"] == "CANCELED"]
    assert len(canceled) == 2
    lists = [event for event in events if event["e"] == "listStatus"]
    assert next(event["L"] for event in lists) == "EXECUTING"
    assert {len(event["O"]) for event in lists} == {2}


def test_an_ed25519_key_logs_on_and_subscribes(served: Running) -> None:
    secret = ECC.generate(curve="Ed25519")
    pem = secret.public_key().export_key(format="PEM")
    api_key = served.admin.ask("POST", "accounts/main/keys", {"public_key": pem})["api_key"]
    values = {"apiKey": api_key, "timestamp": served.case.exchange.wall_ms()}
    signature = eddsa.new(secret, "rfc8032").sign(urlencode(values).encode())

    async def talk(socket: ClientConnection) -> Any:
        given = {**values, "signature": base64.b64encode(signature).decode()}
        logged_on = await ask(socket, "session.logon", given)
        subscribed = await ask(socket, "userDataStream.subscribe")
        out = await ask(socket, "session.logout")
        return logged_on, subscribed, out, await ask(socket, "userDataStream.subscribe")

    logged_on, subscribed, out, refused = on(served, "/ws-api/v3", talk)
    assert logged_on["result"]["apiKey"] == api_key
    assert subscribed["result"] == {"subscriptionId": 0}
    assert out["result"]["apiKey"] is None
    assert refused["error"]["code"] == -2015


@pytest.mark.parametrize(
    "text, code",
    [
        ("no json", -1100),
        ("[]", -1100),
        ('{"id": 1, "method": "explode"}', -1000),
        ('{"id": 1, "method": "ping", "params": []}', None),
        ('{"id": 1, "method": "ping", "params": [1]}', -1000),
        ('{"id": 1, "method": "session.logon", "params": {}}', -2014),
        ('{"id": 1, "method": "userDataStream.unsubscribe", "params": {"subscriptionId": 99}}', -2035),
        ('{"id": 1, "method": "userDataStream.unsubscribe"}', None),
        ('{"id": 1, "method": "session.status"}', None),
    ],
)
def test_whatever_a_client_sends_is_answered(served: Running, text: str, code: int | None) -> None:
    async def talk(socket: ClientConnection) -> Any:
        await socket.send(text)
        return orjson.loads(await socket.recv())

    reply = on(served, "/ws-api/v3", talk)
    assert reply.get("error", {}).get("code") == code


@pytest.mark.parametrize(
    "change, code",
    [({"timestamp": 5}, -1021), ({"timestamp": "x"}, -1100), ({"signature": "00"}, -1022)],
)
def test_a_wrong_signature_subscribes_to_nothing(
    served: Running, change: dict[str, object], code: int
) -> None:
    async def talk(socket: ClientConnection) -> Any:
        return await ask(socket, "userDataStream.subscribe.signature", {**signed(served), **change})

    assert on(served, "/ws-api/v3", talk)["error"]["code"] == code


def test_a_secret_key_cannot_log_on(served: Running) -> None:
    async def talk(socket: ClientConnection) -> Any:
        return await ask(socket, "session.logon", signed(served))

    assert on(served, "/ws-api/v3", talk)["error"]["code"] == -4056


def test_prices_and_candles_come_as_they_change(served: Running) -> None:
    async def talk(socket: ClientConnection) -> Any:
        first = orjson.loads(await socket.recv())
        await asyncio.to_thread(served.admin.advance, 3600)
        return first, orjson.loads(await socket.recv())

    before, after = on(served, "/ws/btcusdt@bookTicker", talk)
    assert before["s"] == "BTCUSDT"
    assert Decimal(before["b"]) < Decimal(before["a"])
    assert (before["b"], before["a"]) != (after["b"], after["a"])
    first, second = on(served, "/stream?streams=ethusdt@kline_4h/btcusdt@kline_1h", talk)
    assert first["stream"] == "ethusdt@kline_4h"
    assert first["data"]["k"]["i"] == "4h"
    assert second["data"]["e"] == "kline"


@pytest.mark.parametrize("path", ["/ws/btcusdt@depth", "/ws/btcusdt@kline_7h", "/nothing", "/stream"])
def test_an_unknown_stream_is_closed(served: Running, path: str) -> None:
    async def talk(socket: ClientConnection) -> Any:
        with pytest.raises(ConnectionClosed):
            await socket.recv()

    on(served, path, talk)


def test_streams_are_cut_by_an_administrator(served: Running) -> None:
    async def talk(socket: ClientConnection) -> Any:
        await ask(socket, "ping")
        await asyncio.to_thread(served.admin.ask, "POST", "streams/cut")
        with pytest.raises(ConnectionClosed):
            await socket.recv()

    on(served, "/ws-api/v3", talk)


@pytest.mark.parametrize("then", ["cut_streams", "refuse", {"status": 500}])
def test_streams_are_cut_by_rules(served: Running, then: object) -> None:
    async def talk(socket: ClientConnection) -> Any:
        with pytest.raises(ConnectionClosed):
            await ask(socket, "ping")

    served.admin.add_fault(on="WS /ws-api/v3", nth=1, then=then)
    on(served, "/ws-api/v3", talk)
    served.admin.clear_faults()


def test_a_rest_request_may_cut_the_streams(served: Running) -> None:
    async def talk(socket: ClientConnection) -> Any:
        await ask(socket, "ping")
        await asyncio.to_thread(served.admin.add_fault, on="/local/clock", nth=1, then="cut_streams")
        reply = await asyncio.to_thread(requests.get, f"{served.url}/local/clock", timeout=20)
        assert reply.status_code == 200
        with pytest.raises(ConnectionClosed):
            await socket.recv()

    on(served, "/ws-api/v3", talk)
    served.admin.clear_faults()
