"""The market by pairs, as orders meet it."""

from collections.abc import Mapping
from datetime import datetime

from powertrader.models.account import Quote
from powertrader.simexchange.markets import CandleMarket
from powertrader.simexchange.symbol_rules import SymbolRules


class PairMarket:
    """A candle market whose coins are traded as pairs with rules."""

    def __init__(self, market: CandleMarket, rules: Mapping[str, SymbolRules]) -> None:
        """Give every coin of the market the rules of its pair."""
        self._market = market
        self._rules = rules

    def symbols(self) -> Mapping[str, SymbolRules]:
        """Give every pair and its rules."""
        return self._rules

    def quote(self, symbol: str) -> Quote | None:
        """Give the best prices, None while nobody trades the pair."""
        return self._market.quote(self._rules[symbol].coin)

    def extremes(self, symbol: str, since: datetime, until: datetime) -> tuple[float, float] | None:
        """Give lowest and highest price of the candles that closed after since and by until, None without."""
        return self._market.extremes(self._rules[symbol].coin, since, until)

    def volume(self, symbol: str) -> float:
        """Give how many coins were traded in the newest closed candle."""
        return self._market.volume(self._rules[symbol].coin)
