"""The ids under which docs/DEVIATIONS.md lists what compat=safe does differently in the thinker."""

from typing import Final

DAMAGED_ENTRY: Final = "S01"
NO_THRESHOLD: Final = "S02"
ENDLESS_SPACING: Final = "S03"
NO_CANDLE: Final = "S04"
NO_PRICE: Final = "S05"
OPEN_AT_ZERO: Final = "S06"
