"""What Binance's public prices, candles and time mean. Source: design/EXCHANGE.md section 2."""

from typing import Final

from powertrader.exchanges.binance_wire_fields import fields_of, rows_of, whole
from powertrader.exchanges.wire_values import finite, quote_from
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
    found = {
        str(row.get("symbol")): quote_from(row.get("bidPrice"), row.get("askPrice"))
        for row in rows
        if isinstance(row, dict)
    }
    return {symbol: quote for symbol, quote in found.items() if quote is not None}


def candle_rows(content: object, closed_by_s: float, interval_s: int) -> list[CandleRow | None]:
    """Give the rows of a page as they came, oldest first; None for each that is still running or no candle.

    Raises BadData when the page is no list.
    """
    rows = [_candle_row(row) for row in rows_of(content, "klines")]
    return [row if row and row[0] + interval_s <= closed_by_s else None for row in rows]


def next_open_ms(content: object) -> int:
    """Give the first millisecond after the newest candle of a page opened, 0 for a page that has none."""
    first = [row[0] for row in rows_of(content, "klines") if isinstance(row, list) and row]
    opened = [ms for ms in first if isinstance(ms, int) and not isinstance(ms, bool) and 0 <= ms <= _MOST_MS]
    return max(opened) + 1 if opened else 0


def _candle_row(row: object) -> CandleRow | None:
    if not isinstance(row, list) or len(row) < _ROW_FIELDS:
        return None
    numbers = [value for field in row[:_ROW_FIELDS] if (value := finite(field)) is not None]
    if len(numbers) != _ROW_FIELDS:
        return None
    open_ms, open_, high, low, close, volume = numbers
    if open_ms % _MS_PER_S or not 0 < open_ms <= _MOST_MS:
        return None
    if not 0 < low <= min(open_, close) or high < max(open_, close) or volume < 0:
        return None
    return open_ms // _MS_PER_S, open_, high, low, close, volume
