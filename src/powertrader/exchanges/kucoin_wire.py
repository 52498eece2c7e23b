"""What KuCoin's public replies mean. Source: design/EXCHANGE.md section 1."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from powertrader.core.exceptions import AccessRefused, BadData, RateLimitError, RetryLater
from powertrader.exchanges.wire_values import finite, plain, quote_from
from powertrader.models.account import Quote
from powertrader.models.candle_rows import CandleRow

SUCCESS: Final = "200000"
OVERLOADED: Final = "429000"
OVERLOAD_PAUSE_S: Final = 1.0
"""The servers are overloaded for a moment; a pause that grows would only lose time."""

_PAUSES_S: Final[Mapping[str, float]] = {OVERLOADED: OVERLOAD_PAUSE_S, "200002": 10.0}
_WINDOW_S: Final = 30.0
"""KuCoin's limits are counted in windows of 30 s, and Cloudflare's block lasts as long."""
_TOO_MANY: Final = 429
_FORBIDDEN: Final = 403
_NOT_HERE: Final = 451
_CLOUDFLARE: Final = re.compile(rb"error code: 1015|\b1015\b", re.IGNORECASE)
_REGION: Final = re.compile(r"4003\d\d|400500")
_ROW_FIELDS: Final = 6


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP reply as it came."""

    status: int
    body: bytes


def content_of(reply: Reply, subject: str) -> Any:  # noqa: ANN401  parsed JSON; the functions below give it types
    """Give what is inside the envelope of a reply; subject names what was asked for.

    Raises RateLimitError or RetryLater when asking again may work, AccessRefused when KuCoin serves nobody
    here, BadData when it has no such thing or the reply makes no sense.
    """
    try:
        envelope = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        raise _without_envelope(reply, subject) from None
    if not isinstance(envelope, dict) or "code" not in envelope:
        raise _without_envelope(reply, subject)
    code = str(envelope["code"])
    if code == SUCCESS:
        return envelope.get("data")
    message = f"{subject}: KuCoin answered {plain(code)} {plain(envelope.get('msg'))!r}"
    raise _refusal(code, reply.status, message)


def candle_rows(
    content: object, opened: range, closed_by_s: float, interval_s: int
) -> list[CandleRow | None]:
    """Give the rows of a page as they came, newest first; None for each that is no closed candle.

    opened: the seconds at which a candle may have opened. A row that is still running, cannot be read, has
    opened at another time, or holds a price that nobody can pay, is no closed candle.
    Raises BadData when the page is no list.
    """
    if not isinstance(content, list):
        msg = f"candles were {type(content).__name__}, expected a list of rows"
        raise BadData(msg)
    rows = [_candle_row(row) for row in content]
    return [
        row if row and int(row[0]) in opened and row[0] + interval_s <= closed_by_s else None for row in rows
    ]


def unreadable(content: Sequence[object]) -> int:
    """Count the rows that hold no candle, closed or not."""
    return sum(_candle_row(row) is None for row in content)


def quote_of(content: object) -> Quote | None:
    """Give the best prices of a level-1 reply, None when there are none."""
    return _quote(content, "bestBid", "bestAsk")


def quotes_of(content: object) -> dict[str, Quote]:
    """Give the best prices of every pair, by the name of the pair; a pair without prices is left out.

    Raises BadData when the reply is no list of tickers.
    """
    tickers = content.get("ticker") if isinstance(content, dict) else None
    if not isinstance(tickers, list):
        msg = "the reply to allTickers has no list named ticker"
        raise BadData(msg)
    found = {
        str(ticker.get("symbol")): _quote(ticker, "buy", "sell")
        for ticker in tickers
        if isinstance(ticker, dict)
    }
    return {pair: quote for pair, quote in found.items() if quote is not None}


def _refusal(code: str, status: int, message: str) -> Exception:
    if code in _PAUSES_S:
        return RateLimitError(f"{message}; too many requests", _PAUSES_S[code])
    if status == _TOO_MANY:
        return RateLimitError(f"{message}; too many requests", _WINDOW_S)
    if _REGION.fullmatch(code):
        return AccessRefused(f"{message}; KuCoin does not serve this region or wants proof of identity")
    if code.startswith("400"):
        return BadData(f"{message}; check that KuCoin trades the pair")
    return RetryLater(message)


def _without_envelope(reply: Reply, subject: str) -> Exception:
    message = f"{subject}: KuCoin answered HTTP {reply.status} without a reply that can be read"
    if _CLOUDFLARE.search(reply.body[:100_000]) or reply.status in (_TOO_MANY, _FORBIDDEN):
        return RateLimitError(f"{message}; too many requests", _WINDOW_S)
    if reply.status == _NOT_HERE:
        return AccessRefused(f"{message}; KuCoin does not serve this region")
    return RetryLater(message)


def _candle_row(row: object) -> CandleRow | None:
    """Read time, open, close, high, low, volume: the close stands before the high."""
    if not isinstance(row, list) or len(row) < _ROW_FIELDS:
        return None
    numbers = [number for field in row[:_ROW_FIELDS] if (number := finite(field)) is not None]
    if len(numbers) != _ROW_FIELDS:
        return None
    time_s, open_, close, high, low, volume = numbers
    if not time_s.is_integer() or min(open_, close, low) <= 0 or high < low or volume < 0:
        return None
    return time_s, open_, high, low, close, volume


def _quote(ticker: object, bid_name: str, ask_name: str) -> Quote | None:
    if not isinstance(ticker, dict):
        return None
    return quote_from(ticker.get(bid_name), ticker.get(ask_name))
