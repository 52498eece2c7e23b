"""The rules of a signal as functions of their arguments: no file, no request, no clock.

Source: golden/BEHAVIOUR.md sections 2.3 and 2.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np

from powertrader.core.exceptions import BadData, DataCorruptionError
from powertrader.core.patterns import distance_pct
from powertrader.models.candle import Candle
from powertrader.models.memory import PatternMemory
from powertrader.models.signal import HIGHEST_LEVEL, Signal
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import CoinSymbol, Compat, PriceLevel
from powertrader.thinker import kernels, sweep_kernels
from powertrader.thinker.bounds import START, Bounds, EndlessSpacing, Sweep, SweepState
from powertrader.thinker.prediction import Activity, Moves, Prediction, PredictionColumns, columns_of

Placed: TypeAlias = tuple[Bounds, tuple[Timeframe, ...]]
"""Spaced bounds, and the timeframes left out because theirs are not above 0."""


@dataclass(frozen=True, slots=True)
class CoinView:
    """All that one signal is made from.

    candles: the newest closed one of each timeframe, shortest first; memories alike, None where
    nothing can be used; ask: the best price a buyer pays.
    """

    coin: CoinSymbol
    candles: tuple[Candle, ...]
    memories: tuple[PatternMemory | None, ...]
    ask: PriceLevel


@dataclass(frozen=True, slots=True)
class SignalEngine:
    """From one closed candle per timeframe, what was learnt and a price to a signal.

    compat original: every quirk. safe: the same results, except that a damaged memory entry is
    left out instead of voiding its timeframe, and that bounds which are not above 0 are left out
    where the original would space them for ever.
    """

    compat: Compat = "safe"

    def find_similar_patterns(
        self, current: Sequence[float], memory: PatternMemory
    ) -> list[tuple[int, float]]:
        """Give position and distance in percent of the stored patterns that resemble this one.

        current: one body in percent, as a pattern is one candle.
        Raises ValueError for another length, and with compat original DataCorruptionError when
        any stored body cannot be read (Q10).
        """
        if len(current) != 1:
            msg = f"a pattern is the body of 1 candle, got {len(current)}"
            raise ValueError(msg)
        readable = memory.readable_body
        if self.compat == "original" and readable is not None and not readable.all():
            msg = f"entry {int(np.argmin(readable))} has no readable body; train this timeframe again"
            raise DataCorruptionError(msg)
        body, stored = current[0], memory.body_pct
        matches = kernels.find_matches(body, memory.threshold_pct, columns_of(memory))
        return [(position, float(distance_pct(body, stored[position]))) for position in matches.tolist()]

    def predict_levels(self, matches: Sequence[tuple[int, float]], memory: PatternMemory) -> Moves:
        """Give the weighted mean moves of these matches.

        Raises DataCorruptionError with compat original when a match cannot be read (Q29).
        """
        columns = columns_of(memory)
        positions = np.array([position for position, _ in matches], dtype=np.int64)
        if self.compat == "safe":
            positions = kernels.undamaged(positions, columns)
        state, high, low = kernels.mean_moves(positions, columns)
        if state == kernels.DAMAGED:
            msg = f"one of {len(matches)} matching entries cannot be read; train this timeframe again"
            raise DataCorruptionError(msg)
        return Moves(Activity(state), float(high), float(low))

    def moves_after(self, body_pct: float, memory: PatternMemory) -> Moves:
        """Give the mean moves after candles with this body: matching and averaging in one go."""
        kernel = kernels.predict if self.compat == "original" else kernels.predict_without_damage
        state, high, low = kernel(body_pct, memory.threshold_pct, columns_of(memory))
        return Moves(Activity(state), float(high), float(low))

    def predict(self, candle: Candle, memory: PatternMemory | None) -> Prediction:
        """Give where the candle after this closed one should reach; no memory makes it DAMAGED.

        Raises BadData when the candle opened at 0.
        """
        if memory is None:
            return Moves(Activity.DAMAGED).prices(candle.close)
        if candle.open == 0:
            msg = f"candle of {candle.open_time_s} opened at 0, so its body has no percentage"
            raise BadData(msg)
        return self.moves_after(candle.body_pct, memory).prices(candle.close)

    def calculate_bounds(self, predictions: Sequence[Prediction]) -> Bounds:
        """Give the spaced bounds around seven predictions, shortest timeframe first.

        They do not depend on a price. Raises EndlessSpacing as sweep does.
        """
        return self.bounds_of(PredictionColumns.of(predictions))[0]

    def sweep(self, state: SweepState, predictions: Sequence[Prediction], ask: PriceLevel) -> Sweep:
        """Compare an ask with the bounds in force and put those of these predictions in force (Q21).

        Raises EndlessSpacing with compat original when two bounds can never be spaced (Q28).
        """
        columns = PredictionColumns.of(predictions)
        return _compare(state, columns, ask, self.bounds_of(columns))

    def settle(self, state: SweepState, predictions: Sequence[Prediction], ask: PriceLevel) -> Sweep:
        """Sweep twice at one ask, so that the second compares with the bounds of these predictions.

        Raises EndlessSpacing as sweep does.
        """
        columns = PredictionColumns.of(predictions)
        placed = self.bounds_of(columns)
        # All that the first sweep leaves to the second are these bounds.
        return _compare(placed[0].state(state.sweeps + 1), columns, ask, placed)

    def generate_signal(self, view: CoinView, made_at: datetime) -> Signal:
        """Go the whole way for one coin: match, predict, space, compare.

        Raises BadData when a candle opened at 0, when bounds can never be spaced (compat
        original), or when a memory drives the margin to nan.
        """
        pairs = zip(view.candles, view.memories, strict=True)
        predictions = tuple([self.predict(candle, memory) for candle, memory in pairs])
        return self.settle(START, predictions, view.ask).signal(view.coin, made_at)

    def bounds_of(self, columns: PredictionColumns) -> Placed:
        """Give the spaced bounds, and the timeframes left out because theirs are not above 0.

        Raises EndlessSpacing with compat original when two bounds can never be spaced (Q28).
        """
        try:
            return Bounds.of(columns), ()
        except EndlessSpacing:
            if self.compat == "original":
                raise
        usable, worthless = columns.without_worthless()
        return Bounds.of(usable), worthless


def _compare(
    state: SweepState,
    columns: PredictionColumns,
    ask: PriceLevel,
    placed: tuple[Bounds, tuple[Timeframe, ...]],
) -> Sweep:
    """Compare an ask with the bounds of a state; placed are those that follow."""
    sides, margins = np.empty(HIGHEST_LEVEL, dtype=np.int64), np.empty(HIGHEST_LEVEL)
    sweep_kernels.take_sides(ask, state.filled(), (columns.low, columns.high), sides, margins)
    following, worthless = placed
    return Sweep(
        tuple(sides.tolist()),
        tuple(margins.tolist()),
        float(sweep_kernels.mean_margin(margins)),
        following,
        following.state(state.sweeps + 1),
        worthless,
    )
