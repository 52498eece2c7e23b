"""What is known of a coin's candles: a stretch of time without a hole in the knowledge, grown at its ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from powertrader.core.candle_pages import Paging
from powertrader.models.candle import CandleHistory, Candles
from powertrader.models.candle_rows import CandleRow
from powertrader.models.types import BoolArray, FloatArray, IntArray

OVERLAP: Final = 10
"""So many candles are asked for once more with the new ones, to see whether it is the same market."""
_CELLS: Final = 6
_NOTHING: Final = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class CandleBook:
    """Every candle that opened from from_s on and before until_s, and the rows that count without being one.

    table (6, N): open time in seconds, open, high, low, close, volume of closed candles, oldest first.
    odd_s (M,), rising: where rows stood that were still running or could not be read. begins: the venue has
    nothing older. Nothing is known yet while from_s equals until_s. paging: how the venue was read.
    """

    interval_s: int
    paging: Paging
    table: FloatArray
    odd_s: IntArray
    from_s: int
    until_s: int
    begins: bool = False

    @classmethod
    def empty(cls, interval_s: int, paging: Paging, at_s: int, *, begins: bool = False) -> Self:
        """Know nothing, and begin at a time."""
        return cls(interval_s, paging, np.empty((_CELLS, 0)), _NOTHING, at_s, at_s, begins)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was asked for yet."""
        return self.from_s >= self.until_s

    @property
    def as_of_s(self) -> int:
        """The newest moment of which everything that had closed is known."""
        return self.until_s + self.interval_s - 1

    def next_news_s(self) -> int:
        """Give from when on a venue can have a row that is not known: when the next candle closes.

        A candle that begins in the very second of the last answer is news a second later.
        """
        if not self.table.shape[1]:
            return self.until_s + self.interval_s
        closes_s = self._open_from(self.until_s) + self.interval_s
        return min(closes_s, self._open_from(self.as_of_s) + 1)

    def _open_from(self, time_s: int) -> int:
        """Give when the first candle opens at a time or later."""
        newest_s = int(self.table[0, -1])
        return newest_s - (newest_s - time_s) // self.interval_s * self.interval_s

    def with_page(self, opened: range, page: Sequence[CandleRow | None], as_of_s: int) -> Self:
        """Give the book with what a venue says of a stretch that touches what is known.

        page: oldest first; what had not closed at as_of_s counts as running. The page replaces what was
        known of the stretch.
        """
        table, odd_s = _sorted_out(page, opened, self.interval_s, as_of_s)
        keeps, odd_keeps = (~_inside(times, opened) for times in (self.table[0], self.odd_s))
        joined = np.concatenate((self.table[:, keeps], table), axis=1)
        stop_s = min(opened.stop, as_of_s - self.interval_s + 1)
        if opened.stop >= as_of_s:
            stop_s = min(stop_s, self._believed_s(joined[0], odd_s))
        if self.is_empty:
            from_s, until_s = opened.start, max(stop_s, opened.start)
        else:
            from_s, until_s = min(self.from_s, opened.start), max(self.until_s, stop_s)
        return replace(
            self,
            table=np.ascontiguousarray(joined[:, np.argsort(joined[0], kind="stable")]),
            odd_s=np.sort(np.concatenate((self.odd_s[odd_keeps], odd_s))),
            from_s=from_s,
            until_s=until_s,
        )

    def _believed_s(self, *opened_s: FloatArray | IntArray) -> int:
        """Give the end of what a venue can be believed to have told of.

        Nothing in many candles may mean that this computer's clock is ahead: those are asked for again.
        """
        newest = [int(times.max()) for times in opened_s if len(times)]
        return max(newest) + OVERLAP * self.interval_s if newest else 0

    def count(self, opened: range) -> int:
        """Count the rows that opened within a stretch, as the venue would give them."""
        return int(_inside(self.table[0], opened).sum() + _inside(self.odd_s, opened).sum())

    def history(self, opened: range, empty_pages: int) -> CandleHistory:
        """Give the candles of a stretch that had closed when it ended, with the original's row numbers.

        empty_pages: pages without rows that were read, each of which counts as a row.
        """
        times = self.table[0].astype(np.int64)
        inside = _inside(times, opened)
        closed = inside & (times + self.interval_s <= opened.stop)
        rows = np.sort(np.concatenate((times[inside], self.odd_s[_inside(self.odd_s, opened)])))
        older = np.searchsorted(rows, times[closed], side="right")
        numbers = (len(rows) - older).astype(np.int64)
        return CandleHistory(self._candles(closed), numbers, len(rows) + empty_pages)

    def unlike(self, opened: range, page: Sequence[CandleRow | None]) -> bool:
        """Tell whether a page shows another market: of the candles known before, most have other prices."""
        known = {int(time_s): prices for time_s, *prices, _ in self.table[:, self._recent(opened)].T.tolist()}
        given = {int(time_s): prices for time_s, *prices, _ in filter(None, page)}
        differing = sum(given.get(time_s) != prices for time_s, prices in known.items())
        return bool(differing * 2 > len(known))

    def _recent(self, opened: range) -> BoolArray:
        return _inside(self.table[0], range(opened.start, min(opened.stop, self.until_s)))

    def _candles(self, which: BoolArray) -> Candles:
        times, opens, highs, lows, closes, volumes = np.ascontiguousarray(self.table[:, which])
        return Candles(times.astype(np.int64), opens, highs, lows, closes, volumes, self.interval_s)


def _inside(times: FloatArray | IntArray, opened: range) -> BoolArray:
    return np.asarray((times >= opened.start) & (times < opened.stop))


def _sorted_out(
    page: Sequence[CandleRow | None], opened: range, interval_s: int, as_of_s: int
) -> tuple[FloatArray, IntArray]:
    """Divide a page into closed candles and the places of all other rows."""
    candles: list[CandleRow] = []
    odd: list[int] = []
    place_s = opened.start - interval_s
    for row in page:
        if row is None:
            # a row that cannot be read stands where its order puts it
            place_s = min(place_s + interval_s, opened.stop - 1)
            odd.append(max(place_s, opened.start))
            continue
        repeated = bool(candles) and row[0] <= candles[-1][0]
        place_s = int(row[0])
        if repeated or place_s + interval_s > as_of_s:
            odd.append(place_s)
        else:
            candles.append(row)
    table = np.array(candles, dtype=np.float64).reshape(len(candles), _CELLS).T
    return table, np.array(odd, dtype=np.int64)
