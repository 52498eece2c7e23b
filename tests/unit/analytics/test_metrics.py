"""Metrics, against numbers worked out by hand."""

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.analytics.metrics import (
    Drawdown,
    TradeCounts,
    buy_and_hold_pct,
    count_trades,
    max_drawdown,
    return_pct,
)
from powertrader.models.order import Side
from powertrader.models.trade import Trade

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


def trade(
    side: Side,
    reason: str,
    profit: str | None = None,
    price: float | None = 100.0,
    fees: tuple[tuple[str, Decimal], ...] = (),
) -> Trade:
    realized = None if profit is None else Decimal(profit)
    return Trade("BTC", side, price, Decimal(1), Decimal(100), reason, NOON, None, realized, fees)


def test_a_return_is_in_percent_of_the_start() -> None:
    assert return_pct(200.0, 250.0) == 25.0
    assert return_pct(200.0, 100.0) == -50.0


@pytest.mark.parametrize("start", [0.0, -1.0, float("nan")])
def test_a_return_on_nothing_is_refused(start: float) -> None:
    with pytest.raises(ValueError, match="needs a start above 0"):
        return_pct(start, 1.0)


@pytest.mark.parametrize(
    "equity,expected",
    [
        ([], Drawdown(0.0, 0, 0)),
        ([100.0, 110.0, 120.0], Drawdown(0.0, 0, 0)),
        ([100.0, 120.0, 90.0, 130.0, 117.0], Drawdown(25.0, 1, 2)),
        ([100.0, 50.0, 200.0, 80.0], Drawdown(60.0, 2, 3)),
        ([0.0, 0.0], Drawdown(0.0, 0, 0)),
        ([100.0, 0.0], Drawdown(100.0, 0, 1)),
    ],
)
def test_the_deepest_fall_counts_from_the_peak_before_it(equity: list[float], expected: Drawdown) -> None:
    assert max_drawdown(np.array(equity)) == expected


@pytest.mark.property
@given(equity=st.lists(st.floats(min_value=0.01, max_value=1e9), min_size=1, max_size=30))
def test_the_drawdown_is_the_worst_of_all_pairs(equity: list[float]) -> None:
    worst = max(
        (before - after) / before * 100 for place, before in enumerate(equity) for after in equity[place:]
    )
    assert max_drawdown(np.array(equity)).pct == pytest.approx(worst, rel=1e-12, abs=1e-12)


def test_trades_are_counted_by_side_and_reason_with_profit_and_fees() -> None:
    trades = [
        trade(Side.BUY, "entry", fees=(("BTC", Decimal("0.001")),)),
        trade(Side.BUY, "dca_hard_1", price=None, fees=(("BTC", Decimal("0.5")),)),
        trade(Side.SELL, "trailing_exit", "12.5", fees=(("USDT", Decimal("0.25")),)),
        trade(Side.SELL, "trailing_exit", "-2.5"),
        trade(Side.SELL, "trailing_exit", "0"),
        trade(Side.SELL, "trailing_exit"),
    ]
    assert count_trades(trades) == TradeCounts(
        buys=2,
        sells=4,
        by_reason={"dca_hard_1": 1, "entry": 1, "trailing_exit": 4},
        win_rate_pct=25.0,
        realized_profit=10.0,
        fees=0.35,
    )


def test_without_sales_there_is_no_win_rate() -> None:
    assert count_trades([]) == TradeCounts(0, 0, {}, None, 0.0, 0.0)


def test_holding_has_the_mean_of_the_coins_returns() -> None:
    first = {"BTC": 100.0, "ETH": 10.0, "NEW": 0.0, "GONE": 5.0}
    last = {"BTC": 150.0, "ETH": 9.0, "NEW": 3.0}
    assert buy_and_hold_pct(first, last) == pytest.approx(20.0, rel=1e-15)
    assert buy_and_hold_pct({"GONE": 5.0}, last) is None
