"""The port to candles page by page, for whoever keeps what was downloaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from powertrader.models.candle_rows import CandleRow
from powertrader.models.timeframe import CandleLength, Timeframe
from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True)
class Paging:
    """How the whole history of a venue is read.

    rows: most candles in a page. enough: pages are read from the newest back for as long as each has so
    many rows; 0: all there is, from the first candle on.
    """

    rows: int
    enough: int


class CandlePager(Protocol):
    """Where candles come from page by page."""

    def paging(self) -> Paging:
        """Tell how the whole history is read."""
        ...

    def candle_page(
        self, coin: CoinSymbol, timeframe: CandleLength, opened: range
    ) -> Sequence[CandleRow | None]:
        """Give the rows that opened within seconds, oldest first, also those still running.

        None is a row that holds no candle. opened is at most a page long. Raises BadData when the venue has
        no such candles, RetryLater when it could not be asked.
        """
        ...

    def first_open_s(self, coin: CoinSymbol, timeframe: Timeframe) -> int:
        """Give when the oldest candle opened, 0 where the venue does not tell. Raises as candle_page."""
        ...
