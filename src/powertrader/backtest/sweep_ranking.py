"""What is kept of a sweep while it runs: the best few settings, and how far the ratios of all differ."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

from powertrader.analytics.deflated_sharpe import SharpeSpread, deflated_sharpe, luckiest_sharpe
from powertrader.backtest.sweep_market import Tried
from powertrader.backtest.sweep_space import Point

BEST_KEPT: Final = 10
BELIEVED: Final = 0.95
"""From this probability on, luck counts as an unlikely explanation."""


@dataclass(frozen=True, slots=True)
class Row:
    """One setting with its number, from 0 in the order of the search, and what it did."""

    trial: int
    point: Point
    tried: Tried

    def document(self) -> dict[str, object]:
        """Give the row as a line of runs.jsonl has it."""
        within, beyond = self.tried
        return {
            "trial": self.trial,
            "settings": dict(self.point),
            "in_sample": asdict(within),
            "out_of_sample": None if beyond is None else asdict(beyond),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far the best setting can be believed; None where the steps do not tell.

    luck_sharpe: per year, what the luckiest of as many worthless settings would show. deflated_sharpe: the
    probability that the best is better than that.
    """

    tries: int
    luck_sharpe: float
    deflated_sharpe: float | None

    @property
    def luck_probability(self) -> float | None:
        """How likely luck alone explains the best setting."""
        return None if self.deflated_sharpe is None else 1 - self.deflated_sharpe


@dataclass(slots=True)
class Ranking:
    """The best of all rows so far by an objective; of equal ones the earlier is the better."""

    objective: str
    yearly: float = 1.0
    best: list[Row] = field(default_factory=list)
    rows: int = 0
    without_trades: int = 0
    spread: SharpeSpread = field(default_factory=SharpeSpread)

    def add(self, row: Row) -> float | None:
        """Count a row, and give its score."""
        within = row.tried.within
        self.rows += 1
        self.without_trades += not within.trades
        returns = within.returns(self.yearly)
        if returns is not None:
            self.spread.add(returns.sharpe)
        score = within.score(self.objective)
        # Optuna may propose a point again
        if score is not None and all(known.point != row.point for known in self.best):
            self.best.append(row)
            self.best.sort(key=self._order)
            del self.best[BEST_KEPT:]
        return score

    def verdict(self) -> Verdict | None:
        """Judge the best row; None while there is none."""
        if not self.best:
            return None
        returns = self.best[0].tried.within.returns(self.yearly)
        luck = luckiest_sharpe(self.spread.count, self.spread.variance) * math.sqrt(self.yearly)
        believed = None if returns is None else deflated_sharpe(returns, self.spread)
        return Verdict(self.spread.count, luck, believed)

    def _order(self, row: Row) -> tuple[float, int]:
        score = row.tried.within.score(self.objective)
        return (math.inf if score is None else -score, row.trial)


def document_of(ranking: Ranking) -> Mapping[str, object]:
    """Give what sweep.json says of the outcome."""
    verdict = ranking.verdict()
    return {
        "runs": ranking.rows,
        "runs_without_trades": ranking.without_trades,
        "luck": None
        if verdict is None
        else {**asdict(verdict), "probability_of_luck": verdict.luck_probability},
        "best": [row.document() for row in ranking.best],
    }
