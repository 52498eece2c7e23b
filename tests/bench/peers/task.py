"""The task that every program is measured with; runs in each environment, with numpy alone."""

import json
import resource
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FAST, SLOW = 20, 50
FEE = 0.001
CASH = 1_000_000.0
SWEEP_BARS = 20_000
SWEEP_FASTS = tuple(range(5, 30))
SWEEP_SLOWS = tuple(range(35, 115, 2))
"""25 x 40 pairs of windows: 1,000 settings."""


def prices(bars: int) -> NDArray[np.float64]:
    """Give a random walk, the same everywhere."""
    return 100.0 * np.exp(np.cumsum(np.random.default_rng(7).normal(0.0, 0.002, bars)))


def best_of(
    action: Callable[[], int], repeats: int, clock: Callable[[], float] = time.perf_counter
) -> tuple[float, int]:
    """Give the shortest time in seconds after one warm call, and what the action gave.

    clock: `time.process_time` where both sides have one thread: other programs then do not count.
    """
    found, times = action(), []
    for _ in range(repeats):
        start = clock()
        found = action()
        times.append(clock() - start)
    return min(times), found


def tell(seconds: float, trades: int) -> None:
    """Print what was measured as one line of JSON, with the peak memory of this process."""
    per_mb = 1024 if sys.platform != "darwin" else 1024 * 1024
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per_mb
    sys.stdout.write(json.dumps({"seconds": seconds, "trades": trades, "peak_mb": peak_mb}) + "\n")
