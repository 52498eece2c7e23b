"""What a user asks of a session: pause, go on, sell."""

from dataclasses import replace
from decimal import Decimal

import pytest

from powertrader.core.exceptions import InsufficientFundsError
from powertrader.models.journal import HaltCause, Halted
from powertrader.models.order import Side
from tests.unit.trader.venue import BUY_SIGNAL, START, World, bought, pair

pytestmark = pytest.mark.money


def test_a_pause_stops_purchases_until_it_is_lifted_and_exits_go_on() -> None:
    world = World()
    session = bought(world)
    assert session.pause(None, "holiday").done
    world.step(session, 110.0)
    world.step(session, 109.0, BUY_SIGNAL)
    assert [trade.reason for trade in session.book.trades] == ["entry", "trailing_exit"]
    assert "holiday" in session.why("BTC")[-1].text
    assert session.resume(None).done
    world.step(session, 109.0, BUY_SIGNAL)
    assert session.book.trades[-1].reason == "entry"


def test_what_is_paused_already_and_what_is_not_paused_are_said_so() -> None:
    session = World().session()
    assert session.pause("BTC").done
    again = session.pause("BTC", "other")
    assert (again.done, again.text) == (False, "BTC is paused already: paused by hand")
    assert session.resume("BTC").text == "BTC goes on"
    assert (session.resume("BTC").done, session.resume(None).text) == (False, "everything is not paused")


def test_going_on_names_what_stays_stopped() -> None:
    session = World().session()
    session.pause("BTC", "news")
    session.pause(None, "holiday")
    assert session.resume("BTC").text == "BTC goes on; still stopped: everything (holiday)"
    session.pause("ETH", "news")
    assert session.resume(None).text == "everything goes on; still stopped: ETH (news)"


def test_a_sale_by_hand_sells_the_position_as_an_order_like_any_other() -> None:
    world = World()
    session = bought(world)
    world.venue.price("BTC", 90.0)
    reply = session.sell("BTC", world.rules)
    assert (reply.done, reply.text) == (True, "sold 1.0 BTC for 90.0 after fees")
    trade = session.book.trades[-1]
    assert (trade.reason, trade.realized_profit) == ("manual_exit", Decimal(-10))
    assert trade.pnl_pct == pytest.approx(-10.0)
    assert session.book.position("BTC").last_sale_at is not None


def test_a_sale_by_hand_leaves_the_coins_of_the_user_alone() -> None:
    world = World()
    session = bought(world)
    world.venue.free["BTC"] += 2
    session.sell("BTC", world.rules)
    assert world.venue.free["BTC"] == 2


def test_what_the_bot_does_not_hold_is_not_sold_by_hand() -> None:
    world = World()
    world.venue.free["BTC"] = Decimal(5)
    world.venue.price("BTC", 100.0)
    reply = world.session().sell("BTC", world.rules)
    assert (reply.done, reply.text) == (
        False,
        "BTC is not sold: the bot holds none of it that could be sold",
    )
    assert world.venue.placed == []


def test_a_frozen_coin_is_not_sold_by_hand() -> None:
    world = World()
    bought(world)
    world.ledger.append(Halted("BTC", "0.5 BTC are missing", START, HaltCause.NO_TRACE))
    reply = world.session().sell("BTC", world.rules)
    assert (reply.done, reply.text) == (False, "BTC is not sold: 0.5 BTC are missing")


def test_a_sale_by_hand_needs_an_account_that_answers() -> None:
    world = World()
    session = bought(world)
    world.venue.failing = {"get_account"}
    assert session.sell("BTC", world.rules).text.startswith("BTC is not sold: the account did not answer")


def test_a_sale_by_hand_that_the_venue_refuses_or_cuts_short_is_told_with_its_numbers() -> None:
    world = World()
    session = bought(world)
    world.venue.raising = {"place_order": InsufficientFundsError("BTC 0 is less than 1")}
    assert "BTC 0 is less than 1" in session.sell("BTC", world.rules).text
    world.venue.raising = {}
    world.venue.scripts = ["half"]
    reply = session.sell("BTC", world.rules)
    assert (reply.done, reply.text.startswith("sold only 0.5 BTC")) == (False, True)


def test_a_position_below_the_smallest_order_is_named_before_any_sale_is_tried() -> None:
    world = World()
    session = bought(world)
    world.venue.pairs["BTCUSDT"] = replace(pair("BTC"), min_notional=Decimal(200))
    again = world.session()
    report = world.step(again, 101.0)
    assert [(record.coin, record.verdict) for record in report.records if record.coin == "BTC"] == [
        ("BTC", "too_small_to_sell")
    ]
    gate = next(gate for gate in again.why("BTC") if gate.name == "smallest sale")
    assert (gate.passed, gate.value, gate.limit) == (False, 101.0, 200.0)
    assert "200" in again.sell("BTC", world.rules).text
    assert [intent.side for intent in world.venue.placed] == [Side.BUY]
    assert session.book.position("BTC").quantity == 1


def test_a_sale_by_hand_without_an_answer_is_followed_up_and_not_repeated() -> None:
    world = World()
    session = bought(world)
    world.venue.scripts = ["unanswered"]
    assert "never sent again" in session.sell("BTC", world.rules).text
    world.step(session, 100.0)
    assert session.book.position("BTC").quantity == 0
    assert len(world.venue.placed) == 2
    assert world.step(session, 100.0, BUY_SIGNAL).outcomes[0].done
