"""Figures of an account and its trades, against other libraries' and numbers worked out by hand."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from powertrader.analytics.performance import EquityCurve, Growth, growth_of, trade_figures
from tests.oracles.record_performance import STEPS, returns_of
from tests.unit.analytics.trade_rows import trades

RECORDED = json.loads((Path(__file__).parents[2] / "oracles" / "performance_figures.json").read_text("utf-8"))
HOUR = 3600


def curve(*equity: float, start: float = 100.0, timeframe: str = "1h") -> EquityCurve:
    times = (np.arange(len(equity), dtype=np.int64) + 1) * HOUR
    return EquityCurve(timeframe, start, times, np.array(equity, dtype=float))


def fractions(growth: Growth) -> dict[str, float | None]:
    """Give the figures as the libraries do: fractions, falls below 0."""
    shares = {"cagr": growth.cagr_pct, "volatility": growth.volatility_pct, "total": growth.return_pct}
    return {
        **{name: None if value is None else value / 100 for name, value in shares.items()},
        "max_drawdown": -growth.max_drawdown_pct / 100,
        "sharpe": growth.sharpe,
        "sortino": growth.sortino,
        "calmar": growth.calmar,
    }


@pytest.mark.parametrize("library", ["empyrical", "quantstats"])
@pytest.mark.parametrize("timeframe", ["1h", "4h", "1d", "1w"])
def test_the_account_is_measured_as_known_libraries_do(timeframe: str, library: str) -> None:
    equity = 5000.0 * np.cumprod(1 + np.array(returns_of(STEPS)))
    ours = fractions(growth_of(curve(*equity, start=5000.0, timeframe=timeframe)))
    theirs = RECORDED["figures"][timeframe][library]
    assert len(theirs) >= 6
    assert {name: ours[name] for name in theirs} == pytest.approx(theirs, rel=1e-9)


def test_what_cannot_be_told_is_none_and_not_0() -> None:
    flat = growth_of(curve(100.0, 100.0, 100.0))
    assert (flat.sharpe, flat.sortino, flat.calmar) == (None, None, None)
    assert (flat.return_pct, flat.max_drawdown_pct, flat.underwater_days) == (0.0, 0.0, 0.0)
    nothing = growth_of(curve())
    assert (nothing.final_equity, nothing.cagr_pct, nothing.volatility_pct) == (100.0, None, None)
    empty = trade_figures(trades([]), curve(100.0))
    assert (empty.win_rate_pct, empty.profit_factor, empty.expectancy, empty.maker_pct) == (None,) * 4
    assert (empty.trades, empty.fees, empty.in_market_pct) == (0, 0.0, 0.0)


def test_a_lucky_hour_is_no_return_per_year() -> None:
    assert growth_of(curve(200.0)).cagr_pct is None
    assert growth_of(curve(0.0)).cagr_pct is None


def test_an_unknown_timeframe_is_refused() -> None:
    with pytest.raises(ValueError, match="timeframe was '3h'"):
        growth_of(curve(100.0, timeframe="3h"))


@pytest.mark.parametrize(
    "equity, hours",
    [
        ((101.0, 102.0, 103.0), 0.0),
        # below the start of 100 from the first step on: reached again in the third
        ((99.0, 98.0, 100.0, 101.0), 3.0),
        # from the peak in step 1 to step 4, then one hour to the end
        ((110.0, 100.0, 105.0, 110.0, 109.0), 3.0),
        # never reached again: until the end
        ((110.0, 100.0, 105.0, 104.0, 103.0), 4.0),
    ],
)
def test_the_longest_time_below_a_peak_lasts_until_it_is_reached_again(
    equity: tuple[float, ...], hours: float
) -> None:
    assert growth_of(curve(*equity)).underwater_days * 24 == pytest.approx(hours)


ROWS = [
    (1 * HOUR, "BTC", "entry", 10.0, 2.0, 0.02, 0.0),
    (2 * HOUR, "BTC", "dca_hard_1", 8.0, 2.5, 0.02, 0.0),
    (2 * HOUR, "ETH", "entry", 5.0, 2.0, 0.01, 0.0),
    (4 * HOUR, "BTC", "trailing_exit", 12.0, 4.49, 0.05388, 13.7),
    (6 * HOUR, "ETH", "trailing_exit", 4.0, 1.99, 0.00796, -2.05),
    (8 * HOUR, "BTC", "entry", 11.0, 1.0, 0.011, 0.0),
]


def test_trades_are_summed_up_as_by_hand() -> None:
    found = trade_figures(trades(ROWS), curve(*[100.0] * 10))
    assert (found.trades, found.buys, found.sells, found.trips, found.open_trips) == (6, 4, 2, 2, 1)
    assert found.win_rate_pct == 50.0
    assert found.profit_factor == pytest.approx(13.7 / 2.05)
    assert found.expectancy == pytest.approx(5.825)
    assert found.expectancy_r == pytest.approx(5.825 / 2.05)
    assert (found.average_win, found.average_loss) == (13.7, -2.05)
    assert (found.best_trip, found.worst_trip) == (13.7, -2.05)
    assert found.realized_profit == pytest.approx(11.65)
    assert found.fees == pytest.approx(0.12284)
    # 20 + 20 + 10 + 53.88 + 7.96 + 11 over 100
    assert found.turnover == pytest.approx(1.2284)
    assert (found.hold_hours_mean, found.hold_hours_median, found.hold_hours_longest) == (3.5, 3.5, 4.0)
    # between 3 and 4 hours, a tenth of the way from either end
    assert (found.hold_hours_p10, found.hold_hours_p90) == pytest.approx((3.1, 3.9))


def test_the_time_in_the_market_counts_steps_with_a_position() -> None:
    # held after the steps 1 to 5 and 8 to 10 of 10
    assert trade_figures(trades(ROWS), curve(*[100.0] * 10)).in_market_pct == pytest.approx(80.0)


def test_the_capital_used_is_what_is_not_cash() -> None:
    bought = trades([(2 * HOUR, "BTC", "entry", 10.0, 4.0, 0.04, 0.0)])
    # nothing after step 1, then 40 of 100, 120 and 80 that are worth in all
    found = trade_figures(bought, curve(100.0, 100.0, 120.0, 80.0))
    assert found.capital_used_pct == pytest.approx((0 + 40 + 50 + 25) / 4)


def test_resting_orders_are_told_apart_by_their_value() -> None:
    found = trade_figures(trades(ROWS[:3], maker=[True, False, True]), curve(100.0))
    assert found.maker_pct == pytest.approx((20 + 10) / 50 * 100)


def test_an_account_that_is_never_at_a_loss_has_no_sortino_ratio() -> None:
    rising = growth_of(curve(101.0, 103.0))
    assert rising.sortino is None
    first, second = 0.01, 103 / 101 - 1
    spread = math.sqrt(2) * abs(first - second) / 2
    assert rising.sharpe == pytest.approx((first + second) / 2 / spread * math.sqrt(8760))
