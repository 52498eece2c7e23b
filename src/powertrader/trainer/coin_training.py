"""One training run of one coin: fetch, train, write, timeframe after timeframe, resumable."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal, Protocol, TypeAlias

from powertrader.core.clock import Clock
from powertrader.core.exceptions import BadData, Rejected, TrainingError
from powertrader.core.stoppable_clock import StopAsked
from powertrader.models.candle import CandleHistory
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.training import TrainingRun
from powertrader.models.types import CoinSymbol
from powertrader.trainer.trainer_files import TrainerFiles, digest_of, packed_memory
from powertrader.trainer.training_engine import TimeframeTraining, TrainingEngine, never

CoinOutcome: TypeAlias = Literal["finished", "interrupted"]
_TOTAL: Final = len(TIMEFRAMES)
GOES_ON_WITHIN_S: Final = 86400
"""A training that was broken off longer ago goes on with the candles of today."""
CLOCK_BACK_S: Final = 3600.0
"""So far the clock may have been set back since."""


class HistorySource(Protocol):
    """Where the candles of a training come from; core.market_client.CandleSource is one."""

    def history(self, coin: CoinSymbol, timeframe: Timeframe) -> CandleHistory:
        """Give the closed candles.

        Raises BadData or Rejected when there are none, RetryLater when they could not be asked for now,
        StopAsked when somebody wants the training to end.
        """
        ...


def _ignore(training: TimeframeTraining) -> None:
    del training


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How one run is watched.

    should_stop: asked before every timeframe, beside killer.txt; reproducing the original, before
    every pass. on_progress gets every timeframe as it ends. reprocess: forget what was known.
    source_at: where candles as of a second since 1970 come from, else the trainer's own. as_of_s: as of
    when a new run trains, else now.
    """

    should_stop: Callable[[], bool] = never
    on_progress: Callable[[TimeframeTraining], None] = _ignore
    reprocess: bool = False
    source_at: Callable[[int], HistorySource] | None = None
    as_of_s: int | None = None


@dataclass(frozen=True, slots=True)
class CoinReport:
    """How a run of one coin ended, and each timeframe that it came to."""

    coin: CoinSymbol
    outcome: CoinOutcome
    trainings: tuple[TimeframeTraining, ...]

    @property
    def failures(self) -> tuple[TrainingError, ...]:
        """Give the reason of every timeframe that could not be trained."""
        return tuple(each.error for each in self.trainings if each.error is not None)


@dataclass(frozen=True, slots=True)
class CoinTrainer:
    """Trains coins with candles from a source, by the rules of an engine."""

    market: HistorySource
    clock: Clock
    engine: TrainingEngine

    def train(self, files: TrainerFiles, options: RunOptions | None = None) -> CoinReport:
        """Train all timeframes of a coin, from its checkpoint on, and write what they led to.

        compat=safe goes on after a timeframe that fails and stops only between timeframes; broken off at
        any moment and started again within a day it ends with the bytes of a run that was not.
        Raises TrainingError when no timeframe could be trained (original: already for one, leaving
        the files as the original leaves them), RetryLater when the same call may go on later, and
        StorageError when a file cannot be written.
        """
        return _Run.of(self, files, options or RunOptions()).run()


@dataclass(slots=True)
class _Run:
    """One run while it goes on."""

    trainer: CoinTrainer
    files: TrainerFiles
    options: RunOptions
    kept: TrainingRun
    source: HistorySource
    started_s: int = 0
    downloaded_s: int = 0
    histories: dict[Timeframe, CandleHistory] = field(default_factory=dict)
    trainings: list[TimeframeTraining] = field(default_factory=list)

    @classmethod
    def of(cls, trainer: CoinTrainer, files: TrainerFiles, options: RunOptions) -> "_Run":
        now_s = int(trainer.clock.now().timestamp())
        as_of = utc_of(now_s if options.as_of_s is None else options.as_of_s)
        run = TrainingRun(files.coin, as_of, options.reprocess)
        return cls(trainer, files, options, run, trainer.market, now_s, now_s)

    def run(self) -> CoinReport:
        self.files.write_status("TRAINING", {"started_at": self.started_s}, self.started_s)
        self.files.write_progress(TIMEFRAMES[0], 0, self.started_s)
        index = self._begun(self._first_index())
        while index < _TOTAL:
            if not self._reproduces and self._stop_asked():
                return self._interrupt(index)
            try:
                training = self._train(TIMEFRAMES[index])
            except StopAsked:
                return self._interrupt(index)
            self._save(training, index)
            if training.outcome == "stopped":
                return self._interrupt(index)
            if training.error is not None and self._reproduces:
                raise training.error
            index += 1
            self._close(training, index)
        return self._finish()

    def _begun(self, index: int) -> int:
        """Find out what a run that was broken off goes on with, and give the timeframe to train next."""
        saved = None
        if not self._reproduces:
            found = self.files.training_run()
            if found is not None and self._fits(found, index):
                self.kept = found
            elif self.options.reprocess:
                self.files.remove_checkpoint()
                found, index = None, 0
            if found is not None and index < _TOTAL and found.timeframe is TIMEFRAMES[index]:
                saved = self.files.saved(TIMEFRAMES[index], found.digest)
            self.files.write_training_run(self.kept)
        if self.options.source_at is not None:
            self.source = self.options.source_at(int(self.kept.as_of.timestamp()))
        if saved is not None:
            index += 1
            self.trainings.append(saved)
            self._close(saved, index)
        return index

    def _fits(self, found: TrainingRun, index: int) -> bool:
        """Tell whether a run that was broken off is to be gone on with, from number index on."""
        age_s = (self.kept.as_of - found.as_of).total_seconds()
        number = index if found.timeframe is None else TIMEFRAMES.index(found.timeframe)
        return (
            found.coin == self.files.coin
            and -CLOCK_BACK_S <= age_s < GOES_ON_WITHIN_S
            and number in (index, index - 1)
            and (found.reprocess or not self.options.reprocess)
        )

    def _save(self, training: TimeframeTraining, index: int) -> None:
        packed = packed_memory(training.memory)
        if not self._reproduces:
            # before the memory is replaced, or a killed run would train it a second time on top of itself
            self.kept = replace(self.kept, timeframe=training.timeframe, digest=digest_of(packed))
            self.files.write_training_run(self.kept)
        self.files.save(training, packed)
        self.trainings.append(training)
        self.options.on_progress(training)
        if training.outcome != "finished" and training.candle_total:
            shown = (training.candle_current, training.candle_total)
            self.files.write_progress(training.timeframe, index, self._now_s(), shown)

    def _close(self, training: TimeframeTraining, index: int) -> None:
        """Remember that the timeframes before number index are done."""
        self.files.write_checkpoint(index, self._now_s())
        self.files.write_progress(training.timeframe, index, self._now_s())

    @property
    def _reproduces(self) -> bool:
        return self.trainer.engine.reproduces

    def _now_s(self) -> int:
        return int(self.trainer.clock.now().timestamp())

    def _stop_asked(self) -> bool:
        return self.options.should_stop() or self.files.stop_asked()

    def _first_index(self) -> int:
        index = self.files.checkpoint_index()
        if not self._reproduces:
            return max(index, 0)
        if -_TOTAL <= index < _TOTAL:
            return index
        msg = f"checkpoint of {self.files.coin} names timeframe {index} of {_TOTAL}; delete it to start anew"
        raise TrainingError(msg)

    def _train(self, timeframe: Timeframe) -> TimeframeTraining:
        self.downloaded_s = self._now_s()
        for needed in self.trainer.engine.timeframes_needed(timeframe):
            try:
                if needed not in self.histories:
                    self.histories[needed] = self.source.history(self.files.coin, needed)
            except (BadData, Rejected) as error:
                reason = TrainingError(f"{timeframe} cannot be trained without {needed} candles: {error}")
                reason.__cause__ = error
                return TimeframeTraining(timeframe, "failed", error=reason)
        memory = None if self.kept.reprocess else self.files.memory(timeframe)
        return self.trainer.engine.build_memory(timeframe, self.histories, memory, self._stop_asked)

    def _interrupt(self, index: int) -> CoinReport:
        now_s = self._now_s()
        self.files.write_start_time(self.downloaded_s)
        self.files.write_checkpoint(index, now_s)
        facts = {"started_at": self.started_s, "tf_index": index, "tf_total": _TOTAL}
        self.files.write_status("INTERRUPTED", facts, now_s)
        return CoinReport(self.files.coin, "interrupted", tuple(self.trainings))

    def _learnt_nothing(self, report: CoinReport) -> bool:
        """Tell whether no timeframe was trained; a resumed run counts those that an earlier one trained."""
        if not report.trainings or len(report.failures) < len(report.trainings):
            return False
        resumed = report.trainings[0].timeframe is not TIMEFRAMES[0]
        return not (resumed and any(self.files.memory(timeframe) is not None for timeframe in TIMEFRAMES))

    def _finish(self) -> CoinReport:
        now_s = self._now_s()
        report = CoinReport(self.files.coin, "finished", tuple(self.trainings))
        if self._learnt_nothing(report):
            self.files.write_status("FAILED", {"started_at": self.started_s}, now_s)
            self._forget()
            # seven timeframes often fail for want of the same candles
            reasons = "; ".join(dict.fromkeys(str(one.__cause__ or one) for one in report.failures))
            msg = f"{self.files.coin} could not be trained: {reasons}"
            raise TrainingError(msg) from report.failures[0].__cause__
        self.files.write_progress("done", _TOTAL, now_s)
        self.files.write_start_time(self.downloaded_s)
        self.files.write_training_time(self._trained_s(now_s))
        self.files.write_status("FINISHED", {"started_at": self.started_s, "finished_at": now_s}, now_s)
        # last, so that a run that is killed before only ends once more
        self._forget()
        return report

    def _trained_s(self, now_s: int) -> int:
        """Give the time that the thinker goes by: a training on old candles is as old as they are."""
        as_of_s = int(self.kept.as_of.timestamp())
        return now_s if now_s - as_of_s < GOES_ON_WITHIN_S else as_of_s

    def _forget(self) -> None:
        # in this order: a checkpoint alone means that only the end is missing
        self.files.remove_training_run()
        self.files.remove_checkpoint()
