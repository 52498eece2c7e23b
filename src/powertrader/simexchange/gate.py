"""What every Binance request passes: limits, key, parameters, time stamp, signature; then its answer."""

from collections.abc import Mapping
from typing import Final

from powertrader.simexchange.endpoints import Call, Endpoint, Request, Security
from powertrader.simexchange.limits import Verdict
from powertrader.simexchange.local_exchange import LocalExchange
from powertrader.simexchange.parameters import Parameters, checked, pairs_of
from powertrader.simexchange.replies import ApiError, Reply, error_reply, json_reply
from powertrader.simexchange.rights import Rights
from powertrader.simexchange.signing import DEFAULT_WINDOW_MS, ApiKey, split_signature, window_problem

USED_WEIGHT: Final = "x-mbx-used-weight-1m"
_SHORTEST_KEY: Final = 10
_UNKNOWN_KEY: Final = (-2015, "Invalid API-key, IP, or permissions for action.")


def answer(exchange: LocalExchange, endpoint: Endpoint, request: Request, skew_ms: int) -> Reply:
    """Give the reply to a request; skew_ms is how far the venue's clock is off for it."""
    now_ms = exchange.wall_ms()
    pairs = pairs_of(request.query, request.body)
    verdict = exchange.binance_meter.take(endpoint.cost(dict(pairs)), now_ms)
    headers = {USED_WEIGHT: str(verdict.used)}
    if verdict.status != 200:  # noqa: PLR2004  the HTTP status of a request that passes
        return _refusal(verdict, headers)
    try:
        call = _call(exchange, endpoint, request, now_ms + skew_ms)
        content = endpoint.answer(exchange, call)
    except ApiError as error:
        return error_reply(error, headers)
    if endpoint.counts_order:
        headers |= exchange.order_counts(call.account, now_ms)
    return json_reply(content, headers=headers)


def _call(exchange: LocalExchange, endpoint: Endpoint, request: Request, now_ms: int) -> Call:
    """Check a request. Raises ApiError with Binance's code for whatever is wrong with it."""
    if endpoint.security is Security.PUBLIC:
        pairs = pairs_of(request.query, request.body)
        return Call(checked(pairs, endpoint.required, endpoint.accepted), now_ms)
    key = known_key(exchange, request.api_key)
    payload, signature = split_signature(request.query, request.body)
    given = checked(pairs_of(request.query, request.body), endpoint.required, endpoint.accepted)
    prove(key, given, payload, signature, now_ms)
    _refuse_without_right(exchange.rights_of(key.account), endpoint)
    return Call(given, now_ms, key.account)


def known_key(exchange: LocalExchange, api_key: str) -> ApiKey:
    """Give the key that was sent. Raises ApiError when it is none of ours."""
    if not api_key:
        raise ApiError(-2014, "API-key format invalid.", 401)
    key = exchange.keys.find(api_key)
    if key is None:
        code, text = (-2014, "API-key format invalid.") if len(api_key) < _SHORTEST_KEY else _UNKNOWN_KEY
        raise ApiError(code, text, 401)
    return key


def prove(key: ApiKey, given: Parameters, payload: str, signature: str, now_ms: int) -> None:
    """Return when time stamp and signature are right. Raises ApiError otherwise."""
    timestamp_ms = given.whole("timestamp")
    for name, value in (("timestamp", timestamp_ms), ("signature", signature)):
        if not value:
            text = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
            raise ApiError(-1102, text)
    window_ms = given.whole("recvWindow") or DEFAULT_WINDOW_MS
    problem = window_problem(timestamp_ms or 0, window_ms, now_ms)
    if problem is not None:
        raise ApiError(*problem)
    if not key.signed(payload, signature):
        raise ApiError(-1022, "Signature for this request is not valid.")


def _refuse_without_right(rights: Rights, endpoint: Endpoint) -> None:
    """Return when the key may do this. Raises ApiError with Binance's words otherwise."""
    # every signed endpoint that is no GET is about orders
    allowed = rights.reading if endpoint.method == "GET" else rights.trading
    if not allowed:
        raise ApiError(*_UNKNOWN_KEY, 401)


def _refusal(verdict: Verdict, headers: Mapping[str, str]) -> Reply:
    headers = {**headers, "retry-after": str(verdict.retry_after_s)}
    text = "Too much request weight used; current limit is exceeded. Please use WebSocket Streams instead."
    if verdict.until_ms:
        text = f"Way too much request weight used; IP banned until {verdict.until_ms}."
    return error_reply(ApiError(-1003, text, verdict.status), headers)
