"""The composition root of the pre-flight: asks venue and home for everything that is to be judged."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from powertrader.bootstrap_trader import PAPER_ACCOUNT, TraderSetup, other_ledgers
from powertrader.bootstrap_venues import (
    ONCE,
    VenueContext,
    broker_account,
    examined_account,
    market_client,
    market_clock_of,
    pair_rules,
    quote_source,
)
from powertrader.core.credentials import BinanceCredentials, CredentialSources, places_with_keys
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.mailbox import Mailbox
from powertrader.core.market_claim import refuse_other_market
from powertrader.core.paths import account_lock
from powertrader.core.snapshot import read_snapshot
from powertrader.core.snapshot_training import TrainingReader
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import is_held
from powertrader.core.trading_client import TradingClient
from powertrader.exchanges.binance_rights import WITHOUT_ANSWER, BinanceKeyCheck
from powertrader.exchanges.paper_account import PaperAccount
from powertrader.exchanges.paper_file import PaperFile
from powertrader.models.account import Account, KeyRights
from powertrader.models.instrument import Instrument
from powertrader.models.money import decimal_of
from powertrader.persistence.ledger_check import check_ledger
from powertrader.persistence.ledger_segments import LedgerReader
from powertrader.preflight.facts import (
    AccessFacts,
    Facts,
    HomeFacts,
    KeyFacts,
    Known,
    LedgerFacts,
    MarketFacts,
)
from powertrader.shadow.cutover_guard import CutoverGuard
from powertrader.trader.outlets import Identity

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Account:
    """Who is asked about the account; check is None where a venue tells no rights."""

    keys: KeyFacts
    client: TradingClient
    check: BinanceKeyCheck | None


def gathered(setup: TraderSetup, given: BinanceCredentials | None, *, whole: bool) -> Facts:
    """Find out what a start needs; what cannot be found out is a fact as well. Nothing is changed.

    given: keys to be looked at in place of those at hand. whole: not only the keys, everything.
    """
    config = setup.config
    market = _attempt(lambda: market_clock_of(config, setup.wall))
    # a local exchange that does not answer is told of by whatever is asked of it
    clock = setup.wall if isinstance(market, PowerTraderError) else market
    context = VenueContext(config, setup.paths, setup.wall, clock, setup.redactor)
    facts = Facts(config, setup.wall.now())
    if config.trading.mode == "paper":
        facts = replace(facts, account=_attempt(lambda: _paper_account(setup))) if whole else facts
        name = PAPER_ACCOUNT
    else:
        facts = _with_access(facts, context, given)
        keys = facts.access.keys if facts.access is not None else None
        name = keys.account if isinstance(keys, KeyFacts) else ""
    if not whole:
        return facts
    return replace(facts, market=_market(context), home=_home(setup, context, name))


def _with_access(facts: Facts, context: VenueContext, given: BinanceCredentials | None) -> Facts:
    """Ask the venue about the keys; one that does not answer is not asked on."""
    found = _attempt(lambda: _account(context, given))
    if isinstance(found, PowerTraderError):
        return replace(facts, access=AccessFacts(found))
    check = found.check
    offset_s = None if check is None else _attempt(check.clock_offset_s)
    if isinstance(offset_s, PowerTraderError):
        return replace(facts, access=AccessFacts(found.keys, offset_s))
    account = _attempt(found.client.get_account)
    rights: Known[KeyRights] | None = None
    if check is not None and not isinstance(account, PowerTraderError):
        rights = _attempt(lambda: check.rights(_pair_to_try(context, found.client)))
    return replace(facts, access=AccessFacts(found.keys, offset_s, rights), account=account)


def _account(context: VenueContext, given: BinanceCredentials | None) -> _Account:
    """Give who is asked. Raises ConfigError when there are no keys."""
    if context.config.exchange.broker != "binance":
        broker = broker_account(context)
        return _Account(KeyFacts(broker.name, "the environment"), broker.client, None)
    place = "your input"
    if given is None:
        sources = CredentialSources.standard(context.paths, context.config.trading.mode)
        given = BinanceCredentials.load(sources, context.redactor)
        place = places_with_keys(sources)[0]
    examined = examined_account(context, given)
    return _Account(KeyFacts(given.account, place), examined.client, examined.check)


def _pair_to_try(context: VenueContext, client: TradingClient) -> Instrument | None:
    """Give a pair that a test order can be about, where rights are told by nobody."""
    if context.config.trading.mode not in WITHOUT_ANSWER:
        return None
    pairs = client.get_instruments()
    return next((pair for pair in pairs.values() if pair.tradable), None)


def _paper_account(setup: TraderSetup) -> Account:
    """Give the paper account as it is saved, else as a new one begins. Raises what its file raises."""
    config, paths = setup.config, setup.paths
    file = PaperFile(paths.paper_account(PAPER_ACCOUNT), FileStore(paths.data))
    opening = {config.trading.quote_asset: decimal_of(config.paper.start_quote)}
    return PaperAccount(config.trading.quote_asset, config.costs.model, opening, file).account()


def _market(context: VenueContext) -> MarketFacts:
    coins = context.config.trading.coins
    return MarketFacts(
        _attempt(lambda: pair_rules(context)),
        _attempt(lambda: quote_source(context, ONCE).get_quotes(coins)),
        _attempt(lambda: frozenset(market_client(context, ONCE).get_quotes(coins))),
    )


def _home(setup: TraderSetup, context: VenueContext, account: str) -> HomeFacts:
    paths, now, coins = setup.paths, setup.wall.now(), setup.config.trading.coins
    mailbox, mode = Mailbox(FileStore(paths.data), paths), setup.config.trading.mode
    trainings, market_at = TrainingReader(mailbox), context.market.now()
    identity = Identity(mode, account, setup.config.trading.quote_asset)
    return HomeFacts(
        read_snapshot(paths, mailbox, coins, now),
        {coin: trainings.read(paths.coin(coin), market_at) for coin in coins},
        _attempt(lambda: _ledger(setup, identity)) if account else None,
        _attempt(lambda: mode != "paper" and bool(account) and is_held(account_lock(mode, account))),
        _refusals(setup, account),
    )


def _refusals(setup: TraderSetup, account: str) -> dict[str, PowerTraderError]:
    """Give what a worker would refuse to start for."""
    config, paths = setup.config, setup.paths

    def original() -> None:
        if config.cutover.original_folder:
            guard = CutoverGuard(config.cutover, account, frozenset, setup.wall)
            guard.refuse_start(config.trading.coins)

    asked = {
        "market": _attempt(lambda: refuse_other_market(paths, config.exchange.url)),
        "original": _attempt(original),
    }
    return {name: found for name, found in asked.items() if found is not None}


def _ledger(setup: TraderSetup, identity: Identity) -> LedgerFacts:
    """Look at the ledger of an account. Raises what reading it raises."""
    folder, store = setup.paths.ledger(identity.mode, identity.account), FileStore()
    check = check_ledger(folder, store)
    if check.damage is not None:
        return LedgerFacts(folder.name, check.entries, str(check.damage))
    if not check.entries:
        return LedgerFacts(folder.name, others=other_ledgers(folder, identity))
    held = LedgerReader(folder, store).book().held
    quantities = {coin: position.quantity for coin, position in held.items()}
    return LedgerFacts(folder.name, check.entries, held=quantities)


def _attempt(ask: Callable[[], Value]) -> Known[Value]:
    try:
        return ask()
    except PowerTraderError as error:
        return error
