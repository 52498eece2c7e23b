"""LatencyProbe: how long the window takes to answer, measured all the time."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

INTERVAL_MS: Final = 20
_KEPT: Final = 3000
"""A minute of measurements."""


class Timer(Protocol):
    """Calls something after a while, as a Tk widget does."""

    def after(self, ms: int, func: Callable[[], object], /) -> str:
        """Call func in ms milliseconds, when nothing else keeps the thread busy; give the call's name."""
        ...

    def after_cancel(self, id: str, /) -> None:  # noqa: A002  Tk's own name
        """Leave a call out."""
        ...


@dataclass(frozen=True, slots=True)
class Latency:
    """Quantiles of the last minute in milliseconds."""

    p50_ms: float
    p99_ms: float
    worst_ms: float
    measured: int


class LatencyProbe:
    """Asks for a call every 20 ms and notes how much later it comes: so long would a click have waited."""

    def __init__(self, timer: Timer, now_s: Callable[[], float] = time.perf_counter) -> None:
        """Bind the timer; `start` begins."""
        self._timer = timer
        self._now_s = now_s
        self._late_ms: deque[float] = deque(maxlen=_KEPT)
        self._due_s = 0.0
        self._waiting = ""

    def start(self) -> None:
        """Measure from now on, for as long as the timer runs."""
        self._due_s = self._now_s() + INTERVAL_MS / 1000
        self._waiting = self._timer.after(INTERVAL_MS, self._tick)

    def stop(self) -> None:
        """Measure no more."""
        if self._waiting:
            self._timer.after_cancel(self._waiting)

    def read(self) -> Latency | None:
        """Give the quantiles, None before the first measurement."""
        if not self._late_ms:
            return None
        late = np.fromiter(self._late_ms, float)
        p50, p99 = np.quantile(late, (0.5, 0.99))
        return Latency(float(p50), float(p99), float(late.max()), len(late))

    def _tick(self) -> None:
        self._late_ms.append(max(0.0, (self._now_s() - self._due_s) * 1000))
        self.start()
