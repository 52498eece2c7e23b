"""One price call for all coins, shared by everybody who needs prices at about the same time."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from powertrader.core.clock import Clock
from powertrader.core.market_client import QuoteSource
from powertrader.models.account import Quote
from powertrader.models.types import CoinSymbol


class SharedQuotes:
    """A quote source that asks another one, for all coins it was ever asked for, as rarely as it can.

    Quotes are given again while they are at most max_age_s old by the wall clock; a coin that is new is
    asked for at once, together with all others.
    """

    def __init__(self, source: QuoteSource, wall: Clock, max_age_s: float) -> None:
        """Ask nothing yet."""
        self._source = source
        self._wall = wall
        self._max_age_s = max_age_s
        self._coins: dict[CoinSymbol, None] = {}
        self._quotes: Mapping[CoinSymbol, Quote] = {}
        self._asked_at: datetime | None = None

    def get_quotes(self, coins: Iterable[CoinSymbol]) -> Mapping[CoinSymbol, Quote]:
        """Give the quotes of these coins; one without a price is left out. Raises what the source raises."""
        wanted = tuple(coins)
        if not self._has(wanted):
            self._coins.update(dict.fromkeys(wanted))
            self._asked_at = None  # what fails must not leave old prices behind
            # the time before asking: a price is at least as old as its answer took
            now = self._wall.now()
            self._quotes = self._source.get_quotes(tuple(self._coins))
            self._asked_at = now
        return {coin: self._quotes[coin] for coin in wanted if coin in self._quotes}

    def _has(self, wanted: Iterable[CoinSymbol]) -> bool:
        if self._asked_at is None or any(coin not in self._coins for coin in wanted):
            return False
        return 0 <= (self._wall.now() - self._asked_at).total_seconds() <= self._max_age_s
