"""Whether a publication of the original is what our thinker makes of the same files: a pure function.

Bounds do not depend on a price and must be equal. Levels and margin must be those of some price that
the market had while the original may have asked for it.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from powertrader.shadow.levels import Levels, Prospect, Prospects
from powertrader.shadow.prices import PriceRange
from powertrader.shadow.published import Published
from powertrader.thinker import sweep_kernels
from powertrader.thinker.bounds import Bounds

SAME: Final = 1e-9
"""Relative: interpreters whose sum compensates rounding errors give other last digits (Q85)."""
_FLOOR_PCT: Final = 0.25
_STEP: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of one comparison: the parts that differ, and the price that explains the rest.

    ours: what our thinker says at the price the market had; safe_differs: the other position of compat
    says something else at the same price.
    """

    differing: tuple[str, ...]
    ask: float
    ours: Levels
    safe: Levels | None
    safe_differs: bool


def judge(published: Published, prospects: Prospects, asks: PriceRange) -> Judgement:
    """Compare a publication with both prospects; the one of the original must have bounds."""
    original, bounds = prospects.original, prospects.original.bounds
    differing = [] if bounds is None else list(_differing_bounds(published, bounds))
    ask = _explaining_ask(published, original, asks)
    if ask is None:
        ask = (asks.low + asks.high) / 2
        differing.append("levels")
    ours, safe = original.at(ask), _safe_levels(prospects.safe, ask)
    safe_differs = safe != ours or not _same_bounds(prospects)
    return Judgement(tuple(differing), ask, ours, safe, safe_differs)


def bounds_words(bounds: Sequence[float]) -> str:
    """Give bounds as a person reads them."""
    return ", ".join(f"{bound:.8g}" for bound in bounds) or "none"


def same(first: Sequence[float], second: Sequence[float]) -> bool:
    """Tell whether two lists are equal but for their last digits."""
    if len(first) != len(second):
        return False
    return all(math.isclose(a, b, rel_tol=SAME) for a, b in zip(first, second, strict=True))


def _differing_bounds(published: Published, bounds: Bounds) -> Iterator[str]:
    if not same(published.low_bounds, bounds.long_bounds):
        yield "low bounds"
    if not same(published.high_bounds, bounds.short_bounds):
        yield "high bounds"


def _explaining_ask(published: Published, prospect: Prospect, asks: PriceRange) -> float | None:
    """Give a price of the range that leads to these levels and this margin, None when there is none."""
    for ask in _candidates(published, prospect, asks):
        levels = prospect.at(ask)
        if (levels.long, levels.short) == (published.long, published.short) and _fits(published, levels):
            return ask
    return None


def _fits(published: Published, levels: Levels) -> bool:
    if published.margin_pct is None:
        return True
    return math.isclose(published.margin_pct, levels.margin_pct, rel_tol=SAME * 1000, abs_tol=SAME)


def _candidates(published: Published, prospect: Prospect, asks: PriceRange) -> Iterator[float]:
    """Give the prices worth trying: between any two bounds, and the one the margin tells."""
    edges = sorted({asks.low, asks.high, *_inside(_edges(prospect), asks)})
    points = [*edges, *[(low + high) / 2 for low, high in pairwise(edges)]]
    for point in points:
        yield from _inside(_told_by_margin(published, prospect, point), asks)
    yield from points


def _edges(prospect: Prospect) -> Iterable[float]:
    """Give the prices at which sides change, and those of predictions, whose own margin is left out there."""
    targets = [price for one in prospect.predictions for price in (one.low, one.high)]
    bounds = prospect.bounds
    return targets if bounds is None else (*bounds.low, *bounds.high, *targets)


def _told_by_margin(published: Published, prospect: Prospect, ask: float) -> Iterator[float]:
    """Give the price at which the sides of this one have the published margin: 100 * (target / price - 1)."""
    margin = published.margin_pct
    if margin is None or not ask > 0:
        return
    sides = prospect.sides_at(ask)
    targets = [
        prediction.low if side == sweep_kernels.LONG else prediction.high
        for side, prediction in zip(sides, prospect.predictions, strict=True)
        if side
    ]
    if targets:
        told = sum(targets) / len(targets) / (1 + max(margin, _FLOOR_PCT) / 100)
        yield told
        if margin <= _FLOOR_PCT:
            # below the floor every price has the same margin: a little further on either side
            yield from (told * (1 - _STEP), told * (1 + _STEP))


def _inside(prices: Iterable[float], asks: PriceRange) -> Iterator[float]:
    slack = asks.high * SAME
    return (price for price in prices if asks.low - slack <= price <= asks.high + slack)


def _safe_levels(prospect: Prospect, ask: float) -> Levels | None:
    return None if prospect.bounds is None else prospect.at(ask)


def _same_bounds(prospects: Prospects) -> bool:
    first, second = prospects.original.bounds, prospects.safe.bounds
    if first is None or second is None:
        return first is second
    return same(first.long_bounds, second.long_bounds) and same(first.short_bounds, second.short_bounds)
