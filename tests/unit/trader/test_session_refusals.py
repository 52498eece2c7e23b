"""Session and a venue that says no: pauses that grow, rules asked for anew, pairs left alone."""

import logging
from collections.abc import Sequence

import pytest

from powertrader.core.exceptions import (
    FilterRejected,
    InsufficientFundsError,
    PairRefused,
    PostOnlyRejected,
    Rejected,
)
from powertrader.trader.session import Session
from tests.unit.trader.venue import BUY_SIGNAL, World, bought, verdict

pytestmark = pytest.mark.money


def calls_after(world: World, session: Session, seconds: Sequence[float]) -> list[int]:
    sent = []
    for pause in seconds:
        world.step(session, 100.0, BUY_SIGNAL, seconds=pause)
        sent.append(world.venue.calls.count("place_order"))
    return sent


def test_after_a_lack_of_funds_a_purchase_rests_for_the_cool_down() -> None:
    world = World()
    world.venue.raising = {"place_order": InsufficientFundsError("USDT 3 is less than 100")}
    session = world.session()
    assert calls_after(world, session, [60, 60, 239]) == [1, 1, 1]
    gate = session.why("BTC")[-1]
    assert gate.value == pytest.approx(1.0)
    assert "USDT 3 is less than 100" in gate.text
    assert calls_after(world, session, [1]) == [2]


def test_the_verdict_of_a_cool_down_is_told_once() -> None:
    world = World()
    world.venue.raising = {"place_order": InsufficientFundsError("too little")}
    session = world.session()
    world.step(session, 100.0, BUY_SIGNAL)
    assert verdict(world.step(session, 100.0, BUY_SIGNAL)) == "cooling_down"
    assert world.step(session, 100.0, BUY_SIGNAL).records == ()


def test_a_sale_for_which_the_account_lacks_coins_rests_and_purchases_of_the_coin_go_on() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.raising = {"place_order": InsufficientFundsError("BTC 0 is less than 1")}
    world.step(session, 109.0)
    world.venue.raising = {}
    report = world.step(session, 90.0, seconds=10)
    assert [outcome.action.reason for outcome in report.outcomes] == ["dca_hard_1"]
    assert any(gate.name == "sale cool-down" for gate in session.why("BTC"))


def test_a_rule_of_the_venue_is_asked_for_anew_and_tried_with_growing_pauses() -> None:
    world = World()
    world.venue.raising = {"place_order": FilterRejected("NOTIONAL: 4.9 is below 5")}
    session = world.session()
    assert calls_after(world, session, [1, 1, 1, 3, 1, 6, 2]) == [1, 1, 2, 2, 3, 3, 4]
    assert world.venue.calls.count("get_instruments") > 1
    assert "NOTIONAL: 4.9 is below 5" in session.why("BTC")[-1].text


def test_the_longest_pause_is_the_cool_down() -> None:
    world = World()
    world.venue.raising = {"place_order": FilterRejected("PRICE_FILTER")}
    session = world.session()
    assert calls_after(world, session, [300.0] * 12) == list(range(1, 13))


def test_an_order_that_went_through_ends_the_growth_of_the_pauses() -> None:
    world = World()
    session = world.session()
    world.venue.raising = {"place_order": FilterRejected("LOT_SIZE")}
    calls_after(world, session, [1, 2])
    world.venue.raising = {}
    world.step(session, 100.0, BUY_SIGNAL)
    world.venue.raising = {"place_order": FilterRejected("LOT_SIZE")}
    for pause in (1, 2):
        world.step(session, 90.0, seconds=pause)
    assert world.venue.calls.count("place_order") == 5


def test_a_refusal_without_a_named_rule_is_repeated_once_before_it_rests() -> None:
    world = World()
    world.venue.raising = {"place_order": Rejected("no")}
    assert calls_after(world, world.session(), [1, 1, 1, 1]) == [1, 2, 2, 3]


def test_an_order_that_would_have_taken_is_priced_anew_in_the_next_step() -> None:
    world = World()
    world.venue.raising = {"place_order": PostOnlyRejected("would match")}
    assert calls_after(world, world.session(), [1, 1, 1]) == [1, 2, 3]


def test_a_pair_the_venue_does_not_take_is_left_alone_until_the_user_resumes_it(
    expected_errors: None, caplog: pytest.LogCaptureFixture
) -> None:
    world = World()
    world.venue.price("ETH", 10.0)
    world.venue.raising = {"place_order": PairRefused("Invalid symbol.")}
    session = world.session()
    assert calls_after(world, session, [60, 60]) == [1, 1]
    why = " ".join(gate.text for gate in session.why("BTC"))
    assert "Invalid symbol." in why
    assert "powertrader resume BTC" in why
    assert [record.levelno for record in caplog.records].count(logging.ERROR) == 1
    world.signals["ETH"] = BUY_SIGNAL
    world.venue.raising = {}
    world.step(session, 100.0, BUY_SIGNAL)
    assert [intent.coin for intent in world.venue.placed] == ["ETH"]
    assert session.resume("BTC").done
    world.step(session, 100.0, BUY_SIGNAL)
    assert [intent.coin for intent in world.venue.placed] == ["ETH", "BTC"]


def test_nothing_that_was_refused_is_in_the_book() -> None:
    world = World()
    world.venue.raising = {"place_order": FilterRejected("LOT_SIZE")}
    session = world.session()
    calls_after(world, session, [60] * 4)
    assert (session.book.open_orders, session.book.positions) == ({}, {})


def test_a_pair_whose_purchase_is_refused_for_good_is_sold_all_the_same(expected_errors: None) -> None:
    world = World()
    session = bought(world)
    world.venue.raising = {"place_order": PairRefused("not permitted for this account")}
    world.step(session, 90.0)
    world.venue.raising = {}
    for price in (120.0, 110.0):
        world.step(session, price)
    assert [intent.reason for intent in world.venue.placed] == ["entry", "trailing_exit"]


def test_a_pair_whose_sale_is_refused_for_good_is_left_alone(expected_errors: None) -> None:
    world = World()
    session = bought(world)
    world.step(session, 120.0)
    world.venue.raising = {"place_order": PairRefused("Invalid symbol.")}
    world.step(session, 110.0)
    world.venue.raising = {}
    world.step(session, 105.0)
    assert "Invalid symbol." in session.why("BTC")[0].text
    assert len(world.venue.placed) == 1


def test_orders_that_end_unfilled_are_not_repeated_in_every_step() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["canceled"] * 100
    assert calls_after(world, session, [1] * 60)[-1] < 10


def test_a_clock_that_is_set_back_does_not_make_a_cool_down_longer() -> None:
    world = World()
    session = world.session()
    world.venue.raising = {"place_order": InsufficientFundsError("too little")}
    world.step(session, 100.0, BUY_SIGNAL)
    world.venue.raising = {}
    world.set_back(3600)
    world.step(session, 100.0, BUY_SIGNAL)
    assert len(session.book.trades) == 1
