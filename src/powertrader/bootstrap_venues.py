"""The composition root of the venues: which of them is asked for what, by settings and trading mode.

Trader, thinker and trainer get their clients here, so that all share one request budget for each
venue and one market time.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from powertrader.core.budget_window import ALLOWANCES, BudgetLimits
from powertrader.core.clock import Clock
from powertrader.core.config import TradingConfig
from powertrader.core.credentials import BinanceCredentials, CredentialSources, account_name_of
from powertrader.core.exceptions import ConfigError
from powertrader.core.market_client import PagedMarketClient
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.core.retry import RetryPolicy
from powertrader.core.shared_budget import SharedBudget
from powertrader.core.trading_client import RestingOrderClient
from powertrader.core.venue_credentials import VenueCredentials
from powertrader.core.venue_note import VenueNote
from powertrader.exchanges import ccxt_library
from powertrader.exchanges.binance import BinanceTradingClient
from powertrader.exchanges.binance_market import BinanceMarketClient
from powertrader.exchanges.binance_rights import BinanceKeyCheck
from powertrader.exchanges.binance_session import READ_RETRIES, BinanceSession, BinanceVenue
from powertrader.exchanges.binance_stream import UserStream
from powertrader.exchanges.ccxt_exchange import CcxtMarketClient
from powertrader.exchanges.ccxt_library import CcxtVenue
from powertrader.exchanges.ccxt_session import CcxtSession
from powertrader.exchanges.ccxt_trading import CcxtTradingClient
from powertrader.exchanges.kucoin import ADDRESS, RETRIES, KuCoinMarketClient, KuCoinVenue
from powertrader.exchanges.local_clock import LocalClock
from powertrader.models.instrument import Instrument
from powertrader.models.types import Environment

ONCE: Final = RetryPolicy(max_tries=1)
"""For a worker that repeats its steps anyway."""

CCXT: Final = "ccxt:"
_REAL_HOSTS: Final = frozenset({"live", "paper"})
"""Modes that ask the real venue."""


@dataclass(frozen=True, slots=True)
class VenueContext:
    """What clients are made from: wall paces and signs requests, market says which candles have closed."""

    config: TradingConfig
    paths: HomePaths
    wall: Clock
    market: Clock
    redactor: Redactor


@dataclass(frozen=True, slots=True)
class BrokerAccount:
    """A client for orders, and a short name of its account that shows nothing of the key."""

    client: RestingOrderClient
    name: str


def budget_of(venue: str, context: VenueContext, mode: Environment = "live") -> SharedBudget:
    """Give the budget that all processes of a home share for a venue, such as binance or ccxt:kraken.

    A venue counts what comes from one address, through ccxt or not; Binance's demo and testnet are
    hosts of their own. Raises ConfigError when ccxt is needed and not there.
    """
    section = context.config.exchange
    name = venue.removeprefix(CCXT)
    weight, window_s = ALLOWANCES.get(name) or ccxt_library.allowance(name)
    limits = BudgetLimits(weight, window_s, section.slow_down_pct, section.stop_pct)
    return SharedBudget(context.paths.request_budget(_host_of(venue, context, mode)), context.wall, limits)


def _note_of(venue: str, context: VenueContext, mode: Environment = "live") -> VenueNote:
    host = _host_of(venue, context, mode)
    return VenueNote(context.paths, host, context.wall, context.redactor.redact)


def _host_of(venue: str, context: VenueContext, mode: Environment) -> str:
    name = venue.removeprefix(CCXT)
    host = "local" if context.config.exchange.url else mode
    return name if host in _REAL_HOSTS else f"{name}-{host}"


def market_client(context: VenueContext, retries: RetryPolicy | None = None) -> PagedMarketClient:
    """Give the client of the venue that candles come from: exchange.candles_from.

    Candles are those of the real market in every mode: a testnet forgets its own each month.
    retries: how a failed request is repeated, else as the client does it; ONCE for a caller that has
    something else to do meanwhile.
    """
    return _market_client_of(context.config.exchange.candles_from, context, "live", retries)


def quote_source(context: VenueContext, retries: RetryPolicy | None = None) -> PagedMarketClient:
    """Give the public client of the venue that takes the orders: its prices are those that are paid."""
    config = context.config
    return _market_client_of(config.exchange.broker, context, config.trading.mode, retries)


def broker_account(context: VenueContext) -> BrokerAccount:
    """Give the account of trading.mode at exchange.broker.

    Raises ConfigError when its keys are missing, or the mode has no account at this venue.
    """
    config = context.config
    mode, venue = config.trading.mode, config.exchange.broker
    if mode == "paper":
        msg = "trading.mode is paper: a paper account has no keys"
        raise ConfigError(msg)
    if venue == "binance":
        keys = _binance_keys(context)
        session = _binance_session(context, mode, keys, None)
        return BrokerAccount(BinanceTradingClient(session, config.trading.quote_asset), keys.account)
    if mode != "live":
        msg = f"trading.mode was {mode}, {venue} has none; set exchange.broker=binance or trading.mode=paper"
        raise ConfigError(msg)
    secrets = VenueCredentials.load(venue.removeprefix(CCXT), os.environ, context.redactor)
    client = CcxtTradingClient(_ccxt_session(venue, context, secrets, None))
    return BrokerAccount(client, account_name_of(secrets.api_key.reveal()))


@dataclass(frozen=True, slots=True)
class ExaminedAccount:
    """An account that is looked at and never traded with. check is None where a venue tells no rights."""

    client: RestingOrderClient
    check: BinanceKeyCheck | None


def examined_account(context: VenueContext, keys: BinanceCredentials) -> ExaminedAccount:
    """Give what looks at the Binance account of some keys, which asks everything only once."""
    config = context.config
    session = _binance_session(context, config.trading.mode, keys, ONCE)
    client = BinanceTradingClient(session, config.trading.quote_asset)
    return ExaminedAccount(client, BinanceKeyCheck(session, config.trading.mode))


def user_stream(context: VenueContext, wake: Callable[[], None]) -> UserStream:
    """Give what calls wake when Binance tells that something happened to the account; open it with `with`.

    Raises ConfigError when the keys are missing.
    """
    # a session of its own: the stream is read in another thread
    session = _binance_session(context, context.config.trading.mode, _binance_keys(context), None)
    return UserStream(session, wake)


def _binance_keys(context: VenueContext) -> BinanceCredentials:
    return BinanceCredentials.load(
        CredentialSources.standard(context.paths, context.config.trading.mode), context.redactor
    )


def pair_rules(context: VenueContext) -> Mapping[str, Instrument]:
    """Give the order rules of exchange.broker, which are public; a paper account trades by them."""
    venue, asset = context.config.exchange.broker, context.config.trading.quote_asset
    if venue == "binance":
        session = _binance_session(context, context.config.trading.mode, None, None)
        return BinanceTradingClient(session, asset).get_instruments()
    return CcxtTradingClient(_ccxt_session(venue, context, None, None)).get_instruments()


def market_clock_of(config: TradingConfig, wall: Clock) -> Clock:
    """Give the market's time: the wall clock's, or that of the local exchange of exchange.url.

    Raises RetryLater when the local exchange does not answer, BadData when it is none.
    """
    return LocalClock(config.exchange.url, wall) if config.exchange.url else wall


def follower_of(market: Clock) -> Callable[[], None]:
    """Give what keeps a market's time right before each step; only that of a local exchange can be wrong."""
    return market.follow if isinstance(market, LocalClock) else _nothing


def _nothing() -> None:
    """Leave everything as it is."""


def _market_client_of(
    venue: str, context: VenueContext, mode: Environment, retries: RetryPolicy | None
) -> PagedMarketClient:
    section, asset = context.config.exchange, context.config.trading.quote_asset
    if venue == "binance":
        session = _binance_session(context, mode, None, retries)
        return BinanceMarketClient(session, asset, context.market)
    if venue == "kucoin":
        where = KuCoinVenue(section.url or ADDRESS, asset, section.timeout_s, retries or RETRIES)
        budget, note = budget_of(venue, context), _note_of(venue, context)
        return KuCoinMarketClient(where, budget, context.wall, context.market, note)
    return CcxtMarketClient(_ccxt_session(venue, context, None, retries), context.market)


def _binance_session(
    context: VenueContext, mode: Environment, keys: BinanceCredentials | None, retries: RetryPolicy | None
) -> BinanceSession:
    where = BinanceVenue(mode, context.config.exchange, retries or READ_RETRIES)
    budget, note = budget_of("binance", context, mode), _note_of("binance", context, mode)
    return BinanceSession(where, keys, budget, context.wall, note)


def _ccxt_session(
    venue: str, context: VenueContext, keys: VenueCredentials | None, retries: RetryPolicy | None
) -> CcxtSession:
    section, asset = context.config.exchange, context.config.trading.quote_asset
    where = CcxtVenue(
        venue.removeprefix(CCXT), section.url, asset, section.timeout_s, retries or ccxt_library.RETRIES
    )
    return CcxtSession(where, keys, budget_of(venue, context), context.wall, _note_of(venue, context))
