"""Performance: what a run of a strategy earned, how bumpy the way was, and what its trades amount to.

Figures that cannot be told, such as a win rate without trades, are None and never 0.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from powertrader.analytics.annual import periods_per_year
from powertrader.analytics.metrics import max_drawdown, return_pct
from powertrader.analytics.trips import Trips, trips_of
from powertrader.models.trade_columns import TradeColumns
from powertrader.models.types import FloatArray, IntArray

_PCT: Final = 100.0
_DAY_S: Final = 86400
_HOUR_S: Final = 3600


@dataclass(frozen=True, slots=True, eq=False)
class EquityCurve:
    """The account value in the quote asset after each step; start is what it was before the first.

    time_s (N,) rising, equity (N,); timeframe: length of a step, such as 1h.
    """

    timeframe: str
    start: float
    time_s: IntArray
    equity: FloatArray

    @property
    def with_start(self) -> FloatArray:
        """The values with the start before them, (N + 1,)."""
        return np.concatenate(([self.start], self.equity))

    @property
    def returns(self) -> FloatArray:
        """Gain of each step as a fraction of the value before it, (N,)."""
        values = self.with_start
        return np.asarray(np.diff(values) / values[:-1])


@dataclass(frozen=True, slots=True)
class Growth:
    """What became of the account. Percents are of the start, ratios and _pct per year where it says so.

    cagr_pct and volatility_pct are per year. sharpe, sortino: mean gain of a step over its spread, or the
    spread of losses alone, per year, without a riskless rate. calmar: cagr_pct over max_drawdown_pct.
    underwater_days: the longest time below an earlier peak.
    """

    start_equity: float
    final_equity: float
    return_pct: float
    cagr_pct: float | None
    volatility_pct: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown_pct: float
    underwater_days: float


@dataclass(frozen=True, slots=True)
class TradeFigures:
    """What the trades amount to; money is in the quote asset and after costs, trips are those that ended.

    profit_factor: gains over losses. expectancy: mean profit of a trip; expectancy_r: the same in R, where
    1 R is the mean loss of a losing trip. in_market_pct: share of the steps with a position;
    capital_used_pct: mean share of the account that was in coins. maker_pct: share of the traded value that
    rested in the book. hold_hours_p10, p90: a tenth of the trips was shorter, longer than that.
    """

    trades: int
    buys: int
    sells: int
    trips: int
    open_trips: int
    win_rate_pct: float | None
    profit_factor: float | None
    expectancy: float | None
    expectancy_r: float | None
    average_win: float | None
    average_loss: float | None
    best_trip: float | None
    worst_trip: float | None
    realized_profit: float
    fees: float
    turnover: float
    maker_pct: float | None
    in_market_pct: float
    capital_used_pct: float
    hold_hours_mean: float | None
    hold_hours_p10: float | None
    hold_hours_median: float | None
    hold_hours_p90: float | None
    hold_hours_longest: float | None


def growth_of(curve: EquityCurve) -> Growth:
    """Measure an equity curve. Raises ValueError for an unknown timeframe or a start not above 0."""
    yearly = periods_per_year(curve.timeframe)
    returns, values = curve.returns, curve.with_start
    final = float(values[-1])
    fall = max_drawdown(values).pct
    cagr = _cagr_pct(final / curve.start if curve.start > 0 else math.nan, len(returns) / yearly)
    return Growth(
        start_equity=curve.start,
        final_equity=final,
        return_pct=return_pct(curve.start, final),
        cagr_pct=cagr,
        volatility_pct=_spread(returns, yearly),
        sharpe=_sharpe(returns, yearly),
        sortino=_sortino(returns, yearly),
        calmar=cagr / fall if cagr is not None and fall > 0 else None,
        max_drawdown_pct=fall,
        underwater_days=_underwater_days(curve),
    )


def trade_figures(trades: TradeColumns, curve: EquityCurve, trips: Trips | None = None) -> TradeFigures:
    """Sum the trades of a run up. trips: those of the trades, where they are known already."""
    ended = trips_of(trades) if trips is None else trips
    profit = ended.profit
    wins, losses = profit[profit > 0], profit[profit < 0]
    loss = _mean(losses)
    expected = _mean(profit)
    hours = ended.held_s / _HOUR_S
    sells = int(np.count_nonzero(trades.is_sale))
    traded = float(trades.value.sum())
    return TradeFigures(
        trades=len(trades),
        buys=len(trades) - sells,
        sells=sells,
        trips=len(ended),
        open_trips=len(ended.open_coin),
        win_rate_pct=len(wins) / len(ended) * _PCT if len(ended) else None,
        profit_factor=float(wins.sum() / -losses.sum()) if len(losses) else None,
        expectancy=expected,
        expectancy_r=expected / -loss if expected is not None and loss else None,
        average_win=_mean(wins),
        average_loss=loss,
        best_trip=float(profit.max()) if len(profit) else None,
        worst_trip=float(profit.min()) if len(profit) else None,
        realized_profit=math.fsum(np.nan_to_num(trades.realized).tolist()),
        fees=math.fsum(trades.fee.tolist()),
        turnover=traded / curve.start if curve.start > 0 else 0.0,
        maker_pct=float(trades.value[trades.is_maker].sum()) / traded * _PCT if traded else None,
        in_market_pct=_in_market_pct(ended, curve.time_s),
        capital_used_pct=_capital_used_pct(trades, curve),
        hold_hours_mean=_mean(hours),
        hold_hours_p10=_percentile(hours, 10),
        hold_hours_median=_percentile(hours, 50),
        hold_hours_p90=_percentile(hours, 90),
        hold_hours_longest=float(hours.max()) if len(hours) else None,
    )


def drawdown_pct(values: FloatArray) -> FloatArray:
    """Give how far each value lies below the highest so far, in percent of that."""
    peaks = np.maximum.accumulate(values)
    return np.asarray((peaks - values) / np.where(peaks > 0, peaks, 1.0) * _PCT)


def _cagr_pct(factor: float, years: float) -> float | None:
    if not (years > 0 and factor > 0):
        return None
    grown = math.log(factor) / years
    # what a few lucky hours would come to in a year may be too large for a float
    return math.expm1(grown) * _PCT if grown < math.log(1e12) else None


def _spread(returns: FloatArray, yearly: float) -> float | None:
    if len(returns) < 2:  # noqa: PLR2004  a spread takes two values
        return None
    return float(returns.std(ddof=1)) * math.sqrt(yearly) * _PCT


def _sharpe(returns: FloatArray, yearly: float) -> float | None:
    spread = float(returns.std(ddof=1)) if len(returns) > 1 else 0.0
    return float(returns.mean()) / spread * math.sqrt(yearly) if spread > 0 else None


def _sortino(returns: FloatArray, yearly: float) -> float | None:
    losses = np.minimum(returns, 0.0)
    spread = math.sqrt(float(np.mean(losses * losses))) if len(returns) else 0.0
    return float(returns.mean()) / spread * math.sqrt(yearly) if spread > 0 else None


def _underwater_days(curve: EquityCurve) -> float:
    """Give the longest time from a peak until it was reached again, or until the end."""
    if not len(curve.equity):
        return 0.0
    values = curve.with_start
    step_s = periods_per_year("1d") * _DAY_S / periods_per_year(curve.timeframe)
    times = np.concatenate(([curve.time_s[0] - step_s], curve.time_s))
    at_peak = values >= np.maximum.accumulate(values)
    peak_times = np.maximum.accumulate(np.where(at_peak, times, -np.inf))
    # the step that reaches the peak again still ends a time under water
    since = np.concatenate(([times[0]], peak_times[:-1]))
    below = np.concatenate(([False], ~at_peak[:-1])) | ~at_peak
    return float(np.max(np.where(below, times - since, 0.0))) / _DAY_S


def _in_market_pct(trips: Trips, time_s: IntArray) -> float:
    """Give the share of the steps after which a position was held."""
    if not len(time_s):
        return 0.0
    starts = np.concatenate((trips.opened_s, trips.open_since_s))
    stops = np.concatenate((trips.closed_s, np.full(len(trips.open_since_s), time_s[-1] + 1)))
    moves = np.zeros(len(time_s) + 1, dtype=np.int64)
    np.add.at(moves, np.searchsorted(time_s, starts), 1)
    np.add.at(moves, np.searchsorted(time_s, stops), -1)
    return float(np.count_nonzero(np.cumsum(moves[:-1]) > 0)) / len(time_s) * _PCT


def _capital_used_pct(trades: TradeColumns, curve: EquityCurve) -> float:
    """Give the mean share of the account value that was in coins after a step."""
    if not len(curve.equity):
        return 0.0
    moved = np.where(trades.is_sale, trades.value - trades.fee, -trades.value)
    cash = np.concatenate(([curve.start], curve.start + np.cumsum(moved)))
    after = cash[np.searchsorted(trades.time_s, curve.time_s, side="right")]
    equity = np.where(curve.equity > 0, curve.equity, 1.0)
    return float(np.mean(np.clip(1 - after / equity, 0.0, None))) * _PCT


def _mean(values: FloatArray) -> float | None:
    return float(values.mean()) if len(values) else None


def _percentile(values: FloatArray, share: float) -> float | None:
    return float(np.percentile(values, share)) if len(values) else None
