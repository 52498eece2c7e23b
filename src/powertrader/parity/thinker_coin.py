"""What the original thinker remembers about one coin, and the texts it shows about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from powertrader.core.coin_paths import ROOT_COIN
from powertrader.core.original_signals import HIGH_TOKEN
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.models.types import CoinSymbol
from powertrader.thinker import sweep_kernels
from powertrader.thinker.bounds import START, Sweep, SweepState
from powertrader.thinker.prediction import Activity, Prediction

_SEVEN: Final = len(TIMEFRAMES)
_FIRST_MARGIN: Final = 0.25
_WORDS: Final[Mapping[Activity, str]] = {
    Activity.ACTIVE: "WITHIN",
    Activity.INACTIVE: "INACTIVE",
    Activity.DAMAGED: "INACTIVE (training data issue)",
}
_SIDES: Final[Mapping[int, str]] = {0: "none", sweep_kernels.LONG: "long", sweep_kernels.SHORT: "short"}


def _first_predictions() -> list[Prediction]:
    return [
        Prediction(Activity.ACTIVE, sweep_kernels.LOW_PLACEHOLDER, sweep_kernels.HIGH_PLACEHOLDER)
    ] * _SEVEN


@dataclass(slots=True)
class CoinRecord:
    """The state of one coin between two passes; changes as the program runs."""

    coin: CoinSymbol
    times: list[str | float]
    predictions: list[Prediction] = field(default_factory=_first_predictions)
    state: SweepState = START
    sides: list[str] = field(default_factory=lambda: ["none"] * _SEVEN)
    messages: list[str] = field(default_factory=lambda: ["none"] * _SEVEN)
    margins_pct: list[float] = field(default_factory=lambda: [_FIRST_MARGIN] * _SEVEN)
    messaged: list[str] = field(default_factory=lambda: ["no"] * _SEVEN)
    updated: list[int] = field(default_factory=lambda: [0] * _SEVEN)
    time_changed: list[str] = field(default_factory=lambda: ["yes"] * _SEVEN)
    next_timeframe: int = 0
    shown_version: int = -1

    @property
    def path(self) -> str:
        """The coin's folder as the beginning of a path: none for BTC."""
        return folder_of(self.coin)

    def take(self, sweep: Sweep, ask: float) -> None:
        """Keep what a sweep has found, and say it in words."""
        for index, side in enumerate(sweep.sides):
            message = self._message(index, side, ask)
            self.updated[index] = self._updated(index, side, message)
            self.messages[index] = message
            self.messaged[index] = "yes" if side else "no"
        self.sides = [_SIDES[side] for side in sweep.sides]
        self.margins_pct = list(sweep.margins_pct)
        self.shown_version = self.state.sweeps
        self.state = sweep.state

    def is_ready(self) -> bool:
        """Tell whether the sweep just taken counts as a real prediction (Q41)."""
        words = ("WITHIN", "LONG", "SHORT")
        return self.shown_version >= 1 and any(message.startswith(words) for message in self.messages)

    def screen(self, ask: float) -> str:
        """Give what the screen shows of the coin after a sweep."""
        lines = "\n".join(self.messages)
        return f"{self.coin}  {ask!r}\n\n['{lines}']"

    def recorded(self) -> dict[str, Any]:
        """Give the state as a case records it."""
        activities = [prediction.activity for prediction in self.predictions]
        return {
            "low_bound_prices": list(self.state.low),
            "high_bound_prices": with_tokens(self.state.high),
            "low_tf_prices": [prediction.low for prediction in self.predictions],
            "high_tf_prices": with_tokens([prediction.high for prediction in self.predictions]),
            "tf_sides": list(self.sides),
            "messages": list(self.messages),
            "margins": list(self.margins_pct),
            "perfects": ["active" if one is Activity.ACTIVE else "inactive" for one in activities],
            "training_issues": [int(one is Activity.DAMAGED) for one in activities],
            "tf_times": list(self.times),
            "tf_update": list(self.time_changed),
            "messaged": list(self.messaged),
            "updated": list(self.updated),
            "bounds_version": self.state.sweeps,
            "last_display_bounds_version": self.shown_version,
        }

    def _message(self, index: int, side: int, ask: float) -> str:
        name = TIMEFRAMES[index].value
        lows, highs = self.state.filled()
        low, high = repr(float(lows[index])), repr(with_tokens([float(highs[index])])[0])
        if side == sweep_kernels.SHORT:
            away = ((float(highs[index]) - ask) / abs(ask)) * 100
            return f"SHORT on {name} timeframe. {away:.8f} High Boundary: {high}"
        if side == sweep_kernels.LONG:
            away = ((float(lows[index]) - ask) / abs(ask)) * 100
            return f"LONG on {name} timeframe. {away:.8f} Low Boundary: {low}"
        word = _WORDS[self.predictions[index].activity]
        return f"{word} on {name} timeframe. Low Boundary: {low} High Boundary: {high}"

    def _updated(self, index: int, side: int, message: str) -> int:
        old = self.messages[index]
        if side:
            return int(_SIDES[side].upper() not in old)
        return int(message != old)


def folder_of(coin: CoinSymbol) -> str:
    """Give the beginning of the paths of a coin's files."""
    return "" if coin == ROOT_COIN else f"{coin}/"


def with_tokens(highs: tuple[float, ...] | list[float]) -> list[float | int]:
    """Put the original's integer where a high bound or price is a placeholder."""
    return [HIGH_TOKEN if high == sweep_kernels.HIGH_PLACEHOLDER else high for high in highs]
