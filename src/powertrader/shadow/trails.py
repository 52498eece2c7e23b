"""What the original's trader remembers and does not show: whether the last bid stood above the line."""

import math
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from powertrader.models.journal import TrailRules
from powertrader.models.position import Trail
from powertrader.models.types import CoinSymbol
from powertrader.shadow.status import OriginalPosition
from powertrader.trader.trailing_engine import crossing_lost


@dataclass(frozen=True, slots=True)
class _Kept:
    """A trail after a step, with what it was drawn for; sold: the step wanted to sell."""

    trail: Trail
    stage: int
    quantity: float
    rules: TrailRules
    sold: bool


class _KeptTrails:
    """The trail of each held coin after the last step."""

    def __init__(self) -> None:
        """Have seen no step yet."""
        self._kept: dict[CoinSymbol, _Kept] = {}

    def forget_others(self, held: AbstractSet[CoinSymbol]) -> None:
        """Forget the coins that are not held any more."""
        self._kept = {coin: kept for coin, kept in self._kept.items() if coin in held}

    def keep(self, position: OriginalPosition, trail: Trail, rules: TrailRules, *, sold: bool) -> None:
        """Remember the trail after a step."""
        self._kept[position.coin] = _Kept(trail, position.stage, position.quantity, rules, sold)


class ShownTrails(_KeptTrails):
    """The trails of the original as its status shows them, step by step."""

    def before(self, position: OriginalPosition) -> tuple[Trail | None, bool]:
        """Give the trail before a step, and whether it is sure; not so when steps were missed in between."""
        shown, kept = position.trail(was_above=False), self._kept.get(position.coin)
        if shown is None or not shown.active:
            return shown, True
        if kept is not None and _same(kept.trail, shown):
            # a sale that failed forgets its crossing (Q57); whether one was tried cannot be seen
            return (crossing_lost(kept.trail), False) if kept.sold else (kept.trail, True)
        return Trail(active=True, line=shown.line, peak=shown.peak, was_above=True), False


class OwnTrails(_KeptTrails):
    """The trails as compat=safe keeps them: over restarts, and with the crossing of a failed sale."""

    def before(self, position: OriginalPosition, shown: Trail | None, rules: TrailRules) -> Trail | None:
        """Give our trail before a step; it begins as the original's, anew after a trade or other rules."""
        kept = self._kept.get(position.coin)
        if kept is None or (kept.stage, kept.quantity, kept.rules) != (
            position.stage,
            position.quantity,
            rules,
        ):
            return shown
        if shown is None or not shown.active or not kept.trail.active:
            return kept.trail if kept.trail.active else shown
        ours = kept.trail
        return Trail(
            active=True,
            line=max(ours.line, shown.line),
            peak=max(ours.peak, shown.peak),
            was_above=ours.was_above or shown.was_above,
        )


def _same(kept: Trail, shown: Trail) -> bool:
    return kept.active and math.isclose(kept.line, shown.line) and math.isclose(kept.peak, shown.peak)
