"""The trainer's rules: candles and a memory in, the memory afterwards out; no file, no clock, no network."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np

from powertrader.core.exceptions import TrainingError
from powertrader.core.patterns import bodies_pct
from powertrader.models.candle import CandleHistory, Candles
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import Compat, FloatArray, TrainingMode
from powertrader.trainer.kernels import move_weights_along
from powertrader.trainer.training_plan import Pass, passes_of
from powertrader.trainer.walk import RUNNING, STOPPED, ZERO_OPEN, State, Walk
from powertrader.trainer.workspace import (
    START_THRESHOLD_PCT,
    ImportedWorkspace,
    NumericWorkspace,
    Workspace,
    columns_of,
    memory_from,
    numbers_only,
)

_WALKS_KEPT: Final = 2


@dataclass(frozen=True, slots=True)
class TimeframeTraining:
    """What the training of one timeframe led to.

    memory: what the files hold afterwards, threshold_pct: the threshold file; None: untouched.
    candle_current of candle_total: progress last shown, 0 when none was. first_time_s and
    last_time_s: opening of the oldest and newest of the candles_used candles of the timeframe
    itself. learnt: entries added; matched: candles that matched one. error: why it failed.
    """

    timeframe: Timeframe
    outcome: Literal["finished", "stopped", "failed"]
    memory: PatternMemory | None = None
    threshold_pct: float | None = None
    candle_current: int = 0
    candle_total: int = 0
    candles_used: int = 0
    first_time_s: int | None = None
    last_time_s: int | None = None
    learnt: int = 0
    matched: int = 0
    error: TrainingError | None = None


def never() -> bool:
    """Do not stop."""
    return False


class TrainingEngine:
    """The trainer's rules in one of the modes.

    mode: original (byte-exact), online (weights learn) or recent (newest candles too), see
    docs/DEVIATIONS.md. compat: original keeps what is half done when a timeframe fails or stops and
    lets one damaged entry void all matches; safe keeps the memory from before and skips the entry.
    """

    def __init__(self, mode: TrainingMode = "original", compat: Compat = "safe") -> None:
        self._mode: Final = mode
        self._reproduces: Final = compat == "original" and mode == "original"

    @property
    def reproduces(self) -> bool:
        """Tell whether results equal the original's files at every moment, accidents included."""
        return self._reproduces

    def timeframes_needed(self, timeframe: Timeframe) -> tuple[Timeframe, ...]:
        """Give the timeframes whose candles the training of one needs (Q1)."""
        return (timeframe,) if self._mode == "recent" else (Timeframe.HOUR_1, timeframe)

    def build_memory(
        self,
        timeframe: Timeframe,
        histories: Mapping[Timeframe, CandleHistory],
        memory: PatternMemory | None,
        should_stop: Callable[[], bool] = never,
    ) -> TimeframeTraining:
        """Give the training of one timeframe on top of a memory (None: from nothing).

        histories: needs 1hour and the timeframe itself, mode recent only the latter. should_stop is
        asked at the begin of every pass, and only when the original is reproduced: what it leaves
        when stopped is half done.
        """
        try:
            passes = passes_of(self._mode, timeframe, histories)
        except TrainingError as missing:
            return TimeframeTraining(timeframe, "failed", error=missing)
        workspace = self._workspace(memory, sum(walked.iterations for walked in passes))
        with np.errstate(all="ignore"):  # prices and moves may overflow, as they may in the original
            state, error = self._run(workspace, passes, should_stop)
        if error is not None and not self._reproduces:
            return TimeframeTraining(timeframe, "failed", error=error)
        return _result(passes[-1], workspace, state, error)

    def train_coin(
        self, histories: Mapping[Timeframe, CandleHistory], memories: Mapping[Timeframe, PatternMemory]
    ) -> dict[Timeframe, TimeframeTraining]:
        """Give the training of every timeframe; one that fails does not keep the others from it."""
        return {
            timeframe: self.build_memory(timeframe, histories, memories.get(timeframe))
            for timeframe in TIMEFRAMES
        }

    def adjust_weights(self, memory: PatternMemory, candles: Candles) -> PatternMemory:
        """Give the memory with weights moved by every candle and the one after it (BEHAVIOUR.md 1.7)."""
        columns = columns_of(numbers_only(memory), 0)
        rows = len(columns.body)
        with np.errstate(all="ignore"):
            move_weights_along(_walk_over(candles), memory.threshold_pct, columns, rows)
        return memory_from(columns, rows, memory.threshold_pct)

    def _workspace(self, memory: PatternMemory | None, room: int) -> Workspace:
        if memory is None or memory.original_text is None:
            return NumericWorkspace(memory, room)
        if self._mode != "original":
            return NumericWorkspace(numbers_only(memory), room)
        return ImportedWorkspace(memory, room, skips_damaged=not self._reproduces)

    def _run(
        self, workspace: Workspace, passes: tuple[Pass, ...], should_stop: Callable[[], bool]
    ) -> tuple[State, TrainingError | None]:
        state = workspace.start()
        for walked in passes:
            # asked even where the pass cannot begin: the original downloads before it hangs
            stops = self._reproduces and should_stop()
            if error := walked.shortage():
                return state, error
            walk = _walk_over(walked.candles)._replace(
                last_window=walked.last_window,
                stops=stops,
                moves_weights=self._mode == "online",
            )
            state = workspace.run(walk, _at_begin_of(walked, state))
            if state.outcome == ZERO_OPEN:
                return state, walked.zero_open(walk.first_zero_open)
            if state.outcome == STOPPED:
                break
        return state, None


def train_timeframes(
    histories: Mapping[Timeframe, CandleHistory],
    memories: Mapping[Timeframe, PatternMemory],
    mode: TrainingMode = "original",
    compat: Compat = "safe",
) -> dict[Timeframe, PatternMemory]:
    """Give the memories of one coin after a training; a timeframe that fails keeps the one from before."""
    trained = TrainingEngine(mode, compat).train_coin(histories, memories)
    learnt = {timeframe: each.memory for timeframe, each in trained.items() if each.memory is not None}
    return {**memories, **learnt}


def _result(
    walked: Pass, workspace: Workspace, state: State, error: TrainingError | None
) -> TimeframeTraining:
    written = error is None or state.flushes > 0
    used = walked.candles.open_time_s
    return TimeframeTraining(
        walked.trained,
        "failed" if error else "stopped" if state.outcome == STOPPED else "finished",
        workspace.memory(state, flushed=error is not None) if written else None,
        None if math.isnan(state.written_pct) else state.written_pct,
        state.shown_window,
        state.shown_total,
        len(used),
        int(used[0]) if len(used) else None,
        int(used[-1]) if len(used) else None,
        workspace.count_added(state),
        state.matched,
        error,
    )


def _at_begin_of(walked: Pass, state: State) -> State:
    return state._replace(
        iteration=0, window=walked.first_window, threshold_pct=START_THRESHOLD_PCT, outcome=RUNNING
    )


@lru_cache(maxsize=_WALKS_KEPT)
def _walk_over(candles: Candles) -> Walk:
    """Give the columns of candles as kernels take them; the hourly ones serve all timeframes of a coin."""
    zero_opens = np.flatnonzero(candles.open == 0)
    return Walk(
        bodies_pct(candles.open, candles.close),
        _plain(candles.close),
        _plain(candles.high),
        _plain(candles.low),
        int(zero_opens[0]) if len(zero_opens) else len(candles),
        len(candles),
        stops=False,
        moves_weights=False,
    )


def _plain(column: FloatArray) -> FloatArray:
    """Give a column as the compiled kernels know it: contiguous, writable doubles."""
    return np.require(column, np.float64, ("C", "W"))
