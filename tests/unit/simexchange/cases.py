"""A small local exchange for tests, in this process, with a wall clock that is moved by hand."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson

from powertrader.core.clock import ManualClock
from powertrader.models.candle import Candles
from powertrader.models.costs import CostModel
from powertrader.simexchange.building import ExchangeRequest, build
from powertrader.simexchange.endpoints import Request
from powertrader.simexchange.keys import FIRST_ACCOUNT
from powertrader.simexchange.local_exchange import LocalExchange
from powertrader.simexchange.markets import MadeUp, made_up_candles
from powertrader.simexchange.replies import Reply
from powertrader.simexchange.routes import respond

WALL = datetime(2026, 1, 1, tzinfo=UTC)
MARKET = datetime(2022, 2, 1, tzinfo=UTC)
COINS = ("BTC", "ETH")


@lru_cache(maxsize=4)
def made_up(days: int) -> dict[str, Candles]:
    """Make candles once for all tests."""
    begin = datetime(2022, 1, 1, tzinfo=UTC)
    return made_up_candles(COINS, MadeUp(7, begin), begin + timedelta(days=days))


@dataclass
class Case:
    """An exchange, its wall clock, and calls as a client makes them."""

    exchange: LocalExchange
    wall: ManualClock

    def get(self, path: str, **given: object) -> Any:
        """Give the JSON of a public request that must succeed."""
        reply = self.reply("GET", path, **given)
        assert reply.status == 200, reply.body
        return orjson.loads(reply.body)

    def reply(self, method: str, path: str, **given: object) -> Reply:
        """Send a public request."""
        return respond(self.exchange, Request(method, path, urlencode(given)), 0)

    def signed(self, method: str, path: str, **given: object) -> Any:
        """Give the JSON of a signed request, whatever it says."""
        return orjson.loads(self.signed_reply(method, path, **given).body)

    def signed_reply(self, method: str, path: str, **given: object) -> Reply:
        """Send a request signed with the first account's secret, in the query or in the body."""
        key = self.exchange.keys.first(FIRST_ACCOUNT)
        values = {"timestamp": self.exchange.wall_ms(), **given}
        payload = urlencode({name: value for name, value in values.items() if value is not None})
        signature = hmac.new(key.proof.encode(), payload.encode(), hashlib.sha256).hexdigest()
        text = f"{payload}&signature={signature}"
        query, body = (text, "") if method == "GET" else ("", text)
        return respond(self.exchange, Request(method, path, query, body, key.api_key), 0)


def exchange_case(state: Path | None = None, *, speed: float = 3600.0, seed: int = 7) -> Case:
    """Make an exchange on a made-up market that stands at MARKET while the wall clock stands at WALL."""
    wall = ManualClock(WALL)
    request = ExchangeRequest(
        coins=COINS,
        quote_asset="USDT",
        costs=CostModel(),
        seed=seed,
        speed=speed,
        start=MARKET,
        start_quote=Decimal(10_000),
        state=state,
    )
    return Case(build(request, wall), wall)
