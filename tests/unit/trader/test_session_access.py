"""Session and a venue that asks for a pause, or lets the account do nothing."""

import logging

import pytest

from powertrader.core.exceptions import AccessRefused, RateLimitError
from powertrader.models.journal import HaltCause, Halted, Resumed
from tests.unit.trader.venue import BUY_SIGNAL, World, bought

pytestmark = pytest.mark.money

CALLS = ("get_account", "get_instruments", "get_quotes", "place_order", "get_order")


def closed(call: str, retry_after_s: float | None = None) -> World:
    """Give a world whose venue refuses one kind of call to this account, with an order to follow up."""
    world = World()
    if call == "get_order":
        world.venue.scripts = ["unanswered"]
        world.step(world.session(), 100.0, BUY_SIGNAL)
    world.venue.raising = {call: AccessRefused("key has no trading permission", retry_after_s)}
    return world


@pytest.mark.parametrize("call", CALLS)
def test_a_refused_account_pauses_everything_and_is_told_once(
    call: str, expected_errors: None, caplog: pytest.LogCaptureFixture
) -> None:
    world = closed(call)
    session = world.session()
    world.step(session, 100.0, BUY_SIGNAL)
    asked = len(world.venue.calls)
    report = world.step(session, 100.0, BUY_SIGNAL)
    assert report.skipped is not None
    assert "key has no trading permission" in report.skipped
    assert "powertrader resume" in session.why("BTC")[0].text
    assert len(world.venue.calls) == asked
    assert [record.levelno for record in caplog.records].count(logging.ERROR) == 1
    assert [event.cause for event in world.ledger.events() if isinstance(event, Halted)] == [HaltCause.ACCESS]


def test_exits_are_paused_as_well_and_a_restart_does_not_knock_again(expected_errors: None) -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.raising = {"get_quotes": AccessRefused("banned")}
    world.step(session, 109.0)
    asked = len(world.venue.calls)
    again = world.session()
    again.start()
    assert world.step(again, 108.0).skipped is not None
    assert len(world.venue.calls) == asked
    world.venue.raising = {}
    assert again.resume(None).done
    world.step(again, 107.0)
    assert [trade.reason for trade in again.book.trades] == ["entry", "trailing_exit"]


def test_a_ban_ends_by_itself_at_its_time_also_after_a_restart(expected_errors: None) -> None:
    world = closed("get_account", retry_after_s=300.0)
    session = world.session()
    world.step(session, 100.0, BUY_SIGNAL)
    world.venue.raising = {}
    assert world.step(session, 100.0, BUY_SIGNAL, seconds=299).skipped is not None
    again = world.session()
    world.step(again, 100.0, BUY_SIGNAL, seconds=1)
    assert len(world.venue.placed) == 1
    lifted = [event for event in world.ledger.events() if isinstance(event, Resumed)]
    assert [(event.coin, event.cause) for event in lifted] == [(None, HaltCause.ACCESS)]


def test_a_pause_by_the_user_outlives_a_ban(expected_errors: None) -> None:
    world = closed("get_account", retry_after_s=10.0)
    session = world.session()
    session.pause(None, "holiday")
    world.step(session, 100.0, BUY_SIGNAL)
    world.venue.raising = {}
    world.step(session, 100.0, BUY_SIGNAL)
    assert (session.book.freezes, session.book.halts) == ({}, {None: "holiday"})
    assert world.venue.placed == []


@pytest.mark.parametrize("call", CALLS)
def test_a_venue_that_asks_for_a_pause_is_not_asked_anything_until_then(call: str) -> None:
    world = closed(call)
    world.venue.raising = {call: RateLimitError("too much weight", 200.0)}
    session = world.session()
    first = world.step(session, 100.0, BUY_SIGNAL)
    assert first.skipped is not None
    asked = len(world.venue.calls)
    world.venue.raising = {}
    assert "too much weight" in str(world.step(session, 100.0, BUY_SIGNAL).skipped)
    assert len(world.venue.calls) == asked
    assert world.step(session, 100.0, BUY_SIGNAL, seconds=200).skipped is None


def test_of_several_open_orders_none_is_asked_after_once_the_venue_wants_a_pause() -> None:
    world = World()
    world.venue.price("ETH", 10.0)
    world.signals["ETH"] = BUY_SIGNAL
    world.venue.scripts = ["unanswered", "unanswered"]
    session = world.session()
    world.step(session, 100.0, BUY_SIGNAL)
    asked = world.venue.calls.count("get_order")
    world.venue.raising = {"get_order": RateLimitError("slow down", 30.0)}
    world.step(session, 100.0)
    assert world.venue.calls.count("get_order") == asked + 1


def test_an_order_is_left_open_when_the_account_is_refused_while_it_is_followed_up(
    expected_errors: None,
) -> None:
    world = World()
    world.venue.price("ETH", 10.0)
    world.signals["ETH"] = BUY_SIGNAL
    world.venue.scripts = ["pending"]
    world.venue.raising = {"get_order": AccessRefused("key was deleted")}
    session = world.session()
    world.step(session, 100.0, BUY_SIGNAL)
    assert [order.intent.coin for order in session.book.open_orders.values()] == ["BTC"]
    assert [intent.coin for intent in world.venue.placed] == ["BTC"]
