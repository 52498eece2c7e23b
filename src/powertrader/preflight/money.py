"""Whether the account can pay what the settings want to buy."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.findings import named
from powertrader.core.preflight import Check, CheckState, Means
from powertrader.models.account import Account, Quote
from powertrader.models.instrument import Instrument
from powertrader.models.position import Holding
from powertrader.models.rules import TradingRules
from powertrader.models.types import CoinSymbol
from powertrader.preflight.facts import Facts, LedgerFacts
from powertrader.trader.dca_engine import DCAEngine
from powertrader.trader.entry_engine import EntryEngine
from powertrader.trader.preflight import Hindrance, obstacles_of
from powertrader.trader.sizing import smallest_quantity

_ROOM: Final = 1.1
"""A buy is floored to the venue's step, and prices move: a size that is just enough is not."""
_ALL_PCT: Final = 100.0


@dataclass(frozen=True, slots=True)
class _Market:
    instruments: Mapping[str, Instrument]
    quotes: Mapping[CoinSymbol, Quote]


def means_of(facts: Facts) -> Means | None:
    """Give what the account can pay by the settings, None while account or prices are not known."""
    market, account = _market_of(facts), facts.account
    if market is None or not isinstance(account, Account):
        return None
    trading, rules = facts.config.trading, facts.config.rules
    free = float(account.free(trading.quote_asset))
    value = free + _held_value(facts, market.quotes)
    entry = EntryEngine(rules).calculate_entry_size(value)
    reached = list(accumulate(further_buys(rules, entry), initial=entry))
    smallest = tuple(
        [(coin, _least(coin, trading.quote_asset, market)) for coin in trading.coins if coin in market.quotes]
    )
    coins = len(trading.coins)
    return Means(
        trading.quote_asset,
        free,
        value,
        entry,
        reached[-1],
        coins,
        len(rules.dca_levels),
        _paid(reached, free),
        _paid(reached, free / coins),
        smallest,
    )


def further_buys(rules: TradingRules, entry: float) -> tuple[float, ...]:
    """Give what each further buy of a coin costs when it falls through all DCA levels, fees left out.

    Each is made exactly at its level; one that a signal makes earlier costs more.
    """
    engine, quantity, cost = DCAEngine(rules), entry, entry
    spent: list[float] = []
    for stage in range(len(rules.dca_levels)):
        holding = Holding("", quantity, cost / quantity, stage)
        price = holding.basis * (1 + engine.hard_level_pct(holding) / 100)
        amount = engine.calculate_dca_amount(holding, price)
        spent.append(amount)
        quantity, cost = quantity + amount / price, cost + amount
    return tuple(spent)


def money_checks(facts: Facts, means: Means | None) -> Iterator[Check]:
    """Judge what is free, the size of a first buy, and how many further buys can be paid."""
    if facts.market is None:
        return
    if means is None:
        reason = "Not judged, because account or prices are not known."
        yield from (Check(name, CheckState.SKIPPED, reason) for name in ("funds", "sizes", "stages"))
        return
    yield _funds(means, facts)
    market = _market_of(facts)
    if market is not None:
        yield _sizes(facts.config, means, market)
    yield _stages(means)


def _funds(means: Means, facts: Facts) -> Check:
    asset, free = means.quote_asset, f"{means.free:,.2f} {means.quote_asset} free"
    if means.free >= means.entry:
        return Check("funds", CheckState.OK, f"{free}, enough for a first buy of {means.entry:,.2f}.")
    held = means.value > means.free
    found = f"{free}, less than a first buy of {means.entry:,.2f}: nothing new can be bought."
    fix = f"Pay {asset} into the spot wallet." if not facts.on_paper else "Start a new paper account."
    # what is held is still watched and sold
    return Check("funds", CheckState.WARNING if held else CheckState.FAILED, found, fix)


def _sizes(config: TradingConfig, means: Means, market: _Market) -> Check:
    coins, asset = config.trading.coins, means.quote_asset
    found = obstacles_of(coins, asset, market.instruments, market.quotes, means.entry)
    small = [one.coin for one in found if one.hindrance is Hindrance.SIZE]
    if not small:
        text = f"A first buy of {means.entry:,.2f} {asset} is above the least that the venue takes."
        return Check("sizes", CheckState.OK, text)
    least = dict(means.smallest)
    most = max(least[coin] for coin in small)
    text = (
        f"A first buy of {means.entry:,.2f} {asset} is too small for {len(small)} of {len(coins)} coins, "
        f"which need up to {most:,.2f}: {named(small)}. They will never be bought."
    )
    fix = f"The account of {means.value:,.2f} {asset} is too small for these coins."
    pct = _rounded_up(_ALL_PCT * _ROOM * most / means.value) if means.value > 0 else math.inf
    if pct <= _ALL_PCT:
        is_now = f"now {config.entry.start_allocation_pct:g}"
        fix = f"Set entry.start_allocation_pct to at least {pct:g} (% of the account, {is_now})."
    return Check("sizes", CheckState.FAILED if len(small) == len(coins) else CheckState.WARNING, text, fix)


def _stages(means: Means) -> Check:
    asset, one, every = means.quote_asset, means.paid_one, means.paid_all
    together = f"; {every} of {means.stages} when all {means.coins} coins fall together" * (means.coins > 1)
    if one >= means.stages:
        text = f"All {means.stages} further buys of one coin can be paid ({means.whole:,.2f} {asset} in all)"
        return Check("stages", CheckState.OK, f"{text}{together}.")
    text = (
        f"{means.free:,.2f} {asset} pay {max(one, 0)} of {means.stages} further buys of one coin, which "
        f"would take {means.whole:,.2f} in all{together}."
    )
    fix = "Make the first buy smaller, dca.multiplier lower, or dca.levels fewer."
    return Check("stages", CheckState.WARNING, text, fix)


def _market_of(facts: Facts) -> _Market | None:
    market = facts.market
    if market is None or isinstance(market.instruments, PowerTraderError):
        return None
    if isinstance(market.quotes, PowerTraderError):
        return None
    return _Market(market.instruments, market.quotes)


def _held_value(facts: Facts, quotes: Mapping[CoinSymbol, Quote]) -> float:
    """Give what the bot's own coins would bring; the user's other coins do not count."""
    ledger = facts.home.ledger if facts.home is not None else None
    if not isinstance(ledger, LedgerFacts) or not ledger.held:
        return 0.0
    return sum(float(held) * quotes[coin].bid for coin, held in ledger.held.items() if coin in quotes)


def _least(coin: CoinSymbol, asset: str, market: _Market) -> float:
    """Give the least that a purchase of a coin may cost, 0 for an unknown pair."""
    pair = market.instruments.get(coin + asset)
    if pair is None:
        return 0.0
    return max(float(pair.min_notional), float(smallest_quantity(pair)) * market.quotes[coin].ask)


def _paid(reached: list[float], funds: float) -> int:
    """Give how many further buys funds are enough for; -1 when not even for the first buy."""
    return sum(total <= funds for total in reached) - 1


def _rounded_up(number: float) -> float:
    """Give a number with two digits that is not smaller."""
    if number <= 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(number)) - 1)
    return float(f"{math.ceil(round(number / step, 6)) * step:.12g}")
