"""Laws of the trader on generated paths: trails, sizes, restarts, silence of the venue, daily limits."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.models.book import book_of
from powertrader.models.journal import HaltCause, QuoteBooked
from powertrader.models.order import OrderState, Side
from powertrader.models.position import Trail
from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.models.trade import is_dca
from powertrader.models.types import Compat
from powertrader.trader.desk import Patience
from powertrader.trader.entry_engine import EntryEngine
from powertrader.trader.session import Session
from powertrader.trader.trailing_engine import TrailingRule, advance
from tests.unit.trader.venue import RULES, Venue, World

pytestmark = [pytest.mark.property, pytest.mark.money]

BIDS: Final = st.lists(st.floats(min_value=1.0, max_value=1e6), min_size=1, max_size=40)
TRAIL_RULES: Final = st.builds(
    TrailingRule, st.floats(min_value=1.0, max_value=1e6), st.floats(min_value=0.0, max_value=50.0)
)
SCRIPTS: Final = st.sampled_from(
    ["fill", "fill", "fill", "half", "canceled", "reject", "lost", "unanswered", "pending", "blank"]
)
COMPATS: Final[tuple[Compat, ...]] = ("original", "safe")
PATIENCE: Final = Patience(looks=1, pause_s=0.0, unseen_looks=2, unseen_s=60.0)
EAGER: Final = replace(
    RULES,
    start_allocation_pct=20.0,
    pm_start_pct_no_dca=2.0,
    pm_start_pct_with_dca=1.0,
    max_dca_buys_per_24h=2,
)


@dataclass(frozen=True)
class Moment:
    """What happens before a step."""

    move_pct: float
    long: int
    hours: float
    silent: frozenset[str]
    priced: bool


MOMENTS: Final = st.lists(
    st.builds(
        Moment,
        st.floats(min_value=-12.0, max_value=12.0),
        st.integers(min_value=0, max_value=7),
        st.sampled_from([0.1, 1.0, 9.0]),
        st.sampled_from(
            [frozenset[str](), frozenset[str](), frozenset({"get_account"}), frozenset({"get_order"})]
        ),
        st.sampled_from([True, True, True, False]),
    ),
    min_size=1,
    max_size=25,
)


def trails_along(bids: Sequence[float], rule: TrailingRule) -> list[tuple[Trail, bool]]:
    trail: Trail | None = None
    seen = []
    for bid in bids:
        trail, exits = advance(trail, bid, rule)
        seen.append((trail, exits))
    return seen


def lived(
    world: World,
    moments: Sequence[Moment],
    restarts: frozenset[int] = frozenset(),
    compat: Compat = "safe",
) -> Session:
    """Live through moments with both coins, starting a new program before each of the restarts."""
    session = world.session(compat, PATIENCE)
    prices = {"BTC": 100.0, "ETH": 7.0}
    for number, moment in enumerate(moments):
        if number in restarts:
            session = world.session(patience=PATIENCE)
        world.venue.failing = set(moment.silent)
        prices["BTC"] *= 1 + moment.move_pct / 100
        prices["ETH"] *= 1 - moment.move_pct / 150
        for coin, price in prices.items():
            world.venue.price(coin, round(price, 4), spread=0.001)
            world.signals[coin] = SignalView(moment.long, 0)
        if not moment.priced:
            del world.venue.quotes["ETH"]
        world.clock.sleep(moment.hours * 3600)
        open_before = dict(session.book.open_orders)
        placed_before = len(world.venue.placed)
        session.step(world.rules)
        still_open = {
            order.intent.coin for key, order in session.book.open_orders.items() if key in open_before
        }
        assert not still_open & {intent.coin for intent in world.venue.placed[placed_before:]}
    return session


def settled(world: World, moments: Sequence[Moment]) -> Session:
    """Live, then let every order end and the session look at it, without buying anything more."""
    session = lived(world, moments)
    world.venue.failing, world.venue.scripts = set(), []
    world.venue.price("ETH", 7.0)
    for client_order_id, order in list(world.venue.orders.items()):
        if not order.state.is_final:
            world.venue.finish(client_order_id, OrderState.CANCELED)
    for _ in range(3):
        world.clock.sleep(100.0)
        session.step(replace(world.rules, coins=("ADA",)))
    return session


@contextmanager
def disabled_logging() -> Iterator[None]:
    """Let errors be logged that the generated accidents deserve."""
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def world_of(scripts: Sequence[str]) -> World:
    world = World(Venue(fee_fraction="0.001"), EAGER)
    world.venue.scripts = list(scripts)
    return world


@given(BIDS, TRAIL_RULES)
def test_an_active_line_never_falls(bids: list[float], rule: TrailingRule) -> None:
    lines = [trail.line for trail, _ in trails_along(bids, rule) if trail.active]
    assert lines == sorted(lines)


@given(BIDS, TRAIL_RULES)
def test_no_line_is_ever_below_the_start_line(bids: list[float], rule: TrailingRule) -> None:
    assert all(trail.line >= rule.start for trail, _ in trails_along(bids, rule))


@given(BIDS, TRAIL_RULES)
def test_an_exit_needs_an_earlier_bid_above_and_a_present_bid_below_the_line(
    bids: list[float], rule: TrailingRule
) -> None:
    for number, (trail, exits) in enumerate(trails_along(bids, rule)):
        if exits:
            assert bids[number] < trail.line
            assert max(bids[:number]) >= rule.start


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 100), st.floats(0, 100))
def test_an_entry_grows_with_the_account_and_with_the_percentage(
    value: float, other: float, percent: float, more: float
) -> None:
    def size(account: float, allocation: float) -> float:
        return EntryEngine(TradingRules(("BTC",), start_allocation_pct=allocation)).calculate_entry_size(
            account
        )

    small, large = sorted((value, other))
    low, high = sorted((percent, more))
    assert 0.5 <= size(small, low) <= size(large, low) <= size(large, high)


@given(MOMENTS, st.lists(SCRIPTS, max_size=30))
def test_no_order_is_sent_that_a_venue_must_refuse(moments: list[Moment], scripts: list[str]) -> None:
    world = world_of(scripts)
    lived(world, moments)
    assert world.venue.refused == []


@given(MOMENTS, st.lists(SCRIPTS, max_size=30))
def test_the_book_owns_what_the_venue_has_given_once_every_order_is_over(
    moments: list[Moment], scripts: list[str]
) -> None:
    world = world_of(scripts)
    session = settled(world, moments)
    assert session.book.open_orders == {}
    for coin in ("BTC", "ETH"):
        assert session.book.position(coin).quantity == world.venue.free.get(coin, Decimal(0))


@given(MOMENTS, st.lists(SCRIPTS, max_size=30))
def test_without_deposits_every_move_of_the_quote_asset_is_explained_by_a_fill(
    moments: list[Moment], scripts: list[str]
) -> None:
    world = world_of(scripts)
    session = settled(world, moments)
    booked = [event.amount for event in world.ledger.events() if isinstance(event, QuoteBooked)]
    assert booked == [Decimal(10_000)]
    assert session.book.freezes == {}
    assert session.book.cash["USDT"] == pytest.approx(world.venue.free["USDT"], abs=Decimal("1e-8"))


@given(MOMENTS, st.lists(st.sampled_from(["fill", "ghost", "lost", "half"]), max_size=12))
def test_a_coin_whose_order_left_only_its_effect_is_not_traded_again(
    moments: list[Moment], scripts: list[str]
) -> None:
    world = world_of(scripts)
    with disabled_logging():
        session = lived(world, moments)
    known = {intent.client_order_id for intent in world.venue.placed}
    assert len(known) == len(world.venue.placed)
    for coin, halt in session.book.freezes.items():
        if halt.cause is HaltCause.NO_TRACE:
            last = [intent for intent in world.venue.placed if intent.coin == coin][-1]
            assert last.client_order_id in session.book.open_orders


@given(MOMENTS, st.lists(SCRIPTS, max_size=30), st.frozensets(st.integers(0, 24), max_size=6))
def test_a_restart_between_two_steps_changes_no_order(
    moments: list[Moment], scripts: list[str], restarts: frozenset[int]
) -> None:
    scripts = [script for script in scripts if script != "lost"]
    through, restarted = world_of(scripts), world_of(scripts)
    lived(through, moments)
    lived(restarted, moments, restarts)
    assert restarted.venue.placed == through.venue.placed
    assert list(restarted.ledger.events()) == list(through.ledger.events())


@given(MOMENTS, st.lists(SCRIPTS, max_size=30), st.integers(0, 200))
def test_the_book_of_a_session_is_the_fold_of_its_ledger(
    moments: list[Moment], scripts: list[str], cut: int
) -> None:
    world = world_of(scripts)
    session = lived(world, moments)
    events = list(world.ledger.events())
    book = book_of(events[:cut])
    for event in events[cut:]:
        book.apply(event)
    assert (book.positions, book.open_orders) == (session.book.positions, session.book.open_orders)
    assert (book.trades, book.realized_profit) == (session.book.trades, session.book.realized_profit)


@given(MOMENTS)
def test_where_no_accident_happens_safe_sends_the_orders_of_the_original(moments: list[Moment]) -> None:
    calm = [replace(moment, silent=frozenset(), priced=True) for moment in moments]
    placed = []
    for compat in COMPATS:
        # Small buys, so that neither the funds nor the smallest notional ever decide.
        world = World(rules=replace(EAGER, start_allocation_pct=0.3, dca_multiplier=0.5))
        lived(world, calm, compat=compat)
        placed.append([(intent.side, intent.symbol, intent.quantity_text) for intent in world.venue.placed])
    assert placed[0] == placed[1]


@given(MOMENTS)
def test_no_day_sees_more_dca_buys_of_a_coin_than_allowed_in_one_trade(moments: list[Moment]) -> None:
    session = lived(world_of([]), moments)
    for coin in ("BTC", "ETH"):
        since_sale: list[datetime] = []
        for trade in session.book.trades:
            if trade.coin != coin:
                continue
            if trade.side is Side.SELL:
                since_sale = []
            elif is_dca(trade.reason):
                since_sale.append(trade.timestamp)
                recent = [at for at in since_sale if trade.timestamp - at <= timedelta(days=1)]
                assert len(recent) <= EAGER.max_dca_buys_per_24h


@given(MOMENTS)
def test_profit_and_positions_add_up_to_the_money_in_the_account(moments: list[Moment]) -> None:
    world = world_of([])
    session = lived(world, moments)
    invested = sum((position.cost for position in session.book.positions.values()), Decimal(0))
    cash = world.venue.free["USDT"]
    assert cash + invested - session.book.realized_profit == pytest.approx(
        Decimal(10_000), rel=Decimal("1e-20")
    )
