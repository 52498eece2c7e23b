"""Adopting a coin: what it would store and what it says, for more, less and the same."""

from decimal import Decimal

import pytest

from powertrader.models.book import Book, book_of
from powertrader.models.journal import (
    Adopted,
    HaltCause,
    Halted,
    JournalEvent,
    OrderAccepted,
    OrderClosed,
    OrderFilled,
    OrderIntended,
    OrderRefused,
    Resumed,
    TrailForgotten,
    TrailMoved,
    WrittenOff,
)
from powertrader.models.order import OrderIntent, OrderReport, OrderState, Side
from powertrader.models.position import Trail
from powertrader.trader.adoption import adopt, not_ours
from tests.unit.trader.venue import START, Venue, World, bought

pytestmark = pytest.mark.money

INTENT = OrderIntent(
    "pt-1", "BTC", "BTCUSDT", Side.BUY, Decimal(1), "1.0", "entry", 100.0, None, None, "", START
)
SENT = (OrderIntended(INTENT, None, START),)
OWNED = (
    *SENT,
    OrderAccepted("pt-1", "7", START),
    OrderFilled("pt-1", Decimal(1), Decimal(100), None, None, START),
    OrderClosed("pt-1", OrderState.FILLED, None, START),
)


def filled(client_order_id: str, side: Side, quantity: str, value: str, time: str) -> OrderReport:
    amount = Decimal(quantity)
    return OrderReport(
        time, client_order_id, "BTCUSDT", side, OrderState.FILLED, amount, amount, Decimal(value), time
    )


BY_HAND = (
    filled("web-1", Side.BUY, "1", "80", "10"),
    filled("web-2", Side.BUY, "1", "60", "20"),
    filled("pt-1", Side.BUY, "1", "100", "30"),
)


def folded(book: Book, *events: JournalEvent) -> Book:
    for event in events:
        book.apply(event)
    return book


def test_a_coin_the_bot_does_not_know_is_taken_whole_with_basis_and_stage_of_its_history() -> None:
    adoption = adopt(Book(), "BTC", Decimal(2), BY_HAND[:2], START)
    assert adoption.events == (Adopted("BTC", Decimal(2), 70.0, 1, START),)
    assert (adoption.quantity, adoption.basis, adoption.stage) == (Decimal(2), 70.0, 1)
    for part in ("2.0 BTC", "average price paid 70", "DCA stage 1", "may be higher"):
        assert part in adoption.explanation


def test_beside_a_position_only_the_rest_is_taken_and_not_at_the_price_of_our_own_orders() -> None:
    book = book_of(OWNED)
    adoption = adopt(book, "BTC", Decimal(3), not_ours(BY_HAND, OWNED), START)
    assert adoption.events == (Adopted("BTC", Decimal(2), 70.0, None, START),)
    assert folded(book, *adoption.events).position("BTC").avg_cost_basis == 80.0


def test_a_trail_drawn_above_the_old_basis_is_dropped() -> None:
    trail = TrailMoved("BTC", Trail(active=True, line=105.0, peak=110.0, was_above=True), START)
    adoption = adopt(book_of([*OWNED, trail]), "BTC", Decimal(2), BY_HAND, START)
    assert TrailForgotten("BTC", START) in adoption.events


def test_a_coin_without_a_purchase_in_its_history_says_that_it_will_not_be_traded() -> None:
    adoption = adopt(Book(), "BTC", Decimal(2), (), START)
    assert adoption.basis == 0.0
    assert "neither sold nor averaged down" in adoption.explanation


def test_missing_coins_are_written_off_and_the_freeze_ends() -> None:
    book = book_of([*OWNED, Halted("BTC", "missing", START, HaltCause.SHORTFALL)])
    adoption = adopt(book, "BTC", Decimal("0.4"), (), START)
    assert [type(event) for event in adoption.events] == [WrittenOff, Resumed]
    assert "0.6 BTC" in adoption.explanation
    after = folded(book, *adoption.events)
    assert (after.position("BTC").quantity, after.written_off, after.freezes) == (
        Decimal("0.4"),
        Decimal(60),
        {},
    )


def test_where_both_agree_there_is_nothing_to_adopt_but_a_freeze_to_end() -> None:
    book = book_of(OWNED)
    assert adopt(book, "BTC", Decimal(1), (), START).events == ()
    book.apply(Halted("BTC", "missing", START, HaltCause.SHORTFALL))
    ended = adopt(book, "BTC", Decimal(1), (), START)
    assert [type(event) for event in ended.events] == [Resumed]
    assert "goes on" in ended.explanation


def test_while_an_order_may_still_be_executed_nothing_is_adopted() -> None:
    adoption = adopt(book_of(SENT), "BTC", Decimal(2), BY_HAND, START)
    assert adoption.events == ()
    assert "pt-1" in adoption.explanation


def test_an_order_that_the_venue_denies_is_given_up_with_the_adoption() -> None:
    book = book_of([*SENT, Halted("BTC", "no trace", START, HaltCause.NO_TRACE)])
    adoption = adopt(book, "BTC", Decimal(1), BY_HAND[:1], START)
    assert [type(event) for event in adoption.events] == [Adopted, OrderRefused, Resumed]
    after = folded(book, *adoption.events)
    assert (after.open_orders, after.freezes, after.position("BTC").quantity) == ({}, {}, Decimal(1))


def test_a_preview_stores_nothing_and_the_quote_asset_is_never_adopted() -> None:
    world = World(Venue({"USDT": "10000", "BTC": "3"}))
    session = world.session()
    assert session.adoption("BTC").quantity == Decimal(3)
    assert session.book.positions == {}
    refused = session.adopt("USDT")
    assert refused.events == ()
    assert "booked by themselves" in refused.explanation


def test_a_session_leaves_its_own_purchases_out_of_the_basis_of_coins_beside_them() -> None:
    world = World()
    session = bought(world)
    world.venue.free["BTC"] += 2
    world.venue.orders["web-1"] = filled("web-1", Side.BUY, "2", "140", "10")
    assert session.adopt("BTC").basis == 70.0
    assert session.book.position("BTC").avg_cost_basis == 80.0
