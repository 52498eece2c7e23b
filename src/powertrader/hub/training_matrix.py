"""The rows of the training matrix: a coin each, with a cell for every timeframe. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from powertrader.hub.text import text
from powertrader.hub.training_state import STALE_S, CoinState, coin_state, progress_pct
from powertrader.hub.widgets.table_model import Row, SortKey
from powertrader.models.snapshot import CoinView, TrainingView
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.training import TimeframeReport

WIDTHS: Final = (("coin", 75), ("state", 120), *[(one.value, 85) for one in TIMEFRAMES], ("left", 120))
"""The columns, and how many pixels each has before it is scaled."""
_SECONDS_PER_DAY: Final = 86400


class TrainingStanding(StrEnum):
    """How a coin stands, as the matrix tells it."""

    TRAINING = "training"
    WAITS = "waits"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    OLD = "old"
    NEVER = "never"
    PARTLY = "partly"
    """Trained, but for some timeframes."""
    TRAINED = "trained"


SHOWN: Final[Mapping[str, frozenset[TrainingStanding]]] = {
    "all": frozenset(TrainingStanding),
    "running": frozenset({TrainingStanding.TRAINING, TrainingStanding.WAITS}),
    "failed": frozenset({TrainingStanding.FAILED, TrainingStanding.INTERRUPTED, TrainingStanding.PARTLY}),
    "old": frozenset({TrainingStanding.OLD, TrainingStanding.NEVER}),
}
"""What can be chosen to be shown, and the coins that are then."""
_TAGS: Final[Mapping[TrainingStanding, str]] = {
    TrainingStanding.TRAINING: "running",
    TrainingStanding.WAITS: "running",
    TrainingStanding.FAILED: "error",
    TrainingStanding.INTERRUPTED: "warning",
    TrainingStanding.PARTLY: "warning",
    TrainingStanding.OLD: "warning",
    TrainingStanding.NEVER: "muted",
}


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One coin: what its row shows, and how it stands."""

    row: Row
    standing: TrainingStanding


def matrix_row(view: CoinView, trainer: int | None, *, asked: bool) -> MatrixRow:
    """Give the row of a coin; trainer: the number of the process, None for none; asked: it is wanted."""
    standing = training_standing_of(view, trainer, asked=asked)
    cells = [_cell(view.training, one, standing) for one in TIMEFRAMES]
    left_s = left_of(view.training)
    texts = (view.coin, text(f"training.standing.{standing}"), *(words for words, _ in cells), _left(view))
    order: tuple[SortKey, ...] = (
        view.coin,
        list(TrainingStanding).index(standing),
        *(key for _, key in cells),
        left_s,
    )
    return MatrixRow(Row(view.coin, texts, order, _TAGS.get(standing, "")), standing)


def training_standing_of(view: CoinView, trainer: int | None, *, asked: bool) -> TrainingStanding:
    """Give how a coin stands; what is being done comes before how it was."""
    training, state = view.training, coin_state(view, trainer)
    report = training.report
    if state is CoinState.TRAINING:
        return TrainingStanding.TRAINING
    rests = report is not None and report.state == "retrying" and report.pid == trainer
    if asked and not rests:
        return TrainingStanding.WAITS
    if training.state == "FAILED" or (report is not None and report.state in {"failed", "retrying"}):
        return TrainingStanding.FAILED
    if state is CoinState.INTERRUPTED:
        return TrainingStanding.INTERRUPTED
    if state is CoinState.NOT_TRAINED:
        return TrainingStanding.NEVER if training.trained_at is None else TrainingStanding.OLD
    partly = report is not None and any(row.state == "failed" for row in report.timeframes)
    return TrainingStanding.PARTLY if partly else TrainingStanding.TRAINED


def left_of(training: TrainingView) -> float | None:
    """Give for how many seconds more a coin signals, below 0 when it does not any more; None when never."""
    if training.trained_at is None or training.age_s is None:
        return None
    return STALE_S - training.age_s


def row_of(training: TrainingView, timeframe: Timeframe) -> TimeframeReport | None:
    """Give what the newest training told of a timeframe, None when nothing."""
    rows = training.report.timeframes if training.report is not None else ()
    return next((row for row in rows if row.timeframe is timeframe), None)


def _cell(training: TrainingView, timeframe: Timeframe, standing: TrainingStanding) -> tuple[str, SortKey]:
    """Give what a cell says, and what it is sorted by: the memories."""
    row = row_of(training, timeframe)
    if standing is TrainingStanding.TRAINING and training.timeframe == timeframe.value and row is None:
        pct = progress_pct(training)
        return text("training.cell_now", pct="" if pct is None else f"{pct:.0f} %"), -1.0
    if row is None:
        # such as memories that were brought over from the original: learnt, and told of by nobody
        known = training.report is None and training.trained_at is not None
        return text("training.cell_known" if known else "training.cell_none"), None
    if row.state == "failed":
        return text("training.cell_failed"), -2.0
    return text("training.cell", memories=f"{row.memories:,}"), float(row.memories)


def _left(view: CoinView) -> str:
    left_s = left_of(view.training)
    if left_s is None:
        return text("training.left_never" if view.training.trained_at is None else "training.left_unknown")
    days = abs(left_s) / _SECONDS_PER_DAY
    return text("training.left_days" if left_s >= 0 else "training.left_over", days=f"{days:.1f}")
