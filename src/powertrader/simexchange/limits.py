"""How much an address may ask: request weight in fixed minutes, then refusals, then a ban."""

from dataclasses import dataclass
from typing import Final

MINUTE_MS: Final = 60_000
_PATIENCE: Final = 10


@dataclass(frozen=True, slots=True)
class LimitTerms:
    """The limits of the venue: weight per minute, and for how many seconds who goes on is banned."""

    weight_per_minute: int = 6_000
    ban_s: int = 120

    def __post_init__(self) -> None:
        """Check the ranges once. Raises ValueError when one is below 1."""
        for name in ("weight_per_minute", "ban_s"):
            if getattr(self, name) < 1:
                msg = f"{name} was {getattr(self, name)}, must be at least 1"
                raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may pass: its HTTP status, the weight used so far, and what a refusal says.

    retry_after_s is 0 when the request passes. until_ms is when a ban ends, milliseconds since 1970.
    """

    status: int
    used: int
    retry_after_s: int = 0
    until_ms: int = 0


class WeightMeter:
    """Counts the weight of one minute after another, by wall time in milliseconds since 1970.

    Ten requests after the limit is reached the address is banned, as the real venue does with those
    who do not stop.
    """

    def __init__(self, terms: LimitTerms) -> None:
        """Start with nothing used."""
        self._terms = terms
        self._minute = 0
        self._refused = 0
        self._banned_until_ms = 0
        self.used = 0

    def take(self, weight: int, now_ms: int) -> Verdict:
        """Count a request and tell whether it passes."""
        if now_ms < self._banned_until_ms:
            return self._banned(now_ms)
        minute = now_ms // MINUTE_MS
        if minute != self._minute:
            self._minute, self.used, self._refused = minute, 0, 0
        if self.used + weight <= self._terms.weight_per_minute:
            self.used += weight
            return Verdict(200, self.used)
        self._refused += 1
        if self._refused > _PATIENCE:
            self._banned_until_ms = now_ms + self._terms.ban_s * 1000
            return self._banned(now_ms)
        left_ms = (minute + 1) * MINUTE_MS - now_ms
        return Verdict(429, self.used, -(-left_ms // 1000))

    def forgive(self) -> None:
        """Forget what was used and lift a ban."""
        self._minute = self._refused = self._banned_until_ms = self.used = 0

    def _banned(self, now_ms: int) -> Verdict:
        left_s = -(-(self._banned_until_ms - now_ms) // 1000)
        return Verdict(418, self.used, left_s, self._banned_until_ms)
