"""The account stream as a hint, against a local exchange and against servers that misbehave."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import orjson
import pytest
from Crypto.PublicKey import ECC
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from powertrader.core.clock import SystemClock
from powertrader.core.config_exchange import ExchangeSection
from powertrader.core.credentials import BinanceCredentials, Secret
from powertrader.exchanges.binance import BinanceTradingClient
from powertrader.exchanges.binance_session import BinanceSession, BinanceVenue
from powertrader.exchanges.binance_stream import StreamWaits, UserStream
from powertrader.exchanges.binance_wire_stream import StreamMessage, Told, message_of
from powertrader.models.order import Side
from tests.contract.trading_client_contract import intent_of
from tests.exchange_server import ExchangeServer, exchange_server
from tests.unit.exchanges.stub_venue import CountingBudget

PATIENCE_S = 20.0
WAITS = StreamWaits(first_s=0.02, longest_s=0.05, connect_s=5.0)


@dataclass(slots=True)
class Hints:
    """Counts hints and lets a test wait for the next ones."""

    count: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def wake(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait_for(self, count: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.count >= count, PATIENCE_S)


def session_of(url: str, keys: BinanceCredentials | None) -> BinanceSession:
    return BinanceSession(
        BinanceVenue("live", ExchangeSection(url=url)), keys, CountingBudget(), SystemClock()
    )


def keys_of(server: ExchangeServer) -> BinanceCredentials:
    return BinanceCredentials(Secret(server.api_key), Secret(server.api_secret))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path_factory.mktemp("exchange"), coins="BTC") as found:
        yield found


@contextmanager
def trading(server: ExchangeServer) -> Iterator[Callable[[str], object]]:
    """Give what buys a little, once for each client order id."""
    session = session_of(server.url, keys_of(server))
    client = BinanceTradingClient(session, "USDT")
    yield lambda number: client.place_order(intent_of(Side.BUY, "0.001", number))
    session.close()


def test_a_fill_wakes_whoever_waits(server: ExchangeServer) -> None:
    hints = Hints()
    with trading(server) as buy, UserStream(session_of(server.url, keys_of(server)), hints.wake, WAITS):
        assert hints.wait_for(1)
        buy("pt-stream-1")
        assert hints.wait_for(2)


def test_an_ed25519_key_subscribes_as_well(server: ExchangeServer) -> None:
    private = ECC.generate(curve="Ed25519")
    public = private.public_key().export_key(format="PEM")
    made = server.admin.ask("POST", "accounts/main/keys", {"public_key": public})
    pem = Secret(str(private.export_key(format="PEM")))
    keys = BinanceCredentials(Secret(made["api_key"]), None, pem)
    hints = Hints()
    with trading(server) as buy, UserStream(session_of(server.url, keys), hints.wake, WAITS):
        assert hints.wait_for(1)
        buy("pt-stream-2")
        assert hints.wait_for(2)


def test_a_lost_stream_is_told_once_and_taken_up_again(
    tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture
) -> None:
    hints = Hints()
    with (
        caplog.at_level(logging.INFO),
        exchange_server(tmp_path_factory.mktemp("mortal"), coins="BTC") as mortal,
        UserStream(session_of(mortal.url, keys_of(mortal)), hints.wake, WAITS),
    ):
        assert hints.wait_for(1)
        mortal.kill()
        mortal.start()
        assert hints.wait_for(2)
    told = [record.getMessage() for record in caplog.records if "account stream" in record.getMessage()]
    assert told[0] == "account stream lost; orders are looked up as before"
    assert told[-1] == "account stream is back"
    assert len(told) == 2


@pytest.mark.parametrize("keys", [None, BinanceCredentials(Secret("wrong-key"), Secret("wrong-secret"))])
def test_keys_that_are_missing_or_wrong_cost_nothing_but_the_hints(
    server: ExchangeServer, caplog: pytest.LogCaptureFixture, keys: BinanceCredentials | None
) -> None:
    hints = Hints()
    with caplog.at_level(logging.DEBUG), UserStream(session_of(server.url, keys), hints.wake, WAITS):
        deadline = time.monotonic() + PATIENCE_S
        while "account stream lost" not in caplog.text and time.monotonic() < deadline:
            threading.Event().wait(0.01)
    assert "account stream lost" in caplog.text
    assert hints.count == 0
    assert "wrong-secret" not in caplog.text
    assert "signature" not in caplog.text


def test_a_stream_ends_at_once_even_while_it_waits_for_a_venue_that_is_gone() -> None:
    hints = Hints()
    began = time.monotonic()
    with UserStream(session_of("http://127.0.0.1:9", None), hints.wake, StreamWaits(first_s=60.0)):
        pass
    assert time.monotonic() - began < PATIENCE_S
    assert hints.count == 0


@pytest.mark.parametrize(
    "content, told",
    [
        ({"subscriptionId": 0, "event": {"e": "executionReport", "s": "BTCUSDT"}}, Told.HAPPENED),
        ({"subscriptionId": 0, "event": {"e": "outboundAccountPosition"}}, Told.HAPPENED),
        ({"e": "balanceUpdate"}, Told.HAPPENED),
        ({"event": {"e": "listStatus"}}, Told.HAPPENED),
        ({"event": {"e": "eventStreamTerminated"}}, Told.ENDED),
        ({"event": {"e": "serverShutdown"}}, Told.ENDED),
        ({"event": {"e": "externalLockUpdate"}}, Told.NOTHING),
        ({"id": 1, "status": 200, "result": {"subscriptionId": 0}}, Told.SUBSCRIBED),
        ({"id": 1, "status": 400}, Told.NOTHING),
        ({"event": 7}, Told.NOTHING),
        ([], Told.NOTHING),
    ],
)
def test_a_message_says_that_something_happened_and_no_more(content: object, told: Told) -> None:
    assert message_of(orjson.dumps(content)).told is told


def test_a_refusal_has_its_code_and_its_words() -> None:
    content = {"id": 1, "status": 401, "error": {"code": -2015, "msg": "Invalid API-key."}}
    assert message_of(orjson.dumps(content)) == StreamMessage(Told.REFUSED, -2015, "Invalid API-key.")
    assert message_of(b'{"error": {"code": true}}') == StreamMessage(Told.REFUSED)


class Scripted(BinanceSession):
    """A session that signs nothing and knows where a server of the test listens."""

    def __init__(self, port: int) -> None:
        super().__init__(BinanceVenue("live", ExchangeSection()), None, CountingBudget(), SystemClock())
        self._port = port
        self.measured = 0

    @property
    def stream_address(self) -> str:
        return f"ws://127.0.0.1:{self._port}/ws-api/v3"

    def stream_parameters(self) -> dict[str, str | int]:
        return {"apiKey": "k"}

    def measure_clock(self) -> float:
        self.measured += 1
        return 0.0


def test_a_stream_that_binance_ends_is_taken_up_again_and_a_wrong_clock_is_measured() -> None:
    subscribed = orjson.dumps({"id": 1, "status": 200, "result": {}})
    refused = orjson.dumps({"id": 1, "status": 400, "error": {"code": -1021, "msg": "Timestamp"}})
    scripts = [[refused], [b"junk", subscribed, b'{"event": {"e": "eventStreamTerminated"}}'], [subscribed]]
    hints = Hints()

    def follow(connection: ServerConnection) -> None:
        connection.recv()
        for message in scripts.pop(0):
            connection.send(message, text=True)
        with suppress(ConnectionClosed):
            connection.recv()

    with serve(follow, "127.0.0.1", 0) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        session = Scripted(listening.socket.getsockname()[1])
        with UserStream(session, hints.wake, WAITS):
            assert hints.wait_for(2)
        listening.shutdown()
        thread.join()
    assert session.measured == 1
    assert scripts == []
