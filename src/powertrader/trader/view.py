"""What one step sees, and how far it has come; the input of decide."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Self

from powertrader.models.account import Quote
from powertrader.models.decision import CoolDown
from powertrader.models.order import Side
from powertrader.models.position import Holding
from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.models.types import CoinSymbol
from powertrader.trader.dca_engine import DCAEngine
from powertrader.trader.entry_engine import EntryEngine
from powertrader.trader.trailing_engine import TrailingProfitEngine

HALTED: Final = "halted"
"""Stands for a halt whose reason was left empty."""

COOLING_DOWN: Final = "cooling_down"
TOO_SMALL: Final = "too_small_to_sell"


@dataclass(frozen=True, slots=True)
class Engines:
    """The rules of a step and the three engines that follow them."""

    rules: TradingRules
    entry: EntryEngine
    dca: DCAEngine
    trailing: TrailingProfitEngine

    @classmethod
    def of(cls, rules: TradingRules) -> Self:
        """Make the engines of these rules."""
        return cls(rules, EntryEngine(rules), DCAEngine(rules), TrailingProfitEngine(rules))


@dataclass(frozen=True, slots=True)
class AccountTotals:
    """The account at the start of a step in the quote asset.

    buying_power is the free quote asset; the holdings are valued at the bid and at the ask.
    percent_in_trade is the share of the holdings at the bid in the total.
    """

    total: float
    buying_power: float
    holdings_sell_value: float
    holdings_buy_value: float
    percent_in_trade: float


def totals_of(buying_power: float, holdings_sell_value: float, holdings_buy_value: float) -> AccountTotals:
    """Add the account up. Source: golden/BEHAVIOUR.md 3.5."""
    total = buying_power + holdings_sell_value
    percent = (holdings_sell_value / total) * 100 if total > 0 else 0.0
    return AccountTotals(total, buying_power, holdings_sell_value, holdings_buy_value, percent)


@dataclass(frozen=True, slots=True)
class StepView:
    """The world at the start of a step.

    held: positions that have a quote, in the account's order. listed: the coins that may be
    entered, in the order of the settings. frozen: coins that nothing is done with, and why.
    halted: coins that are not bought, and why; None stands for all coins. resting_stages: DCA
    stages left over from earlier trades of coins that are not held. funds: quote asset that
    purchases may use. cooling: purchases and sales that wait after a refusal. too_small: positions
    whose value is below the venue's smallest order, with that order's value.
    """

    now: datetime
    engines: Engines
    totals: AccountTotals
    held: tuple[Holding, ...]
    held_coins: AbstractSet[CoinSymbol]
    listed: tuple[CoinSymbol, ...]
    quotes: Mapping[CoinSymbol, Quote]
    signals: Mapping[CoinSymbol, SignalView | None]
    frozen: Mapping[CoinSymbol, str]
    halted: Mapping[CoinSymbol | None, str]
    resting_stages: Mapping[CoinSymbol, int]
    funds: float
    entries_allowed: bool = True
    cooling: Mapping[tuple[CoinSymbol, Side], CoolDown] = field(default_factory=dict)
    too_small: Mapping[CoinSymbol, float] = field(default_factory=dict)

    def halt_of(self, coin: CoinSymbol) -> str | None:
        """Give why a coin is not bought, None when it may be."""
        if (coin, Side.BUY) in self.cooling:
            return COOLING_DOWN
        if not self.halted:
            return None
        reason = self.halted.get(coin, self.halted.get(None))
        return None if reason is None else reason or HALTED


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step has come: which position and which entry are next.

    exit_failed: the sale of the next position was tried in vain. held: coins that cannot be
    entered. funds: quote asset that a purchase may use.
    """

    funds: float
    held: AbstractSet[CoinSymbol]
    held_index: int = 0
    exit_failed: bool = False
    entry_index: int = 0

    @classmethod
    def start(cls, view: StepView) -> Self:
        """Begin a step."""
        return cls(view.funds, view.held_coins)

    def after_exit(self, *, sold: bool) -> Self:
        """Go on to the next position after a sale, to the DCA of this one after a failed sale (Q57)."""
        if sold:
            return replace(self, held_index=self.held_index + 1, exit_failed=False)
        return replace(self, exit_failed=True)

    def with_held(self, held: AbstractSet[CoinSymbol]) -> Self:
        """Replace the coins that cannot be entered."""
        return replace(self, held=held)

    def with_funds(self, funds: float) -> Self:
        """Replace what a purchase may use."""
        return replace(self, funds=funds)
