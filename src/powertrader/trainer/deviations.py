"""The ids under which docs/DEVIATIONS.md lists what the trainer does differently from the original."""

from typing import Final

DAMAGED_ENTRY: Final = "R01"
TOO_FEW_CANDLES: Final = "R02"
ZERO_OPEN: Final = "R03"
FINISHED_CHECKPOINT: Final = "R04"
STOP_BETWEEN: Final = "R05"
ONLINE_WEIGHTS: Final = "R06"
RECENT_CANDLES: Final = "R07"
KILLED_BEFORE_CHECKPOINT: Final = "R08"
