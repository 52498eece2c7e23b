"""What a training has learnt about one timeframe of one coin."""

from dataclasses import dataclass

import numpy as np

from powertrader.models.types import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class OriginalText:
    """Texts of imported files that numbers alone cannot give back; read by the export only.

    entries are the memory entries, the others the weights; the lists may differ in length (Q18).
    """

    entries: tuple[str, ...]
    weights: tuple[str, ...]
    weights_high: tuple[str, ...]
    weights_low: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PatternMemory:
    """Patterns of one timeframe, in the order they were learnt, as columns of N entries.

    body_pct: the candle's move from open to close; close_move_pct, high_move_pct, low_move_pct:
    the next candle's close, high and low against the candle's close, all in percent.
    weights, weights_high, weights_low: factors of these moves, None when every one is 1.0.
    readable_body and readable_fields: False where the text of an imported entry could not be
    read; None when all could. An unreadable body voids every match of the timeframe, unreadable
    fields void those they take part in (Q10, Q29).
    threshold_pct: largest distance that counts as a match.
    """

    body_pct: FloatArray
    close_move_pct: FloatArray
    high_move_pct: FloatArray
    low_move_pct: FloatArray
    threshold_pct: float
    weights: FloatArray | None = None
    weights_high: FloatArray | None = None
    weights_low: FloatArray | None = None
    readable_body: BoolArray | None = None
    readable_fields: BoolArray | None = None
    original_text: OriginalText | None = None

    def __post_init__(self) -> None:
        """Check that every column has one row per entry."""
        count = len(self.body_pct)
        for name in self.__slots__:
            column = getattr(self, name)
            if isinstance(column, np.ndarray) and len(column) != count:
                msg = f"column {name} has {len(column)} rows, body_pct has {count}"
                raise ValueError(msg)

    def __len__(self) -> int:
        """Count the entries."""
        return len(self.body_pct)
