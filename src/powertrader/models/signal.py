"""What the thinker says about a coin, and the little of it that the trader decides on."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from powertrader.models.types import CoinSymbol, PriceLevel, SignalLevel

HIGHEST_LEVEL: Final = 7


@dataclass(frozen=True, slots=True)
class SignalView:
    """The part of a signal that a decision reads.

    long and short are levels, normally 0 to 7; imported files may hold any integer (Q43).
    low_bounds are prices, highest first, without placeholders. made_at is the market's time of the
    signal, None where nobody told it; two that say the same are equal.
    """

    long: int
    short: int
    low_bounds: tuple[PriceLevel, ...] = ()
    made_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Signal:
    """The thinker's answer for one coin, stamped with the time it was made.

    long_bounds and short_bounds: spaced low and high prices, nearest to the market first, without
    the placeholders of inactive timeframes. Margins are in percent.
    Raises ValueError when a level is outside 0 to 7, a number is not finite or the time is naive.
    """

    coin: CoinSymbol
    long_level: SignalLevel
    short_level: SignalLevel
    long_bounds: tuple[PriceLevel, ...]
    short_bounds: tuple[PriceLevel, ...]
    long_profit_margin_pct: float
    short_profit_margin_pct: float
    made_at: datetime

    def __post_init__(self) -> None:
        """Check the ranges once."""
        for name in ("long_level", "short_level"):
            level = getattr(self, name)
            if not 0 <= level <= HIGHEST_LEVEL:
                msg = f"{name} of {self.coin} was {level}, must be 0 to {HIGHEST_LEVEL}"
                raise ValueError(msg)
        margins = (self.long_profit_margin_pct, self.short_profit_margin_pct)
        if not all(map(math.isfinite, (*self.long_bounds, *self.short_bounds, *margins))):
            msg = f"signal of {self.coin} holds a number that is not finite"
            raise ValueError(msg)
        if self.made_at.tzinfo is None:
            msg = f"made_at of {self.coin} must be an aware time"
            raise ValueError(msg)

    def is_fresh(self, now: datetime, max_age_s: float) -> bool:
        """Tell whether the signal is at most max_age_s old; one from the future is not fresh."""
        return timedelta(0) <= now - self.made_at <= timedelta(seconds=max_age_s)

    @property
    def view(self) -> SignalView:
        """The part a decision reads."""
        return SignalView(self.long_level, self.short_level, self.long_bounds, self.made_at)
