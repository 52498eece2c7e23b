"""Market fills: worse than the best price, costs taken as Binance takes them, rounded against us."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.fills import Fill, market_fill
from powertrader.models.account import Quote
from powertrader.models.costs import CostModel
from powertrader.models.order import Side

pytestmark = pytest.mark.money

QUOTE = Quote(bid=99.0, ask=101.0)
FREE = CostModel(maker_pct=0, taker_pct=0, spread_pct=0, slippage_pct=0)


def test_without_costs_a_purchase_pays_the_ask_and_a_sale_gets_the_bid() -> None:
    assert market_fill(Side.BUY, Decimal(2), QUOTE, FREE) == Fill(Decimal(2), Decimal(202), Decimal(0))
    assert market_fill(Side.SELL, Decimal(2), QUOTE, FREE) == Fill(Decimal(2), Decimal(198), Decimal(0))


def test_a_purchase_slips_up_and_pays_its_fee_in_the_coin() -> None:
    costs = CostModel(taker_pct=0.1, slippage_pct=1.0)
    fill = market_fill(Side.BUY, Decimal(2), QUOTE, costs)
    assert fill == Fill(Decimal(2), Decimal("204.02"), Decimal("0.002"))


def test_a_sale_slips_down_and_pays_its_fee_in_the_quote_asset() -> None:
    costs = CostModel(taker_pct=0.1, slippage_pct=1.0)
    fill = market_fill(Side.SELL, Decimal(2), QUOTE, costs)
    assert fill == Fill(Decimal(2), Decimal("196.02"), Decimal("0.19602"))


def test_every_rounding_is_against_us() -> None:
    costs = CostModel(taker_pct=0.1, slippage_pct=0.01)
    quote = Quote(bid=1 / 3, ask=1 / 3)
    bought = market_fill(Side.BUY, Decimal("0.00000001"), quote, costs)
    sold = market_fill(Side.SELL, Decimal("0.00000001"), quote, costs)
    assert (bought.quote_quantity, bought.fee) == (Decimal("0.00000001"), Decimal("0.00000001"))
    assert sold.quote_quantity == 0


@pytest.mark.property
@given(
    quantity=st.decimals(min_value="0.00000001", max_value="1e9", places=8),
    price=st.floats(min_value=1e-8, max_value=1e7),
    taker_pct=st.floats(min_value=0, max_value=5),
    slippage_pct=st.floats(min_value=0, max_value=5),
)
def test_a_round_trip_at_one_price_loses_both_fees_or_more(
    quantity: Decimal, price: float, taker_pct: float, slippage_pct: float
) -> None:
    costs = CostModel(taker_pct=taker_pct, slippage_pct=slippage_pct)
    quote = Quote(bid=price, ask=price)
    bought = market_fill(Side.BUY, quantity, quote, costs)
    sold = market_fill(Side.SELL, quantity - bought.fee, quote, costs)
    fees = Fraction(bought.fee) * Fraction(repr(price)) + Fraction(sold.fee)
    assert Fraction(bought.quote_quantity) - Fraction(sold.quote_quantity - sold.fee) >= fees
    assert bought.fee >= 0
    assert sold.fee >= 0
