"""The composition root of the trader: by the trading mode it gets its venue, its ledger and its files."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from powertrader.bootstrap_venues import (
    ONCE,
    VenueContext,
    broker_account,
    follower_of,
    market_clock_of,
    pair_rules,
    quote_source,
    user_stream,
)
from powertrader.core.account_claim import claim_account
from powertrader.core.clock import Clock
from powertrader.core.command_box import CommandBox, is_wish
from powertrader.core.config import TradingConfig
from powertrader.core.exported_ledger import ExportedLedger
from powertrader.core.folder_watch import FolderWatch
from powertrader.core.fresh_signals import FreshSignals
from powertrader.core.mailbox import Mailbox
from powertrader.core.market_client import MarketDataClient, QuoteSource
from powertrader.core.original_exports import OriginalExports
from powertrader.core.paths import HomePaths, account_lock
from powertrader.core.redaction import Redactor
from powertrader.core.shared_quotes import SharedQuotes
from powertrader.core.storage import FileStore
from powertrader.core.trading_client import TradingClient
from powertrader.exchanges.paper import PaperTerms, PaperTradingClient
from powertrader.exchanges.paper_file import PaperFile
from powertrader.exchanges.paper_volume import HourlyVolume
from powertrader.models.money import decimal_of
from powertrader.models.signal import Signal
from powertrader.persistence.ledger_file import LedgerFile, open_ledger
from powertrader.trader.desk import Patience, Ports
from powertrader.trader.news import HeardSignals
from powertrader.trader.outlets import Identity, TraderOutlets
from powertrader.trader.session import Session

PAPER_ACCOUNT: Final = "default"
_QUOTE_AGE_SHARE: Final = 0.5
"""A price is used again for at most this share of a step, so that each step asks once."""
_OLDEST_QUOTE_S: Final = 2.0
"""However rare the steps are: one that is woken, or sells by hand, acts on present prices."""
_MS_PER_S: Final = 1000


@dataclass(frozen=True, slots=True)
class TraderSetup:
    """What a trader is made from: settings, folders, and what keeps keys out of texts.

    heard is told each signal that the trader reads with other levels than before.
    """

    config: TradingConfig
    paths: HomePaths
    redactor: Redactor
    wall: Clock
    heard: Callable[[Signal], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Trader:
    """A trader that holds its ledger. follow keeps the market's time right; call it before each step."""

    identity: Identity
    session: Session
    client: TradingClient
    quotes: QuoteSource
    ledger: LedgerFile
    commands: CommandBox
    outlets: TraderOutlets
    wall: Clock
    signals: FreshSignals
    follow: Callable[[], None]


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


def other_ledgers(ledger: Path, identity: Identity) -> tuple[str, ...]:
    """Name the ledgers of other accounts in the same mode."""
    folders = sorted(ledger.parent.glob(f"{identity.mode}-*"))
    return tuple([one.name for one in folders if one.is_dir() and one != ledger and not one.suffix])


def commands_of(paths: HomePaths, identity: Identity) -> CommandBox:
    """Give the folder in which the trader of an identity finds its commands."""
    store = FileStore(paths.data)
    return CommandBox(paths.commands(identity.mode, identity.account), store, Mailbox(store, paths))


@contextmanager
def open_trader(setup: TraderSetup) -> Iterator[Trader]:
    """Wire a trader and hold its ledger for as long as the block runs; no step is done yet.

    Raises ConfigError when another process holds the ledger, another home trades the account or something
    is missing for the mode, and what the venue raises when it cannot be asked. Never takes another mode
    instead.
    """
    config, paths = setup.config, setup.paths
    store = FileStore(paths.data)
    market = market_clock_of(config, setup.wall)
    context = _context(setup, market)
    prices = quote_source(context, ONCE)
    quotes = SharedQuotes(prices, setup.wall, oldest_quote_s(config))
    client, account = _client(context, prices, quotes)
    identity = Identity(config.trading.mode, account, config.trading.quote_asset)
    with open_ledger(paths.ledger(identity.mode, account), store) as ledger, _claim(identity):
        exports = OriginalExports(paths, store, f"{identity.mode}-{account}")
        exports.start(ledger)
        journal = ExportedLedger(ledger, exports)
        mailbox = Mailbox(store, paths)
        signals = FreshSignals(mailbox, market, config.trader.signal_max_age_s)
        heard = HeardSignals(signals, mailbox.read_signal, setup.heard)
        ports = Ports(client, quotes, heard, journal, market, setup.wall)
        patience = Patience.of(config.trader, real=identity.mode != "paper", late_s=late_s(config))
        session = Session(ports, config.trading.compat, patience, identity.quote_asset)
        outlets = TraderOutlets(identity, paths, store, exports)
        commands = commands_of(paths, identity)
        follow = follower_of(market)
        yield Trader(
            identity, session, client, quotes, ledger, commands, outlets, setup.wall, signals, follow
        )


def hints(setup: TraderSetup, identity: Identity, wake: Callable[[], None]) -> AbstractContextManager[object]:
    """Give what calls wake whenever the venue tells that something happened to the account, while it is open.

    Nothing does on paper, at other venues than Binance, and without exchange.user_stream.
    """
    config = setup.config
    if identity.mode == "paper" or config.exchange.broker != "binance" or not config.exchange.user_stream:
        return nullcontext()
    return user_stream(_context(setup, setup.wall), wake)


def changes(
    setup: TraderSetup, identity: Identity, hint: Callable[[], None], wake: Callable[[], None]
) -> FolderWatch:
    """Give what calls hint when a signal says something new, wake when the user wants something.

    It does so while it is open. The thinker writes its report after the signals it is about, so one file
    tells of all coins.
    """
    report, commands = setup.paths.thinker_report, setup.paths.commands(identity.mode, identity.account)

    def look(path: Path) -> None:
        if path.parent.name == commands.name and is_wish(path):
            wake()
        elif path.name == report.name:
            hint()

    return FolderWatch([report.parent, commands], look)


def _claim(identity: Identity) -> AbstractContextManager[None]:
    """Give what keeps other homes from trading the same account; paper accounts belong to their homes."""
    if identity.mode == "paper":
        return nullcontext()
    return claim_account(account_lock(identity.mode, identity.account))


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
