"""The rows of the training matrix: how coins stand, what cells say, and what they are sorted by."""

from dataclasses import replace
from datetime import timedelta

import pytest

from powertrader.hub.training_matrix import SHOWN, TrainingStanding, left_of, matrix_row, training_standing_of
from powertrader.models.snapshot import TrainingView
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.training import TimeframeReport, TrainingReport
from tests.unit.snapshots import DAY_S, NOW, TRAINED, coin

OLD = TrainingView("FINISHED", NOW - timedelta(days=15), 15 * DAY_S)
TRAINER = 7


def report(state: str = "finished", *failed: Timeframe, pid: int = TRAINER) -> TrainingReport:
    rows = tuple(
        TimeframeReport(one, "failed" if one in failed else "trained", memories=100 - place)
        for place, one in enumerate(TIMEFRAMES)
    )
    return TrainingReport("BTC", state, "kucoin", pid, NOW, NOW, NOW, timeframes=rows)  # type: ignore[arg-type]  # the states are those of the tests below


BUSY = TrainingView("TRAINING", None, None, 33.0, replace(report("training"), timeframes=()), "4hour", 2, 7)


@pytest.mark.parametrize(
    "training, asked, standing",
    [
        (TRAINED, False, TrainingStanding.TRAINED),
        (TRAINED, True, TrainingStanding.WAITS),
        (OLD, False, TrainingStanding.OLD),
        (OLD, True, TrainingStanding.WAITS),
        (TrainingView(), False, TrainingStanding.NEVER),
        (TrainingView("FAILED", NOW, DAY_S), False, TrainingStanding.FAILED),
        (replace(TRAINED, report=report("retrying")), False, TrainingStanding.FAILED),
        # it rests after a failure, and is tried again
        (replace(TRAINED, report=report("retrying")), True, TrainingStanding.FAILED),
        (replace(TRAINED, report=report("retrying", pid=8)), True, TrainingStanding.WAITS),
        (replace(TRAINED, report=report("finished", Timeframe.WEEK_1)), False, TrainingStanding.PARTLY),
        (TrainingView("INTERRUPTED", NOW, DAY_S), False, TrainingStanding.INTERRUPTED),
        (BUSY, True, TrainingStanding.TRAINING),
        # of a trainer that is gone
        (replace(BUSY, report=report("training", pid=8)), False, TrainingStanding.INTERRUPTED),
    ],
)
def test_how_a_coin_stands(training: TrainingView, asked: bool, standing: TrainingStanding) -> None:
    assert training_standing_of(coin("BTC", training=training), TRAINER, asked=asked) is standing


def test_every_standing_is_shown_among_all_and_at_most_once_elsewhere() -> None:
    assert SHOWN["all"] == frozenset(TrainingStanding)
    others = [standing for name, some in SHOWN.items() if name != "all" for standing in some]
    assert len(others) == len(set(others))


def test_cells_tell_memories_failures_and_what_is_missing_by_shape_and_sort_by_number() -> None:
    training = replace(TRAINED, report=report("finished", Timeframe.WEEK_1))
    row = matrix_row(coin("BTC", training=training), TRAINER, asked=False).row
    assert row.cells == (
        *("BTC", "● partly failed", "● 100", "● 99", "● 98", "● 97", "● 96", "● 95", "✕ failed"),
        "13.0 d",
    )
    assert row.order[2:] == (100.0, 99.0, 98.0, 97.0, 96.0, 95.0, -2.0, 13 * DAY_S)
    assert row.tag == "warning"


def test_a_training_that_goes_on_shows_where_it_is() -> None:
    cells = matrix_row(coin("BTC", training=BUSY), TRAINER, asked=True).row.cells
    assert cells == ("BTC", "◐ training", "○", "○", "◐ 33 %", "○", "○", "○", "○", "never")


def test_what_was_learnt_elsewhere_has_no_figures_and_is_not_called_missing() -> None:
    assert matrix_row(coin("BTC"), None, asked=False).row.cells[2:9] == ("●",) * 7
    never = matrix_row(coin("BTC", training=TrainingView()), None, asked=False).row
    assert (never.cells[2:], never.tag) == ((*("○",) * 7, "never"), "muted")


def test_the_days_left_until_signals_end_and_since_they_ended() -> None:
    assert left_of(TRAINED) == 13 * DAY_S
    assert matrix_row(coin("BTC", training=OLD), None, asked=False).row.cells[-1] == "over for 1.0 d"
    unknown = replace(TRAINED, age_s=None)
    assert left_of(unknown) is None
    assert matrix_row(coin("BTC", training=unknown), None, asked=False).row.cells[-1] == "not known"
