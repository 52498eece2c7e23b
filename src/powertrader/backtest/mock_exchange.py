"""A venue made of past candles, with the interface of a live one: what backtests trade at."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from powertrader.core.clock import ManualClock
from powertrader.exchanges.paper import PaperTerms, PaperTradingClient
from powertrader.market.replay import ReplayMarket
from powertrader.models.account import Quote
from powertrader.models.types import CoinSymbol


class StepMarket:
    """The quotes of the present step: prices are asked once and used by all.

    last_bid: the newest known bid of each coin, for valuing what is held while it has no price.
    """

    def __init__(self, market: ReplayMarket) -> None:
        """Start before the first step, without prices."""
        self.market = market
        self.quotes: Mapping[CoinSymbol, Quote] = {}
        self.last_bid: dict[CoinSymbol, float] = {}

    def look(self) -> Mapping[CoinSymbol, Quote]:
        """Ask the market for the prices of this step."""
        self.quotes = self.market.get_quotes(self.market.coins)
        self.last_bid.update({coin: quote.bid for coin, quote in self.quotes.items()})
        return self.quotes

    def get_quotes(self, coins: Iterable[CoinSymbol]) -> Mapping[CoinSymbol, Quote]:
        """Give the quotes of these coins as of this step."""
        return {coin: self.quotes[coin] for coin in coins if coin in self.quotes}


class MockExchange(PaperTradingClient):
    """A RestingOrderClient on candles, whose time goes on only when it is told to.

    Orders take from the quotes of the present step, or rest and meet the candles that open later: filled
    whole, in part as far as the volume goes, or not at all; post-only orders that would take are
    refused, and what lives for a time only is canceled then. The fill model is that of paper and of the
    local exchange; nothing is random, so the same orders at the same times get the same answers.
    """

    def __init__(
        self, market: ReplayMarket, clock: ManualClock, terms: PaperTerms, balances: Mapping[str, Decimal]
    ) -> None:
        """Open an account with these free balances; clock is the market's, whose volumes count.

        The present prices are seen at once.
        """
        self.market = market
        self.clock = clock
        self.quotes = StepMarket(market)
        self.quotes.look()
        terms = replace(terms, volume=market.volume, traded=market.traded)
        super().__init__(self.quotes, terms, clock, balances)

    def advance(self, moment: datetime) -> Mapping[CoinSymbol, Quote]:
        """Go on to a time: what rests meets the candles until then; gives each coin's bid and ask there.

        Raises ValueError when the time would go back.
        """
        self.clock.move_to(moment)
        quotes = self.quotes.look()
        self._meet_market()
        return quotes
