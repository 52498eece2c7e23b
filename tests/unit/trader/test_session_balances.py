"""Session and an account that differs from the ledger: booked, frozen or followed up, never guessed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import RetryLater
from powertrader.models.account import Quote
from powertrader.models.journal import (
    HaltCause,
    Halted,
    OrderFilled,
    OrderIntended,
    OrderRefused,
    QuoteBooked,
    WrittenOff,
)
from powertrader.models.order import OrderState, Side
from powertrader.trader.desk import Patience, Ports
from powertrader.trader.session import Session
from tests.unit.trader.venue import BUY_SIGNAL, START, Venue, World, bought

pytestmark = pytest.mark.money


class Quiet(Venue):
    """Does not answer when one asset alone is asked for."""

    silent_about = ""

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        wanted = tuple(coins)
        if wanted == (self.silent_about,):
            msg = "no answer"
            raise RetryLater(msg)
        return super().get_quotes(wanted)


def booked(world: World) -> list[Decimal]:
    return [event.amount for event in world.ledger.events() if isinstance(event, QuoteBooked)]


def ghost_trade(world: World, patience: Patience | None = None, script: str = "ghost") -> Session:
    """Give a session whose purchase was executed though the venue never tells of it."""
    session = world.session(patience=patience)
    world.step(session, 100.0)
    world.venue.scripts = [script]
    world.step(session, 100.0, BUY_SIGNAL)
    for _ in range(4):
        world.step(session, 100.0, BUY_SIGNAL)
    return session


def test_the_first_start_books_the_opening_balance_once() -> None:
    world = World()
    session = bought(world)
    world.step(session, 101.0)
    world.step(world.session(), 102.0)
    assert booked(world) == [Decimal(10_000)]
    assert session.book.cash["USDT"] == world.venue.free["USDT"]


def test_deposits_and_withdrawals_are_booked_and_freeze_nothing() -> None:
    world = World()
    session = bought(world)
    world.venue.free["USDT"] += 500
    world.step(session, 101.0)
    world.venue.free["USDT"] -= 70
    world.venue.locked["USDT"] = Decimal(20)
    world.step(session, 102.0)
    assert booked(world) == [Decimal(10_000), Decimal(500), Decimal(-50)]
    assert session.book.freezes == {}
    world.venue.free["USDT"] -= 30
    assert world.session().adoption("USDT").events == ()


def test_money_bound_in_an_order_in_flight_is_no_withdrawal() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["pending"]
    world.step(session, 100.0, BUY_SIGNAL)
    world.venue.free["USDT"] -= 100
    world.step(session, 100.0)
    assert booked(world) == [Decimal(10_000)]
    world.venue.free["USDT"] += 100
    world.venue.finish(world.venue.placed[0].client_order_id)
    world.step(session, 100.0)
    assert booked(world) == [Decimal(10_000)]


def test_the_original_books_no_money_by_itself() -> None:
    world = World()
    world.step(world.session("original"), 100.0, BUY_SIGNAL)
    assert booked(world) == []


def test_coins_missing_at_the_start_freeze_their_coin_and_no_other() -> None:
    world = World()
    bought(world)
    world.venue.free["BTC"] = Decimal("0.25")
    session = world.session()
    world.venue.price("ETH", 10.0)
    world.signals["ETH"] = BUY_SIGNAL
    report = world.step(session, 50.0, BUY_SIGNAL)
    assert [(one.action.coin, one.done) for one in report.outcomes] == [("ETH", True)]
    text = session.why("BTC")[0].text
    assert "0.25 BTC" in text
    assert "1.0" in text
    assert "powertrader adopt BTC" in text
    frozen = [event for event in world.ledger.events() if isinstance(event, Halted)]
    assert [(event.coin, event.cause) for event in frozen] == [("BTC", HaltCause.SHORTFALL)]


def test_coins_that_come_back_end_the_freeze() -> None:
    world = World()
    bought(world)
    world.venue.free["BTC"] = Decimal("0.25")
    session = world.session()
    world.step(session, 110.0)
    world.venue.free["BTC"] = Decimal(1)
    world.step(session, 110.0)
    assert session.book.freezes == {}
    world.step(session, 109.0)
    assert session.book.trades[-1].reason == "trailing_exit"


def test_adopting_writes_the_missing_coins_off_and_trades_on_with_the_rest() -> None:
    world = World()
    bought(world)
    world.venue.free["BTC"] = Decimal("0.25")
    session = world.session()
    world.step(session, 100.0)
    preview = session.adoption("BTC")
    assert session.book.position("BTC").quantity == 1
    assert "0.75 BTC" in preview.explanation
    assert session.adopt("BTC") == preview
    assert session.book.freezes == {}
    assert (session.book.position("BTC").quantity, session.book.written_off) == (Decimal("0.25"), Decimal(75))
    world.step(session, 110.0)
    world.step(session, 109.0)
    assert session.book.trades[-1].quantity == Decimal("0.25")


def test_coins_of_the_user_beside_those_of_the_bot_freeze_nothing() -> None:
    world = World()
    bought(world)
    world.venue.free["BTC"] += 3
    session = world.session()
    world.step(session, 100.0)
    assert (session.book.freezes, session.why("BTC")[0].name) == ({}, "start line")


def test_a_position_that_paid_the_fees_of_other_coins_is_written_off_without_a_question() -> None:
    world = World(Venue(fee_fraction="0.01"))
    session = bought(world)
    world.venue.free["BTC"] = session.book.position("BTC").quantity
    world.venue.fee_asset = "BTC"
    world.venue.price("ETH", 10.0)
    world.signals["ETH"] = BUY_SIGNAL
    world.step(session, 100.0)
    again = world.session()
    world.step(again, 100.0)
    gone = [event for event in world.ledger.events() if isinstance(event, WrittenOff)]
    assert [event.quantity for event in gone] == [Decimal("0.99") - world.venue.free["BTC"]]
    assert again.book.freezes == {}
    assert again.book.cash["BTC"] == 0
    assert again.book.position("BTC").quantity == world.venue.free["BTC"]


def test_what_was_dust_when_it_went_missing_freezes_nothing() -> None:
    world = World()
    bought(world)
    world.venue.free["BTC"] -= Decimal("0.000001")
    session = world.session()
    world.step(session, 100.0)
    assert session.book.freezes == {}


def test_an_order_the_venue_denies_but_the_account_shows_keeps_its_coin_frozen(expected_errors: None) -> None:
    world = World()
    session = ghost_trade(world)
    assert len(world.venue.placed) == 1
    (freeze,) = session.book.freezes.values()
    assert (freeze.coin, freeze.cause) == ("BTC", HaltCause.NO_TRACE)
    assert world.venue.placed[0].client_order_id in freeze.reason
    assert "from 0.0 BTC to 1.0" in freeze.reason
    assert not session.resume("BTC").done
    world.signals["ETH"] = BUY_SIGNAL
    world.venue.price("ETH", 10.0)
    world.step(session, 100.0)
    assert [intent.coin for intent in world.venue.placed] == ["BTC", "ETH"]


def test_the_least_part_of_an_order_is_a_trace_of_it(expected_errors: None) -> None:
    world = World()
    session = ghost_trade(world, script="sliver of a ghost")
    assert session.book.freezes["BTC"].cause is HaltCause.NO_TRACE
    assert len(world.venue.placed) == 1


def test_a_fee_that_took_some_of_the_coin_is_no_trace_of_a_sale(expected_errors: None) -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.scripts = ["lost"]
    world.step(session, 109.0)
    world.venue.free["BTC"] -= Decimal("0.000001")
    for _ in range(4):
        world.step(session, 109.0)
    assert session.book.freezes == {}
    assert [intent.side for intent in world.venue.placed] == [Side.BUY, Side.SELL, Side.SELL]


def test_adopting_takes_charge_of_what_an_order_without_a_trace_bought(expected_errors: None) -> None:
    world = World()
    session = ghost_trade(world)
    adoption = session.adopt("BTC")
    assert (adoption.quantity, adoption.stage) == (Decimal(1), 0)
    assert (session.book.open_orders, session.book.freezes) == ({}, {})
    world.step(session, 100.0)
    assert booked(world) == [Decimal(10_000), Decimal(-100)]
    assert session.book.position("BTC").quantity == world.venue.free["BTC"]


def test_a_sale_without_a_trace_is_seen_by_the_coins_that_left(expected_errors: None) -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.scripts = ["ghost"]
    for _ in range(5):
        world.step(session, 109.0)
    assert session.book.freezes["BTC"].cause is HaltCause.NO_TRACE
    session.adopt("BTC")
    assert session.book.position("BTC").quantity == 0


def test_an_order_without_a_trace_is_asked_after_rarely(expected_errors: None) -> None:
    world = World()
    session = ghost_trade(world)
    asked = world.venue.calls.count("get_order")
    for _ in range(20):
        world.step(session, 100.0, seconds=1)
    assert world.venue.calls.count("get_order") == asked


def test_an_order_that_is_found_after_all_ends_the_freeze(expected_errors: None) -> None:
    world = World()
    session = world.session()
    world.step(session, 100.0)
    world.venue.scripts = ["unanswered"]
    world.step(session, 100.0, BUY_SIGNAL)
    hidden = world.venue.orders.popitem()
    for _ in range(4):
        world.step(session, 100.0)
    assert session.book.freezes["BTC"].cause is HaltCause.NO_TRACE
    world.venue.orders[hidden[0]] = hidden[1]
    world.step(session, 100.0)
    assert (session.book.freezes, session.book.position("BTC").quantity) == ({}, Decimal(1))


def test_money_that_left_as_if_for_the_order_counts_where_the_coins_before_are_unknown(
    expected_errors: None,
) -> None:
    world = World()
    session = ghost_trade(world)
    events = [
        replace(event, coin_before=None) if isinstance(event, OrderIntended) else event
        for event in world.ledger.events()
        if not isinstance(event, Halted)
    ]
    later = World(world.venue)
    later.ledger.append_all(events)
    session = later.session()
    for _ in range(4):
        later.step(session, 100.0)
    assert "from 10000.0 USDT to 9900.0" in session.book.freezes["BTC"].reason


def test_an_account_that_does_not_answer_decides_nothing_about_an_order() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["lost"]
    world.step(session, 100.0, BUY_SIGNAL)
    world.venue.failing = {"get_account"}
    for _ in range(6):
        world.step(session, 100.0)
    assert len(session.book.open_orders) == 1
    world.venue.failing = set()
    world.step(session, 100.0)
    assert session.book.open_orders == {}


def test_the_looks_after_a_lost_order_are_counted_on_the_clock_of_the_wall() -> None:
    world = World()
    wall = ManualClock(START)
    ports = Ports(world.venue, world.venue, world.signals.get, world.ledger, world.clock, wall)
    session = Session(ports, patience=Patience(unseen_looks=3, unseen_s=10.0))
    world.venue.scripts = ["lost"]
    for _ in range(5):
        world.step(session, 100.0, BUY_SIGNAL, seconds=3600)
    assert len(session.book.open_orders) == 1
    wall.sleep(10.0)
    world.step(session, 100.0)
    refused = [event for event in world.ledger.events() if isinstance(event, OrderRefused)]
    assert len(refused) == 1


def test_a_coin_sold_in_the_same_step_is_known_to_be_gone_before_it_is_bought_again() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.step(session, 109.0, BUY_SIGNAL)
    intended = [event for event in world.ledger.events() if isinstance(event, OrderIntended)]
    assert [event.coin_before for event in intended] == [Decimal(0), Decimal(1), Decimal(0)]


def test_a_fee_in_a_third_asset_lowers_the_profit_by_its_worth() -> None:
    world = World(Venue({"USDT": "10000", "BNB": "5"}, fee_fraction="0.001"))
    world.venue.fee_asset = "BNB"
    world.venue.price("BNB", 500.0)
    session = bought(world)
    world.step(session, 110.0)
    world.step(session, 109.0)
    fees = [event for event in world.ledger.events() if isinstance(event, OrderFilled)]
    assert [(fill.fee_asset, fill.fee_value) for fill in fees] == [
        ("BNB", Decimal("0.1")),
        ("BNB", Decimal("0.109")),
    ]
    assert session.book.realized_profit == Decimal(9) - Decimal("0.209")
    assert session.book.cash["BNB"] == world.venue.free["BNB"] - 5


def test_a_fee_in_an_asset_without_a_price_counts_as_the_dearest_fee_and_later_at_its_last_price() -> None:
    world = World(Venue({"USDT": "10000", "BNB": "5"}, fee_fraction="0.001"))
    world.venue.fee_asset = "BNB"
    world.venue.price("BNB", 500.0)
    session = world.session()
    world.venue.scripts = ["pending"]
    world.step(session, 100.0, BUY_SIGNAL)
    world.venue.finish(world.venue.placed[0].client_order_id)
    del world.venue.quotes["BNB"]
    world.step(session, 100.0)
    (fill,) = [event for event in world.ledger.events() if isinstance(event, OrderFilled)]
    assert fill.fee_value == Decimal("0.6")


def test_an_order_whose_fee_is_never_told_is_closed_after_a_few_looks() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["unanswered"]
    world.step(session, 100.0, BUY_SIGNAL)
    ((client_order_id, order),) = world.venue.orders.items()
    world.venue.orders[client_order_id] = replace(order, fees=None)
    open_orders = []
    for _ in range(5):
        world.step(session, 100.0)
        open_orders.append(len(session.book.open_orders))
    assert open_orders == [1, 1, 1, 0, 0]
    assert session.book.trades[0].quantity == Decimal(1)
    assert order.state is OrderState.FILLED


def test_a_fee_whose_price_cannot_be_asked_for_counts_at_the_last_price_that_was_told() -> None:
    world = World(Quiet({"USDT": "10000", "BNB": "5"}, fee_fraction="0.001"))
    world.venue.fee_asset = "BNB"
    world.venue.price("BNB", 500.0)
    session = bought(world)
    world.step(session, 110.0)
    assert isinstance(world.venue, Quiet)
    world.venue.silent_about = "BNB"
    world.step(session, 109.0)
    values = [event.fee_value for event in world.ledger.events() if isinstance(event, OrderFilled)]
    assert values == [Decimal("0.1"), Decimal("0.109")]
