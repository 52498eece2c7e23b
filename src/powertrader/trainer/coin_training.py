"""One training run of one coin: fetch, train, write, timeframe after timeframe, resumable."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from powertrader.core.clock import Clock
from powertrader.core.exceptions import BadData, ExchangeError, TrainingError
from powertrader.models.candle import CandleHistory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import CoinSymbol
from powertrader.trainer.trainer_files import TrainerFiles
from powertrader.trainer.training_engine import TimeframeTraining, TrainingEngine, never

_TOTAL: Final = len(TIMEFRAMES)


class HistorySource(Protocol):
    """Where the candles of a training come from; core.market_client.CandleSource is one."""

    def history(self, coin: CoinSymbol, timeframe: Timeframe) -> CandleHistory:
        """Give the closed candles. Raises BadData or ExchangeError when there are none."""
        ...


def _ignore(training: TimeframeTraining) -> None:
    del training


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How one run is watched.

    should_stop: asked before every timeframe, beside killer.txt; reproducing the original, before
    every pass. on_progress gets every timeframe as it ends. reprocess: forget what was known.
    """

    should_stop: Callable[[], bool] = never
    on_progress: Callable[[TimeframeTraining], None] = _ignore
    reprocess: bool = False


@dataclass(frozen=True, slots=True)
class CoinReport:
    """How a run of one coin ended, and each timeframe that it came to."""

    coin: CoinSymbol
    outcome: Literal["finished", "interrupted"]
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

        compat=safe goes on after a timeframe that fails and stops only between timeframes.
        Raises TrainingError when no timeframe could be trained (original: already for one, leaving
        the files as the original leaves them) and StorageError when a file cannot be written.
        """
        return _Run(self, files, options or RunOptions()).run()


@dataclass(slots=True)
class _Run:
    """One run while it goes on."""

    trainer: CoinTrainer
    files: TrainerFiles
    options: RunOptions
    started_s: int = 0
    downloaded_s: int = 0
    histories: dict[Timeframe, CandleHistory] = field(default_factory=dict)
    trainings: list[TimeframeTraining] = field(default_factory=list)

    def run(self) -> CoinReport:
        self.started_s = self.downloaded_s = self._now_s()
        self.files.write_status("TRAINING", {"started_at": self.started_s}, self.started_s)
        self.files.write_progress(TIMEFRAMES[0], 0, self.started_s)
        index = self._first_index()
        while index < _TOTAL:
            if not self._reproduces and self._stop_asked():
                return self._interrupt(index)
            training = self._train(TIMEFRAMES[index])
            self.files.save(training)
            self.trainings.append(training)
            self.options.on_progress(training)
            if training.outcome != "finished" and training.candle_total:
                shown = (training.candle_current, training.candle_total)
                self.files.write_progress(training.timeframe, index, self._now_s(), shown)
            if training.outcome == "stopped":
                return self._interrupt(index)
            if training.error is not None and self._reproduces:
                raise training.error
            index += 1
            self.files.write_checkpoint(index, self._now_s())
            self.files.write_progress(training.timeframe, index, self._now_s())
        return self._finish()

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
                    self.histories[needed] = self.trainer.market.history(self.files.coin, needed)
            except (BadData, ExchangeError) as error:
                reason = TrainingError(f"{timeframe} cannot be trained without {needed} candles: {error}")
                return TimeframeTraining(timeframe, "failed", error=reason)
        memory = None if self.options.reprocess else self.files.memory(timeframe)
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
        self.files.remove_checkpoint()
        if self._learnt_nothing(report):
            self.files.write_status("FAILED", {"started_at": self.started_s}, now_s)
            reasons = "; ".join(dict.fromkeys(map(str, report.failures)))
            msg = f"{self.files.coin} could not be trained: {reasons}"
            raise TrainingError(msg)
        self.files.write_progress("done", _TOTAL, now_s)
        self.files.write_start_time(self.downloaded_s)
        self.files.write_training_time(now_s)
        self.files.write_status("FINISHED", {"started_at": self.started_s, "finished_at": now_s}, now_s)
        return report
