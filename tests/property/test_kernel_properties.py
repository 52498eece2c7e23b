"""Compiled money and the compiled strategy agree with the exact ones on whatever comes."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.backtest.kernel_inputs import ClassicSettings
from powertrader.backtest.money_kernels import lots_of, over, plus, rounded_down, rounded_up, text_of, times
from powertrader.models.costs import CostModel
from powertrader.models.instrument import FINEST_STEP
from powertrader.models.money import decimal_of, floor_to_step
from powertrader.models.money import rounded_down as exact_down
from powertrader.models.money import rounded_up as exact_up
from powertrader.models.rules import TradingRules
from tests.unit.backtest.kernel_scene import Rough, assert_same, scene

pytestmark = [pytest.mark.property, pytest.mark.kernel, pytest.mark.money]

AMOUNTS = st.one_of(
    st.floats(1e-9, 1e9),
    st.integers(1, 10**13).map(lambda units: units / 10**8),
    st.decimals("0.01", 10**6, places=2).map(float),
)
PERCENTS = st.sampled_from([0.0, 0.01, 0.075, 0.1, 0.123456, 0.6])


def exact(pair: tuple[float, float]) -> Fraction:
    return Fraction(pair[0]) + Fraction(pair[1])


@given(AMOUNTS)
def test_the_text_of_a_float_is_the_decimal_that_money_takes(amount: float) -> None:
    shown = Fraction(decimal_of(amount))
    assert abs(exact(text_of(amount)) - shown) <= shown / 10**29


@given(AMOUNTS, st.sampled_from(["0.00000001", "0.00001", "0.001", "0.1", "1", "25"]))
def test_an_amount_is_floored_to_the_lot_as_money_does(amount: float, step: str) -> None:
    units = lots_of(amount, int(Decimal(step) / FINEST_STEP))
    if units >= 0:
        assert units * FINEST_STEP == floor_to_step(decimal_of(amount), Decimal(step))
    else:
        assert amount > 45_000_000


@given(st.integers(1, 10**12), AMOUNTS.filter(lambda price: price < 1e5), PERCENTS)
def test_money_is_rounded_as_the_fill_model_does(units: int, price: float, percent: float) -> None:
    factor = 1 + decimal_of(percent) / 100
    pair = (float(factor), float(factor - Decimal(float(factor))))
    value = times((float(units), 0.0), times(text_of(price), pair))
    true = Decimal(units) * FINEST_STEP * decimal_of(price) * factor
    if value[0] < 2**52:
        assert rounded_up(value) == int(exact_up(true) / FINEST_STEP)
        assert rounded_down(value) == int(exact_down(true) / FINEST_STEP)


@given(AMOUNTS, AMOUNTS)
def test_sums_and_quotients_of_pairs_are_exact_to_30_digits(left: float, right: float) -> None:
    one, other = text_of(left), text_of(right)
    total, quotient = exact(one) + exact(other), exact(one) / exact(other)
    assert abs(exact(plus(one, other)) - total) <= total / 10**30
    assert abs(exact(over(one, other)) - quotient) <= quotient / 10**30


@given(
    st.integers(0, 10**6),
    st.builds(Rough, st.sampled_from([0.0, 0.3]), st.sampled_from([1.0, 1e-5]), st.sampled_from([60, 3600])),
    st.builds(
        TradingRules,
        coins=st.permutations(["BTC", "ABC"]).map(tuple),
        trade_start_level=st.integers(1, 7),
        start_allocation_pct=st.sampled_from([0.005, 1.0, 20.0, 100.0]),
        dca_levels=st.lists(st.floats(-9.0, 1.0), min_size=1, max_size=4).map(tuple),
        dca_multiplier=st.floats(0.0, 3.0),
        max_dca_buys_per_24h=st.integers(0, 4),
        pm_start_pct_no_dca=st.floats(0.0, 3.0),
        pm_start_pct_with_dca=st.floats(0.0, 3.0),
        trailing_gap_pct=st.floats(0.0, 2.0),
    ),
    st.builds(CostModel, PERCENTS, PERCENTS, PERCENTS, PERCENTS, largest_share_pct=st.floats(0.01, 100.0)),
)
def test_the_compiled_strategy_trades_as_the_event_engine(
    seed: int, rough: Rough, rules: TradingRules, costs: CostModel
) -> None:
    assert_same(scene(rules.coins, 30, seed, rough), ClassicSettings(rules), costs)
