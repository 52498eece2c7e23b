"""The compiled figures of a run against numpy over the whole curve."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from powertrader.backtest.classic_state import SELL, TRADE_ROW, rows
from powertrader.backtest.figure_kernels import FIGURES, figures, figures_of, sum_up

pytestmark = [pytest.mark.kernel]

START = 100.0
values = st.one_of(st.just(START), st.floats(1.0, 1e6), st.sampled_from([50.0, 99.0, 101.0]))


@given(st.lists(values, max_size=400))
@example([100.0, 120.0, 90.0, 130.0, 65.0])
@example([float(value) for value in range(700, 300, -1)])
@example([*([100.0] * 200), 40.0, *([100.0] * 200)])
def test_figures_are_those_of_the_whole_curve(equity: Sequence[float]) -> None:
    curve = np.array([START, *equity])
    returns = np.diff(curve) / curve[:-1]
    found = figures(np.array(equity, dtype=np.float64), START, rows(TRADE_ROW, 0))
    assert (found.start_equity, found.final_equity, found.steps) == (START, curve[-1], len(equity))
    peaks = np.maximum.accumulate(curve)
    assert found.max_drawdown_pct == pytest.approx(((peaks - curve) / peaks).max() * 100, abs=1e-9)
    if len(equity):
        assert found.mean == pytest.approx(returns.mean(), rel=1e-9, abs=1e-12)
        size = float((returns**2).mean())
        assert found.variance == pytest.approx(returns.var(), rel=1e-9, abs=size * 1e-12)
        below = np.minimum(returns, 0.0)
        assert found.downside_variance == pytest.approx((below**2).mean(), rel=1e-9)


@given(st.lists(st.tuples(values, st.integers(1, 200)), min_size=1, max_size=10))
def test_values_that_stay_as_they_were_may_be_left_out(stays: Sequence[tuple[float, int]]) -> None:
    equity = np.repeat([value for value, _ in stays], [count for _, count in stays])
    row = np.empty(FIGURES)
    sum_up(np.array([value for value, _ in stays]), len(equity), START, rows(TRADE_ROW, 0), row)
    assert figures_of(row) == pytest.approx(figures(equity, START, rows(TRADE_ROW, 0)), rel=1e-12, abs=1e-12)


def test_sales_are_counted_by_what_they_won() -> None:
    trades = rows(TRADE_ROW, 4)
    trades.side = [0, SELL, SELL, SELL]
    trades.price, trades.fee = [200.0, 0.0, 0.0, 0.0], [0.5, 1.0, 2.0, 4.0]
    trades.realized = [np.nan, 10.0, -4.0, -1.0]
    found = figures(np.array([100.0]), START, trades)
    # the fee of a purchase is in coins: half a coin at 200
    assert (found.fees, found.gross_profit, found.gross_loss) == (107.0, 10.0, 5.0)
    assert (found.trades, found.sells, found.wins) == (4, 3, 1)
