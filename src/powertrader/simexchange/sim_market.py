"""The market that the local exchange's orders meet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol

from powertrader.models.account import Quote
from powertrader.models.costs import CostModel
from powertrader.models.money import decimal_of
from powertrader.simexchange.accounts import BNB
from powertrader.simexchange.depth import BookTerms
from powertrader.simexchange.symbol_rules import SymbolRules

_USUAL_BNB_PRICE: Final = Decimal(600)
_QUIET_VALUE: Final = 10_000.0


class SimMarket(Protocol):
    """The prices that orders meet."""

    def symbols(self) -> Mapping[str, SymbolRules]:
        """Give every pair and its rules."""
        ...

    def quote(self, symbol: str) -> Quote | None:
        """Give the best prices of a listed pair, None while nobody trades it."""
        ...

    def extremes(self, symbol: str, since: datetime, until: datetime) -> tuple[float, float] | None:
        """Give lowest and highest price of the candles that closed after since and by until, None without."""
        ...

    def volume(self, symbol: str) -> float:
        """Give how many coins were traded in the newest closed candle, 0 when that is not known."""
        ...


@dataclass(frozen=True, slots=True)
class VenueTerms:
    """What trading costs, and how the order book is made.

    bnb_price: what a BNB is worth in fees where it is not traded. quiet_value: what counts as traded, in
    the quote asset, in a candle that says nothing of it.
    """

    costs: CostModel = field(default_factory=CostModel)
    seed: int = 1
    bnb_price: Decimal = _USUAL_BNB_PRICE
    quiet_value: float = _QUIET_VALUE


@dataclass(frozen=True, slots=True)
class PricedMarket:
    """A market with what the order book needs beside its prices."""

    market: SimMarket
    terms: VenueTerms

    def bnb_price(self, quote_asset: str) -> Decimal:
        """Give what a BNB is worth, for fees."""
        symbol = f"{BNB}{quote_asset}"
        quote = self.market.quote(symbol) if symbol in self.market.symbols() else None
        return self.terms.bnb_price if quote is None else decimal_of(quote.bid)

    def volume(self, symbol: str, quote: Quote) -> float:
        """Give how many coins are traded in a candle."""
        return self.market.volume(symbol) or self.terms.quiet_value / quote.ask

    def book_terms(self, rules: SymbolRules, quote: Quote) -> BookTerms:
        """Give what the book of a pair is made of."""
        return BookTerms(rules, self.terms.costs, self.volume(rules.symbol, quote), self.terms.seed)
