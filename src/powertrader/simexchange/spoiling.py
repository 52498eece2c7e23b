"""How faults change what happens to a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from powertrader.models.money import decimal_of
from powertrader.simexchange.endpoints import Request
from powertrader.simexchange.faults import Fault, FaultRule
from powertrader.simexchange.local_exchange import LocalExchange
from powertrader.simexchange.replies import ApiError, Reply, error_reply, json_reply, page_reply
from powertrader.simexchange.routes import is_kucoin, respond
from powertrader.simexchange.wire import raw_reply


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection ends after these bytes; without any it is reset."""

    last_words: bytes = b""


ERROR_TEXTS: Final[Mapping[int, str]] = {
    -1000: "An unknown error occurred while processing the request.",
    -1001: "Internal error; unable to process your request. Please try again.",
    -1002: "You are not authorized to execute this request.",
    -1003: "Too much request weight used; current limit is exceeded.",
    -1006: "An unexpected response was received from the message bus. Execution status unknown.",
    -1007: "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
    -1008: "Server is currently overloaded with other requests. Please try again in a few minutes.",
    -1013: "Market is closed.",
    -1015: "Too many new orders; current limit is 100 orders per TEN_SECONDS.",
    -1021: "Timestamp for this request is outside of the recvWindow.",
    -1022: "Signature for this request is not valid.",
    -1121: "Invalid symbol.",
    -2010: "Account has insufficient balance for requested action.",
    -2011: "Unknown order sent.",
    -2013: "Order does not exist.",
    -2014: "API-key format invalid.",
    -2015: "Invalid API-key, IP, or permissions for action.",
    -2026: "Order was canceled or expired with no executed qty over 90 days ago and has been archived.",
}
"""Binance's own words for its codes."""

_STATUS_CODES: Final[Mapping[int, int]] = {429: -1003, 418: -1003, 401: -2015, 403: -2015, 503: -1008}
_SERVER_TROUBLE: Final = 500


async def outcome(
    exchange: LocalExchange, request: Request, symbol: str, struck: Sequence[FaultRule]
) -> Reply | Cut:
    """Give what becomes of a request that rules strike, after whatever delay they ask for."""
    for rule in struck:
        early = None if rule.after_acceptance else _before(request, rule)
        if early is not None:
            return early
    _prepare(exchange, symbol, struck)
    skew_ms = sum(int(rule.value) for rule in struck if rule.fault is Fault.CLOCK_SKEW)
    reply = respond(exchange, request, skew_ms)
    _leave_dust(exchange, request, symbol, struck)
    delay_s = sum(rule.value for rule in struck if rule.fault is Fault.DELAY)
    await exchange.pause(delay_s)
    result: Reply | Cut = reply
    for rule in struck:
        if rule.after_acceptance and isinstance(result, Reply):
            result = _after(request, rule, result)
    return result


def _before(request: Request, rule: FaultRule) -> Reply | Cut | None:
    """Give what a rule does to a request that is not carried out, None when the rule lets it pass."""
    if rule.fault is Fault.REFUSE:
        return Cut()
    return _false_reply(request, rule)


def _after(request: Request, rule: FaultRule, reply: Reply) -> Reply | Cut:
    """Give what a rule makes of the reply to a request that was carried out."""
    if rule.fault is Fault.LOSE_REPLY:
        return Cut()
    if rule.fault is Fault.TRUNCATE:
        return Cut(raw_reply(reply, int(rule.value)))
    return _false_reply(request, rule) or reply


def _false_reply(request: Request, rule: FaultRule) -> Reply | None:
    """Give the reply that a rule puts in the place of the true one, None when it has none."""
    value = int(rule.value)
    headers = {"retry-after": str(rule.retry_after_s)} if rule.retry_after_s else {}
    if rule.fault is Fault.NON_JSON:
        return page_reply(value)
    if rule.fault is Fault.STATUS:
        code = _STATUS_CODES.get(value, -1001 if value >= _SERVER_TROUBLE else -1000)
        return _worded(request, code, value, headers)
    if rule.fault is Fault.ERROR:
        return _worded(request, value, 400, headers)
    return None


def _worded(request: Request, code: int, status: int, headers: Mapping[str, str]) -> Reply:
    text = ERROR_TEXTS.get(code, "A rule of the local exchange refused this request.")
    if is_kucoin(request.path):
        stated = "429000" if status == 429 else str(abs(code))  # noqa: PLR2004  the HTTP status
        return json_reply({"code": stated, "msg": text}, status, headers)
    return error_reply(ApiError(code, text, status), headers)


def _prepare(exchange: LocalExchange, symbol: str, struck: Sequence[FaultRule]) -> None:
    for rule in struck:
        if rule.fault is Fault.PARTIAL_THEN_EXPIRED and symbol in exchange.pairs:
            exchange.venue.expire_next(symbol, decimal_of(rule.value))


def _leave_dust(exchange: LocalExchange, request: Request, symbol: str, struck: Sequence[FaultRule]) -> None:
    key = exchange.keys.find(request.api_key)
    for rule in struck:
        if rule.fault is Fault.DUST and key is not None and symbol in exchange.pairs:
            exchange.venue.deposit(key.account, exchange.pairs[symbol], decimal_of(rule.value))
