"""Session with compat=safe: trades from entry to exit, restarts, halts, and what it tells."""

from dataclasses import replace
from decimal import Decimal

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.config_sections import TraderSection
from powertrader.models.journal import Adopted, Halted, TrailMoved
from powertrader.models.order import Side
from powertrader.models.signal import SignalView
from powertrader.trader.desk import Patience
from tests.unit.trader.venue import BUY_SIGNAL, START, Stopped, Venue, World, bought, verdict

pytestmark = pytest.mark.money


def test_a_trade_from_entry_over_dca_to_the_trailing_exit() -> None:
    world = World()
    session = bought(world)
    for price in (97.5, 100.0, 105.0, 110.0, 109.0):
        world.step(session, price)
    reasons = [trade.reason for trade in session.book.trades]
    assert reasons == ["entry", "dca_hard_1", "trailing_exit"]
    entry, dca, sale = session.book.trades
    assert entry.value == Decimal(100)
    assert dca.quantity == Decimal(2)
    assert sale.quantity == entry.quantity + dca.quantity
    assert sale.pnl_pct == pytest.approx((109.0 / (295.0 / 3) - 1) * 100)
    assert session.book.realized_profit == world.venue.free["USDT"] - 10_000
    assert [trade.tag for trade in session.book.trades] == [None, "DCA", "TRAIL_SELL"]


def test_the_basis_is_the_average_price_paid() -> None:
    world = World()
    session = bought(world)
    world.step(session, 97.5)
    position = session.book.position("BTC")
    assert position.avg_cost_basis == pytest.approx((100 * 1 + 97.5 * 2) / 3)
    assert (position.dca_count, position.entry_price) == (1, 100.0)


def test_a_restart_goes_on_with_trail_stage_and_window() -> None:
    world = World()
    session = bought(world)
    world.step(session, 97.5)
    world.step(session, 120.0)
    before = session.book.position("BTC")
    assert before.trailing_active
    again = world.session()
    assert again.book.position("BTC") == before
    world.step(again, 119.0)
    assert again.book.trades[-1].reason == "trailing_exit"


def test_an_adopted_coin_is_managed_with_its_adopted_basis() -> None:
    world = World(Venue({"USDT": "10000", "BTC": "3"}))
    world.ledger.append(Adopted("BTC", Decimal(3), 100.0, 0, START))
    session = world.session()
    world.step(session, 106.0)
    world.step(session, 105.0)
    assert session.book.trades[-1].quantity == Decimal(3)
    assert session.book.trades[-1].pnl_pct == pytest.approx(5.0)


@pytest.mark.parametrize("coin", ["BTC", None])
def test_a_halt_stops_purchases_but_not_exits(coin: str | None) -> None:
    world = World()
    session = bought(world)
    world.ledger.append(Halted(coin, "drawdown", START))
    again = world.session()
    assert verdict(world.step(again, 90.0)) == "drawdown"
    assert again.why("BTC")[-1].text == "drawdown"
    world.step(again, 110.0)
    world.step(again, 109.0, BUY_SIGNAL)
    assert [trade.reason for trade in again.book.trades] == ["entry", "trailing_exit"]
    assert len(session.book.trades) == 1


@pytest.mark.parametrize("coin", ["BTC", None])
def test_a_halt_without_a_reason_halts_as_well(coin: str | None) -> None:
    world = World()
    world.ledger.append(Halted(coin, "", START))
    assert verdict(world.step(world.session(), 100.0, BUY_SIGNAL)) == "halted"
    assert world.venue.placed == []


def test_changed_trailing_rules_drop_every_trail_and_other_rules_do_not() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.rules = replace(world.rules, dca_multiplier=3.0)
    world.step(session, 109.9)
    assert session.book.position("BTC").trailing_peak == 110.0
    world.rules = replace(world.rules, trailing_gap_pct=1.0)
    world.step(session, 109.8)
    assert session.book.position("BTC").trailing_peak == 109.8


def test_a_decision_is_recorded_when_its_pattern_changes_and_counted_otherwise() -> None:
    world = World()
    session = world.session()
    world.venue.price("ETH", 10.0)
    first = world.step(session, 100.0)
    assert {record.coin for record in first.records} == {"BTC", "ETH"}
    assert [world.step(session, 100.0).records for _ in range(4)] == [()] * 4
    changed = world.step(session, 100.0, SignalView(5, 1))
    assert [(record.coin, record.verdict, record.repeated) for record in changed.records] == [
        ("BTC", "short_not_zero", 4)
    ]
    refusal = next(gate for gate in changed.records[0].gates if not gate.passed)
    assert (refusal.name, refusal.value, refusal.limit) == ("short", 1.0, 0.0)


def test_the_first_decision_about_a_coin_repeats_none() -> None:
    world = World(rules=replace(World().rules, coins=("BTC",)))
    session = world.session()
    world.venue.price("ETH", 10.0)
    for _ in range(3):
        world.step(session, 100.0)
    world.rules = replace(world.rules, coins=("BTC", "ETH"))
    report = world.step(session, 100.0)
    assert [(record.coin, record.repeated) for record in report.records] == [("ETH", 0)]


def test_a_start_that_was_broken_off_is_made_again_by_the_next_step() -> None:
    world = World(Venue({"USDT": "10000", "BTC": "3"}))
    session = world.session("original")
    world.venue.price("BTC", 100.0)
    world.venue.fuse.length = world.venue.fuse.burnt + 1
    with pytest.raises(Stopped):
        session.step(world.rules)
    assert "get_order_history" not in world.venue.calls
    session.step(world.rules)
    assert "get_order_history" in world.venue.calls


def test_why_is_answered_for_every_coin_in_every_step() -> None:
    world = World()
    session = world.session()
    assert session.why("BTC")[0].text == "no step was made yet"
    world.step(session, 100.0, BUY_SIGNAL)
    world.step(session, 99.0)
    assert [gate.name for gate in session.why("BTC")] == [
        "start line",
        "dca level",
        "dca buys in 24 h",
        "funds",
    ]
    assert session.why("ETH")[0].text == "no price in this step"
    world.step(session, 110.0)
    assert session.why("BTC")[0].name == "below line"


def test_trails_are_stored_only_when_they_move() -> None:
    world = World()
    session = bought(world)
    for price in (101.0, 102.0, 101.0, 110.0, 109.9, 109.8, 109.9):
        world.step(session, price)
    moves = [event for event in world.ledger.events() if isinstance(event, TrailMoved)]
    assert [move.trail.active for move in moves] == [False, True]


def test_a_sold_coin_may_be_bought_again_in_the_same_step() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    report = world.step(session, 109.0, BUY_SIGNAL)
    assert [outcome.action.kind.value for outcome in report.outcomes] == ["exit", "entry"]
    assert [intent.side for intent in world.venue.placed] == [Side.BUY, Side.SELL, Side.BUY]


@pytest.mark.parametrize("gap_pct,peak", [(0.5, 110.0), (1.0, 109.9)])
def test_trails_drawn_by_other_rules_are_dropped_also_when_the_rules_changed_while_stopped(
    gap_pct: float, peak: float
) -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.rules = replace(world.rules, trailing_gap_pct=gap_pct)
    again = world.session()
    world.step(again, 109.9)
    assert again.book.position("BTC").trailing_peak == peak


def test_after_a_wait_the_rest_of_a_step_is_left_to_fresh_prices() -> None:
    world = World()
    world.venue.price("ETH", 10.0)
    world.signals["ETH"] = BUY_SIGNAL
    world.venue.scripts = ["pending"]
    session = world.session(patience=Patience(looks=2, pause_s=1.0))
    report = world.step(session, 100.0, BUY_SIGNAL)
    assert [one.action.coin for one in report.outcomes] == ["BTC"]
    assert (report.skipped, report.complete) == ("prices_stale", False)
    report = world.step(session, 100.0, BUY_SIGNAL)
    assert [one.action.coin for one in report.outcomes] == ["ETH"]
    assert [record.coin for record in report.records] == ["ETH"]


def test_a_step_that_took_long_does_not_go_on_with_its_prices() -> None:
    world = World()
    world.venue.price("ETH", 10.0)
    world.signals["ETH"] = BUY_SIGNAL
    world.venue.takes_s = 6.0
    world.venue.clock = world.clock
    report = world.step(world.session(), 100.0, BUY_SIGNAL)
    assert [one.action.coin for one in report.outcomes] == ["BTC"]


def test_a_step_in_which_the_clock_is_set_back_does_not_go_on_with_its_prices() -> None:
    class SetBack(ManualClock):
        def sleep(self, seconds: float) -> None:
            world.set_back(3600.0 if seconds else 0.0)

    world = World()
    world.venue.price("ETH", 10.0)
    world.signals["ETH"] = BUY_SIGNAL
    world.venue.takes_s = 1.0
    world.venue.clock = SetBack(world.clock.now())
    report = world.step(world.session(), 100.0, BUY_SIGNAL)
    assert [one.action.coin for one in report.outcomes] == ["BTC"]
    assert report.skipped == "prices_stale"


def test_at_a_real_venue_no_step_waits_for_an_order() -> None:
    patience = Patience.of(TraderSection(unseen_looks=5, unseen_s=1.5, cooldown_s=7.0), real=True)
    assert patience == Patience(looks=0, unseen_looks=5, unseen_s=1.5, fee_looks=20, cooldown_s=7.0)
    assert Patience.of(TraderSection(), real=False) == Patience()


def test_the_gate_of_the_funds_shows_what_the_step_left_of_them() -> None:
    world = World(rules=replace(World().rules, start_allocation_pct=40.0))
    session = bought(world)
    world.venue.price("ETH", 10.0)
    world.signals["ETH"] = BUY_SIGNAL
    world.step(session, 99.0)
    left = next(gate for gate in session.why("BTC") if gate.name == "funds").limit
    assert left == pytest.approx(float(world.venue.free["USDT"]))
