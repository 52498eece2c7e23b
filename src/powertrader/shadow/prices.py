"""The prices seen lately, to tell which ones the original may have used."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import NamedTuple

from powertrader.models.account import Quote
from powertrader.models.types import CoinSymbol


class PriceRange(NamedTuple):
    """The lowest and the highest ask of a time."""

    low: float
    high: float


class SeenPrices:
    """The asks of the last keep_s seconds of the computer's time, by coin."""

    def __init__(self, keep_s: float) -> None:
        """Know none yet."""
        self._keep_s = keep_s
        self._seen: dict[CoinSymbol, list[tuple[float, float]]] = {}

    def take(self, now_s: float, quotes: Mapping[CoinSymbol, Quote]) -> None:
        """Note quotes that were seen now."""
        for coin, quote in quotes.items():
            self.note(coin, now_s, quote.ask)

    def note(self, coin: CoinSymbol, at_s: float, ask: float) -> None:
        """Note one price; what is too old is forgotten."""
        seen = self._seen.setdefault(coin, [])
        seen.insert(bisect_right(seen, (at_s, ask)), (at_s, ask))
        oldest = bisect_left(seen, (at_s - self._keep_s, 0.0))
        if oldest > 1:
            # the one before the window stands for its beginning
            del seen[: oldest - 1]

    def between(self, coin: CoinSymbol, first_s: float, last_s: float) -> PriceRange | None:
        """Give the range of a time, with the price before and the one after it; None when one is missing."""
        seen = self._seen.get(coin, [])
        begin = bisect_right(seen, (first_s, float("inf"))) - 1
        end = bisect_left(seen, (last_s, 0.0))
        if begin < 0 or end >= len(seen):
            return None
        asks = [ask for _, ask in seen[begin : end + 1]]
        return PriceRange(min(asks), max(asks))
