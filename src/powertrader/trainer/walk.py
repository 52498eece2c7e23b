"""What the compiled walk over the candles of one pass works on: plain tuples of arrays and numbers."""

from typing import Final, NamedTuple

from powertrader.models.types import FloatArray

RUNNING: Final = 0
ENDED: Final = 1
FLUSHED: Final = 2
STOPPED: Final = 3
ZERO_OPEN: Final = 4


class Columns(NamedTuple):
    """Entries as equally long columns with room for more: moves in percent, weights as factors."""

    body: FloatArray
    close_move: FloatArray
    high_move: FloatArray
    low_move: FloatArray
    weight: FloatArray
    weight_high: FloatArray
    weight_low: FloatArray


class Walk(NamedTuple):
    """The candles of one pass, oldest first, and where it ends.

    first_zero_open: position of the first open of 0, the number of candles when there is none.
    last_window: the pass ends with this window. stops: the user asked to stop.
    moves_weights: matching entries learn from what happened next.
    """

    body: FloatArray
    close: FloatArray
    high: FloatArray
    low: FloatArray
    first_zero_open: int
    last_window: int
    stops: bool
    moves_weights: bool


class OnFile(NamedTuple):
    """The entries that matching sees: those of the last flush (Q5).

    sorted_bodies: see patterns.index_of, with room for more. damaged: index of the entries whose match
    voids all others. blocked: nothing can match. grows: what is learnt enters at a flush;
    otherwise the walk returns there and the caller renews this.
    """

    columns: Columns
    sorted_bodies: FloatArray
    damaged: FloatArray
    blocked: bool
    grows: bool


class State(NamedTuple):
    """Where a walk stands between two calls.

    iteration and window: of the pass. written_pct: threshold last written, NaN before the first
    time. shown_window of shown_total: the
    progress last shown, 0 before the first time. learnt: rows filled in
    the columns; on_file and indexed: of these on file, and in the index. deepest_move_pct: smallest
    weighted close move on file. matched: candles that matched.
    flushes: how often the files were written. outcome: why the walk returned.
    """

    iteration: int
    window: int
    threshold_pct: float
    written_pct: float
    shown_window: int
    shown_total: int
    learnt: int
    on_file: int
    indexed: int
    deepest_move_pct: float
    matched: int
    flushes: int
    outcome: int
