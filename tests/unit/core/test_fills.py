"""Fills: worse than the best price, in doubt the worse one, each rounding and fee against us."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.fills import (
    Depth,
    Fill,
    PriceSpan,
    RestingOrder,
    RestingOutcome,
    limit_fill,
    market_fill,
    priced_fill,
    resting_fill,
    takes_at_once,
    triggers_at_once,
)
from powertrader.models.account import Quote
from powertrader.models.costs import CostModel, CostTier
from powertrader.models.order import OrderTerms, OrderType, Side

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


FEES = CostModel(maker_pct=0.1, taker_pct=0.2, slippage_pct=1.0, slippage_tiers=(), spread_tiers=())
TEN = Decimal(10)


def order(
    side: Side,
    order_type: OrderType,
    price: str | None = None,
    stop_price: str | None = None,
    *,
    triggered: bool = False,
) -> RestingOrder:
    terms = OrderTerms(
        order_type,
        None if price is None else Decimal(price),
        None if stop_price is None else Decimal(stop_price),
    )
    return RestingOrder(side, terms, TEN, triggered)


def span(first: float, low: float, high: float, volume: float | None = None) -> PriceSpan:
    return PriceSpan(first, low, high, Depth(volume))


def executed(outcome: RestingOutcome) -> tuple[Decimal, Decimal]:
    """Give quantity and quote quantity."""
    assert outcome.fill is not None
    return outcome.fill.quantity, outcome.fill.quote_quantity


def test_an_order_gets_no_more_than_the_volume_and_on_the_step() -> None:
    fill = market_fill(Side.BUY, TEN, QUOTE, FREE, Depth(7.77, Decimal("0.5")))
    assert fill.quantity == Decimal("7.5")
    half = CostModel(0, 0, 0, 0, largest_share_pct=50)
    assert market_fill(Side.BUY, TEN, QUOTE, half, Depth(8.0)).quantity == 4
    assert market_fill(Side.SELL, TEN, QUOTE, FREE, Depth(0.0)) == Fill(Decimal(0), Decimal(0), Decimal(0))


def test_an_order_that_takes_much_of_the_volume_pays_more_for_each_coin() -> None:
    costs = CostModel(0, 0, 0, slippage_pct=1.0, slippage_tiers=(CostTier(5, 9),))
    small = market_fill(Side.BUY, TEN, Quote(100, 100), costs, Depth(200.0))
    large = market_fill(Side.BUY, TEN, Quote(100, 100), costs, Depth(199.0))
    assert (small.quote_quantity, large.quote_quantity) == (Decimal(1010), Decimal(1100))


def test_a_limit_that_reaches_the_market_slips_but_never_past_itself() -> None:
    near, far = order(Side.BUY, OrderType.LIMIT, "101.5"), order(Side.BUY, OrderType.LIMIT, "200")
    assert limit_fill(near, QUOTE, FEES) == priced_fill(Side.BUY, TEN, Decimal("101.5"), 0.2)
    assert limit_fill(far, QUOTE, FEES) == market_fill(Side.BUY, TEN, QUOTE, FEES)
    low = order(Side.SELL, OrderType.LIMIT, "98.5")
    assert limit_fill(low, QUOTE, FEES) == priced_fill(Side.SELL, TEN, Decimal("98.5"), 0.2)


@pytest.mark.parametrize(
    "side,price,takes",
    [
        (Side.BUY, "100.9", False),
        (Side.BUY, "101", True),
        (Side.SELL, "99.1", False),
        (Side.SELL, "99", True),
    ],
)
def test_a_limit_takes_at_once_when_it_touches_the_other_side(side: Side, price: str, takes: bool) -> None:
    assert takes_at_once(side, order(side, OrderType.LIMIT, price).terms, QUOTE) is takes
    assert takes_at_once(side, order(side, OrderType.LIMIT_MAKER, price).terms, QUOTE) is takes


def test_what_sleeps_or_has_no_limit_never_takes_at_once() -> None:
    assert not takes_at_once(Side.BUY, OrderTerms(), QUOTE)
    assert not takes_at_once(Side.BUY, order(Side.BUY, OrderType.STOP_LOSS_LIMIT, "200", "150").terms, QUOTE)


@pytest.mark.parametrize(
    "side,order_type,stop,at_once",
    [
        (Side.SELL, OrderType.STOP_LOSS, "98.9", False),
        (Side.SELL, OrderType.STOP_LOSS, "99", True),
        (Side.SELL, OrderType.TAKE_PROFIT, "99.1", False),
        (Side.SELL, OrderType.TAKE_PROFIT, "99", True),
        (Side.BUY, OrderType.STOP_LOSS, "101.1", False),
        (Side.BUY, OrderType.STOP_LOSS, "101", True),
        (Side.BUY, OrderType.TAKE_PROFIT, "100.9", False),
        (Side.BUY, OrderType.TAKE_PROFIT, "101", True),
    ],
)
def test_a_stop_price_that_the_market_has_reached_triggers_at_once(
    side: Side, order_type: OrderType, stop: str, at_once: bool
) -> None:
    assert triggers_at_once(side, order(side, order_type, None, stop).terms, QUOTE) is at_once


def test_an_order_without_a_stop_price_triggers_nothing() -> None:
    assert not triggers_at_once(Side.SELL, order(Side.SELL, OrderType.LIMIT, "100").terms, QUOTE)


def test_a_limit_must_be_crossed_not_touched_and_fills_at_its_own_price_with_the_maker_fee() -> None:
    buys = order(Side.BUY, OrderType.LIMIT, "90")
    assert resting_fill(buys, span(95, 90, 99), FEES) == RestingOutcome(triggered=False)
    crossed = resting_fill(buys, span(85, 80, 99), FEES)
    assert crossed.fill == Fill(TEN, Decimal(900), Decimal("0.01"))
    sells = order(Side.SELL, OrderType.LIMIT_MAKER, "110")
    assert resting_fill(sells, span(100, 99, 110), FEES).fill is None
    assert resting_fill(sells, span(120, 99, 130), FEES).fill == Fill(TEN, Decimal(1100), Decimal("1.1"))


def test_a_limit_is_filled_by_as_much_as_was_traded() -> None:
    outcome = resting_fill(order(Side.BUY, OrderType.LIMIT, "90"), span(95, 80, 99, volume=4.0), FEES)
    assert executed(outcome) == (Decimal(4), Decimal(360))
    none = resting_fill(order(Side.BUY, OrderType.LIMIT, "90"), span(95, 80, 99, volume=0.0), FEES)
    assert none.fill is None


def test_a_stop_is_triggered_by_a_touch_and_slips_from_the_worse_of_stop_and_first_price() -> None:
    sells = order(Side.SELL, OrderType.STOP_LOSS, None, "90")
    assert resting_fill(sells, span(95, 90.1, 99), FEES) == RestingOutcome(triggered=False)
    assert executed(resting_fill(sells, span(95, 90, 99), FEES)) == (TEN, Decimal(891))
    assert executed(resting_fill(sells, span(80, 70, 99), FEES)) == (TEN, Decimal(792))
    buys = order(Side.BUY, OrderType.STOP_LOSS, None, "110")
    assert executed(resting_fill(buys, span(100, 99, 110), FEES)) == (TEN, Decimal(1111))
    assert executed(resting_fill(buys, span(120, 99, 130), FEES)) == (TEN, Decimal(1212))


def test_a_stop_pays_the_taker_fee() -> None:
    outcome = resting_fill(order(Side.SELL, OrderType.STOP_LOSS, None, "90"), span(95, 80, 99), FEES)
    assert outcome.fill is not None
    assert outcome.fill.fee == Decimal("1.782")


def test_a_take_profit_must_be_crossed_and_gives_no_more_than_its_stop_price() -> None:
    sells = order(Side.SELL, OrderType.TAKE_PROFIT, None, "110")
    assert resting_fill(sells, span(100, 99, 110), FEES) == RestingOutcome(triggered=False)
    assert executed(resting_fill(sells, span(150, 99, 160), FEES)) == (TEN, Decimal(1089))
    buys = order(Side.BUY, OrderType.TAKE_PROFIT, None, "90")
    assert resting_fill(buys, span(100, 90, 101), FEES).fill is None
    assert executed(resting_fill(buys, span(50, 40, 101), FEES)) == (TEN, Decimal(909))


def test_a_stop_with_a_limit_fills_no_worse_than_the_limit_and_rests_when_the_market_is_past_it() -> None:
    sells = order(Side.SELL, OrderType.STOP_LOSS_LIMIT, "89.5", "90")
    assert executed(resting_fill(sells, span(95, 80, 99), FEES)) == (TEN, Decimal(895))
    gap = resting_fill(sells, span(85, 80, 99), FEES)
    assert gap == RestingOutcome(triggered=True)
    awake = order(Side.SELL, OrderType.STOP_LOSS_LIMIT, "89.5", "90", triggered=True)
    assert resting_fill(awake, span(80, 75, 89.5), FEES) == RestingOutcome(triggered=True)
    assert executed(resting_fill(awake, span(80, 75, 90), FEES)) == (TEN, Decimal(895))


def test_a_take_profit_with_a_better_limit_waits_for_it() -> None:
    sells = order(Side.SELL, OrderType.TAKE_PROFIT_LIMIT, "112", "110")
    assert resting_fill(sells, span(100, 99, 120), FEES) == RestingOutcome(triggered=True)


def test_what_a_triggered_stop_did_not_get_goes_on_at_the_worst_price() -> None:
    sells = order(Side.SELL, OrderType.STOP_LOSS, None, "90", triggered=True)
    assert executed(resting_fill(sells, span(95, 80, 99), FEES)) == (TEN, Decimal(792))


@pytest.mark.parametrize("first,low,high", [(1, 2, 3), (4, 2, 3), (0, 0, 1), (2, 1, float("inf"))])
def test_a_span_whose_first_price_is_outside_is_refused(first: float, low: float, high: float) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        PriceSpan(first, low, high)


prices = st.floats(min_value=1e-4, max_value=1e5)


@pytest.mark.property
@given(
    side=st.sampled_from(Side),
    order_type=st.sampled_from([one for one in OrderType if one is not OrderType.MARKET]),
    path=st.lists(prices, min_size=1, max_size=5),
    levels=st.tuples(prices, prices),
    triggered=st.booleans(),
)
def test_a_waiting_order_never_fills_better_than_its_limit_or_than_the_span_allowed(
    side: Side,
    order_type: OrderType,
    path: list[float],
    levels: tuple[float, float],
    triggered: bool,
) -> None:
    limit, stop = (Decimal(repr(level)) for level in levels)
    terms = OrderTerms(
        order_type,
        limit if order_type.has_price else None,
        stop if order_type.has_trigger else None,
    )
    waiting = RestingOrder(side, terms, TEN, triggered and order_type.has_trigger)
    outcome = resting_fill(waiting, PriceSpan(path[0], min(path), max(path)), FEES)
    if outcome.fill is None:
        return
    paid = outcome.fill.quote_quantity / outcome.fill.quantity
    tolerance = Decimal("0.000001")
    if side is Side.BUY:
        assert paid >= Decimal(repr(min(path))) - tolerance
        assert terms.price is None or paid <= terms.price + tolerance
    else:
        assert paid <= Decimal(repr(max(path))) + tolerance
        assert terms.price is None or paid >= terms.price - tolerance
    assert outcome.fill.fee >= 0
