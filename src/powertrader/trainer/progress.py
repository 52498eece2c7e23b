"""What one coin's training tells while it goes on, timeframe by timeframe."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

import numpy as np

from powertrader.core.clock import Clock
from powertrader.core.exceptions import PowerTraderError
from powertrader.models.candle import CandleHistory
from powertrader.models.candle_gaps import gaps_in
from powertrader.models.memory import PatternMemory
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.training import TimeframeReport, TrainingReport
from powertrader.models.types import CoinSymbol
from powertrader.trainer.advice import remedy_of
from powertrader.trainer.coin_training import CoinReport, HistorySource
from powertrader.trainer.training_engine import TimeframeTraining

TOLD_EVERY: Final = timedelta(seconds=0.5)
"""A report is renewed at most this often while a training goes on."""


@dataclass(slots=True)
class CoinProgress:
    """Keeps the report of one coin up to date; a source of candles that notes what it hands on.

    What earlier runs of the same training told of their timeframes stays in the report.
    """

    report: TrainingReport
    publish: Callable[[TrainingReport], None]
    wall: Clock
    source: HistorySource | None = None
    histories: dict[Timeframe, CandleHistory] = field(default_factory=dict)

    def reading(self, source: HistorySource, as_of_s: int) -> HistorySource:
        """Note which candles are used, and give a source that tells what is read."""
        as_of = utc_of(as_of_s)
        earlier = self.report.timeframes if as_of == self.report.as_of else ()
        self.source = source
        self._tell(replace(self.report, as_of=as_of, timeframes=earlier), at_once=True)
        return self

    def history(self, coin: CoinSymbol, timeframe: Timeframe) -> CandleHistory:
        """Give the candles of the source. Raises what the source raises."""
        if self.source is None:
            msg = "reading comes first"
            raise RuntimeError(msg)
        self._tell(replace(self.report, doing=f"reading {timeframe} candles"))
        self.histories[timeframe] = self.source.history(coin, timeframe)
        return self.histories[timeframe]

    def trained(self, training: TimeframeTraining) -> None:
        """Note how a timeframe ended."""
        rows = {row.timeframe: row for row in self.report.timeframes}
        rows[training.timeframe] = _row(training, self.histories.get(training.timeframe))
        ordered = tuple(rows[timeframe] for timeframe in TIMEFRAMES if timeframe in rows)
        self._tell(replace(self.report, doing=f"trained {training.timeframe}", timeframes=ordered))

    def ended(self, report: CoinReport) -> None:
        """Note how the training ended."""
        self._tell(replace(self.report, state=report.outcome, doing=""), at_once=True)

    def broken(self, error: PowerTraderError, *, retrying: bool) -> None:
        """Note why the training could not go on."""
        state: TrainingReport = replace(
            self.report,
            state="retrying" if retrying else "failed",
            doing="",
            reason=str(error),
            remedy=remedy_of(error),
        )
        self._tell(state, at_once=True)

    def _tell(self, report: TrainingReport, *, at_once: bool = False) -> None:
        now = self.wall.now()
        due = at_once or not timedelta() <= now - self.report.at < TOLD_EVERY
        self.report = replace(report, at=now if due else self.report.at)
        if due:
            self.publish(self.report)


def _row(training: TimeframeTraining, history: CandleHistory | None) -> TimeframeReport:
    candles = None if history is None else history.candles
    times = [] if candles is None or not len(candles) else [candles.open_time_s[0], candles.open_time_s[-1]]
    first_at, last_at = (utc_of(int(time_s)) for time_s in times) if times else (None, None)
    error = training.error
    return TimeframeReport(
        training.timeframe,
        "trained" if error is None else "failed",
        0 if candles is None else len(candles),
        training.candles_used,
        first_at,
        last_at,
        "" if candles is None else str(gaps_in(candles)),
        0 if training.memory is None else len(training.memory),
        training.learnt,
        training.matched,
        _moved(training.memory),
        training.threshold_pct,
        "" if error is None else str(error),
        "" if error is None else remedy_of(error),
    )


def _moved(memory: PatternMemory | None) -> int:
    """Count the entries whose weights are not all 1."""
    if memory is None:
        return 0
    moved = np.zeros(len(memory), dtype=np.bool_)
    for weights in (memory.weights, memory.weights_high, memory.weights_low):
        if weights is not None:
            moved |= weights != 1.0
    return int(moved.sum())
