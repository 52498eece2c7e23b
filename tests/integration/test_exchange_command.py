"""`powertrader exchange serve` as a user starts it, and the stock clients against it."""

import asyncio
import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from binance.async_client import AsyncClient
from binance.client import Client
from binance.exceptions import BinanceAPIException
from binance.ws.streams import BinanceSocketManager
from Crypto.PublicKey import ECC

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from tests.exchange_server import ExchangeServer, exchange_server

COINS = "BTC,ETH"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path_factory.mktemp("exchange"), coins=COINS, speed=60) as found:
        yield found


@pytest.fixture(autouse=True)
def _as_before(server: ExchangeServer) -> Iterator[None]:
    yield
    server.admin.clear_faults()
    server.admin.clear_counters()


def client_of(server: ExchangeServer, **changes: Any) -> Client:
    """Give the stock client, with nothing changed but the address."""
    kind = type("LocalClient", (Client,), {"API_URL": f"{server.url}/api"})
    made: Client = kind(**{"api_key": server.api_key, "api_secret": server.api_secret, **changes})
    return made


@pytest.fixture(autouse=True)
def _event_loop() -> Iterator[None]:
    """Close the event loop that every stock client wants and none of them runs."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def client(server: ExchangeServer) -> Iterator[Client]:
    made = client_of(server)
    yield made
    made.close_connection()


def buy(client: Client, **changes: str) -> Any:
    return client.create_order(
        **{"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.001", **changes}
    )


def test_python_binance_trades(client: Client) -> None:
    placed = buy(client, newClientOrderId="pt-stock-1")
    assert placed["status"] == "FILLED"
    assert client.get_order(symbol="BTCUSDT", origClientOrderId="pt-stock-1")["executedQty"] == "0.00100000"
    assert client.get_my_trades(symbol="BTCUSDT", orderId=placed["orderId"])
    assert client.get_orderbook_tickers()[0]["symbol"] == "BTCUSDT"
    assert client.get_symbol_info("ETHUSDT")["quoteAsset"] == "USDT"
    assert Decimal(client.get_asset_balance("BTC")["free"]) > 0
    assert client.response.headers["X-MBX-USED-WEIGHT-1M"]


def test_python_binance_places_and_cancels_a_pair(client: Client) -> None:
    buy(client, quantity="0.002")
    price = float(client.get_symbol_ticker(symbol="BTCUSDT")["price"])
    pair = client.create_oco_order(
        symbol="BTCUSDT",
        side="SELL",
        quantity="0.001",
        aboveType="LIMIT_MAKER",
        abovePrice=f"{price * 1.5:.2f}",
        belowType="STOP_LOSS",
        belowStopPrice=f"{price * 0.5:.2f}",
    )
    assert len(client.get_open_orders(symbol="BTCUSDT")) == 2
    client.cancel_order(symbol="BTCUSDT", orderId=pair["orders"][0]["orderId"])
    assert client.get_open_orders(symbol="BTCUSDT") == []


def test_python_binance_signs_with_an_ed25519_key(server: ExchangeServer) -> None:
    secret = ECC.generate(curve="Ed25519")
    pem = secret.public_key().export_key(format="PEM")
    api_key = server.admin.ask("POST", "accounts/main/keys", {"public_key": pem})["api_key"]
    made = client_of(server, api_key=api_key, api_secret=None, private_key=secret.export_key(format="PEM"))
    assert buy(made)["status"] == "FILLED"
    assert made.get_account()["canTrade"]
    made.close_connection()


def test_python_binance_meets_the_codes_it_knows(server: ExchangeServer, client: Client) -> None:
    with pytest.raises(BinanceAPIException, match="LOT_SIZE"):
        buy(client, quantity="0.000001")
    with pytest.raises(BinanceAPIException) as illegal:
        buy(client, quantity="5e-05")
    assert illegal.value.code == -1100
    client.timestamp_offset = -60_000
    with pytest.raises(BinanceAPIException) as late:
        client.get_account()
    assert late.value.code == -1021
    wrong = client_of(server, api_secret="0" * 64)
    with pytest.raises(BinanceAPIException) as unsigned:
        wrong.get_account()
    assert unsigned.value.code == -1022
    wrong.close_connection()


def test_python_binance_hears_its_own_events(server: ExchangeServer, client: Client) -> None:
    async def listen() -> list[dict[str, Any]]:
        addresses = {
            "API_URL": f"{server.url}/api",
            "WS_API_URL": f"{server.url.replace('http', 'ws')}/ws-api/v3",
        }
        kind: Any = type("LocalAsyncClient", (AsyncClient,), addresses)
        listener = await kind.create(server.api_key, server.api_secret)
        # how long the client's closing waits for one more message
        listener.ws_api.TIMEOUT = 0.2
        try:
            async with BinanceSocketManager(listener).user_socket() as stream:
                await asyncio.to_thread(buy, client, newClientOrderId="pt-heard")
                return [await asyncio.wait_for(stream.recv(), 10) for _ in range(3)]
        finally:
            await listener.close_connection()

    events = [event.get("event", event) for event in asyncio.run(listen())]
    reports = [event for event in events if event["e"] == "executionReport"]
    assert reports[-1]["c"] == "pt-heard"
    assert {event["e"] for event in events} == {"executionReport", "outboundAccountPosition"}


def local(addresses: dict[str, Any], url: str) -> dict[str, Any]:
    """Give ccxt's addresses with the host of the local exchange and the paths as they are."""
    return {
        name: local(value, url) if isinstance(value, dict) else url + urlsplit(value).path
        for name, value in addresses.items()
    }


def test_ccxts_binance_class_trades(server: ExchangeServer) -> None:
    ccxt = pytest.importorskip("ccxt", reason="ccxt is an extra")
    venue = ccxt.binance({"apiKey": server.api_key, "secret": server.api_secret})
    venue.urls["api"] = local(venue.urls["api"], server.url)
    assert set(venue.load_markets()) == {"BTC/USDT", "ETH/USDT"}
    # it changes how numbers are rounded
    with localcontext():
        placed = venue.create_order("BTC/USDT", "market", "buy", 0.001)
        assert (placed["status"], placed["filled"]) == ("closed", 0.001)
        assert venue.fetch_order(placed["id"], "BTC/USDT")["status"] == "closed"
        assert venue.fetch_ohlcv("ETH/USDT", "4h", limit=3)
        with pytest.raises(ccxt.InsufficientFunds):
            venue.create_order("BTC/USDT", "market", "buy", 5)


def test_ccxts_kucoin_class_reads_the_market(server: ExchangeServer) -> None:
    ccxt = pytest.importorskip("ccxt", reason="ccxt is an extra")
    venue = ccxt.kucoin()
    venue.urls["api"] = local(venue.urls["api"], server.url)
    assert set(venue.load_markets()) == {"BTC/USDT", "ETH/USDT"}
    since_ms = server.admin.market_ms() - 5 * 3_600_000
    rows = venue.fetch_ohlcv("BTC/USDT", "1h", since=since_ms, limit=3)
    assert [len(row) for row in rows] == [6, 6, 6]
    assert venue.fetch_tickers()["ETH/USDT"]["last"] > 0


@pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("openssl") and shutil.which("sh")),
    reason="needs curl, openssl and a shell",
)
def test_the_documented_curl_example_works(server: ExchangeServer) -> None:
    page = (Path(__file__).parents[2] / "docs" / "EXCHANGE.md").read_text("utf-8")
    lines = page[page.index("KEY=...") :].split("```")[0].splitlines()[1:]
    script = f"KEY={server.api_key}; SECRET={server.api_secret}; URL={server.url}\n" + "\n".join(lines)
    command = (shutil.which("sh") or "", "-ec", script.replace("curl ", "curl -s "))
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["accountType"] == "SPOT"


def test_an_acknowledged_order_survives_a_crash_and_answers_on_the_same_port(tmp_path: Path) -> None:
    with exchange_server(tmp_path, coins=COINS, speed=3600) as server:
        client = client_of(server)
        placed = buy(client, newClientOrderId="pt-crash")
        client.close_connection()
        server.kill()
        key, url = server.api_key, server.url
        server.start()
        assert (server.api_key, server.url) == (key, url)
        client = client_of(server)
        found = client.get_order(symbol="BTCUSDT", origClientOrderId="pt-crash")
        assert found["orderId"] == placed["orderId"]
        assert server.admin.market_ms() >= found["time"]
        assert len(server.admin.orders()) == 1
        client.close_connection()
        assert server.stop() == exit_codes.OK
        assert not any("ERROR" in line or "Traceback" in line for line in server.log)


def test_a_file_of_faults_is_followed(tmp_path: Path) -> None:
    rules = tmp_path / "faults.yaml"
    rules.write_text(
        "seed: 3\nrules:\n  - on: POST /api/v3/order\n    nth: 1\n    then: {partial_then_expired: 0.5}\n"
        "  - on: GET /api/v3/account\n    then: {status: 418}\n    retry_after_s: 60\n",
        encoding="utf-8",
    )
    with exchange_server(tmp_path / "state", coins=COINS, more=("--faults", str(rules))) as server:
        client = client_of(server)
        placed = buy(client)
        assert (placed["status"], placed["executedQty"]) == ("EXPIRED", "0.00050000")
        assert buy(client)["status"] == "FILLED"
        with pytest.raises(BinanceAPIException) as banned:
            client.get_account()
        assert banned.value.status_code == 418
        client.close_connection()


@pytest.mark.parametrize(
    "options, code, said",
    [
        (("--speed", "0"), exit_codes.USAGE, "--speed was 0"),
        (("--quote", "much"), exit_codes.USAGE, "--quote was 'much'"),
        (("--candles", "x", "--synthetic", "1"), exit_codes.USAGE, "exclude each other"),
        (("--faults", "nowhere.yaml"), exit_codes.USAGE, "nowhere.yaml"),
        (("--candles", "nowhere"), exit_codes.BAD_DATA, "nowhere is no folder"),
    ],
)
def test_what_cannot_be_served_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], code: int, said: str
) -> None:
    arguments = ["exchange", "serve", "--home", str(tmp_path), "--coins", "BTC", *options]
    assert main(arguments) == code
    assert said in capsys.readouterr().err


def test_a_taken_port_and_a_held_state_are_named(
    tmp_path: Path, server: ExchangeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["exchange", "serve", "--home", str(tmp_path), "--coins", "BTC"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main([*common, "--port", port]) == exit_codes.USAGE
    assert f"port {port} cannot be used" in capsys.readouterr().err
    assert main([*common, "--state", str(server.state)]) == exit_codes.USAGE
    assert "another PowerTrader works here" in capsys.readouterr().err


def test_it_listens_on_this_computer_alone(server: ExchangeServer) -> None:
    assert urlsplit(server.url).hostname == "127.0.0.1"
    assert urlsplit(server.admin_url).hostname == "127.0.0.1"
