"""From which asset fees are taken, and that no amount is ever lost."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from powertrader.models.costs import CostModel, CostTier
from powertrader.simexchange.accounts import FeeAsset
from powertrader.simexchange.orders import Query, Status
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.sim_market import VenueTerms
from tests.unit.simexchange.venue_stage import ACCOUNT, BTC, Stage, hand_market, stage

pytestmark = pytest.mark.money

COSTLY = VenueTerms(CostModel(0.07, 0.13, 0.01, 0.03, (CostTier(1.0, 0.3), CostTier(10.0, 1.0))))


def test_fees_in_the_quote_asset_come_on_top_of_what_a_purchase_costs() -> None:
    desk = stage(USDT="1000")
    desk.venue.set_fee_asset(ACCOUNT, FeeAsset.QUOTE)

    (trade,) = desk.market_order("BUY", "2").trades

    assert (trade.fee, trade.fee_asset) == (Decimal("0.4"), "USDT")
    assert (desk.free("USDT"), desk.locked("USDT"), desk.free("BTC")) == (
        Decimal("799.6"),
        Decimal(0),
        Decimal(2),
    )


def test_a_purchase_that_its_fee_makes_too_dear_is_refused() -> None:
    desk = stage(USDT="200")
    desk.venue.set_fee_asset(ACCOUNT, FeeAsset.QUOTE)

    with pytest.raises(ApiError, match="insufficient balance"):
        desk.market_order("BUY", "2")


def test_a_waiting_purchase_locks_its_fee_where_that_comes_on_top() -> None:
    desk = stage(USDT="1000")
    desk.venue.set_fee_asset(ACCOUNT, FeeAsset.QUOTE)
    desk.limit("BUY", "1", "90")
    assert desk.locked("USDT") == Decimal("90.18")

    desk.market.move(low=80, high=101, close=100)

    assert (desk.free("USDT"), desk.locked("USDT")) == (Decimal("909.91"), Decimal(0))


def test_fees_in_bnb_are_worth_what_a_bnb_costs_and_leave_the_coin_whole() -> None:
    desk = stage(USDT="1000", BNB="1")
    desk.venue.set_fee_asset(ACCOUNT, FeeAsset.BNB)

    (trade,) = desk.market_order("BUY", "2").trades

    assert (trade.fee, trade.fee_asset) == (Decimal("0.004"), "BNB")
    assert (desk.free("BTC"), desk.free("BNB")) == (Decimal(2), Decimal("0.996"))


@pytest.mark.parametrize("listed", [True, False])
def test_a_bnb_that_is_not_traded_counts_at_the_agreed_price(*, listed: bool) -> None:
    market = hand_market()
    del (market.quotes if listed else market.rules)["BNBUSDT"]
    desk = stage(
        market, USDT="1000", BNB="1", terms=VenueTerms(CostModel(0.1, 0.1, 0, 0, ()), bnb_price=Decimal(400))
    )
    desk.venue.set_fee_asset(ACCOUNT, FeeAsset.BNB)

    assert desk.market_order("BUY", "2").trades[0].fee == Decimal("0.0005")


def test_without_enough_bnb_the_fee_is_taken_from_what_the_trade_brought() -> None:
    desk = stage(USDT="1000", BNB="0.001")
    desk.venue.set_fee_asset(ACCOUNT, FeeAsset.BNB)

    (trade,) = desk.market_order("BUY", "2").trades

    assert (trade.fee_asset, desk.free("BNB")) == ("BTC", Decimal("0.001"))


def test_selling_all_that_was_bought_leaves_dust_below_the_step() -> None:
    desk = stage(USDT="1000")
    desk.market_order("BUY", "0.12345")
    held = desk.free("BTC")

    desk.market_order("SELL", "0.12320")

    assert 0 < desk.free("BTC") < Decimal("0.00001")
    assert held == Decimal("0.1232031")


AMOUNTS = st.decimals("0.06", "40", places=5)
PRICES = st.decimals("60", "160", places=2)
SIDES = st.sampled_from(["BUY", "SELL"])
ACTIONS = st.one_of(
    st.tuples(st.just("market"), SIDES, AMOUNTS, PRICES),
    st.tuples(st.just("spend"), SIDES, AMOUNTS, PRICES),
    st.tuples(st.just("limit"), SIDES, AMOUNTS, PRICES),
    st.tuples(st.just("stop"), SIDES, AMOUNTS, PRICES),
    st.tuples(st.just("pair"), SIDES, AMOUNTS, PRICES),
    st.tuples(st.just("cancel"), SIDES, AMOUNTS, PRICES),
    st.tuples(st.just("move"), SIDES, AMOUNTS, PRICES),
    st.tuples(st.just("part"), SIDES, AMOUNTS, PRICES),
)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(st.lists(ACTIONS, max_size=25), st.sampled_from(FeeAsset))
def test_whatever_is_traded_every_asset_is_somewhere_and_nothing_is_bound_without_an_order(
    actions: list[tuple[str, str, Decimal, Decimal]], fee_asset: FeeAsset
) -> None:
    desk = stage(USDT="3000", BTC="30", BNB="0.2", terms=COSTLY)
    desk.venue.set_fee_asset(ACCOUNT, fee_asset)

    for action in actions:
        _act(desk, *action)

        for asset, total in desk.venue.totals().items():
            assert total.accounts + total.fees + total.market == total.paid_in, asset
        for balance in desk.venue.balances(ACCOUNT):
            held = [one.hold for one in desk.venue.open_orders(ACCOUNT) if one.hold_asset == balance.asset]
            assert balance.locked == sum(held)
            assert balance.free >= 0

    for order in desk.venue.orders(ACCOUNT, Query(BTC)):
        trades = desk.venue.trades(ACCOUNT, Query(BTC, order_id=order.order_id))
        assert sum(trade.quantity for trade in trades) == order.executed
        assert sum(trade.quote_quantity for trade in trades) == order.quote_executed
        assert (order.executed == order.quantity) is (order.status is Status.FILLED)


def _act(desk: Stage, kind: str, side: str, quantity: Decimal, price: Decimal) -> None:
    with suppress(ApiError):
        _tried(desk, kind, side, quantity, price)


def _tried(desk: Stage, kind: str, side: str, quantity: Decimal, price: Decimal) -> None:
    if kind == "market":
        desk.market_order(side, str(quantity))
    elif kind == "spend":
        desk.place(side=side, type="MARKET", quoteOrderQty=str(price))
    elif kind == "limit":
        desk.limit(side, str(quantity), str(price))
    elif kind == "stop":
        desk.place(side=side, type="STOP_LOSS", quantity=str(quantity), stopPrice=str(price))
    elif kind == "move":
        desk.market.coins = float(quantity)
        desk.market.move(float(price) * 0.9, float(price) * 1.1, float(price))
    elif kind == "part":
        desk.venue.expire_next(BTC, quantity / 50)
    elif kind == "cancel":
        desk.venue.cancel_all(ACCOUNT, BTC)
    else:
        _pair(desk, side, str(quantity), price)


def _pair(desk: Stage, side: str, quantity: str, price: Decimal) -> None:
    high, low = str(price + 40), str(price - 40)
    if side == "SELL":
        legs = {
            "aboveType": "LIMIT_MAKER",
            "abovePrice": high,
            "belowType": "STOP_LOSS",
            "belowStopPrice": low,
        }
    else:
        legs = {
            "aboveType": "STOP_LOSS",
            "aboveStopPrice": high,
            "belowType": "LIMIT_MAKER",
            "belowPrice": low,
        }
    desk.pair(side=side, quantity=quantity, **legs)
