"""What settings come to in money: the first buy, the ladder of further ones, and where a sale would be."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from powertrader.core.config import TradingConfig
from powertrader.models.instrument import USUAL_MIN_NOTIONAL
from powertrader.models.rules import SMALLEST_ENTRY
from powertrader.models.snapshot import Snapshot
from powertrader.models.types import PriceLevel

PERCENT: Final = 100.0


@dataclass(frozen=True, slots=True)
class Means:
    """What there is to trade with, in the quote asset.

    account: what the account is worth, None while nobody tells it. reported: a trader has told it,
    otherwise it is what a new paper account gets. least_order: the venue's smallest order as far as it
    is known.
    """

    account: float | None
    quote: str
    reported: bool = False
    least_order: float = float(USUAL_MIN_NOTIONAL)


@dataclass(frozen=True, slots=True)
class FirstBuy:
    """The first buy of a coin: what the percent gives, and what is spent."""

    share: float
    spent: float

    @property
    def raised(self) -> bool:
        """Whether the least is spent because the percent gives less."""
        return self.spent > self.share


@dataclass(frozen=True, slots=True)
class Rung:
    """One further buy when the price goes on falling; prices are for a first buy at 100."""

    stage: int
    level_pct: float
    price: PriceLevel
    spent: float
    total: float
    basis: PriceLevel


def means_of(config: TradingConfig, snapshot: Snapshot) -> Means:
    """Tell what there is to trade with: the trader's report, else what a new paper account gets."""
    quote, mode = config.trading.quote_asset, config.trading.mode
    report = snapshot.trader
    if report is not None and report.mode == mode and report.quote_asset == quote and report.status:
        return Means(report.status.total, quote, reported=True)
    return Means(config.paper.start_quote if mode == "paper" else None, quote)


def first_buy(account: float, allocation_pct: float) -> FirstBuy:
    """Give the first buy of a coin from the value of the account."""
    share = account * allocation_pct / PERCENT
    return FirstBuy(share, max(share, SMALLEST_ENTRY))


def ladder(first: float, levels: Sequence[float], multiplier: float) -> tuple[Rung, ...]:
    """Give the further buys of one coin whose price falls from level to level, without fees.

    Each level is a loss from the average price paid so far, and each buy is multiplier times the value
    that the position then has.
    """
    price = PERCENT
    quantity, total, basis = first / price, first, price
    found = []
    for stage, level_pct in enumerate(levels, start=1):
        price = basis * (1 + level_pct / PERCENT)
        bought = quantity * multiplier
        spent = bought * price
        quantity, total = quantity + bought, total + spent
        basis = total / quantity
        found.append(Rung(stage, level_pct, price, spent, total, basis))
    return tuple(found)


def coins_carried(account: float, whole: float, coins: int) -> int:
    """Tell for how many coins at once the account pays the whole ladder."""
    return min(coins, math.floor(account / whole)) if whole > 0 else coins


def stages_carried(account: float, rungs: Sequence[Rung], coins: int) -> int:
    """Tell how many further buys each coin gets when so many coins fall at once."""
    return sum(one.total * coins <= account for one in rungs)


def least_days(buys: int, most_per_24h: int) -> int | None:
    """Tell how many days so many further buys of one coin take at least; None when none is made."""
    return None if most_per_24h <= 0 else max(0, math.ceil(buys / most_per_24h) - 1)


def trail_start(basis: PriceLevel, start_pct: float) -> PriceLevel:
    """Give the price from which the trailing line follows."""
    return basis * (1 + start_pct / PERCENT)


def trail_line(basis: PriceLevel, start_pct: float, peak: PriceLevel, gap_pct: float) -> PriceLevel:
    """Give the price below which a coin is sold after a peak: never below the start of the line."""
    return max(trail_start(basis, start_pct), peak * (1 - gap_pct / PERCENT))


def both_fees_pct(config: TradingConfig) -> float:
    """Give what buying and selling cost together in fees, in percent of the amount."""
    return 2 * config.costs.model.taker_pct
