"""Session with compat=safe: orders that fail, stay open, or get no answer."""

from dataclasses import replace
from decimal import Decimal

import pytest

from powertrader.core.exceptions import OrderUnknown
from powertrader.models.order import OrderReport, OrderState
from powertrader.trader.desk import Patience
from tests.unit.trader.venue import BUY_SIGNAL, NO_BUY, Venue, World, bought, pair, verdict

pytestmark = pytest.mark.money


def test_a_failed_sale_keeps_its_crossing_and_is_tried_again() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.scripts = ["reject"]
    world.step(session, 109.0)
    assert session.book.position("BTC").trailing_active
    world.step(session, 108.0)
    assert session.book.trades[-1].reason == "trailing_exit"


def test_a_canceled_sale_is_no_sale() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.scripts = ["canceled"]
    world.step(session, 109.0)
    position = session.book.position("BTC")
    assert position.last_sale_at is None
    assert position.quantity == world.venue.free["BTC"] == Decimal(1)


def test_a_sale_cut_short_is_booked_and_the_rest_sold_in_the_next_step() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.scripts = ["half"]
    assert verdict(world.step(session, 109.0)) == "partly_done"
    assert session.book.position("BTC").quantity == world.venue.free["BTC"] == Decimal("0.5")
    world.step(session, 108.5)
    assert session.book.position("BTC").quantity == 0
    assert session.book.realized_profit == world.venue.free["USDT"] - 10_000


def test_a_purchase_cut_short_is_booked_and_managed() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["half"]
    world.step(session, 100.0, BUY_SIGNAL)
    position = session.book.position("BTC")
    assert (position.quantity, position.avg_cost_basis) == (Decimal("0.5"), 100.0)
    world.step(session, 100.0, BUY_SIGNAL)
    assert len(world.venue.placed) == 1


@pytest.mark.parametrize("script", ["half", "pending"])
def test_after_a_sale_with_an_uncertain_rest_no_dca_buy_follows_on_old_numbers(script: str) -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.scripts = [script]
    report = world.step(session, 90.0)
    assert [outcome.action.kind.value for outcome in report.outcomes] == ["exit"]


def test_a_sale_that_failed_whole_is_followed_by_a_dca_buy_where_one_is_due() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.scripts = ["reject"]
    report = world.step(session, 90.0)
    assert [outcome.action.kind.value for outcome in report.outcomes] == ["exit", "dca"]


def test_an_order_without_an_answer_is_looked_up_and_never_sent_again() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["unanswered"]
    assert verdict(world.step(session, 100.0, BUY_SIGNAL)) == "order_unknown"
    assert list(session.book.open_orders) == [world.venue.placed[0].client_order_id]
    world.step(session, 100.0, BUY_SIGNAL)
    assert session.book.position("BTC").quantity == Decimal(1)
    assert len(world.venue.placed) == 1


def test_an_order_that_never_arrived_freezes_its_coin_until_the_venue_has_denied_it_often_enough() -> None:
    world = World()
    session = world.session(patience=Patience(unseen_looks=3, unseen_s=100.0))
    world.venue.scripts = ["lost"]
    for _ in range(3):
        world.step(session, 100.0, BUY_SIGNAL)
    assert len(world.venue.placed) == 1
    assert session.why("BTC")[0].text.startswith("an order of this coin is not over")
    world.step(session, 100.0, BUY_SIGNAL)
    assert len(world.venue.placed) == 2
    assert session.book.open_orders == {}


def test_one_denial_is_not_enough_however_long_ago_the_order_was_sent() -> None:
    world = World()
    session = world.session(patience=Patience(unseen_looks=3, unseen_s=0.0))
    world.venue.scripts = ["lost"]
    seen = []
    for _ in range(4):
        world.step(session, 100.0, BUY_SIGNAL)
        seen.append(len(world.venue.placed))
    assert seen == [1, 1, 1, 2]


def test_an_order_that_stays_open_is_left_after_a_few_looks_and_booked_later() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["pending"]
    assert verdict(world.step(session, 100.0, BUY_SIGNAL)) == "order_open"
    assert world.venue.calls.count("get_order") == 3
    world.venue.finish(world.venue.placed[0].client_order_id)
    world.step(session, 100.0)
    assert session.book.position("BTC").quantity == Decimal(1)


def test_an_accepted_order_is_never_taken_for_lost(expected_errors: None) -> None:
    world = World()
    session = world.session(patience=Patience(looks=0, unseen_looks=1, unseen_s=0.0))
    world.venue.scripts = ["pending"]
    world.step(session, 100.0, BUY_SIGNAL)
    hidden = world.venue.orders.pop(world.venue.placed[0].client_order_id)
    for _ in range(5):
        world.step(session, 100.0, BUY_SIGNAL)
    assert len(session.book.open_orders) == 1
    world.venue.orders[hidden.client_order_id] = hidden
    world.venue.finish(hidden.client_order_id, OrderState.CANCELED)
    world.step(session, 100.0)
    assert session.book.open_orders == {}


def test_a_filled_order_without_numbers_is_booked_as_ordered_at_the_price_it_was_sized_with() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["blank"]
    world.step(session, 100.0, BUY_SIGNAL)
    position = session.book.position("BTC")
    assert (position.quantity, position.paid) == (Decimal(1), Decimal(100))


def test_an_order_without_numbers_that_is_found_again_later_is_booked_as_well() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["unanswered"]
    world.step(session, 100.0, BUY_SIGNAL)
    ((client_order_id, order),) = world.venue.orders.items()
    blank = replace(order, executed_quantity=Decimal(0), quote_quantity=Decimal(0), fees=None)
    world.venue.orders[client_order_id] = blank
    world.step(session, 100.0)
    position = session.book.position("BTC")
    assert (position.quantity, position.paid) == (Decimal(1), Decimal(100))


def test_a_part_that_was_executed_without_a_price_counts_at_the_price_it_was_sized_with() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["unanswered"]
    world.step(session, 100.0, BUY_SIGNAL)
    ((client_order_id, order),) = world.venue.orders.items()
    part = replace(order, state=OrderState.CANCELED, executed_quantity=Decimal("0.4"))
    world.venue.orders[client_order_id] = replace(part, quote_quantity=Decimal(0), fees=None)
    world.step(session, 100.0)
    assert session.book.position("BTC").avg_cost_basis == pytest.approx(100.0)


def test_the_rest_of_a_sale_that_was_found_again_later_is_sold_below_the_same_line() -> None:
    world = World()
    bought(world)
    world.venue.pairs["BTCUSDT"] = replace(pair("BTC"), max_quantity=Decimal("0.7"))
    session = world.session()
    world.step(session, 110.0)
    world.venue.scripts = ["unanswered"]
    for price in (109.0, 108.0):
        world.step(session, price)
    assert [trade.quantity for trade in session.book.trades[1:]] == [Decimal("0.7"), Decimal("0.3")]


def test_a_fee_that_is_named_after_the_fill_is_booked_as_well() -> None:
    world = World(Venue(fee_fraction="0.001"))
    session = world.session(patience=Patience(looks=0))
    world.venue.scripts = ["unanswered"]
    world.step(session, 100.0, BUY_SIGNAL)
    ((client_order_id, order),) = world.venue.orders.items()
    world.venue.orders[client_order_id] = replace(order, state=OrderState.PENDING, fees=None)
    world.step(session, 100.0)
    assert session.book.position("BTC").quantity == Decimal(1)
    world.venue.orders[client_order_id] = order
    world.step(session, 100.0)
    position = session.book.position("BTC")
    assert position.quantity == world.venue.free["BTC"] == Decimal("0.999")
    assert (position.avg_cost_basis, session.book.trades[0].fees) == (100.0, (("BTC", Decimal("0.001")),))


class Forgetful(Venue):
    """Cannot tell what became of an order."""

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        msg = f"no answer about {client_order_id} of {symbol}"
        raise OrderUnknown(msg)


def test_an_order_whose_end_cannot_be_asked_for_does_not_stop_the_other_coins() -> None:
    world = World(Forgetful())
    world.venue.scripts = ["pending"]
    world.venue.price("ETH", 10.0)
    world.signals["ETH"] = BUY_SIGNAL
    report = world.step(world.session(), 100.0, BUY_SIGNAL)
    assert [(one.action.coin, one.done) for one in report.outcomes] == [("BTC", False), ("ETH", True)]


def test_the_client_order_id_fits_every_venue_and_is_the_same_in_the_same_world() -> None:
    ids = []
    for _ in range(2):
        world = World()
        bought(world)
        ids.append(world.venue.placed[0].client_order_id)
    assert ids[0] == ids[1]
    assert len(ids[0]) <= 36
    assert ids[0].replace("-", "").isalnum()


def test_money_of_the_user_is_not_lost_when_a_venue_rejects_everything() -> None:
    world = World()
    world.venue.scripts = ["reject"] * 5
    session = world.session()
    for _ in range(5):
        world.step(session, 100.0, BUY_SIGNAL)
    assert session.book.open_orders == {}
    assert session.book.positions == {}
    assert verdict(world.step(session, 100.0, NO_BUY)) == "long_below_start_level"


def test_an_accepted_order_that_the_venue_forgot_can_be_given_up_by_the_user(expected_errors: None) -> None:
    world = World()
    session = world.session(patience=Patience(looks=0, unseen_looks=3, unseen_s=0.0))
    world.venue.scripts = ["pending"]
    world.step(session, 100.0, BUY_SIGNAL)
    world.venue.orders.clear()
    for _ in range(4):
        world.step(session, 100.0, BUY_SIGNAL)
    assert "powertrader adopt BTC" in session.why("BTC")[0].text
    session.adopt("BTC")
    world.step(session, 100.0, BUY_SIGNAL)
    assert session.book.position("BTC").quantity == Decimal(1)


def test_a_clock_that_is_set_back_does_not_keep_a_coin_waiting_for_the_old_time() -> None:
    world = World()
    session = world.session(patience=Patience(looks=0, unseen_looks=3, unseen_s=10.0))
    world.venue.scripts = ["lost"]
    world.step(session, 100.0, BUY_SIGNAL)
    world.step(session, 100.0, BUY_SIGNAL)
    world.set_back(3600)
    for _ in range(12):
        world.step(session, 100.0, seconds=1)
    assert session.book.open_orders == {}
