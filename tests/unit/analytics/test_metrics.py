"""Metrics: numbers worked out by hand, and the drawdown against a plain comparison of all pairs."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.analytics.metrics import (
    Drawdown,
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
    *,
    profit: str | None = None,
    fee: tuple[str, str] | None = None,
    price: float | None = 50.0,
) -> Trade:
    return Trade(
        coin="BTC",
        side=side,
        price=price,
        quantity=Decimal(2),
        value=Decimal(100),
        reason=reason,
        timestamp=NOON,
        realized_profit=None if profit is None else Decimal(profit),
        fees=() if fee is None else ((fee[0], Decimal(fee[1])),),
    )


@pytest.mark.parametrize(
    "start,end,gain", [(200.0, 250.0, 25.0), (200.0, 150.0, -25.0), (8.0, 8.0, 0.0), (5.0, 0.0, -100.0)]
)
def test_a_return_is_the_gain_in_percent_of_the_start(start: float, end: float, gain: float) -> None:
    assert return_pct(start, end) == gain


@pytest.mark.parametrize("start", [0.0, -1.0, math.nan])
def test_a_return_on_nothing_is_refused(start: float) -> None:
    with pytest.raises(ValueError, match="needs a start above 0"):
        return_pct(start, 10.0)


@pytest.mark.parametrize(
    "equity,expected",
    [
        ([], Drawdown(0.0, 0, 0)),
        ([100.0], Drawdown(0.0, 0, 0)),
        ([1.0, 2.0, 2.0, 3.0], Drawdown(0.0, 0, 0)),
        ([100.0, 75.0, 90.0], Drawdown(25.0, 0, 1)),
        # the later fall is larger in money, the earlier one in percent
        ([10.0, 5.0, 1000.0, 750.0, 1200.0], Drawdown(50.0, 0, 1)),
        ([50.0, 100.0, 80.0, 100.0, 60.0, 55.0, 200.0], Drawdown(45.0, 1, 5)),
        ([8.0, 0.0], Drawdown(100.0, 0, 1)),
        ([0.0, 0.0], Drawdown(0.0, 0, 0)),
        ([0.0, 0.0, 4.0, 3.0], Drawdown(25.0, 2, 3)),
    ],
)
def test_the_drawdown_is_the_deepest_fall_in_percent_of_its_peak(
    equity: list[float], expected: Drawdown
) -> None:
    found = max_drawdown(np.array(equity, dtype=np.float64))
    assert found.pct == pytest.approx(expected.pct, rel=1e-12)
    assert (found.peak_step, found.trough_step) == (expected.peak_step, expected.trough_step)


@pytest.mark.property
@given(equity=st.lists(st.floats(min_value=0.01, max_value=1e9), min_size=1, max_size=30))
def test_no_pair_of_steps_falls_deeper_than_the_drawdown(equity: list[float]) -> None:
    found = max_drawdown(np.array(equity))
    falls = [(before - after) / before * 100 for step, before in enumerate(equity) for after in equity[step:]]
    assert found.pct == pytest.approx(max(falls), rel=1e-12)
    assert found.peak_step <= found.trough_step
    peak, trough = equity[found.peak_step], equity[found.trough_step]
    assert (peak - trough) / peak * 100 == pytest.approx(found.pct, rel=1e-12)


def test_trades_are_counted_by_side_and_reason_and_sales_by_whether_they_made_money() -> None:
    counts = count_trades(
        [
            trade(Side.BUY, "entry"),
            trade(Side.BUY, "dca_hard_1"),
            trade(Side.BUY, "entry"),
            trade(Side.SELL, "trailing_exit", profit="12.5"),
            trade(Side.SELL, "trailing_exit", profit="-2.25"),
            trade(Side.SELL, "trailing_exit", profit="0"),
            trade(Side.SELL, "trailing_exit"),
        ]
    )
    assert (counts.buys, counts.sells) == (3, 4)
    assert list(counts.by_reason.items()) == [("dca_hard_1", 1), ("entry", 2), ("trailing_exit", 4)]
    assert counts.win_rate_pct == 25.0
    assert counts.realized_profit == 10.25


def test_no_trades_have_no_win_rate() -> None:
    counts = count_trades([])
    assert (counts.buys, counts.sells, counts.by_reason) == (0, 0, {})
    assert (counts.win_rate_pct, counts.realized_profit, counts.fees) == (None, 0.0, 0.0)


def test_a_fee_in_the_coin_counts_at_the_price_of_its_trade() -> None:
    bought = trade(Side.BUY, "entry", fee=("BTC", "0.002"))
    sold = trade(Side.SELL, "trailing_exit", fee=("USDT", "0.11"))
    unpriced = trade(Side.BUY, "entry", fee=("BTC", "0.002"), price=None)
    assert count_trades([bought, sold, unpriced]).fees == pytest.approx(0.1 + 0.11, rel=1e-12)


def test_holding_every_coin_is_the_mean_of_their_gains() -> None:
    first = {"BTC": 100.0, "ETH": 10.0}
    assert buy_and_hold_pct(first, {"BTC": 150.0, "ETH": 9.0}) == pytest.approx(20.0, rel=1e-12)


def test_a_coin_without_both_prices_is_not_held() -> None:
    first = {"BTC": 100.0, "ETH": 10.0, "SOL": 0.0}
    assert buy_and_hold_pct(first, {"BTC": 150.0, "SOL": 5.0, "XRP": 1.0}) == 50.0
    assert buy_and_hold_pct(first, {"XRP": 1.0}) is None


def test_a_fee_in_a_third_asset_counts_with_what_it_was_worth() -> None:
    fees = (("BNB", Decimal("0.002")), ("USDT", Decimal("0.5")))
    paid = Trade("BTC", Side.BUY, 100.0, Decimal(1), Decimal(100), "entry", NOON, fees=fees)
    known = replace(paid, fee_values=(("BNB", Decimal("1.25")),))
    assert count_trades([paid]).fees == pytest.approx(0.502)
    assert count_trades([known]).fees == pytest.approx(1.75)
