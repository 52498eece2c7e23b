"""The venue's order rules, asked for rarely and kept."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from powertrader.core.exceptions import AccessRefused, Rejected, RetryLater
from powertrader.core.trading_client import TradingClient
from powertrader.models.instrument import Instrument
from powertrader.trader.sizing import smallest_quantity

PAIRS_MAX_AGE: Final = timedelta(hours=1)


class PairRules:
    """Every pair by symbol; asked for again after an hour, the last answer is kept on a failure."""

    def __init__(self, client: TradingClient) -> None:
        """Ask this venue."""
        self._client = client
        self._asked_at: datetime | None = None
        self._pairs: Mapping[str, Instrument] = {}
        self._smallest: dict[str, Decimal] = {}
        self._least_values: dict[str, float] = {}

    def refresh(self, now: datetime) -> bool:
        """Bring the rules up to date; tell whether any are known."""
        # a clock that was set back must not keep old rules in force
        if self._asked_at is None or not timedelta() <= now - self._asked_at < PAIRS_MAX_AGE:
            try:
                pairs = self._client.get_instruments()
            except AccessRefused:
                raise
            except (RetryLater, Rejected):
                return bool(self._pairs)
            if not pairs:
                # No venue trades nothing: an empty answer is none, and would stop every exit for an hour.
                return bool(self._pairs)
            self._asked_at = now
            if pairs == self._pairs:
                return True
            self._pairs = dict(pairs)
            self._smallest = {symbol: smallest_quantity(pair) for symbol, pair in pairs.items()}
            self._least_values = {symbol: float(pair.min_notional) for symbol, pair in pairs.items()}
        return True

    def expire(self) -> None:
        """Have the rules asked for anew, because an order was refused that kept the known ones."""
        self._asked_at = None

    def get(self, symbol: str) -> Instrument | None:
        """Give the rules of a pair, None when the venue does not list it."""
        return self._pairs.get(symbol)

    def is_dust(self, symbol: str, quantity: Decimal) -> bool:
        """Tell whether a quantity is too small to be sold; never so for a pair without rules."""
        smallest = self._smallest.get(symbol)
        return smallest is not None and quantity < smallest

    def smallest_order(self, symbol: str) -> float:
        """Give the least value of an order in the quote asset, 0.0 for a pair without rules."""
        return self._least_values.get(symbol, 0.0)

    def is_tradable(self, symbol: str) -> bool:
        """Tell whether the venue lists the pair and trades it now."""
        pair = self._pairs.get(symbol)
        return pair is not None and pair.tradable
