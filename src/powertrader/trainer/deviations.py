"""The ids under which docs/DEVIATIONS.md lists what the trainer does differently from the original."""

from typing import Final

DAMAGED_ENTRY: Final = "M01"
TOO_FEW_CANDLES: Final = "M02"
ZERO_OPEN: Final = "M03"
FINISHED_CHECKPOINT: Final = "M04"
STOP_BETWEEN: Final = "M05"
ONLINE_WEIGHTS: Final = "M06"
RECENT_CANDLES: Final = "M07"
