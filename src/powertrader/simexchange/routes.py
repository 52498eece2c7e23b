"""Which endpoint a request is for, and the reply to it when nothing goes wrong on purpose."""

from collections.abc import Mapping, Sequence
from typing import Final

from powertrader.simexchange import (
    binance_account,
    binance_market,
    binance_other,
    binance_rules,
    gate,
    kucoin_api,
    local_time,
)
from powertrader.simexchange.endpoints import Endpoint, Request
from powertrader.simexchange.local_exchange import LocalExchange
from powertrader.simexchange.replies import Reply, json_reply

_Routes = Mapping[tuple[str, str], Endpoint]


def _by_path(*groups: Sequence[Endpoint]) -> _Routes:
    return {(endpoint.method, endpoint.path): endpoint for group in groups for endpoint in group}


BINANCE: Final = _by_path(
    binance_market.ENDPOINTS, binance_rules.ENDPOINTS, binance_account.ENDPOINTS, binance_other.ENDPOINTS
)
KUCOIN: Final = _by_path(kucoin_api.ENDPOINTS)
_KUCOIN_PATHS: Final = frozenset(path for _, path in KUCOIN)


def is_kucoin(path: str) -> bool:
    """Tell whether a path belongs to KuCoin, whose replies look otherwise."""
    return path in _KUCOIN_PATHS


def name_of(request: Request) -> str:
    """Give the name a request is counted by; those that lead nowhere share one."""
    place = request.method, request.path
    known = place in BINANCE or place in KUCOIN or request.path == local_time.PATH
    return " ".join(place) if known else "unknown"


def respond(exchange: LocalExchange, request: Request, skew_ms: int) -> Reply:
    """Give the reply to a request; skew_ms is how far the venue's clock is off for it."""
    place = request.method, request.path
    endpoint = BINANCE.get(place)
    if endpoint is not None:
        return gate.answer(exchange, endpoint, request, skew_ms)
    endpoint = KUCOIN.get(place)
    if endpoint is not None:
        return kucoin_api.answer(exchange, endpoint, request)
    if place == ("GET", local_time.PATH):
        return json_reply(local_time.clock_reading(exchange))
    return json_reply({"status": 404, "error": "Not Found", "path": request.path}, 404)
