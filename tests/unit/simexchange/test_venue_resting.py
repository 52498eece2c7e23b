"""Orders that wait for a price: what wakes them, at what price they are executed, and pairs of them."""

from decimal import Decimal

import pytest

from powertrader.models.account import Quote
from powertrader.simexchange.orders import Order, OrderKey, Query, Status
from powertrader.simexchange.replies import ApiError
from tests.unit.simexchange.venue_stage import ACCOUNT, BTC, Stage, hand_market, stage

pytestmark = pytest.mark.money

SALE_PAIR = {
    "side": "SELL",
    "quantity": "1",
    "aboveType": "LIMIT_MAKER",
    "abovePrice": "120",
    "belowType": "STOP_LOSS_LIMIT",
    "belowStopPrice": "90",
    "belowPrice": "85",
    "belowTimeInForce": "GTC",
}
PURCHASE_PAIR = {
    "side": "BUY",
    "quantity": "1",
    "aboveType": "STOP_LOSS",
    "aboveStopPrice": "110",
    "belowType": "LIMIT_MAKER",
    "belowPrice": "90",
}


def test_a_waiting_purchase_is_executed_once_its_price_is_crossed_not_touched() -> None:
    desk = stage(USDT="1000")
    order = desk.limit("BUY", "1", "90").order

    desk.market.move(low=90, high=101, close=95)
    assert desk.order(order).status is Status.NEW

    desk.market.move(low=89.99, high=96, close=95)
    assert desk.order(order).status is Status.FILLED
    (trade,) = desk.venue.trades(ACCOUNT, Query(BTC))
    assert (trade.price, trade.is_maker, trade.fee) == (Decimal(90), True, Decimal("0.001"))
    assert (desk.free("USDT"), desk.locked("USDT"), desk.free("BTC")) == (
        Decimal(910),
        Decimal(0),
        Decimal("0.999"),
    )


def test_a_waiting_sale_is_executed_at_its_own_price_however_high_the_market_went() -> None:
    desk = stage(BTC="1")
    order = desk.limit("SELL", "1", "110").order

    desk.market.move(low=99, high=150, close=140)

    assert desk.order(order).quote_executed == 110


def test_the_spread_is_between_the_market_and_what_waits() -> None:
    desk = stage(USDT="1000")
    desk.market.quotes[BTC] = Quote(99.0, 101.0)
    order = desk.limit("BUY", "1", "90").order

    desk.market.move(low=89.5, high=100, close=100)
    desk.market.quotes[BTC] = Quote(99.0, 101.0)

    assert desk.order(order).status is Status.NEW


def test_what_happened_before_an_order_was_placed_does_not_execute_it() -> None:
    desk = stage(USDT="1000")
    desk.market.move(low=50, high=101, close=100)

    order = desk.limit("BUY", "1", "90").order

    assert desk.order(order).status is Status.NEW


def test_a_waiting_order_gets_no_more_than_was_traded_and_the_rest_later() -> None:
    desk = stage(USDT="1000")
    order = desk.limit("BUY", "5", "90").order
    desk.market.coins = 2.0

    executed = []
    for _hour in range(3):
        desk.market.move(low=80, high=101, close=100)
        executed.append(desk.order(order).executed)

    assert executed == [2, 4, 5]
    assert desk.locked("USDT") == 0


def test_two_waiting_orders_share_what_was_traded() -> None:
    desk = stage(USDT="1000")
    first, second = desk.limit("BUY", "2", "90").order, desk.limit("BUY", "2", "91").order
    desk.market.coins = 3.0

    desk.market.move(low=80, high=101, close=100)

    assert (desk.order(first).executed, desk.order(second).executed) == (Decimal(2), Decimal(1))


def test_a_stop_sells_at_the_stop_price_or_worse_when_the_market_jumped_over_it() -> None:
    smooth, jumped = stage(BTC="1"), stage(BTC="1")
    for desk in (smooth, jumped):
        desk.place(side="SELL", type="STOP_LOSS", quantity="1", stopPrice="90")

    smooth.market.move(low=80, high=100, close=85)
    jumped.market.move(low=70, high=80, close=75)

    assert (_proceeds(smooth), _proceeds(jumped)) == (Decimal(90), Decimal(80))


def test_a_stop_whose_limit_the_market_jumped_over_waits_at_its_limit() -> None:
    desk = stage(BTC="1")
    order = desk.place(
        side="SELL", type="STOP_LOSS_LIMIT", quantity="1", stopPrice="90", price="88", timeInForce="GTC"
    ).order
    assert not order.working

    desk.market.move(low=70, high=80, close=75)
    assert (desk.order(order).status, desk.order(order).working) == (Status.NEW, True)

    desk.market.move(low=75, high=89, close=85)
    assert desk.order(order).quote_executed == 88


def test_a_take_profit_sells_at_its_price_once_it_is_crossed() -> None:
    desk = stage(BTC="1")
    order = desk.place(side="SELL", type="TAKE_PROFIT", quantity="1", stopPrice="120").order

    desk.market.move(low=100, high=120, close=110)
    assert desk.order(order).status is Status.NEW

    desk.market.move(low=100, high=130, close=125)
    assert desk.order(order).quote_executed == 120


def test_a_stop_purchase_pays_more_than_was_locked_when_it_must_and_the_account_has_it() -> None:
    rich, poor = stage(USDT="1000"), stage(USDT="110")
    for desk in (rich, poor):
        desk.place(side="BUY", type="STOP_LOSS", quantity="1", stopPrice="110")
        assert desk.locked("USDT") == 110
        desk.market.move(low=130, high=140, close=135)

    assert (_order_of(rich).status, _order_of(rich).quote_executed) == (Status.FILLED, Decimal(130))
    assert (_order_of(poor).status, poor.free("USDT"), poor.locked("USDT")) == (
        Status.EXPIRED,
        Decimal(110),
        Decimal(0),
    )


def test_a_pair_locks_once_and_the_executed_order_ends_the_other() -> None:
    desk = stage(BTC="1")
    placed = desk.pair(**SALE_PAIR)
    above, below = placed.orders
    assert (desk.locked("BTC"), desk.free("BTC")) == (Decimal(1), Decimal(0))

    desk.market.move(low=99, high=121, close=120)

    assert (desk.order(above).status, desk.order(below).status) == (Status.FILLED, Status.EXPIRED)
    assert (desk.free("USDT"), desk.locked("BTC")) == (Decimal("119.88"), Decimal(0))
    assert desk.venue.order_list(ACCOUNT, OrderKey("", placed.order_list.list_id)).order_list.done


def test_when_both_orders_of_a_sale_were_reached_the_stop_counts() -> None:
    desk = stage(BTC="1")
    above, below = desk.pair(**SALE_PAIR).orders

    desk.market.move(low=80, high=130, close=100)

    assert (desk.order(above).status, desk.order(below).status) == (Status.EXPIRED, Status.FILLED)
    assert desk.order(below).quote_executed == 90


def test_when_both_orders_of_a_purchase_were_reached_the_dearer_counts() -> None:
    desk = stage(USDT="200")
    above, below = desk.pair(**PURCHASE_PAIR).orders
    assert desk.locked("USDT") == 110

    desk.market.move(low=80, high=130, close=100)

    assert (desk.order(above).status, desk.order(below).status) == (Status.FILLED, Status.EXPIRED)
    assert (desk.free("USDT"), desk.locked("USDT")) == (Decimal(90), Decimal(0))


def test_a_pair_whose_cheaper_order_is_executed_frees_what_the_other_had_locked() -> None:
    desk = stage(USDT="200")
    _above, below = desk.pair(**PURCHASE_PAIR).orders

    desk.market.move(low=80, high=101, close=100)

    assert desk.order(below).quote_executed == 90
    assert (desk.free("USDT"), desk.locked("USDT")) == (Decimal(110), Decimal(0))


def test_canceling_one_order_of_a_pair_cancels_both() -> None:
    desk = stage(BTC="1")
    placed = desk.pair(listClientOrderId="both", **SALE_PAIR)

    desk.venue.cancel(ACCOUNT, OrderKey(BTC, placed.orders[1].order_id))

    found = desk.venue.order_list(ACCOUNT, OrderKey("", client_order_id="both"))
    assert [order.status for order in found.orders] == [Status.CANCELED, Status.CANCELED]
    assert found.order_list.done
    assert (desk.locked("BTC"), desk.free("BTC")) == (Decimal(0), Decimal(1))


def test_a_list_is_canceled_as_a_whole_and_only_once() -> None:
    desk = stage(BTC="1")
    key = OrderKey("", desk.pair(**SALE_PAIR).order_list.list_id)

    assert desk.venue.cancel_list(ACCOUNT, key).order_list.done
    with pytest.raises(ApiError, match="Unknown order sent"):
        desk.venue.cancel_list(ACCOUNT, key)
    with pytest.raises(ApiError, match="Order list does not exist"):
        desk.venue.cancel_list(ACCOUNT, OrderKey("", 99))


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"abovePrice": "99"}, "relationship of the prices"),
        ({"belowStopPrice": "101"}, "relationship of the prices"),
        ({"quantity": "2"}, "insufficient balance"),
        ({"aboveType": "STOP_LOSS", "aboveStopPrice": "120"}, "sent when not required"),
        ({"belowType": "LIMIT_MAKER"}, "sent when not required"),
        ({"aboveClientOrderId": "same", "belowClientOrderId": "same"}, "Duplicate order sent"),
        ({"abovePrice": "120.001"}, "PRICE_FILTER"),
    ],
)
def test_a_pair_that_does_not_fit_is_refused_and_locks_nothing(changed: dict[str, str], message: str) -> None:
    desk = stage(BTC="1")

    with pytest.raises(ApiError, match=message):
        desk.pair(**{**SALE_PAIR, **changed})

    assert (desk.locked("BTC"), desk.venue.open_orders(ACCOUNT)) == (Decimal(0), ())


def test_two_stops_are_no_pair() -> None:
    desk = stage(BTC="1")
    values = {**SALE_PAIR, "aboveType": "STOP_LOSS", "aboveStopPrice": "120"}
    del values["abovePrice"]

    with pytest.raises(ApiError, match="Unsupported order combination"):
        desk.pair(**values)


def test_nothing_is_executed_while_nobody_trades_the_pair() -> None:
    market = hand_market()
    desk = stage(market, USDT="1000")
    order = desk.limit("BUY", "1", "90").order
    market.move(low=80, high=101, close=100)
    del market.quotes[BTC]

    assert desk.order(order).status is Status.NEW


def _proceeds(desk: Stage) -> Decimal:
    return _order_of(desk).quote_executed


def _order_of(desk: Stage) -> Order:
    return desk.venue.orders(ACCOUNT, Query(BTC))[0]
