"""When a position is averaged down, and for how much."""

from datetime import datetime
from typing import Final

from powertrader.models.book import window_of
from powertrader.models.position import Holding
from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.models.types import PriceLevel

NEURAL_STAGES: Final = 4
"""Stages that a signal can trigger; later ones wait for the hard level (Q52)."""

FIRST_NEURAL_LEVEL: Final = 4
"""Long level that triggers the first DCA buy, whatever the entry needs (Q53)."""

NO_HIT: Final = "dca_not_reached"
WINDOW_FULL: Final = "dca_window_full"


def gain_pct(price: PriceLevel, basis: PriceLevel) -> float:
    """Give the move of a price against the basis in percent, 0.0 without a basis."""
    return ((price - basis) / basis) * 100 if basis > 0 else 0.0


class DCAEngine:
    """Hard levels by percent, neural levels by signal, at most a few buys in 24 hours."""

    def __init__(self, rules: TradingRules) -> None:
        """Follow these rules."""
        self._levels = rules.dca_levels
        self._multiplier = rules.dca_multiplier
        self._daily_limit = rules.max_dca_buys_per_24h

    @property
    def daily_limit(self) -> int:
        """How many DCA buys of a coin any 24 hours may see."""
        return self._daily_limit

    def get_current_stage(self, position: Holding) -> int:
        """Give the number of DCA buys of the open trade."""
        return position.stage

    def hard_level_pct(self, position: Holding) -> float:
        """Give the percent from the basis that triggers the next buy; the last one repeats (Q51)."""
        levels = self._levels
        return levels[position.stage] if position.stage < len(levels) else levels[-1]

    def trigger(self, position: Holding, signal: SignalView | None, current_price: PriceLevel) -> str | None:
        """Name the level that is hit at this ask (dca_hard_N, dca_neural_LEVEL), None when none is.

        N is the stage that would be reached. Without a signal only the hard level counts.
        Source: golden/BEHAVIOUR.md 3.6 (Q51, Q52).
        """
        gain = gain_pct(current_price, position.basis)
        stage = position.stage
        if gain <= self.hard_level_pct(position):
            return f"dca_hard_{stage + 1}"
        needed = stage + FIRST_NEURAL_LEVEL
        if stage < NEURAL_STAGES and gain < 0 and signal is not None and signal.long >= needed:
            return f"dca_neural_{needed}"
        return None

    def can_dca_within_rate_limit(self, position: Holding, now: datetime) -> bool:
        """Tell whether the last 24 hours leave room for one more buy (Q54)."""
        counted = window_of(position.dca_times or (), position.last_sale_at, now)
        return len(counted) < self._daily_limit

    def should_dca(
        self, position: Holding, signal: SignalView | None, current_price: PriceLevel, now: datetime
    ) -> tuple[bool, str]:
        """Tell whether to buy at this ask, with the level that triggers it or what forbids it."""
        reason = self.trigger(position, signal, current_price)
        if reason is None:
            return False, NO_HIT
        if not self.can_dca_within_rate_limit(position, now):
            return False, WINDOW_FULL
        return True, reason

    def calculate_dca_amount(self, position: Holding, bid: PriceLevel) -> float:
        """Give the cost of the buy in the quote asset: the value at the bid times the multiplier."""
        return (position.quantity * bid) * self._multiplier
