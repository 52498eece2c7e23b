"""The values of a sweep: bounds around the predictions, and what a price means to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

import numpy as np

from powertrader.core.exceptions import BadData
from powertrader.models.signal import HIGHEST_LEVEL, Signal
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import CoinSymbol, FloatArray, PriceLevel
from powertrader.thinker import sweep_kernels
from powertrader.thinker.prediction import PredictionColumns


class EndlessSpacing(BadData):
    """Two bounds that are not above 0 would be pushed apart for ever (Q28)."""


@dataclass(frozen=True, slots=True)
class SweepState:
    """What a coin carries from sweep to sweep: the bounds that the next price is compared with."""

    low: tuple[PriceLevel, ...] = ()
    high: tuple[PriceLevel, ...] = ()
    sweeps: int = 0

    def filled(self) -> tuple[FloatArray, FloatArray]:
        """Give seven low and seven high bounds; placeholders fill the end (Q26)."""
        low = np.full(HIGHEST_LEVEL, sweep_kernels.LOW_PLACEHOLDER)
        high = np.full(HIGHEST_LEVEL, sweep_kernels.HIGH_PLACEHOLDER)
        low[: len(self.low)] = self.low
        high[: len(self.high)] = self.high
        return low, high


@dataclass(frozen=True, slots=True)
class Bounds:
    """Prices a little outside the predictions, pushed apart.

    low, high: by timeframe, shortest first; equal bounds close up, so there may be fewer than
    seven (Q26). ranked_low: seven, falling; ranked_high: seven, rising; both with placeholders.
    """

    low: tuple[PriceLevel, ...]
    high: tuple[PriceLevel, ...]
    ranked_low: tuple[PriceLevel, ...]
    ranked_high: tuple[PriceLevel, ...]

    @classmethod
    def of(cls, predictions: PredictionColumns) -> Self:
        """Give the bounds of these predictions. Raises EndlessSpacing where they never part."""
        low, high, ranked_low, ranked_high = (np.empty(HIGHEST_LEVEL) for _ in range(4))
        lows, highs = sweep_kernels.place_bounds(
            (predictions.low, predictions.high), predictions.activity, (low, high), (ranked_low, ranked_high)
        )
        if lows == 0:
            msg = f"bounds {low.tolist()} and {high.tolist()} can never be spaced, they must be above 0"
            raise EndlessSpacing(msg)
        return cls(
            tuple(low[:lows].tolist()),
            tuple(high[:highs].tolist()),
            tuple(ranked_low.tolist()),
            tuple(ranked_high.tolist()),
        )

    def state(self, sweeps: int) -> SweepState:
        """Give the state that carries these bounds into the next sweep."""
        return SweepState(self.low, self.high, sweeps)

    @property
    def long_bounds(self) -> tuple[PriceLevel, ...]:
        """The low bounds by rank, without placeholders and what is no price."""
        return real_bounds(self.ranked_low, sweep_kernels.LOW_PLACEHOLDER)

    @property
    def short_bounds(self) -> tuple[PriceLevel, ...]:
        """The high bounds by rank, without placeholders and what is no price."""
        return real_bounds(self.ranked_high, sweep_kernels.HIGH_PLACEHOLDER)


def real_bounds(ranked: Sequence[PriceLevel], placeholder: float) -> tuple[PriceLevel, ...]:
    """Leave out placeholders, infinities and nan."""
    # Only a finite number minus itself is 0.
    return tuple([value for value in ranked if value != placeholder and value - value == 0])


START: Final = SweepState()


@dataclass(frozen=True, slots=True)
class Sweep:
    """The outcome of comparing one price with the bounds in force.

    sides: by timeframe, 1 long, -1 short, 0 neither; margins by timeframe and their mean in
    percent. bounds: those that follow from the predictions, in force in the next sweep; state
    carries them there. worthless: timeframes left out because their bounds are not above 0.
    """

    sides: tuple[int, ...]
    margins_pct: tuple[float, ...]
    margin_pct: float
    bounds: Bounds
    state: SweepState
    worthless: tuple[Timeframe, ...] = ()

    def signal(self, coin: CoinSymbol, made_at: datetime) -> Signal:
        """Give the message that this sweep amounts to. Raises BadData when the margin is no number."""
        try:
            return Signal(
                coin,
                self.sides.count(sweep_kernels.LONG),
                self.sides.count(sweep_kernels.SHORT),
                self.bounds.long_bounds,
                self.bounds.short_bounds,
                self.margin_pct,
                abs(self.margin_pct),
                made_at,
            )
        except ValueError as error:
            msg = f"no signal for {coin}: {error}; its memories hold numbers that are not finite"
            raise BadData(msg) from error
