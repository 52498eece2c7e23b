"""A venue on a market that a test moves by hand, with one account."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from powertrader.core.clock import ManualClock
from powertrader.models.account import Quote
from powertrader.models.costs import CostModel
from powertrader.simexchange.order_requests import pair_of, request_of
from powertrader.simexchange.orders import Order, OrderKey, Placed, PlacedPair
from powertrader.simexchange.sim_market import VenueTerms
from powertrader.simexchange.state import VenueState
from powertrader.simexchange.symbol_rules import PercentRule, SymbolRules, usual_rules
from powertrader.simexchange.venue import Venue

START = datetime(2024, 5, 1, tzinfo=UTC)
BTC = "BTCUSDT"
COSTS = CostModel(maker_pct=0.1, taker_pct=0.2, spread_pct=0.0, slippage_pct=0.0, slippage_tiers=())
TERMS = VenueTerms(COSTS)
ACCOUNT = "main"


@dataclass(frozen=True, slots=True)
class Closed:
    """A candle that closed: when, and its lowest and highest price."""

    at: datetime
    low: float
    high: float


@dataclass(slots=True)
class HandMarket:
    """Quotes and candles that a test sets."""

    clock: ManualClock
    rules: dict[str, SymbolRules] = field(default_factory=dict)
    quotes: dict[str, Quote] = field(default_factory=dict)
    closed: list[Closed] = field(default_factory=list)
    coins: float = 1_000.0

    def symbols(self) -> Mapping[str, SymbolRules]:
        """Give the rules of every pair."""
        return self.rules

    def quote(self, symbol: str) -> Quote | None:
        """Give what a test set. Raises KeyError for a pair that is not listed."""
        return self.quotes.get(self.rules[symbol].symbol)

    def extremes(self, symbol: str, since: datetime, until: datetime) -> tuple[float, float] | None:
        """Give the extremes of the candles that closed meanwhile; only BTC has candles."""
        seen = [one for one in self.closed if symbol == BTC and since < one.at <= until]
        return (min(one.low for one in seen), max(one.high for one in seen)) if seen else None

    def volume(self, _symbol: str) -> float:
        """Give the same volume for every pair."""
        return self.coins

    def move(self, low: float, high: float, close: float) -> None:
        """Let an hour pass in which the price of BTC moved."""
        self.clock.sleep(3_600)
        self.closed.append(Closed(self.clock.now(), low, high))
        self.quotes[BTC] = Quote(close, close)


@dataclass(slots=True)
class Stage:
    """A venue, its market and its clock."""

    venue: Venue
    market: HandMarket
    clock: ManualClock

    def place(self, **values: str) -> Placed:
        """Place an order with Binance's parameters; BTCUSDT unless another symbol is given."""
        return self.venue.place(ACCOUNT, request_of({"symbol": BTC, **values}))

    def market_order(self, side: str, quantity: str) -> Placed:
        """Place a market order."""
        return self.place(side=side, type="MARKET", quantity=quantity)

    def limit(self, side: str, quantity: str, price: str, time_in_force: str = "GTC") -> Placed:
        """Place a limit order."""
        return self.place(side=side, type="LIMIT", quantity=quantity, price=price, timeInForce=time_in_force)

    def pair(self, **values: str) -> PlacedPair:
        """Place an order list with Binance's parameters."""
        return self.venue.place_pair(ACCOUNT, pair_of({"symbol": BTC, **values}))

    def order(self, order: Order) -> Order:
        """Give an order as it is now."""
        return self.venue.order(ACCOUNT, OrderKey(order.symbol, order.order_id))

    def free(self, asset: str) -> Decimal:
        """Give how much of an asset is free."""
        return self._amounts(asset)[0]

    def locked(self, asset: str) -> Decimal:
        """Give how much of an asset is locked."""
        return self._amounts(asset)[1]

    def use(self, rules: SymbolRules) -> None:
        """Trade a pair by other rules."""
        self.market.rules[rules.symbol] = rules

    def _amounts(self, asset: str) -> tuple[Decimal, Decimal]:
        held = {one.asset: (one.free, one.locked) for one in self.venue.balances(ACCOUNT)}
        return held.get(asset, (Decimal(0), Decimal(0)))


def hand_market(price: float = 100.0) -> HandMarket:
    """Give a market where BTC, ETH and BNB cost the same."""
    names = ("BTC", "ETH", "BNB")
    far = PercentRule(Decimal(100), Decimal("0.01"), Decimal(100), Decimal("0.01"))
    rules = {f"{coin}USDT": replace(usual_rules(coin, "USDT", price), percent=far) for coin in names}
    return HandMarket(ManualClock(START), rules, {symbol: Quote(price, price) for symbol in rules})


def stage(
    market: HandMarket | None = None,
    folder: Path | None = None,
    terms: VenueTerms = TERMS,
    **deposits: str,
) -> Stage:
    """Give a venue whose account holds the deposits, by asset."""
    market = market or hand_market()
    venue = Venue(market, market.clock, terms, VenueState(folder))
    for asset, amount in deposits.items():
        venue.deposit(ACCOUNT, asset, Decimal(amount))
    return Stage(venue, market, market.clock)
