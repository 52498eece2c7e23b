"""What Binance's refusals mean for the caller: one of our errors for each reaction.

Source: design/EXCHANGE.md section 4.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import orjson

from powertrader.core.exceptions import (
    AccessRefused,
    ExchangeError,
    FilterRejected,
    InsufficientFundsError,
    OrderUnknown,
    PairRefused,
    PostOnlyRejected,
    RateLimitError,
    Rejected,
    RetryLater,
)
from powertrader.exchanges.wire_values import plain

ORDERS_PAUSE_S: Final = 10.0
"""Binance counts orders in windows of 10 s."""
WINDOW_S: Final = 60.0
"""Binance counts request weight in minutes."""
BAN_S: Final = 120.0
"""The shortest ban; the longest is three days."""
FIREWALL_S: Final = 300.0
_LONGEST_S: Final = 3 * 86_400.0
_SHORTEST_S: Final = 1.0
_MS_PER_S: Final = 1000

_CLIENT_ERROR: Final = range(400, 500)
_FORBIDDEN: Final = 403
_BANNED: Final = 418
_TOO_MANY: Final = 429
_NOT_HERE: Final = 451

CLOCK: Final = -1021
_TOO_MUCH_WEIGHT: Final = -1003
_TOO_MANY_ORDERS: Final = -1015
_FILTER: Final = -1013
_NEW_ORDER_REJECTED: Final = -2010
_CANCEL_REJECTED: Final = -2011
_NOT_FOUND: Final = frozenset({-2013, -2026})
_UNANSWERED: Final = frozenset({-1000, -1001, -1004, -1006, -1007, -1008, -1016})
"""Binance itself does not know, or did not say, whether it carried the request out."""
_NO_ACCESS: Final = frozenset({-1002, -1022, -2008, -2014, -2015})
_BAD_PARAMETER: Final = range(-1199, -1099)

_BAN_END: Final = re.compile(r"banned until (\d{12,14})\b")
_FILTER_NAME: Final = re.compile(r"Filter failure: ([A-Z_]+)")


class CallKind(StrEnum):
    """Whether sending a call again could do harm."""

    READ = "read"
    ORDER = "order"


class ClockRefused(RetryLater):
    """The request's time stamp was too far from Binance's time; nothing was done."""


class OrderNotFound(Rejected):
    """Binance knows no such order, or has put it away unexecuted."""


class CancelRefused(Rejected):
    """Binance has no open order that could be canceled."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What came instead of an answer. code is Binance's own, None when the body holds none."""

    status: int
    code: int | None = None
    message: str = ""
    retry_after: str = ""


def refusal_of(status: int, body: bytes, headers: Mapping[str, str]) -> Refusal:
    """Read a reply that is no answer, whatever it holds."""
    retry_after = headers.get("Retry-After", "")
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = None
    if not isinstance(content, dict):
        return Refusal(status, None, "", retry_after)
    code = content.get("code")
    is_code = isinstance(code, int) and not isinstance(code, bool) and code < 0
    return Refusal(status, code if is_code else None, plain(content.get("msg")), retry_after)


def error_of(refusal: Refusal, kind: CallKind, subject: str, now: datetime) -> ExchangeError:
    """Give the error that says what must happen next; subject names what was asked for.

    now: the present time, which a ban that is given by its end is counted from.
    """
    told = f"{refusal.code} {refusal.message!r}" if refusal.code is not None else f"HTTP {refusal.status}"
    text = f"{subject}: Binance answered {told}"
    return (
        _pause(refusal, text, now)
        or (_nothing_said(refusal, kind, text) if _is_unanswered(refusal, kind) else None)
        or _by_code(refusal, kind, text)
    )


def unanswered(kind: CallKind, text: str) -> ExchangeError:
    """Give the error of a call that was sent and got no answer that can be read."""
    if kind is CallKind.ORDER:
        return OrderUnknown(f"{text}; whether the order exists must be looked up by its client id")
    return RetryLater(text)


def address_pause_s(error: ExchangeError, refusal: Refusal) -> float | None:
    """Give how long every process on this address must rest, None when they need not."""
    if isinstance(error, AccessRefused):
        return error.retry_after_s
    if isinstance(error, RateLimitError) and refusal.code != _TOO_MANY_ORDERS:
        return error.retry_after_s
    return None


def _pause(refusal: Refusal, text: str, now: datetime) -> ExchangeError | None:
    if refusal.status == _BANNED:
        wait_s = _wait_s(refusal, now, BAN_S)
        return AccessRefused(f"{text}; this address is banned for {wait_s:.0f} s", wait_s)
    if refusal.code == _TOO_MANY_ORDERS:
        return RateLimitError(f"{text}; too many orders", ORDERS_PAUSE_S)
    if refusal.status == _TOO_MANY or refusal.code == _TOO_MUCH_WEIGHT:
        wait_s = _wait_s(refusal, now, WINDOW_S)
        return RateLimitError(f"{text}; too many requests, wait {wait_s:.0f} s", wait_s)
    if refusal.status == _NOT_HERE:
        return AccessRefused(f"{text}; Binance does not serve this region")
    return None


def _wait_s(refusal: Refusal, now: datetime, otherwise_s: float) -> float:
    """Give the longer of what the header and the message ask for, within what Binance really does."""
    asked = [_seconds(refusal.retry_after)]
    ban_end = _BAN_END.search(refusal.message)
    if ban_end:
        asked.append(int(ban_end.group(1)) / _MS_PER_S - now.timestamp())
    known = [wait_s for wait_s in asked if wait_s is not None]
    return min(max(known, default=otherwise_s), _LONGEST_S) if max(known, default=0) > 0 else otherwise_s


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return max(seconds, _SHORTEST_S) if math.isfinite(seconds) else None


def _is_unanswered(refusal: Refusal, kind: CallKind) -> bool:
    if refusal.code in _UNANSWERED or refusal.status not in _CLIENT_ERROR:
        return True
    return refusal.code is None and (kind is CallKind.ORDER or refusal.status == _FORBIDDEN)


def _nothing_said(refusal: Refusal, kind: CallKind, text: str) -> ExchangeError:
    if refusal.status == _FORBIDDEN and kind is CallKind.READ:
        return RateLimitError(f"{text}; its firewall wants a rest of {FIREWALL_S:.0f} s", FIREWALL_S)
    return unanswered(kind, text)


def _by_code(refusal: Refusal, kind: CallKind, text: str) -> ExchangeError:
    code = refusal.code
    if code is None:
        # only reads come here: for an order no code means no answer
        return PairRefused(f"{text}; the address or the request is not known there")
    if code in _NO_ACCESS:
        return AccessRefused(f"{text}; {_ACCESS_HINTS.get(code, _KEY_HINT)}")
    if code == CLOCK:
        return ClockRefused(f"{text}; this computer's clock and Binance's differ too much")
    if code in _NOT_FOUND:
        return OrderNotFound(text)
    if code == _CANCEL_REJECTED:
        return CancelRefused(text)
    return _order_refusal(refusal, kind, text)


def _order_refusal(refusal: Refusal, kind: CallKind, text: str) -> ExchangeError:
    code = refusal.code or 0
    if code == _FILTER:
        found = _FILTER_NAME.search(refusal.message)
        return FilterRejected(f"{text}; rule {found.group(1)}" if found else text)
    if code in _BAD_PARAMETER:
        return PairRefused(f"{text}; Binance does not take this pair or this parameter")
    if code == _NEW_ORDER_REJECTED:
        for words, error in _REJECTIONS:
            if words in refusal.message.lower():
                return unanswered(kind, text) if error is OrderUnknown else error(text)
    return Rejected(text)


_KEY_HINT: Final = "check the API key, its permissions and its list of addresses"
_ACCESS_HINTS: Final[Mapping[int, str]] = {
    -1022: "the signature is wrong: check the API secret or the private key",
    -2014: "the API key has the wrong form: copy it again",
}
_REJECTIONS: Final[tuple[tuple[str, type[ExchangeError]], ...]] = (
    ("insufficient balance", InsufficientFundsError),
    ("duplicate order sent", OrderUnknown),
    ("would immediately match", PostOnlyRejected),
    ("disabled on this account", AccessRefused),
    ("account may not place", AccessRefused),
    ("trading is not enabled", AccessRefused),
    ("not permitted for this account", PairRefused),
    ("restricted for this account", PairRefused),
    ("market is closed", FilterRejected),
    ("order type is not supported", PairRefused),
    ("orders are not supported", PairRefused),
)
"""What the text of -2010 says, in lower case, and what follows from it."""
