"""A clock whose waits end when somebody wants the work to stop."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from powertrader.core.clock import Clock

LOOK_S: Final = 0.1
"""How often a wait looks whether it shall end."""


class StopAsked(Exception):
    """What is being done shall be broken off; everything kept so far stays."""


class StoppableClock:
    """Another clock's time; a wait of it raises StopAsked as soon as stopping says so."""

    def __init__(self, base: Clock, stopping: Callable[[], bool]) -> None:
        """Bind the clock and the question."""
        self._base = base
        self._stopping = stopping

    def now(self) -> datetime:
        """Give the other clock's time."""
        return self._base.now()

    def sleep(self, seconds: float) -> None:
        """Let seconds pass. Raises StopAsked."""
        left_s = seconds
        self.check()
        while left_s > 0:
            self._base.sleep(min(left_s, LOOK_S))
            left_s -= LOOK_S
            self.check()

    def check(self) -> None:
        """Raise StopAsked when the work shall end."""
        if self._stopping():
            raise StopAsked
