"""vectorbt on the task: `vectorbt_peer.py sma BARS` or `vectorbt_peer.py sweep`."""

import sys
import time

import numpy as np
import vectorbt as vbt  # type: ignore[import-not-found]  # lives in an environment of its own
from task import (  # type: ignore[import-not-found]  # lies beside this program
    CASH,
    FAST,
    FEE,
    SLOW,
    SWEEP_BARS,
    SWEEP_FASTS,
    SWEEP_SLOWS,
    best_of,
    prices,
    tell,
)

CHUNK = 50
"""Settings at once: more of them need more memory and more time."""


def cross(bars: int) -> int:
    """Trade the crossing of two averages once; give the number of orders."""
    close = prices(bars)
    fast, slow = vbt.MA.run(close, FAST), vbt.MA.run(close, SLOW)
    folio = vbt.Portfolio.from_signals(
        close, fast.ma_above(slow), fast.ma_below(slow), size=1.0, fees=FEE, init_cash=CASH, freq="1h"
    )
    folio.total_return()
    return int(folio.orders.count())


def sweep() -> int:
    """Trade 1,000 pairs of windows in chunks, each average made once; give the number of orders."""
    close = prices(SWEEP_BARS)
    windows = sorted({*SWEEP_FASTS, *SWEEP_SLOWS})
    averages = vbt.MA.run(close, windows).ma.to_numpy()
    made = {window: averages[:, place] for place, window in enumerate(windows)}
    pairs = [(fast, slow) for fast in SWEEP_FASTS for slow in SWEEP_SLOWS]
    orders = 0
    for start in range(0, len(pairs), CHUNK):
        chunk = pairs[start : start + CHUNK]
        fast = np.column_stack([made[pair[0]] for pair in chunk])
        slow = np.column_stack([made[pair[1]] for pair in chunk])
        folio = vbt.Portfolio.from_signals(
            close[:, None], fast > slow, fast < slow, size=1.0, fees=FEE, init_cash=CASH, freq="1h"
        )
        folio.total_return()
        orders += int(folio.orders.count().sum())
    return orders


if __name__ == "__main__":
    if sys.argv[1] == "sma":
        tell(*best_of(lambda: cross(int(sys.argv[2])), repeats=3, clock=time.process_time))
    else:
        tell(*best_of(sweep, repeats=1))
