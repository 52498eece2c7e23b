"""What a sweep says of each run, and the objectives it may aim at."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from powertrader.analytics.deflated_sharpe import Returns
from powertrader.backtest.figure_kernels import RunFigures
from powertrader.core.exceptions import ConfigError

_PCT: Final = 100.0
_LARGEST_GROWTH: Final = math.log(1e12)
_NORMAL_KURTOSIS: Final = 3.0

HIGHEST: Final[Mapping[str, bool]] = {
    "sharpe": True,
    "sortino": True,
    "calmar": True,
    "return_pct": True,
    "cagr_pct": True,
    "final_equity": True,
    "profit_factor": True,
    "win_rate_pct": True,
    "expectancy": True,
    "max_drawdown_pct": False,
    "fees": False,
}
"""Each objective, and whether the highest value is the best; otherwise the lowest is."""


@dataclass(frozen=True, slots=True)
class SweepFigures:
    """One run of one setting over one stretch; money is in the quote asset, None is what cannot be told.

    sharpe, sortino, calmar, cagr_pct are per year, as in a backtest. skewness and kurtosis are those of
    the gains of the steps. trades counts purchases and sales; the rest of the trade figures is of sales.
    """

    steps: int
    final_equity: float
    return_pct: float
    cagr_pct: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown_pct: float
    trades: int
    sells: int
    win_rate_pct: float | None
    profit_factor: float | None
    expectancy: float | None
    fees: float
    skewness: float
    kurtosis: float

    def returns(self, yearly: float) -> Returns | None:
        """Give what the deflated Sharpe ratio is made from; None when nothing moved."""
        if self.sharpe is None:
            return None
        return Returns(self.steps, self.sharpe / math.sqrt(yearly), self.skewness, self.kurtosis)

    def value(self, objective: str) -> float | None:
        """Give a figure by its name."""
        value: float | None = getattr(self, objective)
        return value

    def score(self, objective: str) -> float | None:
        """Give the objective so that more is better; None for a run that traded nothing."""
        value = self.value(objective)
        if value is None or not self.trades:
            return None
        return value if HIGHEST[objective] else -value


def check_objective(name: str) -> None:
    """Raise ConfigError when there is no such objective, naming those that there are."""
    if name not in HIGHEST:
        msg = f"--objective was {name[:40]!r}, must be one of {', '.join(HIGHEST)}"
        raise ConfigError(msg)


def figures_of(run: RunFigures, yearly: float) -> SweepFigures:
    """Put the sums of a run into the figures of a backtest; yearly: steps in a year."""
    growth = run.final_equity / run.start_equity
    cagr_pct = _cagr_pct(growth, run.steps / yearly)
    deepest = run.max_drawdown_pct
    third, fourth = _form(run)
    return SweepFigures(
        steps=run.steps,
        final_equity=run.final_equity,
        return_pct=(growth - 1) * _PCT,
        cagr_pct=cagr_pct,
        sharpe=_sharpe(run, yearly),
        sortino=_over(run.mean * math.sqrt(yearly), math.sqrt(run.downside_variance)),
        calmar=None if cagr_pct is None else _over(cagr_pct, deepest),
        max_drawdown_pct=deepest,
        trades=run.trades,
        sells=run.sells,
        win_rate_pct=_over(run.wins * _PCT, run.sells),
        profit_factor=_over(run.gross_profit, run.gross_loss),
        expectancy=_over(run.gross_profit - run.gross_loss, run.sells),
        fees=run.fees,
        skewness=third,
        kurtosis=fourth,
    )


def _sharpe(run: RunFigures, yearly: float) -> float | None:
    if run.steps < 2:  # noqa: PLR2004  a spread takes two values
        return None
    return _over(run.mean * math.sqrt(yearly), math.sqrt(run.variance * run.steps / (run.steps - 1)))


def _form(run: RunFigures) -> tuple[float, float]:
    """Give skewness and kurtosis, those of a normal distribution when nothing moved."""
    if not run.variance > 0:
        return 0.0, _NORMAL_KURTOSIS
    return run.third_moment / run.variance**1.5, run.fourth_moment / run.variance**2


def _cagr_pct(growth: float, years: float) -> float | None:
    if not (years > 0 and growth > 0):
        return None
    grown = math.log(growth) / years
    return math.expm1(grown) * _PCT if grown < _LARGEST_GROWTH else None


def _over(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
