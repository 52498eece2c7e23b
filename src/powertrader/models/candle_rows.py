"""From the rows of a download, counted as the original counts them, to closed candles."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np

from powertrader.models.candle import Candle, CandleHistory, Candles

CandleRow: TypeAlias = tuple[float, float, float, float, float, float]
"""Open time in seconds, open, high, low, close, volume."""


def history_of_rows(rows: Sequence[CandleRow | None], interval_s: int) -> CandleHistory:
    """Give the candles of downloaded rows, newest first, each with its row number.

    None is a row that counts without being a closed candle: a running or unreadable one, or the page that
    was empty. A row that is not older than the candle before it counts as unreadable: venues repeat rows
    at the edges of pages.
    Source: golden/BEHAVIOUR.md section 1.2 (Q2, Q4, Q17).
    """
    numbers: list[int] = []
    kept: list[CandleRow] = []
    for number, row in enumerate(rows):
        if row is not None and not (kept and row[0] >= kept[-1][0]):
            numbers.append(number)
            kept.append(row)
    table = np.array(kept[::-1], dtype=np.float64).reshape(len(kept), 6)
    times, opens, highs, lows, closes, volumes = np.ascontiguousarray(table.T)
    candles = Candles(times.astype(np.int64), opens, highs, lows, closes, volumes, interval_s)
    return CandleHistory(candles, np.array(numbers[::-1], dtype=np.int64), len(rows))


def newest_of_rows(rows: Iterable[CandleRow | None]) -> Candle | None:
    """Give the newest candle of rows in any order, None when none of them is a closed candle."""
    closed = [row for row in rows if row is not None]
    if not closed:
        return None
    time_s, *values = max(closed)
    return Candle(int(time_s), *values)
