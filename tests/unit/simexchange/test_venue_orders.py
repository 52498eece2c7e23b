"""Orders that are executed, refused or looked up at once."""

from dataclasses import replace
from decimal import Decimal

import pytest

from powertrader.models.account import Quote
from powertrader.models.costs import CostModel, CostTier
from powertrader.models.order import OrderType
from powertrader.simexchange.order_requests import request_of
from powertrader.simexchange.orders import OrderKey, OrderRequest, Query, Status
from powertrader.simexchange.replies import ApiError
from powertrader.simexchange.sim_market import VenueTerms
from powertrader.simexchange.symbol_rules import NotionalRule
from tests.unit.simexchange.venue_stage import ACCOUNT, BTC, stage

pytestmark = pytest.mark.money


def test_a_market_purchase_pays_the_ask_and_its_fee_in_the_coin() -> None:
    desk = stage(USDT="1000")

    placed = desk.market_order("BUY", "2")

    assert placed.order.status is Status.FILLED
    assert (placed.order.executed, placed.order.quote_executed) == (Decimal(2), Decimal(200))
    assert (desk.free("USDT"), desk.free("BTC"), desk.locked("USDT")) == (
        Decimal(800),
        Decimal("1.996"),
        Decimal(0),
    )


def test_a_market_sale_gets_the_bid_less_its_fee() -> None:
    desk = stage(BTC="3")

    desk.market_order("SELL", "2")

    assert (desk.free("USDT"), desk.free("BTC")) == (Decimal("199.6"), Decimal(1))


def test_an_order_that_is_large_for_the_market_is_executed_in_several_trades_at_worse_prices() -> None:
    costs = CostModel(0.1, 0.2, 0.0, 0.01, (CostTier(1.0, 0.5),))
    desk = stage(USDT="100000", terms=VenueTerms(costs))

    placed = desk.market_order("BUY", "50")

    prices = [trade.price for trade in placed.trades]
    assert prices == sorted(prices)
    assert set(prices) == {Decimal("100.01"), Decimal("100.52")}
    assert sum(trade.quantity for trade in placed.trades) == 50
    assert sum(trade.quote_quantity for trade in placed.trades) == placed.order.quote_executed


def test_an_order_that_takes_the_whole_book_expires_with_what_it_got() -> None:
    desk = stage(USDT="100000")
    desk.market.coins = 3.0

    placed = desk.market_order("BUY", "5")

    assert (placed.order.status, placed.order.executed) == (Status.EXPIRED, Decimal(3))
    assert desk.locked("USDT") == 0


def test_a_candle_that_tells_no_volume_still_lets_ordinary_orders_trade() -> None:
    desk = stage(USDT="100000")
    desk.market.coins = 0.0

    assert desk.market_order("BUY", "5").order.status is Status.FILLED


def test_an_amount_to_spend_buys_as_much_as_it_pays_for_and_keeps_the_rest() -> None:
    desk = stage(USDT="100")
    desk.market.quotes[BTC] = Quote(30.0, 30.0)

    placed = desk.place(side="BUY", type="MARKET", quoteOrderQty="50")

    assert placed.order.status is Status.FILLED
    assert placed.order.executed == Decimal("1.66666")
    assert desk.free("USDT") == Decimal("50.0002")


def test_an_amount_to_earn_sells_as_much_as_it_needs() -> None:
    desk = stage(BTC="5")

    assert desk.place(side="SELL", type="MARKET", quoteOrderQty="150").order.executed == Decimal("1.5")


@pytest.mark.parametrize(
    "values, asset",
    [
        ({"side": "BUY", "type": "MARKET", "quantity": "11"}, "USDT"),
        ({"side": "BUY", "type": "MARKET", "quoteOrderQty": "1001"}, "USDT"),
        ({"side": "SELL", "type": "MARKET", "quantity": "2"}, "BTC"),
        ({"side": "BUY", "type": "LIMIT", "quantity": "11", "price": "99", "timeInForce": "GTC"}, "USDT"),
        ({"side": "SELL", "type": "LIMIT_MAKER", "quantity": "2", "price": "101"}, "BTC"),
    ],
)
def test_an_order_above_the_balance_is_refused_and_changes_nothing(
    values: dict[str, str], asset: str
) -> None:
    desk = stage(USDT="1000", BTC="1")

    with pytest.raises(
        ApiError, match=r"^Account has insufficient balance for requested action\.$"
    ) as refused:
        desk.place(**values)

    assert refused.value.code == -2010
    assert desk.venue.orders(ACCOUNT, Query(BTC)) == ()
    assert (desk.locked(asset), desk.free("USDT"), desk.free("BTC")) == (
        Decimal(0),
        Decimal(1000),
        Decimal(1),
    )


def test_a_limit_order_takes_what_is_within_its_price_and_rests_with_what_is_left() -> None:
    desk = stage(USDT="2000")
    desk.market.coins = 4.0

    placed = desk.limit("BUY", "10", "110")

    assert (placed.order.status, placed.order.executed) == (Status.PARTIALLY_FILLED, Decimal(4))
    assert {trade.price for trade in placed.trades} == {Decimal(100)}
    assert (desk.locked("USDT"), desk.free("USDT")) == (Decimal(660), Decimal(940))


def test_a_limit_order_is_never_executed_beyond_its_price() -> None:
    desk = stage(USDT="2000", terms=VenueTerms(CostModel(0.1, 0.2, 0.0, 1.0, ())))

    placed = desk.limit("BUY", "1", "100.5")

    assert placed.order.status is Status.FILLED
    assert placed.order.quote_executed == Decimal("100.5")


@pytest.mark.parametrize("time_in_force, executed", [("IOC", Decimal(4)), ("FOK", Decimal(0))])
def test_what_is_left_of_an_order_that_may_not_wait_expires(time_in_force: str, executed: Decimal) -> None:
    desk = stage(USDT="2000")
    desk.market.coins = 4.0

    placed = desk.limit("BUY", "10", "110", time_in_force)

    assert (placed.order.status, placed.order.executed) == (Status.EXPIRED, executed)
    assert desk.locked("USDT") == 0


def test_a_post_only_order_that_would_trade_is_refused() -> None:
    desk = stage(USDT="2000")

    with pytest.raises(ApiError, match="immediately match and take") as refused:
        desk.place(side="BUY", type="LIMIT_MAKER", quantity="1", price="100")

    assert refused.value.code == -2010


@pytest.mark.parametrize(
    "side, kind, stop",
    [("SELL", "STOP_LOSS", "100"), ("SELL", "TAKE_PROFIT", "99"), ("BUY", "STOP_LOSS", "99")],
)
def test_an_order_whose_stop_price_is_already_reached_is_refused(side: str, kind: str, stop: str) -> None:
    desk = stage(USDT="2000", BTC="5")

    with pytest.raises(ApiError, match="Stop price would trigger immediately"):
        desk.place(side=side, type=kind, quantity="1", stopPrice=stop)


def test_an_id_is_refused_while_the_first_order_is_open_and_taken_again_afterwards() -> None:
    desk = stage(USDT="2000")
    desk.place(side="BUY", type="LIMIT", quantity="1", price="50", timeInForce="GTC", newClientOrderId="mine")

    with pytest.raises(ApiError, match=r"^Duplicate order sent\.$") as refused:
        desk.place(side="BUY", type="MARKET", quantity="1", newClientOrderId="mine")
    assert refused.value.code == -2010

    desk.venue.cancel(ACCOUNT, OrderKey(BTC, client_order_id="mine"))
    second = desk.place(side="BUY", type="MARKET", quantity="1", newClientOrderId="mine")
    assert desk.venue.order(ACCOUNT, OrderKey(BTC, client_order_id="mine")) == second.order


def test_an_order_without_an_id_is_given_one_that_finds_it() -> None:
    desk = stage(USDT="2000")

    order = desk.market_order("BUY", "1").order

    assert desk.venue.order(ACCOUNT, OrderKey(BTC, client_order_id=order.client_order_id)) == order


@pytest.mark.parametrize(
    "key", [OrderKey(BTC, 7), OrderKey(BTC, client_order_id="none"), OrderKey("ETHUSDT", 1)]
)
def test_an_order_that_was_never_placed_does_not_exist(key: OrderKey) -> None:
    desk = stage(USDT="2000")
    desk.market_order("BUY", "1")

    with pytest.raises(ApiError, match=r"^Order does not exist\.$") as refused:
        desk.venue.order(ACCOUNT, key)
    assert refused.value.code == -2013


def test_nobody_sees_the_orders_of_another_account() -> None:
    desk = stage(USDT="2000")
    order = desk.limit("BUY", "1", "50").order

    assert desk.venue.open_orders("other") == ()
    with pytest.raises(ApiError, match="does not exist"):
        desk.venue.order("other", OrderKey(BTC, order.order_id))
    with pytest.raises(ApiError, match="Unknown order sent"):
        desk.venue.cancel("other", OrderKey(BTC, order.order_id))


def test_canceling_frees_what_was_locked_and_cannot_be_done_twice() -> None:
    desk = stage(USDT="2000")
    order = desk.limit("BUY", "1", "50").order
    assert desk.locked("USDT") == 50

    canceled = desk.venue.cancel(ACCOUNT, OrderKey(BTC, order.order_id))

    assert (canceled.status, desk.locked("USDT"), desk.free("USDT")) == (
        Status.CANCELED,
        Decimal(0),
        Decimal(2000),
    )
    with pytest.raises(ApiError, match=r"^Unknown order sent\.$") as refused:
        desk.venue.cancel(ACCOUNT, OrderKey(BTC, order.order_id))
    assert refused.value.code == -2011


def test_all_open_orders_of_a_pair_are_canceled_at_once_and_no_others() -> None:
    desk = stage(USDT="2000")
    desk.limit("BUY", "1", "50")
    desk.limit("BUY", "1", "60")
    other = desk.place(
        symbol="ETHUSDT", side="BUY", type="LIMIT", quantity="1", price="70", timeInForce="GTC"
    ).order

    assert len(desk.venue.cancel_all(ACCOUNT, BTC)) == 2
    assert desk.venue.open_orders(ACCOUNT) == (other,)
    with pytest.raises(ApiError, match="Unknown order sent"):
        desk.venue.cancel_all(ACCOUNT, BTC)


def test_checking_an_order_refuses_what_placing_would_and_leaves_no_trace() -> None:
    desk = stage(USDT="2000")
    good = desk.market_order("BUY", "1").order

    with pytest.raises(ApiError, match="LOT_SIZE"):
        desk.venue.check(ACCOUNT, _request("0.0000001"))
    desk.venue.check(ACCOUNT, _request("1"))

    assert desk.venue.orders(ACCOUNT, Query(BTC)) == (good,)


def test_orders_and_trades_are_found_by_number_by_time_and_by_order() -> None:
    desk = stage(USDT="20000")
    first = desk.market_order("BUY", "1")
    desk.clock.sleep(60)
    second = desk.market_order("BUY", "2")
    desk.clock.sleep(60)
    third = desk.limit("BUY", "1", "50")

    def found(**wanted: object) -> list[int]:
        query = replace(Query(BTC), **wanted)  # type: ignore[arg-type] # names and types as in the cases below
        return [order.order_id for order in desk.venue.orders(ACCOUNT, query)]

    numbers = [placed.order.order_id for placed in (first, second, third)]
    assert found() == numbers
    assert found(limit=2) == numbers[1:]
    assert found(from_id=numbers[1]) == numbers[1:]
    assert found(since=second.order.created) == numbers[1:]
    assert found(until=second.order.created) == numbers[:2]
    assert found(order_id=numbers[1]) == numbers[1:2]
    assert desk.venue.trades(ACCOUNT, Query(BTC)) == (*first.trades, *second.trades)
    assert desk.venue.trades(ACCOUNT, Query(BTC, order_id=numbers[1])) == second.trades
    assert desk.venue.trades(ACCOUNT, Query(BTC, from_id=first.trades[0].trade_id, limit=1)) == (
        first.trades[0],
    )


def test_a_pair_that_does_not_exist_or_is_not_traded_is_refused() -> None:
    desk = stage(USDT="2000")
    with pytest.raises(ApiError, match=r"^Invalid symbol\.$") as refused:
        desk.place(symbol="NOPEUSDT", side="BUY", type="MARKET", quantity="1")
    assert refused.value.code == -1121

    desk.use(replace(desk.market.rules[BTC], status="BREAK"))
    with pytest.raises(ApiError, match=r"^Market is closed\.$") as closed:
        desk.market_order("BUY", "1")
    assert closed.value.code == -1013

    del desk.market.quotes["ETHUSDT"]
    with pytest.raises(ApiError, match=r"^Market is closed\.$"):
        desk.place(symbol="ETHUSDT", side="BUY", type="MARKET", quantity="1")


def test_the_book_shows_the_quote_first_and_less_good_prices_behind() -> None:
    costs = CostModel(0.1, 0.2, 0.0, 0.0, (CostTier(1.0, 0.5), CostTier(5.0, 1.0)), largest_share_pct=50.0)
    desk = stage(terms=VenueTerms(costs))
    desk.market.quotes[BTC] = Quote(99.0, 101.0)

    book = desk.venue.depth(BTC)

    assert (book.bids[0].price, book.asks[0].price) == (Decimal(99), Decimal(101))
    assert [level.price for level in book.asks] == sorted(level.price for level in book.asks)
    assert [level.price for level in book.bids] == sorted((one.price for one in book.bids), reverse=True)
    assert sum(level.quantity for level in book.asks) == 500
    del desk.market.quotes[BTC]
    assert desk.venue.depth(BTC).asks == ()


def test_the_old_name_of_the_notional_filter_and_disabled_order_types_are_told() -> None:
    desk = stage(USDT="2000")
    desk.use(replace(desk.market.rules[BTC], notional=NotionalRule(Decimal(50), old=True)))
    with pytest.raises(ApiError, match=r"^Filter failure: MIN_NOTIONAL$"):
        desk.market_order("BUY", "0.4")

    desk.use(replace(desk.market.rules[BTC], order_types=(OrderType.LIMIT,)))
    with pytest.raises(ApiError, match=r"^Market orders are not supported for this symbol\.$"):
        desk.market_order("BUY", "1")


def _request(quantity: str) -> OrderRequest:
    return request_of({"symbol": BTC, "side": "BUY", "type": "MARKET", "quantity": quantity})
