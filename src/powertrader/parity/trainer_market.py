"""The candle requests of a recorded trainer run, and what they say about closed candles."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from powertrader.core.original_format import parse_number
from powertrader.models.candle import CandleHistory
from powertrader.models.candle_rows import CandleRow, history_of_rows
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import CoinSymbol

ROWS_PER_PAGE: Final = 1500
_FULL_PAGE: Final = 1000
_FIELDS: Final = 5
STAGES: Final = 3


class RecordedHistory:
    """The market stand-in of golden/FORMAT.md: pages of rows, failing requests, a stop file that appears."""

    def __init__(self, klines: Mapping[str, Sequence[Sequence[str]]], run: Mapping[str, Any]) -> None:
        """Serve the candles of a case during one of its runs."""
        self._rows: Final = {timeframe: list(dated_rows(rows)) for timeframe, rows in klines.items()}
        self._now: Final[int] = run["now"]
        self._failing: Final = {int(number) for number in run.get("kline_errors", {})}
        self._killer_after: Final[int | None] = run.get("killer_after_kline_call")
        self._pages: Final[dict[Timeframe, list[list[Sequence[str]]]]] = {}

    def history(self, coin: CoinSymbol, timeframe: Timeframe) -> CandleHistory:
        """Give the closed candles with the rows as the original counts them (BEHAVIOUR.md 1.2)."""
        del coin
        rows = [_values(row) for page in self._pages_of(timeframe) for row in (page or [()])]
        return history_of_rows(_with_falling_times(rows, timeframe), timeframe.seconds)

    def requests_of_stages(self, timeframes: Sequence[Timeframe]) -> Iterator[bool]:
        """Go through the stages as the original downloads; tell whether the stop file is there by then."""
        answered = 0
        for timeframe in timeframes:
            for stage in range(STAGES):
                for _ in self._pages_of(Timeframe.HOUR_1 if stage == 0 else timeframe):
                    answered += 1
                    while answered in self._failing:
                        answered += 1
                yield self._killer_after is not None and answered >= self._killer_after

    def _pages_of(self, timeframe: Timeframe) -> list[list[Sequence[str]]]:
        if timeframe not in self._pages:
            self._pages[timeframe] = list(self._download(timeframe))
        return self._pages[timeframe]

    def _download(self, timeframe: Timeframe) -> Iterator[list[Sequence[str]]]:
        end = self._now
        while True:
            start = end - ROWS_PER_PAGE * timeframe.seconds
            page = [row for time_s, row in self._rows[timeframe] if start <= time_s < end][:ROWS_PER_PAGE]
            yield page
            end = start
            if len(page) < _FULL_PAGE or end <= 0:
                return


def dated_rows(rows: Sequence[Sequence[str]]) -> Iterator[tuple[float, Sequence[str]]]:
    """Put a time beside each row; one whose time cannot be read lies beside the row after it."""
    known = [parse_number(row[0]) for row in rows]
    following = next((time_s for time_s in known if time_s is not None), 0.0)
    for time_s, row in zip(known, rows, strict=True):
        following = following if time_s is None else time_s
        yield following, row


def _values(row: Sequence[str]) -> CandleRow | None:
    """Give a row as it is trained on; None when one of its numbers cannot be read (Q4, Q17)."""
    values = [parse_number(text) for text in row[:_FIELDS]]
    known = [value for value in values if value is not None]
    if len(known) != _FIELDS:
        return None
    time_s, open_, close, high, low = known
    return time_s, open_, high, low, close, 0.0


def _with_falling_times(rows: Sequence[CandleRow | None], timeframe: Timeframe) -> list[CandleRow | None]:
    """Give the rows with times that candles may have; the trainer goes by the order of the rows alone."""
    times = np.array([row[0] for row in rows if row is not None])
    if bool(np.all(np.isfinite(times))) and bool(np.all(np.diff(times) <= -1)):
        return list(rows)
    count = len(rows)
    return [
        None if row is None else ((count - number) * timeframe.seconds, *row[1:])
        for number, row in enumerate(rows)
    ]
