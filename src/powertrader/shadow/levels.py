"""What our thinker makes of the original's memories and the market's candles, in both positions of compat."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from powertrader.models.candle import Candle
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.thinker import deviations, sweep_kernels
from powertrader.thinker.bounds import START, Bounds, EndlessSpacing
from powertrader.thinker.prediction import Activity, Prediction, PredictionColumns
from powertrader.thinker.session import CoinTraining
from powertrader.thinker.signal_engine import SignalEngine


class Levels(NamedTuple):
    """What one price means: how many timeframes say long and short, and the margin in percent."""

    long: int
    short: int
    margin_pct: float


@dataclass(frozen=True, slots=True)
class Prospect:
    """What one position of compat expects of a coin; reason says why it can expect nothing."""

    engine: SignalEngine
    predictions: tuple[Prediction, ...] = ()
    bounds: Bounds | None = None
    reason: str = ""

    def sides_at(self, ask: float) -> tuple[int, ...]:
        """Give by timeframe what a price means: 1 long, -1 short, 0 neither."""
        return self.engine.settle(START, self.predictions, ask).sides

    def at(self, ask: float) -> Levels:
        """Give what a price means, compared with the bounds of these predictions."""
        sweep = self.engine.settle(START, self.predictions, ask)
        sides = sweep.sides
        long, short = sides.count(sweep_kernels.LONG), sides.count(sweep_kernels.SHORT)
        return Levels(long, short, sweep.margin_pct)


class Prospects(NamedTuple):
    """Both positions, and the ids of docs/DEVIATIONS.md that explain why they differ."""

    original: Prospect
    safe: Prospect
    causes: tuple[str, ...]


_ORIGINAL: Final = SignalEngine("original")
_SAFE: Final = SignalEngine("safe")


def prospects_of(candles: Sequence[Candle | None], training: CoinTraining) -> Prospects:
    """Give what seven candles, shortest timeframe first, and a training lead to."""
    causes: list[str] = []
    memories = [training.usable(timeframe) for timeframe in TIMEFRAMES]
    safe = _prospect(_SAFE, tuple(map(_safe_prediction, candles, memories)))
    reason = _original_reason(candles, training, causes)
    if reason:
        return Prospects(Prospect(_ORIGINAL, reason=reason), safe, tuple(causes))
    predictions = [
        _ORIGINAL.predict(candle, memory)
        for candle, memory in zip(candles, memories, strict=True)
        if candle is not None
    ]
    if repr(tuple(predictions)) != repr(safe.predictions):
        causes.append(deviations.DAMAGED_ENTRY)
    original = _prospect(_ORIGINAL, tuple(predictions))
    if original.reason:
        causes.append(deviations.ENDLESS_SPACING)
    return Prospects(original, safe, tuple(causes))


def _original_reason(candles: Sequence[Candle | None], training: CoinTraining, causes: list[str]) -> str:
    """Say why the original cannot publish, nothing when it can."""
    missing = [name.value for name, candle in zip(TIMEFRAMES, candles, strict=True) if candle is None]
    if missing:
        causes.append(deviations.NO_CANDLE)
        return f"no closed candle of {', '.join(missing)}"
    if any(candle is not None and candle.open == 0 for candle in candles):
        causes.append(deviations.OPEN_AT_ZERO)
        return "a candle opened at 0, which ends the original's program"
    without = training.without_threshold()
    if without:
        causes.append(deviations.NO_THRESHOLD)
    return without


def _safe_prediction(candle: Candle | None, memory: PatternMemory | None) -> Prediction:
    if candle is None or candle.open == 0:
        return Prediction(Activity.INACTIVE, 0.0, 0.0)
    return _SAFE.predict(candle, memory)


def _prospect(engine: SignalEngine, predictions: tuple[Prediction, ...]) -> Prospect:
    try:
        bounds, _ = engine.bounds_of(PredictionColumns.of(predictions))
    except EndlessSpacing as error:
        return Prospect(engine, predictions, reason=str(error))
    return Prospect(engine, predictions, bounds)
