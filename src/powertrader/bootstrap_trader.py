"""The composition root of the trader: by the trading mode it gets its venue, its ledger and its files."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from powertrader.bootstrap_venues import (
    ONCE,
    VenueContext,
    broker_account,
    market_clock_of,
    pair_rules,
    quote_source,
    user_stream,
)
from powertrader.core.clock import Clock, ScaledClock
from powertrader.core.command_box import CommandBox
from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import BadData
from powertrader.core.exported_ledger import ExportedLedger
from powertrader.core.mailbox import Mailbox
from powertrader.core.market_client import MarketDataClient, QuoteSource
from powertrader.core.original_exports import OriginalExports
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.core.shared_quotes import SharedQuotes
from powertrader.core.storage import FileStore
from powertrader.core.trading_client import TradingClient
from powertrader.exchanges.paper import PaperTerms, PaperTradingClient
from powertrader.exchanges.paper_file import PaperFile
from powertrader.exchanges.paper_volume import HourlyVolume
from powertrader.models.money import decimal_of
from powertrader.models.signal import SignalView
from powertrader.models.types import CoinSymbol
from powertrader.persistence.ledger_file import LedgerFile, open_ledger
from powertrader.trader.desk import Patience, Ports
from powertrader.trader.outlets import Identity, TraderOutlets
from powertrader.trader.session import Session

PAPER_ACCOUNT: Final = "default"
_QUOTE_AGE_SHARE: Final = 0.5
"""A price is used again for at most this share of a step, so that each step asks once."""
_OLDEST_QUOTE_S: Final = 2.0
"""However rare the steps are: one that is woken, or sells by hand, acts on present prices."""
_MS_PER_S: Final = 1000
_CLOCK_SKEW_S: Final = 1.0
"""How far another worker's clock may be ahead, in seconds of the wall clock."""
_FUTURE_ADVICE: Final = "a clock was moved, or the local exchange restarted; start thinker and trader again"


@dataclass(frozen=True, slots=True)
class TraderSetup:
    """What a trader is made from: settings, folders, and what keeps keys out of texts."""

    config: TradingConfig
    paths: HomePaths
    redactor: Redactor
    wall: Clock


@dataclass(frozen=True, slots=True)
class Trader:
    """A trader that holds its ledger."""

    identity: Identity
    session: Session
    client: TradingClient
    quotes: QuoteSource
    ledger: LedgerFile
    commands: CommandBox
    outlets: TraderOutlets
    wall: Clock


def oldest_quote_s(config: TradingConfig) -> float:
    """Give how old a price may be that is used again, in seconds of the wall clock."""
    return min(config.trader.step_s * _QUOTE_AGE_SHARE, _OLDEST_QUOTE_S)


def late_s(config: TradingConfig) -> float:
    """Give how long after it was sent a real venue may still take an order; a local one takes it at once."""
    return 0.0 if config.exchange.url else config.exchange.recv_window_ms / _MS_PER_S


def account_name(setup: TraderSetup) -> str:
    """Give the name of the account whose ledger is meant: of paper, or of the keys at hand.

    Raises ConfigError when the mode needs keys and there are none.
    """
    if setup.config.trading.mode == "paper":
        return PAPER_ACCOUNT
    return broker_account(_context(setup, setup.wall)).name


def commands_of(paths: HomePaths, identity: Identity) -> CommandBox:
    """Give the folder in which the trader of an identity finds its commands."""
    store = FileStore(paths.data)
    return CommandBox(paths.commands(identity.mode, identity.account), store, Mailbox(store, paths))


@contextmanager
def open_trader(setup: TraderSetup) -> Iterator[Trader]:
    """Wire a trader and hold its ledger for as long as the block runs; no step is done yet.

    Raises ConfigError when another process holds the ledger or something is missing for the mode, and
    what the venue raises when it cannot be asked. Never takes another mode instead.
    """
    config, paths = setup.config, setup.paths
    store = FileStore(paths.data)
    market = market_clock_of(config, setup.wall)
    context = _context(setup, market)
    prices = quote_source(context, ONCE)
    quotes = SharedQuotes(prices, setup.wall, oldest_quote_s(config))
    client, account = _client(context, prices, quotes)
    identity = Identity(config.trading.mode, account, config.trading.quote_asset)
    with open_ledger(paths.ledger(identity.mode, account), store) as ledger:
        exports = OriginalExports(paths, store, f"{identity.mode}-{account}")
        exports.start(ledger)
        journal = ExportedLedger(ledger, exports)
        ports = Ports(client, quotes, _signals(config, paths, market), journal, market, setup.wall)
        patience = Patience.of(config.trader, real=identity.mode != "paper", late_s=late_s(config))
        session = Session(ports, config.trading.compat, patience, identity.quote_asset)
        outlets = TraderOutlets(identity, paths, store, exports)
        commands = commands_of(paths, identity)
        yield Trader(identity, session, client, quotes, ledger, commands, outlets, setup.wall)


def hints(setup: TraderSetup, identity: Identity, wake: Callable[[], None]) -> AbstractContextManager[object]:
    """Give what calls wake whenever the venue tells that something happened to the account, while it is open.

    Nothing does on paper, at other venues than Binance, and without exchange.user_stream.
    """
    config = setup.config
    if identity.mode == "paper" or config.exchange.broker != "binance" or not config.exchange.user_stream:
        return nullcontext()
    return user_stream(_context(setup, setup.wall), wake)


def _context(setup: TraderSetup, market: Clock) -> VenueContext:
    return VenueContext(setup.config, setup.paths, setup.wall, market, setup.redactor)


def _client(
    context: VenueContext, prices: MarketDataClient, quotes: QuoteSource
) -> tuple[TradingClient, str]:
    """Give who takes the orders in the trading mode, and the name of the account."""
    config = context.config
    if config.trading.mode != "paper":
        broker = broker_account(context)
        return broker.client, broker.name
    quote_asset = config.trading.quote_asset
    volume = HourlyVolume(prices, context.market)
    terms = PaperTerms(pair_rules(context), config.costs.model, quote_asset, volume)
    file = PaperFile(context.paths.paper_account(PAPER_ACCOUNT), FileStore(context.paths.data))
    opening = {quote_asset: decimal_of(config.paper.start_quote)}
    return PaperTradingClient(quotes, terms, context.market, opening, file), PAPER_ACCOUNT


def _signals(
    config: TradingConfig, paths: HomePaths, market: Clock
) -> Callable[[CoinSymbol], SignalView | None]:
    """Give what reads a coin's signal; one that is too old is none.

    Ages are those of the wall clock: where the market runs faster than time, they are longer by as much.
    """
    mailbox = Mailbox(FileStore(paths.data), paths)
    rate = market.rate if isinstance(market, ScaledClock) else 1.0
    oldest = timedelta(seconds=config.trader.signal_max_age_s * rate)
    ahead = timedelta(seconds=_CLOCK_SKEW_S * rate)

    def signal_of(coin: CoinSymbol) -> SignalView | None:
        signal = mailbox.read_signal(coin)
        age = timedelta() if signal is None else market.now() - signal.made_at
        if age < -ahead:
            # the same words each time, so that they are told once
            msg = f"the signal of {coin} is from the future: {_FUTURE_ADVICE}"
            raise BadData(msg)
        return None if signal is None or age > oldest else signal.view

    return signal_of
