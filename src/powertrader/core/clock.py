"""Where every loop gets its time from."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Time as a dependency: code that needs the time is given one of these."""

    def now(self) -> datetime:
        """Give the present time, aware, UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let seconds of this clock pass."""
        ...


class SystemClock:
    """The computer's time."""

    def now(self) -> datetime:
        """Give the computer's time, aware, UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait for real."""
        time.sleep(max(0.0, seconds))


class ManualClock:
    """A clock that moves only when told to; for replay and tests."""

    def __init__(self, start: datetime) -> None:
        """Start at an aware time. Raises ValueError for a naive one."""
        if start.tzinfo is None:
            msg = f"start {start} must be an aware time"
            raise ValueError(msg)
        self._now = start

    def now(self) -> datetime:
        """Give the time it was last moved to."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move forward by seconds at once."""
        self._now += timedelta(seconds=max(0.0, seconds))

    def move_to(self, moment: datetime) -> None:
        """Set the time. Raises ValueError when it would go back."""
        if moment < self._now:
            msg = f"clock stands at {self._now}, cannot go back to {moment}"
            raise ValueError(msg)
        self._now = moment


class ScaledClock:
    """Market time that runs rate times as fast as a base clock, from a given start."""

    def __init__(self, base: Clock, start: datetime, rate: float) -> None:
        """Start market time at start. Raises ValueError unless rate is above 0."""
        self._base = base
        self.restart(start, rate)

    def restart(self, start: datetime, rate: float) -> None:
        """Go on from another time, at another pace. Raises ValueError unless rate is above 0."""
        if rate <= 0:
            msg = f"rate was {rate}, must be > 0"
            raise ValueError(msg)
        self._base_start = self._base.now()
        self._start = start
        self._rate = rate

    @property
    def rate(self) -> float:
        """How many seconds of market time pass in one of the base clock."""
        return self._rate

    def now(self) -> datetime:
        """Give the market time, aware, UTC."""
        return self._start + (self._base.now() - self._base_start) * self._rate

    def sleep(self, seconds: float) -> None:
        """Let seconds of market time pass."""
        self._base.sleep(seconds / self._rate)


def rate_of(clock: Clock) -> float:
    """Give how many seconds of a clock pass in one of the computer's."""
    return clock.rate if isinstance(clock, ScaledClock) else 1.0
