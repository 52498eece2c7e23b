"""Recorded runs of the original thinker with compat=safe: which signals differ, and why."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from powertrader.core.exceptions import DataCorruptionError
from powertrader.models.candle import Candle
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import CoinSymbol
from powertrader.parity.finding import Finding
from powertrader.parity.thinker_coin import CoinRecord
from powertrader.parity.thinker_folder import Folder
from powertrader.parity.thinker_market import NoMoreAnswers
from powertrader.parity.thinker_program import ThinkerProgram
from powertrader.parity.thinker_requests import ThinkerRequests
from powertrader.thinker import deviations
from powertrader.thinker.bounds import Sweep
from powertrader.thinker.prediction import Activity, Prediction
from powertrader.thinker.signal_engine import SignalEngine

_SIGNAL: Final = ("low_bound_prices", "high_bound_prices", "margins")


class SafeProgram(ThinkerProgram):
    """The same program with compat=safe: one coin's trouble is its own, and is noted with an id."""

    def __init__(self, folder: Folder, requests: ThinkerRequests, engine: SignalEngine, now: float) -> None:
        """Start without trouble."""
        super().__init__(folder, requests, engine, now)
        self._causes: dict[CoinSymbol, str] = {}
        self._original = SignalEngine("original")

    def cause_of(self, coin: CoinSymbol) -> str | None:
        """Give the deviation that a coin met last, None when it met none."""
        return self._causes.get(coin)

    def instead_of(self, where: str, end: str) -> Finding:
        """Give the finding that the original ended here and we did not."""
        ours = "; ".join(f"{coin} {_signal(self.records[coin].recorded())}" for coin in sorted(self.swept))
        return Finding(where, end, ours or "goes on, no signal yet", next(iter(self._causes.values()), None))

    def differing(self, where: str, recorded: Mapping[str, Any]) -> Iterator[Finding]:
        """Give every coin whose signal is not the recorded one."""
        for coin in {**recorded["state"], **dict.fromkeys(sorted(self.swept))}:
            theirs = _signal(recorded["state"].get(coin))
            ours = _signal(self.records[coin].recorded() if coin in self.swept else None)
            if ours != theirs:
                yield Finding(f"{where} {coin}", theirs, ours, self._causes.get(coin))

    def _initialise(self, coin: CoinSymbol) -> None:
        try:
            super()._initialise(coin)
        except NoMoreAnswers:
            self._causes[coin] = deviations.NO_CANDLE
            self.records[coin] = CoinRecord(coin, [0.0] * len(TIMEFRAMES))

    def _step(self, record: CoinRecord) -> None:
        try:
            super()._step(record)
        except NoMoreAnswers as error:
            self._causes[record.coin] = deviations.NO_PRICE if error.is_price else deviations.NO_CANDLE
        except ZeroDivisionError:
            # a price of 0 is none: no margin is a percentage of it
            self._causes[record.coin] = deviations.NO_PRICE

    def _predict(self, record: CoinRecord, timeframe: Timeframe, candle: Candle) -> Prediction:
        try:
            memory = self._memory(record, timeframe)
        except DataCorruptionError:
            self._causes[record.coin] = deviations.NO_THRESHOLD
            return self.engine.predict(candle, None)
        if candle.open == 0:
            self._causes[record.coin] = deviations.OPEN_AT_ZERO
            return Prediction(Activity.DAMAGED, candle.close, candle.close)
        ours = self.engine.predict(candle, memory)
        if repr(ours) != repr(self._original.predict(candle, memory)):
            self._causes[record.coin] = deviations.DAMAGED_ENTRY
        return ours

    def _compare(self, record: CoinRecord, ask: float) -> Sweep:
        sweep = super()._compare(record, ask)
        if sweep.worthless:
            self._causes[record.coin] = deviations.ENDLESS_SPACING
        return sweep


def _signal(state: Mapping[str, Any] | None) -> str:
    if state is None:
        return "no signal"
    sides = state["tf_sides"]
    levels = f"long {sides.count('long')} short {sides.count('short')}"
    return " ".join([levels, *[f"{name} {state[name]}" for name in _SIGNAL]])
