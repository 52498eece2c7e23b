"""What the administration arranges for coming market orders, and which pairs it halted."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal


@dataclass(slots=True)
class _Slow:
    count: int
    delay: timedelta


class Scripts:
    """Arrangements by pair; each is used up by the orders it was made for."""

    def __init__(self, halted: Iterable[str] = ()) -> None:
        """Start with these pairs halted and nothing else arranged."""
        self.halted = set(halted)
        self._expiring: dict[str, list[Decimal]] = defaultdict(list)
        self._slow: dict[str, _Slow] = {}

    def expire_next(self, symbol: str, fraction: Decimal) -> None:
        """Let the next market order be executed in part only. Raises ValueError for no fraction of it."""
        if not 0 <= fraction < 1:
            msg = f"fraction of the next {symbol} order was {fraction}, must be >= 0 and < 1"
            raise ValueError(msg)
        self._expiring[symbol].append(fraction)

    def slow_next(self, symbol: str, count: int, delay_s: float) -> None:
        """Let the next market orders wait for delay_s of market time each. Raises ValueError below 0."""
        if count < 0 or delay_s < 0:
            msg = f"{count} orders of {symbol} by {delay_s} s: both must be >= 0"
            raise ValueError(msg)
        self._slow[symbol] = _Slow(count, timedelta(seconds=delay_s))

    def take_fraction(self, symbol: str) -> Decimal | None:
        """Use up how much of the next market order is executed, None for all of it."""
        arranged = self._expiring.get(symbol)
        return arranged.pop(0) if arranged else None

    def take_delay(self, symbol: str) -> timedelta | None:
        """Use up how long the next market order waits, None when it does not."""
        slow = self._slow.get(symbol)
        if slow is None or not slow.count:
            return None
        slow.count -= 1
        return slow.delay
