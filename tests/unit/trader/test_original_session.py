"""Session with compat=original away from its recordings: the other position of each deviation."""

from contextlib import suppress
from decimal import Decimal

import pytest

from powertrader.core.exceptions import AccessRefused, InsufficientFundsError
from powertrader.models.journal import OrderFilled
from powertrader.models.order import Side
from powertrader.trader.desk import Patience
from powertrader.trader.session import Session
from tests.unit.trader.venue import BUY_SIGNAL, START, Stopped, Venue, World

pytestmark = pytest.mark.money


def bought(world: World) -> Session:
    session = world.session("original")
    world.step(session, 100.0, BUY_SIGNAL)
    assert [intent.side for intent in world.venue.placed] == [Side.BUY]
    return session


def test_a_restart_forgets_the_trail_and_learns_basis_and_stage_from_the_history() -> None:
    world = World()
    session = bought(world)
    world.step(session, 97.0)
    world.step(session, 120.0)
    assert session.book.position("BTC").trailing_active
    again = world.session("original")
    again.start()
    position = again.book.position("BTC")
    assert (position.trail, position.stage) == (None, 1)
    assert position.adopted_basis == pytest.approx((100 + 2 * 97) / 3)


def test_a_coin_the_bot_did_not_buy_is_managed_as_well() -> None:
    world = World(Venue({"USDT": "10000", "ETH": "3"}))
    world.venue.price("ETH", 10.0)
    session = bought(world)
    assert session.view is not None
    assert [held.coin for held in session.view.held] == ["ETH"]


def test_an_account_that_does_not_answer_looks_empty() -> None:
    world = World()
    session = bought(world)
    world.venue.failing = {"get_account"}
    report = world.step(session, 100.0)
    assert report.skipped is None
    assert report.view is not None
    assert report.view.held == ()


def test_an_order_that_never_ends_is_left_after_the_patience_given() -> None:
    world = World()
    world.venue.scripts = ["pending"]
    session = world.session("original", Patience(looks=4, pause_s=0.0))
    world.step(session, 100.0, BUY_SIGNAL)
    assert world.venue.calls.count("get_order") == 5
    assert len(session.book.open_orders) == 1
    world.venue.finish(world.venue.placed[0].client_order_id)
    again = world.session("original")
    again.start()
    assert again.book.open_orders == {}
    assert again.book.position("BTC").quantity == Decimal(1)


def test_an_order_without_an_answer_counts_as_not_sent() -> None:
    world = World()
    world.venue.scripts = ["unanswered"]
    session = world.session("original")
    world.step(session, 100.0, BUY_SIGNAL)
    assert session.book.open_orders == {}
    assert world.venue.free["BTC"] == Decimal(1)
    assert session.book.position("BTC").quantity == Decimal(0)


def test_an_order_that_was_stopped_before_its_answer_is_forgotten_at_the_start() -> None:
    for length in range(1, 40):
        world = World()
        world.venue.fuse.length = length
        with suppress(Stopped):
            world.step(world.session("original"), 100.0, BUY_SIGNAL)
        again = world.session("original")
        if any(order.order_id is None for order in again.book.open_orders.values()):
            again.start()
            assert again.book.open_orders == {}
            return
    pytest.fail("no stop left an order without an answer")


def test_a_price_that_is_missing_is_replaced_by_the_last_good_one() -> None:
    world = World()
    session = bought(world)
    del world.venue.quotes["BTC"]
    world.clock.sleep(60)
    report = session.step(world.rules)
    assert report.view is not None
    assert report.view.quotes["BTC"].bid == 100.0


def test_a_coin_whose_price_was_never_seen_ends_the_step() -> None:
    world = World()
    world.signals["BTC"] = BUY_SIGNAL
    report = world.session("original").step(world.rules)
    assert (report.ended_by, report.complete, report.at) == ("KeyError", False, START)


def test_the_original_sends_a_refused_order_again_in_every_step() -> None:
    world = World()
    world.venue.raising = {"place_order": InsufficientFundsError("USDT 3 is less than 100")}
    session = world.session("original")
    for _ in range(4):
        world.step(session, 100.0, BUY_SIGNAL, seconds=1)
    assert world.venue.calls.count("place_order") == 4


def test_the_original_takes_a_closed_account_for_an_empty_one_and_goes_on_asking() -> None:
    world = World()
    session = world.session("original")
    world.step(session, 100.0, BUY_SIGNAL)
    world.venue.raising = {"get_account": AccessRefused("key was deleted")}
    for _ in range(3):
        world.step(session, 100.0, BUY_SIGNAL)
    assert (session.book.halts, session.book.freezes) == ({}, {})
    assert [intent.coin for intent in world.venue.placed] == ["BTC"] * 4


def test_the_original_believes_an_account_that_holds_less_than_it_bought() -> None:
    world = World()
    session = world.session("original")
    world.step(session, 100.0, BUY_SIGNAL)
    world.venue.free["BTC"] = Decimal("0.25")
    again = world.session("original")
    world.step(again, 90.0)
    assert [intent.quantity for intent in world.venue.placed] == [Decimal(1), Decimal("0.5")]


def test_the_original_goes_on_with_its_prices_after_a_wait() -> None:
    world = World()
    world.venue.price("ETH", 10.0)
    world.signals["ETH"] = BUY_SIGNAL
    world.venue.takes_s = 30.0
    world.venue.clock = world.clock
    session = world.session("original")
    world.step(session, 100.0, BUY_SIGNAL)
    assert [intent.coin for intent in world.venue.placed] == ["BTC", "ETH"]


def test_the_original_counts_no_fee_in_a_third_asset() -> None:
    world = World(Venue({"USDT": "10000", "BNB": "5"}, fee_fraction="0.001"))
    world.venue.fee_asset = "BNB"
    world.venue.price("BNB", 500.0)
    world.step(world.session("original"), 100.0, BUY_SIGNAL)
    fills = [event for event in world.ledger.events() if isinstance(event, OrderFilled)]
    assert [(fill.fee, fill.fee_value) for fill in fills] == [(None, None)]
