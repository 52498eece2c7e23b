"""How many coin-steps per second the trader's session does with given signals and no files."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Final

from powertrader.core.clock import ManualClock
from powertrader.core.constants import QUOTE_ASSET
from powertrader.core.ledger import MemoryLedger
from powertrader.exchanges.paper import PaperTerms, PaperTradingClient, default_instruments
from powertrader.models.account import Quote
from powertrader.models.costs import CostModel
from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.trader.desk import Ports
from powertrader.trader.session import Session
from tests.bench.registry import bench

COINS: Final = tuple(f"C{number:02d}" for number in range(50))
STEPS: Final = 2_000
START: Final = datetime(2024, 1, 1, tzinfo=UTC)
RULES: Final = TradingRules(COINS, start_allocation_pct=0.5, max_dca_buys_per_24h=2)


class Prices:
    """Quotes of one moment after another."""

    def __init__(self) -> None:
        self.path = [quotes_at(step) for step in range(STEPS)]
        self.step = 0

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        """Give the quotes of the present step."""
        quotes = self.path[self.step]
        return {coin: quotes[coin] for coin in coins}


def quotes_at(step: int) -> dict[str, Quote]:
    """Give 50 prices that swing by 8 %, each coin at its own pace, with a spread of 0.02 %."""
    prices = {
        coin: 100.0 * (1 + 0.08 * math.sin(step / (40.0 + place) + place)) for place, coin in enumerate(COINS)
    }
    return {coin: Quote(price * 0.9999, price * 1.0001) for coin, price in prices.items()}


@bench(group="trader", what="session, 50 coins, signals given", unit="coin-steps/s", least=50_000)
def session_with_given_signals() -> float:
    """Measure steps on a paper account in which positions open, trail, average down and close."""
    prices, clock = Prices(), ManualClock(START)
    terms = PaperTerms(default_instruments(COINS, QUOTE_ASSET), CostModel(), QUOTE_ASSET)
    client = PaperTradingClient(prices, terms, clock, {QUOTE_ASSET: Decimal(100_000)})
    signals = {coin: SignalView(3 if place % 2 else 2, 0) for place, coin in enumerate(COINS)}
    session = Session(Ports(client, prices, signals.get, MemoryLedger(), clock))
    session.start()
    begin = perf_counter()
    for step in range(STEPS):
        prices.step = step
        clock.move_to(START + timedelta(hours=step))
        session.step(RULES)
    elapsed = perf_counter() - begin
    assert len(session.book.trades) > STEPS // 10
    return STEPS * len(COINS) / elapsed
