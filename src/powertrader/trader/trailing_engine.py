"""When a position is sold: a line under the highest bid, from a start line above the basis."""

from dataclasses import replace
from typing import NamedTuple

from powertrader.models.journal import TrailRules
from powertrader.models.position import Holding, Trail
from powertrader.models.rules import TradingRules
from powertrader.models.types import PriceLevel


class TrailingRule(NamedTuple):
    """The two numbers that move a trail: the start line as a price and the gap in percent."""

    start: PriceLevel
    gap_pct: float


def advance(trail: Trail | None, bid: PriceLevel, rule: TrailingRule) -> tuple[Trail, bool]:
    """Give the trail after this bid, and whether the position is to be sold.

    The line never falls while the trail is active and is never below the start line. A sale needs
    a bid below the line after one at or above it; the returned trail then still remembers that
    crossing, for the case that the sale fails. The same object comes back when nothing moved.
    Source: golden/BEHAVIOUR.md 3.7 (Q55, Q56, Q66).
    """
    start = rule.start
    if trail is None or not trail.active:
        if bid < start:
            if trail is not None and trail.line == start:
                return trail, False
            return Trail(active=False, line=start, peak=0.0, was_above=False), False
        line = max(start, _under(bid, rule))
        return Trail(active=True, line=line, peak=bid, was_above=True), False
    line = max(trail.line, start)
    above = bid >= line
    peak = max(trail.peak, bid)
    line = max(line, _under(peak, rule))
    exits = trail.was_above and bid < line
    was_above = above or exits
    if line == trail.line and peak == trail.peak and was_above is trail.was_above:
        return trail, exits
    return Trail(active=True, line=line, peak=peak, was_above=was_above), exits


def crossing_lost(trail: Trail) -> Trail:
    """Give the trail as the original keeps it after a failed sale: it has to cross anew (Q57)."""
    return replace(trail, was_above=False)


def _under(peak: PriceLevel, rule: TrailingRule) -> PriceLevel:
    return peak * (1.0 - rule.gap_pct / 100.0)


class TrailingProfitEngine:
    """The trailing exit under the names of the plan; advance does the work."""

    def __init__(self, rules: TradingRules) -> None:
        """Follow these rules."""
        self._no_dca_pct = rules.pm_start_pct_no_dca
        self._with_dca_pct = rules.pm_start_pct_with_dca
        self._gap_pct = rules.trailing_gap_pct
        self.rules: TrailRules = (self._gap_pct, self._no_dca_pct, self._with_dca_pct)

    def get_pm_start_line(self, position: Holding) -> PriceLevel:
        """Give the bid at which trailing starts; it is lower after a DCA buy."""
        percent = self._with_dca_pct if position.stage else self._no_dca_pct
        return position.basis * (1.0 + (percent / 100.0))

    def advance(self, position: Holding, bid: PriceLevel) -> tuple[Trail, bool]:
        """Give the position's trail after this bid, and whether it is to be sold."""
        return advance(position.trail, bid, TrailingRule(self.get_pm_start_line(position), self._gap_pct))

    def update_trailing(self, position: Holding, current_price: PriceLevel) -> Holding:
        """Give the position with its trail moved to this bid."""
        trail, _ = self.advance(position, current_price)
        return position if trail is position.trail else replace(position, trail=trail)

    def should_exit(self, position: Holding, current_price: PriceLevel) -> bool:
        """Tell whether this bid falls below the line after one at or above it."""
        _, exits = self.advance(position, current_price)
        return exits
