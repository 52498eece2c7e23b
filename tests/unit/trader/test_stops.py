"""A session that dies at any call to the venue or the ledger loses no fill and sends nothing twice."""

from decimal import Decimal
from typing import Final

import pytest

from powertrader.models.order import OrderState, Side
from powertrader.models.signal import SignalView
from powertrader.trader.desk import Patience
from powertrader.trader.session import Session
from tests.unit.trader.venue import BUY_SIGNAL, NO_BUY, Stopped, Venue, World

pytestmark = pytest.mark.money

# An entry, two DCA buys, an exit, an entry again: (price, signal) by step.
STORY: Final[tuple[tuple[float, SignalView], ...]] = (
    (100.0, BUY_SIGNAL),
    (97.0, NO_BUY),
    (90.0, NO_BUY),
    (110.0, NO_BUY),
    (109.0, NO_BUY),
    (108.0, BUY_SIGNAL),
    (108.0, NO_BUY),
    (108.0, NO_BUY),
    (108.0, NO_BUY),
)
PATIENCE: Final = Patience(looks=2, pause_s=0.0, unseen_looks=2, unseen_s=60.0)


def told(world: World, scripts: list[str]) -> Session:
    """Tell the story to its end, with a new program after every stop."""
    world.venue.scripts = list(scripts)
    session = None
    for price, signal in STORY:
        while True:
            try:
                session = session or world.session(patience=PATIENCE)
                world.step(session, price, signal)
            except Stopped:
                session = None
                continue
            break
    assert session is not None
    return session


def places(scripts: list[str]) -> int:
    world = World(Venue(fee_fraction="0.001"))
    told(world, scripts)
    return world.venue.fuse.burnt


def check(world: World, session: Session) -> None:
    book, venue = session.book, world.venue
    assert book.open_orders == {}
    assert book.position("BTC").quantity == venue.free.get("BTC", Decimal(0))
    ids = [intent.client_order_id for intent in venue.placed]
    assert len(ids) == len(set(ids))
    executed = {
        key: order.executed_quantity for key, order in venue.orders.items() if order.executed_quantity
    }
    assert {trade.client_order_id: trade.quantity for trade in book.trades} == executed
    assert venue.refused == []


SCRIPTS: Final[tuple[list[str], ...]] = (
    [],
    ["fill", "half", "fill", "half"],
    ["unanswered", "fill", "unanswered", "unanswered"],
    ["reject", "fill", "canceled", "fill", "reject"],
)


@pytest.mark.parametrize("scripts", SCRIPTS, ids=lambda scripts: "-".join(scripts) or "fill")
def test_a_stop_at_any_point_leaves_a_book_that_equals_the_venue(scripts: list[str]) -> None:
    for length in range(1, places(scripts) + 1):
        world = World(Venue(fee_fraction="0.001"))
        world.venue.fuse.length = length
        check(world, told(world, scripts))


@pytest.mark.parametrize("between", [1, 5, 17])
def test_stops_again_and_again_change_nothing(between: int) -> None:
    world = World(Venue(fee_fraction="0.001"))
    fuse = world.venue.fuse
    world.venue.scripts = []
    session = None
    for price, signal in STORY * 2:
        fuse.length = fuse.burnt + between
        try:
            session = session or world.session(patience=PATIENCE)
            world.step(session, price, signal)
        except Stopped:
            session = None
    fuse.length = None
    last = world.session(patience=PATIENCE)
    for _ in range(4):
        world.step(last, 108.0)
    check(world, last)


def test_the_story_without_stops_buys_four_times_and_sells_once() -> None:
    world = World(Venue(fee_fraction="0.001"))
    session = told(world, [])
    assert [trade.side for trade in session.book.trades] == [
        Side.BUY,
        Side.BUY,
        Side.BUY,
        Side.SELL,
        Side.BUY,
    ]
    assert all(order.state is OrderState.FILLED for order in world.venue.orders.values())
