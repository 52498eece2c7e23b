"""One step of the thinker, the same live and in replay: what has closed, what it predicts, what a price says.

Between two closes predictions and bounds stay as they are, so a step costs one comparison per coin.
After a close the coin counts as swept twice at the same ask: the bounds compared with are those of
the newest predictions.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

import numpy as np

from powertrader.core.exceptions import BadData, RetryLater
from powertrader.core.market_client import CandleSource
from powertrader.models.account import Quote
from powertrader.models.memory import PatternMemory
from powertrader.models.signal import Signal
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import CoinSymbol, PriceLevel
from powertrader.thinker.bounds import EndlessSpacing
from powertrader.thinker.prediction import Activity, Prediction
from powertrader.thinker.signal_engine import SignalEngine
from powertrader.thinker.table import SweepTable
from powertrader.thinker.training_gate import fresh_rows, refusal

_LENGTHS_S: Final = tuple(timeframe.seconds for timeframe in TIMEFRAMES)
_NEVER: Final = float("-inf")
_NO_ASK: Final = float("nan")
_NO_PREDICTION: Final = Prediction(Activity.INACTIVE, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class CoinTraining:
    """What is known of a coin: when it was trained (seconds since 1970) and its memories.

    A timeframe without a memory is left out; a memory whose threshold is nan has none.
    """

    trained_at_s: float | None
    memories: Mapping[Timeframe, PatternMemory]

    def usable(self, timeframe: Timeframe) -> PatternMemory | None:
        """Give the memory of a timeframe, None when there is none or it has no threshold."""
        memory = self.memories.get(timeframe)
        return None if memory is None or math.isnan(memory.threshold_pct) else memory

    def without_threshold(self) -> str:
        """Name the timeframes whose memory has no threshold, nothing when all have one."""
        names = [name.value for name in TIMEFRAMES if name in self.memories and self.usable(name) is None]
        return f"no threshold for {', '.join(names)}; train this coin again" if names else ""


TrainingSource: TypeAlias = Callable[[CoinSymbol], CoinTraining]


@dataclass(frozen=True, slots=True)
class ThinkerStep:
    """The signals of a step, and for every coin without one the reason."""

    signals: Mapping[CoinSymbol, Signal]
    reasons: Mapping[CoinSymbol, str]


@dataclass(slots=True)
class _Coin:
    """What the session remembers of one coin beside its row of the table."""

    memories: Sequence[PatternMemory | None] = (None,) * len(TIMEFRAMES)
    last_open_s: list[int | None] = field(default_factory=lambda: [None] * len(TIMEFRAMES))
    usable: list[bool] = field(default_factory=lambda: [False] * len(TIMEFRAMES))
    long_bounds: tuple[PriceLevel, ...] = ()
    short_bounds: tuple[PriceLevel, ...] = ()
    worthless: tuple[Timeframe, ...] = ()
    endless: str = ""
    without_threshold: str = ""

    def silence(self, needed: int, ask: float) -> str:
        """Say why there can be no signal at this ask, nothing when there can."""
        if self.without_threshold or self.endless:
            return self.without_threshold or self.endless
        if not ask > 0:
            return "no price"
        count = self.usable.count(True)
        return "" if count >= needed else f"closed candles of {count} timeframes, {needed} are needed"


class ThinkerSession:
    """Turns closed candles and quotes into signals, without files and clock.

    trainings is asked for every coin at the start and in reload, candles only when one must have
    closed since the last answer.
    """

    def __init__(self, engine: SignalEngine, candles: CandleSource, trainings: TrainingSource) -> None:
        """Start without coins."""
        self._engine = engine
        self._candles = candles
        self._trainings = trainings
        self._names: tuple[CoinSymbol, ...] = ()
        self._coins: dict[CoinSymbol, _Coin] = {}
        self._table = SweepTable.for_coins(0)
        self._due_s = np.empty((0, len(TIMEFRAMES)))
        self._trained_at_s = np.empty(0)
        self._failed: dict[int, str] = {}
        self._now_s = _NEVER
        # The original waits until every timeframe has a candle.
        self._needed = len(TIMEFRAMES) if engine.compat == "original" else 1

    @property
    def coins(self) -> tuple[CoinSymbol, ...]:
        """The coins that a step looks at."""
        return self._names

    def trained_at_s(self, coin: CoinSymbol) -> float | None:
        """Give when a coin was trained, seconds since 1970; None when it never was."""
        found = self._trained_at_s.item(self._names.index(coin))
        return None if math.isnan(found) else found

    def set_coins(self, coins: Iterable[CoinSymbol]) -> None:
        """Look at these coins from now on; those already known go on, new ones are loaded."""
        names = tuple(dict.fromkeys(coins))
        old_rows = {coin: row for row, coin in enumerate(self._names)}
        sources = [old_rows.get(coin, -1) for coin in names]
        # A row that nothing is known of is put last, where the source -1 finds it.
        due_s = np.vstack([self._due_s, np.full((1, len(TIMEFRAMES)), _NEVER)])
        trained_at_s = np.append(self._trained_at_s, np.nan)
        self._due_s, self._trained_at_s = due_s[sources], trained_at_s[sources]
        self._table = self._table.rows(sources)
        self._coins = {coin: self._coins.get(coin, _Coin()) for coin in names}
        self._names = names
        self.reload([coin for coin in names if coin not in old_rows])

    def reload(self, coins: Iterable[CoinSymbol]) -> None:
        """Ask for the memories of these coins again, after a training; their next step uses them."""
        for name in coins:
            row = self._names.index(name)
            training = self._trainings(name)
            found = training.trained_at_s
            self._trained_at_s[row] = np.nan if found is None else found
            self._due_s[row] = _NEVER
            self._table.forget(row)
            self._coins[name] = _Coin([training.usable(timeframe) for timeframe in TIMEFRAMES])
            if self._engine.compat == "original":
                self._coins[name].without_threshold = training.without_threshold()

    def step(self, now: datetime, quotes: Mapping[CoinSymbol, Quote]) -> ThinkerStep:
        """Give a signal for every coin that has a fresh training, closed candles and a quote."""
        self.look(now)
        return self.signals(now, quotes)

    def look(self, now: datetime) -> None:
        """Ask for the candles that must have closed, and predict from them; this may take long."""
        now_s = now.timestamp()
        if now_s < self._now_s:
            # the clock was set back: what closes next is due before the old time comes again
            self._due_s.fill(_NEVER)
        self._now_s = now_s
        fresh = fresh_rows(self._trained_at_s, now_s)
        stale = np.flatnonzero(~fresh).tolist()
        self._failed = {row: refusal(self._trained_at_s.item(row), now_s) for row in stale}
        # shortest timeframe first: where asking takes long, what matters soonest is known soonest
        for index, row in np.argwhere(((self._due_s <= now_s) & fresh[:, np.newaxis]).T).tolist():
            # One failed request is enough to know that this coin has to wait.
            if row not in self._failed:
                self._look(row, index)
        self._update_bounds()

    def signals(self, now: datetime, quotes: Mapping[CoinSymbol, Quote]) -> ThinkerStep:
        """Compare quotes with what the last look predicted; this takes no time, so the quotes stay fresh."""
        asks = [_NO_ASK if (quote := quotes.get(name)) is None else quote.ask for name in self._names]
        levels, margins = self._table.compare(np.array(asks, dtype=np.float64))
        signals: dict[CoinSymbol, Signal] = {}
        reasons: dict[CoinSymbol, str] = {}
        rows = zip(self._coins.items(), asks, levels.tolist(), margins.tolist(), strict=True)
        for row, ((name, coin), ask, (long, short), margin) in enumerate(rows):
            reason = self._failed.get(row) or coin.silence(self._needed, ask) or _margin_fault(margin)
            if reason:
                reasons[name] = reason
                continue
            lows, highs = coin.long_bounds, coin.short_bounds
            signals[name] = Signal(name, long, short, lows, highs, margin, abs(margin), now)
        return ThinkerStep(signals, reasons)

    def notes(self, coin: CoinSymbol) -> tuple[str, ...]:
        """Say which timeframes of a coin have no say, or a damaged one; nothing similar is no reason."""
        row = self._names.index(coin)
        known = self._coins[coin]
        activity = self._table.activity[row].tolist()
        texts = [
            _note(timeframe, known, index, activity[index]) for index, timeframe in enumerate(TIMEFRAMES)
        ]
        return tuple([text for text in texts if text])

    def _look(self, row: int, index: int) -> None:
        """Predict from the newest closed candle of one timeframe, when there is a new one."""
        name = self._names[row]
        coin = self._coins[name]
        try:
            candle = self._candles.latest_closed(name, TIMEFRAMES[index])
        except (RetryLater, BadData) as error:
            self._failed[row] = f"no {TIMEFRAMES[index].value} candle: {error}"
            return
        if candle is None or candle.open_time_s == coin.last_open_s[index]:
            return
        coin.last_open_s[index] = candle.open_time_s
        # The candle after this one has closed two lengths after this one opened.
        self._due_s[row, index] = candle.open_time_s + 2 * _LENGTHS_S[index]
        coin.usable[index] = candle.open != 0 and math.isfinite(candle.open) and math.isfinite(candle.close)
        memory = coin.memories[index]
        prediction = self._engine.predict(candle, memory) if coin.usable[index] else _NO_PREDICTION
        self._table.take(row, index, prediction)

    def _update_bounds(self) -> None:
        changed = self._table.changed_rows()
        if not changed:
            return
        endless = self._table.place_bounds()
        for row in changed:
            coin = self._coins[self._names[row]]
            coin.endless, coin.worthless = "", ()
            if row in endless:
                self._leave_out_worthless(row, coin)
            coin.long_bounds, coin.short_bounds = self._table.real_bounds(row)

    def _leave_out_worthless(self, row: int, coin: _Coin) -> None:
        try:
            found, coin.worthless = self._engine.bounds_of(self._table.predictions(row))
        except EndlessSpacing as error:
            coin.endless = str(error)
            return
        self._table.put_bounds(row, found)


def _margin_fault(margin: float) -> str:
    return (
        "" if math.isfinite(margin) else f"margin was {margin}: the memories hold numbers that are not finite"
    )


def _note(timeframe: Timeframe, coin: _Coin, index: int, activity: int) -> str:
    memory = coin.memories[index]
    if not coin.usable[index]:
        return f"{timeframe.value}: no usable closed candle yet"
    if memory is None:
        return f"{timeframe.value}: no memory or no threshold; train this coin again"
    if activity == Activity.DAMAGED:
        return f"{timeframe.value}: damaged memory; train this coin again"
    if timeframe in coin.worthless:
        return f"{timeframe.value}: predicts a price that is not above 0"
    damaged = _unreadable(memory)
    return f"{timeframe.value}: {damaged} of {len(memory)} entries cannot be read" if damaged else ""


def _unreadable(memory: PatternMemory) -> int:
    readable = np.ones(len(memory), dtype=np.bool_)
    for mask in (memory.readable_body, memory.readable_fields):
        if mask is not None:
            readable &= mask
    return len(memory) - int(readable.sum())
