"""What a training tells of itself while it goes on and when it fails."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import (
    AccessRefused,
    BadData,
    CandlesMissing,
    PowerTraderError,
    RateLimitError,
    RetryLater,
    StorageError,
    TrainingError,
)
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import Timeframe
from powertrader.models.training import TrainingReport
from powertrader.trainer.advice import remedy_of
from powertrader.trainer.progress import CoinProgress
from powertrader.trainer.training_engine import TimeframeTraining
from tests.unit.trainer.test_coin_training import Market

NOW = datetime(2024, 1, 1, tzinfo=UTC)
AS_OF_S = int(NOW.timestamp())


def memory(weights: list[float]) -> PatternMemory:
    ones = np.ones(len(weights))
    return PatternMemory(ones, ones, ones, ones, 1.5, np.array(weights), None, None)


class Told:
    """Keeps what is published."""

    def __init__(self) -> None:
        self.wall = ManualClock(NOW)
        self.reports: list[TrainingReport] = []
        blank = TrainingReport("ETH", "training", "kucoin", 7, NOW, NOW, NOW)
        self.progress = CoinProgress(blank, self.reports.append, self.wall)


def test_a_report_names_dates_candles_memories_moved_weights_and_threshold() -> None:
    told = Told()
    source = told.progress.reading(Market(), AS_OF_S)
    source.history("ETH", Timeframe.DAY_1)
    told.wall.sleep(1)
    told.progress.trained(
        TimeframeTraining(
            Timeframe.DAY_1, "finished", memory([1.0, 1.25, 1.0]), 1.5, candles_used=59, learnt=3
        )
    )
    (row,) = told.reports[-1].timeframes
    assert (row.candles, row.used, row.memories, row.learnt, row.weights_moved) == (60, 59, 3, 3, 1)
    assert row.first_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert row.last_at == datetime(1970, 3, 1, tzinfo=UTC)
    assert (row.threshold_pct, row.gaps) == (1.5, "no candle is missing")


def test_reports_of_a_busy_training_are_written_twice_a_second_at_most() -> None:
    told = Told()
    told.progress.reading(Market(), AS_OF_S)
    for timeframe in Timeframe:
        told.progress.trained(TimeframeTraining(timeframe, "finished"))
        told.wall.sleep(0.1)
    assert len(told.reports) <= 3
    assert len(told.progress.report.timeframes) == len(Timeframe)


def test_a_run_that_goes_on_keeps_what_was_told_of_its_timeframes_and_a_new_one_does_not() -> None:
    told = Told()
    told.progress.reading(Market(), AS_OF_S)
    told.progress.trained(TimeframeTraining(Timeframe.HOUR_1, "finished"))
    told.progress.reading(Market(), AS_OF_S)
    assert [row.timeframe for row in told.progress.report.timeframes] == [Timeframe.HOUR_1]
    told.progress.reading(Market(), AS_OF_S + 60)
    assert len(told.progress.report.timeframes) == 0
    assert told.progress.report.as_of == NOW + timedelta(seconds=60)


def test_a_failure_is_told_at_once_with_what_to_do() -> None:
    told = Told()
    told.progress.broken(RetryLater("no answer"), retrying=True)
    assert (told.reports[-1].state, told.reports[-1].reason) == ("retrying", "no answer")
    assert "online" in told.reports[-1].remedy


@pytest.mark.parametrize(
    "error, words",
    [
        (RateLimitError("slow down", 5.0), "when the venue allows it"),
        (RetryLater("no answer"), "online"),
        (RetryLater("no answer from https://api.kucoin.com (Timeout)"), "online"),
        (RetryLater("no answer from http://127.0.0.1:8787 (Timeout)"), "local exchange"),
        (RetryLater("no answer from http://[::1]:8787 (Timeout)"), "local exchange"),
        (AccessRefused("not here"), "another venue"),
        (StorageError("disk full"), "make room"),
        (CandlesMissing("not on file"), "without --offline"),
        (TrainingError("too few"), "too new"),
        (BadData("unknown pair"), "coin's name"),
    ],
)
def test_every_failure_has_something_that_a_person_can_do(error: PowerTraderError, words: str) -> None:
    assert words in remedy_of(error)


def test_a_failure_that_another_one_led_to_is_mended_where_it_began() -> None:
    failed = TrainingError("1week cannot be trained")
    failed.__cause__ = StorageError("disk full")
    assert "make room" in remedy_of(failed)
