"""The shared vocabulary: names and numbers that more than one part must agree on."""

from typing import Final

from powertrader.models.signal import HIGHEST_LEVEL
from powertrader.models.timeframe import TIMEFRAMES, Timeframe

__all__ = [
    "DOLLARS",
    "HIGHEST_LEVEL",
    "QUOTE_ASSET",
    "SENTINEL_INACTIVE",
    "SIGNAL_RANGE",
    "TIMEFRAMES",
    "TRAINING_STALE_DAYS",
    "Timeframe",
]

SIGNAL_RANGE: Final = range(HIGHEST_LEVEL + 1)
TRAINING_STALE_DAYS: Final = 14
QUOTE_ASSET: Final = "USDT"
DOLLARS: Final = frozenset({"USD", "USDT", "USDC", "FDUSD", "BUSD", "TUSD", "DAI"})
"""Quote assets whose amounts are told in cents and with a dollar sign; others are named behind the number."""
SENTINEL_INACTIVE: Final = float("inf")
