"""The numbers a trading decision is made with, as plain values for the hot path."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, get_args

from powertrader.models.types import CoinSymbol, Compat

DEFAULT_DCA_LEVELS: Final = (-2.5, -5.0, -10.0, -20.0, -30.0, -40.0, -50.0)
LOWEST_START_LEVEL: Final = 1
HIGHEST_START_LEVEL: Final = 7
SMALLEST_ENTRY: Final = 0.5
"""Quote asset; the original raises smaller entries to it (Q44)."""


@dataclass(frozen=True, slots=True)
class TradingRules:
    """What entries, DCA buys and exits follow; made from the settings, never read from a file.

    start_allocation_pct: percent of the account value. dca_levels: percent from the basis, by stage.
    pm_start_pct_*, trailing_gap_pct: percent. no_entry: coins that are not bought anew, and why in words;
    a position of theirs goes on. Bounds here are those that the engines need;
    core.config has the narrower ones for what a user may set.
    Raises ValueError naming the rule, its value and what was expected.
    """

    coins: tuple[CoinSymbol, ...]
    trade_start_level: int = 3
    start_allocation_pct: float = 0.005
    dca_levels: tuple[float, ...] = DEFAULT_DCA_LEVELS
    dca_multiplier: float = 2.0
    max_dca_buys_per_24h: int = 2
    pm_start_pct_no_dca: float = 5.0
    pm_start_pct_with_dca: float = 2.5
    trailing_gap_pct: float = 0.5
    compat: Compat = "safe"
    config_hash: str = ""
    no_entry: Mapping[CoinSymbol, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check each rule once."""
        if not LOWEST_START_LEVEL <= self.trade_start_level <= HIGHEST_START_LEVEL:
            expected = f"a level from {LOWEST_START_LEVEL} to {HIGHEST_START_LEVEL}"
            raise ValueError(_refusal("trade_start_level", self.trade_start_level, expected))
        if not self.dca_levels or not all(map(math.isfinite, self.dca_levels)):
            raise ValueError(_refusal("dca_levels", self.dca_levels, "one or more finite percents"))
        if self.compat not in get_args(Compat):
            raise ValueError(_refusal("compat", self.compat, " or ".join(get_args(Compat))))
        for name in _NOT_NEGATIVE:
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(_refusal(name, value, "a finite number that is not negative"))


_NOT_NEGATIVE: Final = (
    "start_allocation_pct",
    "dca_multiplier",
    "max_dca_buys_per_24h",
    "pm_start_pct_no_dca",
    "pm_start_pct_with_dca",
    "trailing_gap_pct",
)


def _refusal(name: str, value: object, expected: str) -> str:
    return f"{name} was {value!r}, must be {expected}"
