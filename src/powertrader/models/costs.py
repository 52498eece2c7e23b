"""What trading costs beside the price."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_WHOLE_PCT: Final = 100


def _check_pct(name: str, value: float) -> None:
    if not 0 <= value < _WHOLE_PCT:
        msg = f"{name} was {value}, must be >= 0 and < 100"
        raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class CostTier:
    """From a limit on, something costs more: so many percent of the price on top.

    What the limit counts is said where the tier is used.
    Raises ValueError when the limit is not above 0, or extra_pct is negative or 100 and above.
    """

    limit: float
    extra_pct: float

    def __post_init__(self) -> None:
        """Check the ranges once."""
        if not 0 < self.limit < float("inf"):
            msg = f"limit of a tier was {self.limit}, must be a finite number above 0"
            raise ValueError(msg)
        _check_pct("extra_pct", self.extra_pct)


USUAL_SLIPPAGE_TIERS: Final = (CostTier(1.0, 0.05), CostTier(5.0, 0.25), CostTier(20.0, 1.0))
"""Above 1, 5 and 20 % of a candle's volume: rules of thumb, rather too dear than too cheap."""

USUAL_SPREAD_TIERS: Final = (CostTier(1_000.0, 0.5), CostTier(10_000.0, 0.1))
"""Below 1,000 and 10,000 of the quote asset traded in an hour: rules of thumb as well."""


@dataclass(frozen=True, slots=True)
class CostModel:
    """Fees, spread and slippage of one venue, all in percent; the same object everywhere.

    maker_pct and taker_pct: fee of the amount traded. spread_pct: gap between bid and ask around
    the price. slippage_pct: how much worse than the best price a market order fills.
    slippage_tiers: what comes on top when an order takes more than limit percent of a candle's volume.
    spread_tiers: what comes on top when less than limit of the quote asset is traded in an hour.
    largest_share_pct: how much of a candle's volume one order can get; there is no more to be had.
    Raises ValueError when a percent is negative or 100 and above, largest_share_pct is not above 0 and
    at most 100, or the limits of tiers do not grow; so must the slippage, and the spread must fall.
    """

    maker_pct: float = 0.1
    taker_pct: float = 0.1
    spread_pct: float = 0.02
    slippage_pct: float = 0.01
    slippage_tiers: tuple[CostTier, ...] = USUAL_SLIPPAGE_TIERS
    spread_tiers: tuple[CostTier, ...] = USUAL_SPREAD_TIERS
    largest_share_pct: float = 100.0

    def __post_init__(self) -> None:
        """Check the ranges once."""
        for name in ("maker_pct", "taker_pct", "spread_pct", "slippage_pct"):
            _check_pct(name, getattr(self, name))
        if not 0 < self.largest_share_pct <= _WHOLE_PCT:
            msg = f"largest_share_pct was {self.largest_share_pct}, must be > 0 and <= 100"
            raise ValueError(msg)
        _check_tiers("slippage_tiers", self.slippage_tiers, self.slippage_pct, dearer_above=True)
        _check_tiers("spread_tiers", self.spread_tiers, self.spread_pct, dearer_above=False)

    def slippage_at(self, share_pct: float) -> float:
        """Give the slippage in percent of an order that takes this share of a candle's volume."""
        reached = [tier.extra_pct for tier in self.slippage_tiers if share_pct > tier.limit]
        return self.slippage_pct + reached[-1] if reached else self.slippage_pct


def _check_tiers(name: str, tiers: tuple[CostTier, ...], base_pct: float, *, dearer_above: bool) -> None:
    for one, following in pairwise(tiers):
        rises = following.extra_pct >= one.extra_pct
        falls = following.extra_pct <= one.extra_pct
        if following.limit <= one.limit or not (rises if dearer_above else falls):
            way = "grow" if dearer_above else "fall"
            msg = f"{name} had {one} before {following}: limits must grow and extra_pct must {way}"
            raise ValueError(msg)
    for tier in tiers:
        _check_pct(f"{name} with the usual {base_pct}", base_pct + tier.extra_pct)
