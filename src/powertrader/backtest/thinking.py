"""Where a walk gets its signals from: the thinker itself, or what it was found to say before."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

import numpy as np

from powertrader.backtest.signal_arrays import NO_SIGNAL, SignalArrays
from powertrader.backtest.trainings import Trainings
from powertrader.models.account import Quote
from powertrader.models.signal import SignalView
from powertrader.models.types import CoinSymbol, FloatArray, IntArray
from powertrader.thinker.session import ThinkerSession, ThinkerStep


class Thinking(Protocol):
    """Signals for a walk; think is told each step before signal is asked."""

    def train(self, coin: CoinSymbol, now: datetime) -> None:
        """Learn of a coin what has closed by now."""
        ...

    def begin(self, coins: Iterable[CoinSymbol], steps_s: IntArray) -> None:
        """Prepare for a walk over these steps, seconds since 1970."""
        ...

    def think(self, step: int, now: datetime, quotes: Mapping[CoinSymbol, Quote]) -> None:
        """Go to a step, by its position among those of the walk."""
        ...

    def signal(self, coin: CoinSymbol) -> SignalView | None:
        """Give what is said of a coin in the present step, None when nothing is."""
        ...


class ThinkerOnTheWay:
    """The thinker in the loop, with the memories it has at that time."""

    def __init__(self, thinker: ThinkerSession, trainings: Trainings) -> None:
        """Bind a thinker that asks these trainings."""
        self._thinker = thinker
        self._trainings = trainings
        self._thought = ThinkerStep({}, {})

    def train(self, coin: CoinSymbol, now: datetime) -> None:
        """Learn of a coin what has closed by now, and let the thinker use it."""
        self._trainings.train(coin, now)
        if coin in self._thinker.coins:
            self._thinker.reload((coin,))

    def begin(self, coins: Iterable[CoinSymbol], steps_s: IntArray) -> None:  # noqa: ARG002  it thinks at once
        """Look at these coins from now on."""
        self._thinker.set_coins(coins)

    def think(self, step: int, now: datetime, quotes: Mapping[CoinSymbol, Quote]) -> None:  # noqa: ARG002  as above
        """Let the thinker look at what has closed and at these quotes."""
        self._thought = self._thinker.step(now, quotes)

    def signal(self, coin: CoinSymbol) -> SignalView | None:
        """Give what the thinker said of a coin in this step, None when it said nothing."""
        signal = self._thought.signals.get(coin)
        return None if signal is None else signal.view


class GivenSignals:
    """Signals that were found before, so that other settings need no thinker; nothing is trained."""

    def __init__(self, signals: Mapping[CoinSymbol, SignalArrays]) -> None:
        """Take what walk_signals gave; a coin or step that it lacks has no signal."""
        self._signals = signals
        self._given: dict[CoinSymbol, _Given] = {}
        self._step = 0
        self._now: datetime | None = None

    def train(self, coin: CoinSymbol, now: datetime) -> None:
        """Learn nothing: these signals have it in them."""

    def begin(self, coins: Iterable[CoinSymbol], steps_s: IntArray) -> None:
        """Lay the signals out by step."""
        known = [coin for coin in coins if coin in self._signals and len(self._signals[coin])]
        self._given = {coin: _given(self._signals[coin], steps_s) for coin in known}

    def think(self, step: int, now: datetime, quotes: Mapping[CoinSymbol, Quote]) -> None:  # noqa: ARG002  they were seen
        """Go to this step."""
        self._step, self._now = step, now

    def signal(self, coin: CoinSymbol) -> SignalView | None:
        """Give what was said of a coin at this step."""
        given = self._given.get(coin)
        if given is None:
            return None
        step = self._step
        long = given.long[step]
        if long == NO_SIGNAL:
            return None
        lows = tuple(given.low_bounds[step].tolist()[: given.bounds[step]])
        return SignalView(long, given.short[step], lows, self._now)


class _Given(NamedTuple):
    """The signals of a coin by step, as plain numbers; bounds counts the low bounds."""

    long: list[int]
    short: list[int]
    bounds: list[int]
    low_bounds: FloatArray


def _given(signals: SignalArrays, steps_s: IntArray) -> _Given:
    rows = np.searchsorted(signals.close_s, steps_s)
    rows[rows == len(signals)] = 0
    long = np.where(signals.close_s[rows] == steps_s, signals.long[rows], NO_SIGNAL)
    lows = signals.low_bounds[rows]
    return _Given(long.tolist(), signals.short[rows].tolist(), (~np.isnan(lows)).sum(axis=1).tolist(), lows)
