"""Names for the plain types that cross module borders."""

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

CoinSymbol: TypeAlias = str
"""Upper-case base asset, for example BTC."""

SignalLevel: TypeAlias = int
"""Number of timeframes that agree, 0 to 7."""

PriceLevel: TypeAlias = float
"""A price in the quote asset."""

FloatArray: TypeAlias = NDArray[np.float64]
"""One-dimensional unless the user says otherwise."""

IntArray: TypeAlias = NDArray[np.int64]

BoolArray: TypeAlias = NDArray[np.bool_]

TargetArray: TypeAlias = NDArray[np.int8]
"""What a strategy wants after each close: 1 to hold the coin, 0 not to."""

Compat: TypeAlias = Literal["original", "safe"]
"""original: every quirk of the recorded scripts. safe: the same decisions without the accidents."""

TrainingMode: TypeAlias = Literal["original", "online", "recent"]
"""Which candles and which weight rule the trainer uses; see docs/DEVIATIONS.md."""

Environment: TypeAlias = Literal["paper", "demo", "testnet", "live"]
"""Where orders go."""
