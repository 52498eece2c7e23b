"""How far the best of many tries can be believed: the deflated Sharpe ratio.

Source: D. H. Bailey and M. Lopez de Prado, The Deflated Sharpe Ratio, Journal of Portfolio Management 40
(2014). All ratios here are those of one step, not of a year.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

EULER_MASCHERONI: Final = 0.5772156649015329
_NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True)
class Returns:
    """What the ratio is judged by: how many steps, and the form of their gains.

    skewness is 0 and kurtosis 3 for a normal distribution.
    """

    steps: int
    sharpe: float
    skewness: float
    kurtosis: float


@dataclass(slots=True)
class SharpeSpread:
    """How many ratios there were and how much they differ, without keeping them (Welford)."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, sharpe: float) -> None:
        """Count one more ratio."""
        self.count += 1
        away = sharpe - self.mean
        self.mean += away / self.count
        self.squares += away * (sharpe - self.mean)

    @property
    def variance(self) -> float:
        """Of the ratios, 0 for fewer than two."""
        return self.squares / (self.count - 1) if self.count > 1 else 0.0


def luckiest_sharpe(tries: int, variance: float) -> float:
    """Give the best ratio to be expected of so many tries that all earn nothing.

    variance: of the ratios of the tries. Tries that are alike count as if they were not: the pessimistic
    choice. 0 for one try.
    """
    if tries < 2:  # noqa: PLR2004  one try is no choice
        return 0.0
    first = _NORMAL.inv_cdf(1 - 1 / tries)
    second = _NORMAL.inv_cdf(1 - 1 / (tries * math.e))
    return math.sqrt(variance) * ((1 - EULER_MASCHERONI) * first + EULER_MASCHERONI * second)


def probability_above(returns: Returns, benchmark: float) -> float | None:
    """Give the probability that the true ratio lies above a benchmark; None when the steps do not tell."""
    spread = 1 - returns.skewness * returns.sharpe + (returns.kurtosis - 1) / 4 * returns.sharpe**2
    if returns.steps < 2 or not spread > 0:  # noqa: PLR2004  one step has no spread
        return None
    return _NORMAL.cdf((returns.sharpe - benchmark) * math.sqrt(returns.steps - 1) / math.sqrt(spread))


def deflated_sharpe(best: Returns, spread: SharpeSpread) -> float | None:
    """Give the probability that the best of these tries is better than the luckiest of worthless ones."""
    return probability_above(best, luckiest_sharpe(spread.count, spread.variance))
