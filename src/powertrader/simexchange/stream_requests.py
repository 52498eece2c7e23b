"""Requests over Binance's WebSocket API: log on, subscribe to one's own events, ask the time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

import orjson

from powertrader.simexchange import gate
from powertrader.simexchange.local_exchange import LocalExchange
from powertrader.simexchange.parameters import Parameters
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.signing import ApiKey, KeyKind


@dataclass(slots=True)
class StreamSession:
    """What one connection has been allowed: the key that logged on, and accounts by subscription."""

    key: ApiKey | None = None
    since_ms: int = 0
    subscriptions: dict[int, str] = field(default_factory=dict)
    made: int = 0

    def subscribe(self, account: str) -> int:
        """Subscribe to the events of an account and give the number of the subscription."""
        number = self.made
        self.made += 1
        self.subscriptions[number] = account
        return number

    def subscriptions_of(self, account: str) -> tuple[int, ...]:
        """Give the numbers of the subscriptions to an account."""
        return tuple(number for number, name in self.subscriptions.items() if name == account)


@dataclass(frozen=True, slots=True)
class _Ask:
    """One request on a connection."""

    exchange: LocalExchange
    session: StreamSession
    given: Mapping[str, str]


def answer(exchange: LocalExchange, session: StreamSession, text: str) -> dict[str, object]:
    """Give the reply to a request, errors included; never raises for what a client may send."""
    number: object = None
    try:
        request = orjson.loads(text)
        if not isinstance(request, dict):
            return _refused(None, ApiError(-1100, "Request must be an object."))
        number = request.get("id")
        given = request.get("params") or {}
        method = METHODS.get(str(request.get("method")))
        if method is None or not isinstance(given, dict):
            return _refused(number, ApiError(-1000, "Unknown method."))
        ask = _Ask(exchange, session, {str(name): _text(value) for name, value in given.items()})
        return {"id": number, "status": 200, "result": method(ask), "rateLimits": []}
    except orjson.JSONDecodeError:
        return _refused(None, ApiError(-1100, "Request is no JSON."))
    except ApiError as error:
        return _refused(number, error)


def _ping(_ask: _Ask) -> object:
    return {}


def _time(ask: _Ask) -> object:
    return {"serverTime": ask.exchange.wall_ms()}


def _logon(ask: _Ask) -> object:
    key = _signer(ask)
    if key.kind is not KeyKind.ED25519:
        raise ApiError(-4056, f"{key.kind.value} API key is not supported.")
    ask.session.key, ask.session.since_ms = key, ask.exchange.wall_ms()
    return _status(ask)


def _status(ask: _Ask) -> object:
    key = ask.session.key
    return {
        "apiKey": None if key is None else key.api_key,
        "authorizedSince": None if key is None else ask.session.since_ms,
        "connectedSince": ask.session.since_ms,
        "returnRateLimits": False,
        "serverTime": ask.exchange.wall_ms(),
        "userDataStream": bool(ask.session.subscriptions),
    }


def _logout(ask: _Ask) -> object:
    ask.session.key = None
    return _status(ask)


def _subscribe(ask: _Ask) -> object:
    if ask.session.key is None:
        raise ApiError(-2015, "Invalid API-key, IP, or permissions for action.", 401)
    return {"subscriptionId": ask.session.subscribe(ask.session.key.account)}


def _subscribe_signed(ask: _Ask) -> object:
    return {"subscriptionId": ask.session.subscribe(_signer(ask).account)}


def _unsubscribe(ask: _Ask) -> object:
    number = ask.given.get("subscriptionId")
    if number is None:
        ask.session.subscriptions.clear()
    elif not number.isdigit() or ask.session.subscriptions.pop(int(number), None) is None:
        raise ApiError(-2035, "Subscription not found.")
    return {}


def _signer(ask: _Ask) -> ApiKey:
    """Give the key that signed a request. Raises ApiError when it did not."""
    key = gate.known_key(ask.exchange, ask.given.get("apiKey", ""))
    signed = {name: value for name, value in sorted(ask.given.items()) if name != "signature"}
    values = Parameters(ask.given)
    for name in ("timestamp", "recvWindow"):
        if not values.text(name, "0").isdigit():
            raise ApiError(-1100, f"Illegal characters found in parameter '{name}'.")
    gate.prove(key, values, urlencode(signed), values.text("signature"), ask.exchange.wall_ms())
    return key


def _refused(number: object, error: ApiError) -> dict[str, object]:
    return {"id": number, "status": error.status, "error": {"code": error.code, "msg": error.message}}


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


METHODS: Final[Mapping[str, Callable[[_Ask], object]]] = {
    "ping": _ping,
    "time": _time,
    "session.logon": _logon,
    "session.status": _status,
    "session.logout": _logout,
    "userDataStream.subscribe": _subscribe,
    "userDataStream.subscribe.signature": _subscribe_signed,
    "userDataStream.unsubscribe": _unsubscribe,
}
