"""How many coin-steps per second the trader's session does with given signals and no files."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Final

from powertrader.core.clock import ManualClock
from powertrader.core.ledger import MemoryLedger
from powertrader.models.account import Account, Balance, Quote
from powertrader.models.instrument import Instrument
from powertrader.models.order import OrderIntent, OrderReport, OrderState, Side
from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.trader.desk import Ports
from powertrader.trader.session import Session
from tests.bench.registry import bench

COINS: Final = tuple(f"C{number:02d}" for number in range(50))
STEPS: Final = 2_000
START: Final = datetime(2024, 1, 1, tzinfo=UTC)
RULES: Final = TradingRules(COINS, start_allocation_pct=0.5, max_dca_buys_per_24h=2)


class Venue:
    """Fills every order at once at the present quote; the account is built anew for every question."""

    def __init__(self) -> None:
        self.free = {"USDT": Decimal(100_000), **{coin: Decimal(0) for coin in COINS}}
        self.pairs = {
            f"{coin}USDT": Instrument(f"{coin}USDT", coin, Decimal("0.0001"), min_notional=Decimal(5))
            for coin in COINS
        }
        self.quotes: dict[str, Quote] = {}
        self.orders = 0

    def get_account(self) -> Account:
        return Account(tuple([Balance(asset, free) for asset, free in self.free.items()]))

    def get_instruments(self) -> Mapping[str, Instrument]:
        return self.pairs

    def get_instrument(self, symbol: str) -> Instrument | None:
        return self.pairs.get(symbol)

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        quotes = self.quotes
        return {coin: quotes[coin] for coin in coins}

    def place_order(self, intent: OrderIntent) -> OrderReport:
        self.orders += 1
        quote, buys = self.quotes[intent.coin], intent.side is Side.BUY
        value = intent.quantity * Decimal(repr(quote.ask if buys else quote.bid))
        self.free["USDT"] += -value if buys else value
        self.free[intent.coin] += intent.quantity if buys else -intent.quantity
        return OrderReport(
            str(self.orders),
            intent.client_order_id,
            intent.symbol,
            intent.side,
            OrderState.FILLED,
            intent.quantity,
            intent.quantity,
            value,
        )

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        return None

    def get_order_history(self, symbol: str) -> tuple[OrderReport, ...]:
        return ()


def quotes_at(step: int) -> dict[str, Quote]:
    """Give 50 prices that swing by 8 %, each coin at its own pace, with a spread of 0.02 %."""
    prices = {
        coin: 100.0 * (1 + 0.08 * math.sin(step / (40.0 + place) + place)) for place, coin in enumerate(COINS)
    }
    return {coin: Quote(price * 0.9999, price * 1.0001) for coin, price in prices.items()}


@bench(group="trader", what="session, 50 coins, signals given", unit="coin-steps/s", least=50_000)
def session_with_given_signals() -> float:
    """Measure steps in which positions open, trail, average down and close."""
    venue, clock = Venue(), ManualClock(START)
    path = [quotes_at(step) for step in range(STEPS)]
    signals = {coin: SignalView(3 if place % 2 else 2, 0) for place, coin in enumerate(COINS)}
    session = Session(Ports(venue, venue, signals.get, MemoryLedger(), clock))
    session.start()
    begin = perf_counter()
    for step in range(STEPS):
        venue.quotes = path[step]
        clock.move_to(START + timedelta(hours=step))
        session.step(RULES)
    elapsed = perf_counter() - begin
    assert len(session.book.trades) > STEPS // 10
    return STEPS * len(COINS) / elapsed
