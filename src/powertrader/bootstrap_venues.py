"""Which venue is asked for what: the only file beside bootstrap that names a concrete exchange.

Trader, thinker and trainer get their clients here, so that all share one request budget for each
venue and one market time.
"""

from dataclasses import dataclass
from typing import Final

from powertrader.core.budget_window import BudgetLimits
from powertrader.core.clock import Clock
from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import ConfigError
from powertrader.core.market_client import MarketDataClient
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.core.retry import RetryPolicy
from powertrader.core.shared_budget import SharedBudget
from powertrader.exchanges.kucoin import ADDRESS, RETRIES, KuCoinMarketClient, KuCoinVenue
from powertrader.exchanges.local_clock import market_clock

ONCE: Final = RetryPolicy(max_tries=1)
"""For a worker that repeats its steps anyway."""
_REAL_VENUES: Final = frozenset({"live", "paper"})
"""Modes whose prices and limits are those of the real venue; demo and testnet have hosts of their own."""


@dataclass(frozen=True, slots=True)
class VenueContext:
    """What clients are made from: wall paces and signs requests, market says which candles have closed."""

    config: TradingConfig
    paths: HomePaths
    wall: Clock
    market: Clock
    redactor: Redactor


def budget_of(venue: str, context: VenueContext) -> SharedBudget:
    """Give the budget that all processes of a home share for a venue, such as binance or ccxt:kraken."""
    section = context.config.exchange
    weight, window_s = (2000, 30) if venue == "kucoin" else (6000, 60)
    limits = BudgetLimits(weight, window_s, section.slow_down_pct, section.stop_pct)
    host = "local" if section.url else context.config.trading.mode
    name = venue.replace(":", "-")
    if host not in _REAL_VENUES:
        name = f"{name}-{host}"
    return SharedBudget(context.paths.request_budget(name), context.wall, limits)


def market_client(context: VenueContext, retries: RetryPolicy | None = None) -> MarketDataClient:
    """Give the client of the venue that candles come from: exchange.candles_from.

    retries: how a failed request is repeated, else as the client does it; ONCE for a caller that has
    something else to do meanwhile.
    """
    return _market_client_of(context.config.exchange.candles_from, context, retries)


def quote_source(context: VenueContext, retries: RetryPolicy | None = None) -> MarketDataClient:
    """Give the public client of the venue that takes the orders: its prices are those that are paid."""
    return _market_client_of(context.config.exchange.broker, context, retries)


def _market_client_of(venue: str, context: VenueContext, retries: RetryPolicy | None) -> MarketDataClient:
    section = context.config.exchange
    if venue == "kucoin":
        asset = context.config.trading.quote_asset
        where = KuCoinVenue(section.url or ADDRESS, asset, section.timeout_s, retries or RETRIES)
        return KuCoinMarketClient(where, budget_of(venue, context), context.wall, context.market)
    msg = f"venue {venue!r} is not available"
    raise ConfigError(msg)


def market_clock_of(config: TradingConfig, wall: Clock) -> Clock:
    """Give the market's time: the wall clock's, or that of the local exchange of exchange.url.

    Raises RetryLater when the local exchange does not answer, BadData when it is none.
    """
    return market_clock(config.exchange.url, wall) if config.exchange.url else wall
