"""What the thinker's signals say that is new, told as events."""

from collections.abc import Callable, Iterable, Mapping

from powertrader.core.clock import Clock
from powertrader.models.events import Event, SignalUpdated
from powertrader.models.signal import Signal
from powertrader.models.types import CoinSymbol


class SignalNews:
    """Publishes each coin's first signal, and each with other levels; bounds alone make no news."""

    def __init__(self, publish: Callable[[Event], None], wall: Clock) -> None:
        """Begin without having told anything."""
        self._publish = publish
        self._wall = wall
        self._levels: dict[CoinSymbol, tuple[int, int]] = {}

    def tell(self, signals: Mapping[CoinSymbol, Signal], changed: Iterable[CoinSymbol]) -> None:
        """Publish what is new among the coins whose signals changed."""
        for coin in changed:
            signal = signals.get(coin)
            if signal is None:
                continue
            levels = signal.long_level, signal.short_level
            if self._levels.get(coin) != levels:
                self._levels[coin] = levels
                self._publish(SignalUpdated(signal, self._wall.now()))
