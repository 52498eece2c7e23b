"""Moving averages of a whole history at once, each from candles closed by then."""

import numpy as np

from powertrader.models.types import FloatArray


def moving_average(values: FloatArray, window: int) -> FloatArray:
    """Give the mean of the newest values at each place (N,), NaN before there are enough.

    Raises ValueError when window is below 1.
    """
    if window < 1:
        msg = f"window was {window}, must be at least 1"
        raise ValueError(msg)
    means = np.full(len(values), np.nan)
    if len(values) >= window:
        sums = np.concatenate(([0.0], np.cumsum(values)))
        np.subtract(sums[window:], sums[:-window], out=means[window - 1 :])
        means[window - 1 :] /= window
    return means


def moving_deviation(values: FloatArray, window: int) -> FloatArray:
    """Give the standard deviation of the newest values at each place (N,), NaN before there are enough."""
    # sums of squares lose their digits unless the values are near 0; the first one is known at every place
    near = values - values[0] if len(values) else values
    variance = moving_average(near * near, window) - moving_average(near, window) ** 2
    return np.sqrt(np.maximum(variance, 0.0))
