"""Moving averages of a whole history at once, each from candles closed by then."""

import numpy as np

from powertrader.models.types import FloatArray


def running_sums(values: FloatArray) -> FloatArray:
    """Give the sum of everything before each place and, at the end, of everything (N + 1,)."""
    sums = np.zeros(len(values) + 1)
    np.cumsum(values, out=sums[1:])
    return sums


def moving_average(values: FloatArray, window: int) -> FloatArray:
    """Give the mean of the newest values at each place (N,), NaN before there are enough.

    Raises ValueError when window is below 1.
    """
    return average_of_sums(running_sums(values), window)


def average_of_sums(sums: FloatArray, window: int) -> FloatArray:
    """Give the moving average of the values that running_sums was made from."""
    if window < 1:
        msg = f"window was {window}, must be at least 1"
        raise ValueError(msg)
    means = np.empty(len(sums) - 1)
    means[: window - 1] = np.nan
    newest = means[window - 1 :]
    if len(newest):
        np.subtract(sums[window:], sums[:-window], out=newest)
        newest /= window
    return means


def moving_deviation(values: FloatArray, window: int) -> FloatArray:
    """Give the standard deviation of the newest values at each place (N,), NaN before there are enough."""
    # sums of squares lose their digits unless the values are near 0; the first one is known at every place
    near = values - values[0] if len(values) else values
    variance = moving_average(near * near, window) - moving_average(near, window) ** 2
    return np.sqrt(np.maximum(variance, 0.0))
