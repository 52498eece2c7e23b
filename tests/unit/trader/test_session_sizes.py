"""Session with compat=safe: what is ordered, and of which coins; dust, funds and the user's own coins."""

from dataclasses import replace
from decimal import Decimal

import pytest

from powertrader.models.order import Side
from powertrader.models.types import Compat
from tests.unit.trader.venue import BUY_SIGNAL, Venue, World, bought, pair, verdict

pytestmark = pytest.mark.money


def test_a_coin_the_bot_did_not_buy_is_never_sold_nor_averaged_down() -> None:
    world = World(Venue({"USDT": "10000", "BTC": "3", "DOGE": "1000"}))
    session = world.session()
    for price in (100.0, 50.0, 200.0, 100.0):
        world.step(session, price)
    assert world.venue.placed == []


def test_of_a_coin_held_before_only_what_the_bot_bought_is_sold() -> None:
    world = World(Venue({"USDT": "10000", "BTC": "3"}))
    session = bought(world)
    world.step(session, 110.0)
    world.step(session, 109.0)
    assert world.venue.free["BTC"] == Decimal(3)
    assert session.book.trades[-1].quantity == session.book.trades[0].quantity


def test_dust_left_by_a_fee_does_not_block_the_next_entry() -> None:
    world = World(Venue(fee_fraction="0.001"))
    world.venue.pairs["BTCUSDT"] = pair("BTC", "0.1")
    session = bought(world)
    world.step(session, 110.0)
    world.step(session, 109.0)
    assert session.book.position("BTC").quantity == world.venue.free["BTC"] == Decimal("0.099")
    report = world.step(session, 100.0, BUY_SIGNAL)
    assert [outcome.done for outcome in report.outcomes] == [True]
    assert session.book.position("BTC").dca_count == 0


def test_a_sale_too_small_for_the_venue_is_refused_with_its_numbers_and_kept() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.pairs["BTCUSDT"] = pair("BTC", notional="500")
    again = world.session()
    report = world.step(again, 109.0)
    assert report.outcomes[0].refusal == "below_min_notional"
    assert again.book.position("BTC").trailing_active


def test_an_entry_below_the_smallest_notional_is_skipped_and_never_enlarged() -> None:
    world = World(rules=replace(World().rules, start_allocation_pct=0.005))
    session = world.session()
    report = world.step(session, 100.0, BUY_SIGNAL)
    assert verdict(report) == "below_min_notional"
    gate = report.records[0].gates[-1]
    assert (gate.passed, gate.value, gate.limit) == (False, 0.5, 5.0)
    assert world.venue.placed == []


def test_a_small_quantity_is_written_without_an_exponent() -> None:
    world = World()
    session = world.session()
    world.step(session, 2_000_000.0, BUY_SIGNAL)
    assert [intent.quantity_text for intent in world.venue.placed] == ["0.00005"]


def test_entries_stop_when_the_funds_of_the_step_are_used_up() -> None:
    world = World(rules=replace(World().rules, start_allocation_pct=60.0))
    world.venue.price("ETH", 10.0)
    world.signals["ETH"] = BUY_SIGNAL
    session = world.session()
    report = world.step(session, 100.0, BUY_SIGNAL)
    assert verdict(report, "ETH") == "over_funds"
    assert world.venue.refused == []


def test_a_dca_buy_above_the_funds_is_skipped() -> None:
    world = World(rules=replace(World().rules, start_allocation_pct=60.0))
    session = bought(world)
    assert verdict(world.step(session, 90.0)) == "over_funds"


def test_locked_coins_are_left_and_sold_when_they_are_free_again() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.free["BTC"], world.venue.locked["BTC"] = Decimal("0.4"), Decimal("0.6")
    world.step(session, 109.0)
    assert session.book.position("BTC").quantity == Decimal("0.6")
    world.venue.free["BTC"], world.venue.locked["BTC"] = Decimal("0.6"), Decimal(0)
    world.step(session, 108.0)
    assert session.book.position("BTC").quantity == 0
    assert world.venue.refused == []


def test_a_sale_above_the_largest_order_is_made_in_parts() -> None:
    world = World()
    session = bought(world)
    world.venue.pairs["BTCUSDT"] = replace(pair("BTC"), max_quantity=Decimal("0.7"))
    again = world.session()
    for price in (110.0, 109.0, 108.0):
        world.step(again, price)
    assert [trade.quantity for trade in again.book.trades[1:]] == [Decimal("0.7"), Decimal("0.3")]
    assert session.book.trades == again.book.trades[:1]


def test_a_coin_of_which_a_part_is_left_is_not_entered_anew() -> None:
    world = World()
    bought(world)
    world.venue.pairs["BTCUSDT"] = replace(pair("BTC"), max_quantity=Decimal("0.7"))
    again = world.session()
    world.step(again, 110.0)
    world.step(again, 109.0, BUY_SIGNAL)
    assert [intent.side for intent in world.venue.placed] == [Side.BUY, Side.SELL]


@pytest.mark.parametrize("compat,orders", [("safe", ["BUY"]), ("original", ["BUY", "BUY"])])
def test_a_position_that_left_the_account_waits_in_safe_and_is_bought_anew_in_original(
    compat: Compat, orders: list[str]
) -> None:
    world = World()
    session = world.session(compat)
    world.step(session, 100.0, BUY_SIGNAL)
    del world.venue.free["BTC"]
    world.step(session, 90.0, BUY_SIGNAL)
    assert [intent.side for intent in world.venue.placed] == orders
    assert (session.why("BTC")[0].name == "frozen") is (compat == "safe")


def test_a_dca_buy_is_sized_by_what_is_still_in_the_account() -> None:
    world = World()
    session = bought(world)
    world.venue.free["BTC"] = Decimal("0.25")
    world.step(session, 90.0)
    assert [intent.quantity for intent in world.venue.placed] == [Decimal(1), Decimal("0.5")]


def test_dust_that_the_account_does_not_list_any_more_blocks_nothing() -> None:
    world = World(Venue(fee_fraction="0.001"))
    world.venue.pairs["BTCUSDT"] = pair("BTC", "0.1")
    session = bought(world)
    world.step(session, 110.0)
    world.step(session, 109.0)
    del world.venue.free["BTC"]
    report = world.step(session, 100.0, BUY_SIGNAL)
    assert [outcome.done for outcome in report.outcomes] == [True]


@pytest.mark.parametrize("script", ["pending", "unanswered"])
def test_what_an_order_that_is_not_over_may_cost_is_not_spent_twice(script: str) -> None:
    world = World(rules=replace(World().rules, start_allocation_pct=60.0))
    world.venue.price("ETH", 10.0)
    world.signals["ETH"] = BUY_SIGNAL
    world.venue.scripts = [script]
    report = world.step(world.session(), 100.0, BUY_SIGNAL)
    assert verdict(report, "ETH") == "over_funds"
    assert [intent.coin for intent in world.venue.placed] == ["BTC"]
