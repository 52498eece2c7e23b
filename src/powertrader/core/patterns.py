"""The one definition of a pattern and of how far two patterns are apart.

A pattern is the body of one candle: its move from open to close in percent of the open.
"""

from numba import njit


@njit(cache=True)
def distance_pct(first: float, second: float) -> float:
    """Gap between two bodies relative to their mean, in percent; 0 when the mean is 0.

    Opposite bodies are 0 apart and a body is 200 away from 0: the original does so.
    Source: golden/BEHAVIOUR.md section 0.2 (Q9, Q37).
    """
    mean = (first + second) / 2
    if mean == 0:
        return 0.0
    return float(abs((abs(first - second) / mean) * 100))
