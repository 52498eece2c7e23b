"""How quickly the local exchange answers the stock python-binance client over the loopback."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from binance.client import Client

from tests.bench.registry import Row, bench, seconds
from tests.exchange_server import exchange_server

COINS: Final = ",".join(("BTC", "ETH", *(f"C{number:03d}" for number in range(48))))
CALLS: Final = 90
SLOWEST_MS: Final = 3.0
FEWEST_PER_S: Final = 500.0


@bench(group="exchange", runs=1)
def calls() -> list[Row]:
    """Measure ms per call for each kind, 50 coins, and how many mixed calls one client gets in a second."""
    with tempfile.TemporaryDirectory() as folder, exchange_server(Path(folder), coins=COINS) as server:
        kind: Any = type("LocalClient", (Client,), {"API_URL": f"{server.url}/api"})
        client = kind(server.api_key, server.api_secret)
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.0002"}
        placed = client.create_order(**order)
        kinds: dict[str, Callable[[], object]] = {
            "prices of all coins": client.get_orderbook_tickers,
            "account": client.get_account,
            "order by id": lambda: client.get_order(symbol="BTCUSDT", orderId=placed["orderId"]),
            "100 candles": lambda: client.get_klines(symbol="ETHUSDT", interval="1h", limit=100),
            "market order": lambda: client.create_order(**order),
        }
        rows = [
            Row(
                what=f"{what}, per call",
                measured=_ms(call, server.admin.clear_counters),
                unit="ms",
                most=SLOWEST_MS,
            )
            for what, call in kinds.items()
        ]
        rows.append(Row(what="calls", measured=_per_second(client), unit="calls/s", least=FEWEST_PER_S))
        client.close_connection()
        return rows


def _ms(call: Callable[[], object], forgive: Callable[[], None]) -> float:
    """Give the median of a call in milliseconds, without meeting a request limit."""
    forgive()
    return seconds(call, repeats=CALLS) * 1000


def _per_second(client: Client) -> float:
    """Give how many cheap calls go through in a second, one after another."""
    begin = perf_counter()
    for _ in range(5 * CALLS):
        client.get_server_time()
    return 5 * CALLS / (perf_counter() - begin)
