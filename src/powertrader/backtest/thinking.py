"""Where a walk gets its signals from: the thinker itself, or what it was found to say before."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

import numpy as np

from powertrader.backtest.signal_arrays import SignalArrays
from powertrader.backtest.trainings import Trainings
from powertrader.models.account import Quote
from powertrader.models.signal import SignalView
from powertrader.models.types import CoinSymbol, IntArray
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
        self._rows: Mapping[CoinSymbol, list[int]] = {}
        self._step = 0

    def train(self, coin: CoinSymbol, now: datetime) -> None:
        """Learn nothing: these signals have it in them."""

    def begin(self, coins: Iterable[CoinSymbol], steps_s: IntArray) -> None:
        """Find the row of every step."""
        known = [coin for coin in coins if coin in self._signals and len(self._signals[coin])]
        self._rows = {coin: _rows_of(self._signals[coin].close_s, steps_s) for coin in known}

    def think(self, step: int, now: datetime, quotes: Mapping[CoinSymbol, Quote]) -> None:  # noqa: ARG002  they were seen
        """Go to this step."""
        self._step = step

    def signal(self, coin: CoinSymbol) -> SignalView | None:
        """Give what was said of a coin at this step."""
        rows = self._rows.get(coin)
        if rows is None or rows[self._step] < 0:
            return None
        return self._signals[coin].view(rows[self._step])


def _rows_of(close_s: IntArray, steps_s: IntArray) -> list[int]:
    rows = np.searchsorted(close_s, steps_s)
    found = close_s[np.minimum(rows, len(close_s) - 1)] == steps_s
    placed: list[int] = np.where(found, rows, -1).tolist()
    return placed
