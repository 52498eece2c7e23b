"""What Binance's public prices, candles and time mean. Source: design/EXCHANGE.md section 2."""

import math
from typing import Final

from powertrader.core.exceptions import BadData
from powertrader.exchanges.binance_wire_fields import fields_of, rows_of, whole
from powertrader.models.account import Quote
from powertrader.models.candle_rows import CandleRow

_MS_PER_S: Final = 1000
_ROW_FIELDS: Final = 6
_MOST_MS: Final = 1 << 53


def server_time_s(content: object) -> float:
    """Give Binance's time in seconds since 1970. Raises BadData."""
    return whole(fields_of(content, "time"), "serverTime") / _MS_PER_S


def quotes_of(content: object) -> dict[str, Quote]:
    """Give the best prices of one ticker or a list of them by symbol; a pair without prices is left out.

    Raises BadData when the reply is neither.
    """
    rows = [content] if isinstance(content, dict) else rows_of(content, "bookTicker")
    found = {str(row.get("symbol")): _quote(row) for row in rows if isinstance(row, dict)}
    return {symbol: quote for symbol, quote in found.items() if quote is not None}


def candle_rows(content: object, closed_by_s: float, interval_s: int) -> list[CandleRow | None]:
    """Give the rows of a page newest first; None for each that is still running or no candle.

    Binance sends them oldest first, times in milliseconds. Raises BadData when the page is no list.
    """
    rows = [_candle_row(row) for row in rows_of(content, "klines")]
    closed = [row if row and row[0] + interval_s <= closed_by_s else None for row in rows]
    return closed[::-1]


def first_open_ms(content: object) -> int | None:
    """Give when the oldest row of a page opened, None for an empty page.

    Raises BadData when the row does not say: the page before it cannot be asked for.
    """
    rows = rows_of(content, "klines")
    if not rows:
        return None
    oldest = rows[0]
    open_ms = oldest[0] if isinstance(oldest, list) and oldest else None
    if isinstance(open_ms, bool) or not isinstance(open_ms, int) or not 0 <= open_ms <= _MOST_MS:
        msg = f"open time of Binance's oldest candle was {str(open_ms)[:40]!r}, must be milliseconds"
        raise BadData(msg)
    return open_ms


def _candle_row(row: object) -> CandleRow | None:
    if not isinstance(row, list) or len(row) < _ROW_FIELDS:
        return None
    numbers = [value for field in row[:_ROW_FIELDS] if (value := _float(field)) is not None]
    if len(numbers) != _ROW_FIELDS:
        return None
    open_ms, open_, high, low, close, volume = numbers
    if open_ms % _MS_PER_S or not 0 < open_ms <= _MOST_MS:
        return None
    if not 0 < low <= min(open_, close) or high < max(open_, close) or volume < 0:
        return None
    return open_ms // _MS_PER_S, open_, high, low, close, volume


def _quote(row: dict[str, object]) -> Quote | None:
    bid, ask = _float(row.get("bidPrice")), _float(row.get("askPrice"))
    return Quote(bid, ask) if bid and ask and bid > 0 and ask > 0 else None


def _float(field: object) -> float | None:
    if isinstance(field, bool) or not isinstance(field, str | int | float):
        return None
    try:
        value = float(field)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None
