"""How much an address may ask: request weight in fixed windows, then refusals, then perhaps a ban."""

from dataclasses import dataclass
from typing import Final

_PATIENCE: Final = 10


@dataclass(frozen=True, slots=True)
class LimitTerms:
    """The limit of a venue: weight per window of so many milliseconds, and who goes on is banned for ban_s.

    ban_s of 0 bans nobody. Raises ValueError when a value is too small.
    """

    weight: int = 6_000
    window_ms: int = 60_000
    ban_s: int = 120

    def __post_init__(self) -> None:
        """Check the ranges once."""
        for name, least in (("weight", 1), ("window_ms", 1), ("ban_s", 0)):
            if getattr(self, name) < least:
                msg = f"{name} was {getattr(self, name)}, must be at least {least}"
                raise ValueError(msg)


BINANCE_LIMIT: Final = LimitTerms()
KUCOIN_LIMIT: Final = LimitTerms(weight=2_000, window_ms=30_000, ban_s=0)
"""Weight of the public endpoints for one address at every level of customer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may pass: its HTTP status, the weight used so far, and what a refusal says.

    reset_ms is how long the window still lasts. until_ms is when a ban ends, milliseconds since 1970.
    """

    status: int
    used: int
    reset_ms: int
    until_ms: int = 0

    @property
    def retry_after_s(self) -> int:
        """Whole seconds after which asking again makes sense."""
        return -(-self.reset_ms // 1000)


class WeightMeter:
    """Counts the weight of one window after another, by wall time in milliseconds since 1970.

    Ten requests after the limit is reached the address is banned, as Binance does with those who do
    not stop.
    """

    def __init__(self, terms: LimitTerms) -> None:
        """Start with nothing used."""
        self.terms = terms
        self._window = 0
        self._refused = 0
        self._banned_until_ms = 0
        self.used = 0

    def take(self, weight: int, now_ms: int) -> Verdict:
        """Count a request and tell whether it passes."""
        if now_ms < self._banned_until_ms:
            return self._banned(now_ms)
        window = now_ms // self.terms.window_ms
        if window != self._window:
            self._window, self.used, self._refused = window, 0, 0
        left_ms = (window + 1) * self.terms.window_ms - now_ms
        if self.used + weight <= self.terms.weight:
            self.used += weight
            return Verdict(200, self.used, left_ms)
        self._refused += 1
        if self.terms.ban_s and self._refused > _PATIENCE:
            self._banned_until_ms = now_ms + self.terms.ban_s * 1000
            return self._banned(now_ms)
        return Verdict(429, self.used, left_ms)

    def forgive(self) -> None:
        """Forget what was used and lift a ban."""
        self._window = self._refused = self._banned_until_ms = self.used = 0

    def _banned(self, now_ms: int) -> Verdict:
        return Verdict(418, self.used, self._banned_until_ms - now_ms, self._banned_until_ms)


@dataclass(frozen=True, slots=True)
class OrderLimit:
    """At most so many orders in a window; text and letter are how Binance names the window."""

    text: str
    letter: str
    number: int
    window_ms: int
    most: int

    @property
    def content(self) -> dict[str, object]:
        """The limit in the words of Binance's replies."""
        return {
            "rateLimitType": "ORDERS",
            "interval": self.text,
            "intervalNum": self.number,
            "limit": self.most,
        }


ORDER_LIMITS: Final = (
    OrderLimit("SECOND", "10S", 10, 10_000, 100),
    OrderLimit("DAY", "1D", 1, 86_400_000, 200_000),
)


class OrderMeter:
    """Counts the orders of one account in fixed windows of wall time."""

    def __init__(self) -> None:
        """Start with none."""
        self._windows = dict.fromkeys(ORDER_LIMITS, (0, 0))

    def take(self, now_ms: int) -> OrderLimit | None:
        """Count an order and give the limit that it breaks, None when it is allowed."""
        counts = [(limit, self.count(limit, now_ms)) for limit in ORDER_LIMITS]
        broken = next((limit for limit, count in counts if count >= limit.most), None)
        if broken is None:
            self._windows = {limit: (now_ms // limit.window_ms, count + 1) for limit, count in counts}
        return broken

    def count(self, limit: OrderLimit, now_ms: int) -> int:
        """Give how many orders were counted in the present window of a limit."""
        window, count = self._windows[limit]
        return count if window == now_ms // limit.window_ms else 0
