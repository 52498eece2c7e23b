"""Lets whoever has news wake a worker at once, and never so often that its requests run out."""

import threading
import time
from collections.abc import Callable
from typing import Final

MOST_AT_ONCE: Final = 20
"""So many wakes come through in a row; after that as many as there are ordinary steps."""


class WakeLimit:
    """Passes wakes on while they are rare; one that is left out only waits for the next ordinary step.

    step_s gives the time between two ordinary steps, in seconds. May be called from any thread.
    """

    def __init__(
        self,
        wake: Callable[[], None],
        step_s: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with all wakes to give."""
        self._wake = wake
        self._step_s = step_s
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._left = float(MOST_AT_ONCE)
        self._counted_s = monotonic()

    def __call__(self) -> None:
        """Wake, or leave it out."""
        with self._lock:
            now_s = self._monotonic()
            grown = (now_s - self._counted_s) / self._step_s()
            self._counted_s, self._left = now_s, min(self._left + grown, MOST_AT_ONCE)
            if self._left < 1:
                return
            self._left -= 1
        self._wake()
