"""The entries of one timeframe while it is trained: what is learnt, and what matching sees of it."""

from typing import Final, Protocol

import numpy as np

from powertrader.core.original_format import (
    NEW_WEIGHT,
    Reading,
    aligned,
    entry_texts,
    memory_of,
    read_entries,
    read_weights,
    without_blanks,
    words_of,
)
from powertrader.core.patterns import index_of
from powertrader.models.memory import OriginalText, PatternMemory
from powertrader.models.types import FloatArray
from powertrader.trainer.kernels import run_walk
from powertrader.trainer.walk import FLUSHED, RUNNING, Columns, OnFile, State, Walk

START_THRESHOLD_PCT: Final = 1.0
_NONE: Final = np.empty(0, dtype=np.float64)
_NUMBERS: Final = ("body_pct", "close_move_pct", "high_move_pct", "low_move_pct")
_NOT_WRITTEN: Final = float("nan")


class Workspace(Protocol):
    """What a training needs of its entries; made anew for every timeframe."""

    def start(self) -> State:
        """Give the state before the first candle."""
        ...

    def run(self, walk: Walk, state: State) -> State:
        """Walk on until the pass ends, stops or fails."""
        ...

    def memory(self, state: State, *, flushed: bool) -> PatternMemory:
        """Give all entries, or with flushed only those of the last flush."""
        ...

    def count_added(self, state: State) -> int:
        """Count the entries that were not there before."""
        ...


class NumericWorkspace:
    """Entries that numbers alone describe: the usual and fast case."""

    def __init__(self, memory: PatternMemory | None, room: int) -> None:
        """Copy the memory before the training and leave room for new entries."""
        self._before = 0 if memory is None else len(memory)
        self._columns = columns_of(memory, room)
        bodies = index_of(self._columns.body[: self._before])
        self._indexed = len(bodies)
        self._on_file = OnFile(self._columns, _with_room(bodies, room), _NONE, blocked=False, grows=True)

    def start(self) -> State:
        """Give the state before the first candle."""
        moves = self._columns.close_move[: self._before] * self._columns.weight[: self._before]
        return _start(self._before, self._before, self._indexed, _deepest(moves))

    def run(self, walk: Walk, state: State) -> State:
        """Walk on until the pass ends, stops or fails."""
        return run_walk(walk, self._on_file, self._columns, state)

    def memory(self, state: State, *, flushed: bool) -> PatternMemory:
        """Give all entries, or with flushed only those of the last flush."""
        rows = state.on_file if flushed else state.learnt
        return memory_from(self._columns, rows, state.written_pct)

    def count_added(self, state: State) -> int:
        """Count the entries that were not there before."""
        return state.learnt - self._before


class ImportedWorkspace:
    """Entries with texts that numbers cannot give back; what matching sees is made anew at every flush.

    skips_damaged: leave damaged entries out instead of letting them void all others (Q10).
    """

    def __init__(self, memory: PatternMemory, room: int, *, skips_damaged: bool) -> None:
        """Take the memory as it was read, and leave room for new entries."""
        self._memory = memory
        self._skips_damaged = skips_damaged
        self._words = without_blanks(words_of(memory))
        self._columns = columns_of(None, room)
        self._entries = read_entries(self._words.entries)
        self._weights = read_weights(self._words)
        self._on_file = self._view(memory)
        self._flushed_rows = 0

    def start(self) -> State:
        """Give the state before the first candle."""
        return _start(0, 0, 0, 0.0)

    def run(self, walk: Walk, state: State) -> State:
        """Walk on until the pass ends, stops or fails, renewing the view at every flush."""
        while True:
            moves = self._on_file.columns.close_move * self._on_file.columns.weight
            state = state._replace(
                on_file=len(moves),
                indexed=len(self._on_file.sorted_bodies),
                deepest_move_pct=_deepest(moves),
            )
            state = run_walk(walk, self._on_file, self._columns, state)
            if state.outcome != FLUSHED:
                return state
            self._flushed_rows = state.learnt
            if not self._on_file.blocked or state.flushes == 1:
                self._on_file = self._view(self._memory_on_file(state))

    def _memory_on_file(self, state: State) -> PatternMemory:
        """Give the entries as they stand in the files now, each beside the weights of its number (Q18)."""
        learnt = np.array([column[: state.learnt] for column in self._columns])
        known = np.ones((len(_NUMBERS), state.learnt), dtype=np.bool_)
        entries = Reading(
            np.concatenate((self._entries.numbers, learnt[: len(_NUMBERS)]), axis=1),
            np.concatenate((self._entries.known, known), axis=1),
        )
        close, high, low = (
            Reading(
                np.concatenate((weights.numbers, np.ones(state.learnt))),
                np.concatenate((weights.known, known[0])),
            )
            for weights in self._weights
        )
        return aligned(entries, (close, high, low), state.written_pct)

    def _view(self, memory: PatternMemory) -> OnFile:
        if self._skips_damaged:
            columns = columns_of(numbers_only(memory), 0)
            return OnFile(columns, index_of(columns.body), _NONE, blocked=False, grows=False)
        columns = columns_of(memory, 0)
        known = np.ones(len(memory), dtype=np.bool_)
        body_known = known if memory.readable_body is None else memory.readable_body
        fields_known = known if memory.readable_fields is None else memory.readable_fields
        return OnFile(
            columns,
            index_of(columns.body[body_known]),
            index_of(columns.body[body_known & ~fields_known]),
            blocked=not bool(body_known.all()),
            grows=False,
        )

    def memory(self, state: State, *, flushed: bool) -> PatternMemory:
        """Give all entries, or with flushed only those of the last flush."""
        rows = self._flushed_rows if flushed else state.learnt
        body, close_move, high_move, low_move = (column[:rows] for column in self._columns[: len(_NUMBERS)])
        ones = (NEW_WEIGHT,) * rows
        words = OriginalText(
            self._words.entries + entry_texts(body, close_move, high_move, low_move),
            self._words.weights + ones,
            self._words.weights_high + ones,
            self._words.weights_low + ones,
        )
        return memory_of(words, state.written_pct)

    def count_added(self, state: State) -> int:
        """Count the entries that were not there before."""
        return state.learnt


def columns_of(memory: PatternMemory | None, room: int) -> Columns:
    """Copy a memory into columns with room for more rows."""
    if memory is None:
        return Columns(*(np.empty(room) for _ in Columns._fields))
    ones = np.ones(len(memory))
    numbers = [getattr(memory, name) for name in _NUMBERS]
    weights = [memory.weights, memory.weights_high, memory.weights_low]
    filled = [*numbers, *(ones if column is None else column for column in weights)]
    return Columns(*(_with_room(column, room) for column in filled))


def _with_room(column: FloatArray, room: int) -> FloatArray:
    longer = np.empty(len(column) + room)
    longer[: len(column)] = column
    return longer


def memory_from(columns: Columns, rows: int, threshold_pct: float) -> PatternMemory:
    """Copy the first rows of columns into a memory."""
    kept = Columns(*(column[:rows].copy() for column in columns))
    return PatternMemory(
        kept.body,
        kept.close_move,
        kept.high_move,
        kept.low_move,
        threshold_pct,
        _unless_one(kept.weight),
        _unless_one(kept.weight_high),
        _unless_one(kept.weight_low),
    )


def numbers_only(memory: PatternMemory) -> PatternMemory:
    """Give the memory without its damaged entries and without odd texts."""
    usable = np.ones(len(memory), dtype=np.bool_)
    for readable in (memory.readable_body, memory.readable_fields):
        usable &= True if readable is None else readable
    columns = Columns(*(column[usable] for column in columns_of(memory, 0)))
    return memory_from(columns, len(columns.body), memory.threshold_pct)


def _unless_one(weights: FloatArray) -> FloatArray | None:
    return None if bool(np.all(weights == 1.0)) else weights


def _deepest(moves: FloatArray) -> float:
    """Give the smallest of the moves that are numbers, infinity without any."""
    return float(np.fmin.reduce(moves, initial=np.inf))


def _start(learnt: int, on_file: int, indexed: int, deepest_move_pct: float) -> State:
    return State(
        0,
        0,
        START_THRESHOLD_PCT,
        _NOT_WRITTEN,
        0,
        0,
        learnt,
        on_file,
        indexed,
        deepest_move_pct,
        0,
        0,
        RUNNING,
    )
