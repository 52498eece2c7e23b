"""Session with compat=safe: what it buys and sells, and what it leaves alone."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from powertrader.core.exceptions import DataCorruptionError, OrderUnknown, RetryLater
from powertrader.models.account import Quote
from powertrader.models.instrument import Instrument
from powertrader.models.journal import Adopted, Halted, TrailMoved
from powertrader.models.order import OrderReport, OrderState, Side
from powertrader.models.signal import SignalView
from powertrader.models.types import Compat
from powertrader.trader.desk import Patience, Ports
from powertrader.trader.session import Session, StepReport
from tests.unit.trader.venue import BUY_SIGNAL, NO_BUY, START, Stopped, Venue, World, pair

pytestmark = pytest.mark.money


def verdict(report: StepReport, coin: str = "BTC") -> str:
    return {record.coin: record.verdict for record in report.records}[coin]


def bought(world: World, price: float = 100.0) -> Session:
    session = world.session()
    world.step(session, price, BUY_SIGNAL)
    assert session.book.position("BTC").quantity > 0
    return session


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


def test_an_adopted_coin_is_managed_with_its_adopted_basis() -> None:
    world = World(Venue({"USDT": "10000", "BTC": "3"}))
    world.ledger.append(Adopted("BTC", Decimal(3), 100.0, 0, START))
    session = world.session()
    world.step(session, 106.0)
    world.step(session, 105.0)
    assert session.book.trades[-1].quantity == Decimal(3)
    assert session.book.trades[-1].pnl_pct == pytest.approx(5.0)


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


def test_an_account_that_does_not_answer_skips_the_step_instead_of_looking_empty() -> None:
    world = World()
    session = bought(world)
    world.venue.failing = {"get_account"}
    report = world.step(session, 100.0, BUY_SIGNAL)
    assert (report.skipped, report.outcomes) == ("no_account", ())
    assert session.why("BTC")[0].text.startswith("the account did not answer")
    assert len(world.venue.placed) == 1


def test_a_coin_without_a_price_waits_and_the_others_go_on() -> None:
    world = World()
    session = world.session()
    world.signals["ETH"] = BUY_SIGNAL
    report = world.step(session, 100.0, BUY_SIGNAL)
    assert verdict(report, "ETH") == "no_price"
    assert [outcome.action.coin for outcome in report.outcomes] == ["BTC"]


class Blinking(Venue):
    """Has prices for every step, and none any more when an order asks again."""

    silent = False

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        wanted = tuple(coins)
        if len(wanted) > 1:
            return super().get_quotes(wanted)
        if self.silent:
            msg = "no answer"
            raise RetryLater(msg)
        return {}


@pytest.mark.parametrize("silent", [False, True])
def test_a_price_that_is_gone_when_the_order_is_sized_stops_the_order(silent: bool) -> None:
    venue = Blinking()
    venue.silent = silent
    world = World(venue)
    world.venue.price("ETH", 10.0)
    assert verdict(world.step(world.session(), 100.0, BUY_SIGNAL)) == "no_price"
    assert world.venue.placed == []


def test_without_any_price_every_coin_waits() -> None:
    world = World()
    session = bought(world)
    world.venue.failing = {"get_quotes"}
    report = world.step(session, 100.0, BUY_SIGNAL)
    assert verdict(report) == "no_price"
    assert report.outcomes == ()
    assert report.view is not None
    assert report.view.totals.total == 10_000.0


def test_a_sale_too_small_for_the_venue_is_refused_with_its_numbers_and_kept() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.pairs["BTCUSDT"] = pair("BTC", notional="500")
    again = world.session()
    report = world.step(again, 109.0)
    assert report.outcomes[0].refusal == "below_min_notional"
    assert again.book.position("BTC").trailing_active


def test_a_status_request_that_fails_is_repeated() -> None:
    world = World()
    session = world.session()
    world.venue.scripts, world.venue.failing = ["pending"], {"get_order"}
    world.step(session, 100.0, BUY_SIGNAL)
    assert world.venue.calls.count("get_order") == 3
    world.step(session, 100.0)
    assert len(session.book.open_orders) == 1


def test_a_missing_signal_is_a_reason_of_its_own() -> None:
    world = World()
    world.venue.price("BTC", 100.0)
    world.venue.price("ETH", 10.0)
    report = world.session().step(world.rules)
    assert verdict(report) == "no_signal"


def test_a_signal_that_cannot_be_read_stops_neither_the_exit_of_its_coin_nor_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    bought(world)

    def damaged(coin: str) -> SignalView | None:
        if coin == "BTC":
            msg = "signal.json of BTC holds no signal"
            raise DataCorruptionError(msg)
        return BUY_SIGNAL if coin == "ETH" else None

    session = Session(Ports(world.venue, world.venue, damaged, world.ledger, world.clock))
    world.venue.price("ETH", 10.0)
    for price in (110.0, 109.0):
        world.step(session, price)
    assert [trade.reason for trade in session.book.trades] == ["entry", "entry", "trailing_exit"]
    assert session.book.position("ETH").quantity > 0
    assert caplog.messages.count("signal cannot be read") == 1


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


def test_a_failed_sale_keeps_its_crossing_and_is_tried_again() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.scripts = ["reject"]
    world.step(session, 109.0)
    assert session.book.position("BTC").trailing_active
    world.step(session, 108.0)
    assert session.book.trades[-1].reason == "trailing_exit"


def test_a_canceled_sale_is_no_sale() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.scripts = ["canceled"]
    world.step(session, 109.0)
    position = session.book.position("BTC")
    assert position.last_sale_at is None
    assert position.quantity == world.venue.free["BTC"] == Decimal(1)


def test_a_sale_cut_short_is_booked_and_the_rest_sold_in_the_next_step() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.scripts = ["half"]
    assert verdict(world.step(session, 109.0)) == "partly_done"
    assert session.book.position("BTC").quantity == world.venue.free["BTC"] == Decimal("0.5")
    world.step(session, 108.5)
    assert session.book.position("BTC").quantity == 0
    assert session.book.realized_profit == world.venue.free["USDT"] - 10_000


def test_a_purchase_cut_short_is_booked_and_managed() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["half"]
    world.step(session, 100.0, BUY_SIGNAL)
    position = session.book.position("BTC")
    assert (position.quantity, position.avg_cost_basis) == (Decimal("0.5"), 100.0)
    world.step(session, 100.0, BUY_SIGNAL)
    assert len(world.venue.placed) == 1


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


@pytest.mark.parametrize("script", ["half", "pending"])
def test_after_a_sale_with_an_uncertain_rest_no_dca_buy_follows_on_old_numbers(script: str) -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.scripts = [script]
    report = world.step(session, 90.0)
    assert [outcome.action.kind.value for outcome in report.outcomes] == ["exit"]


def test_a_sale_that_failed_whole_is_followed_by_a_dca_buy_where_one_is_due() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    world.venue.scripts = ["reject"]
    report = world.step(session, 90.0)
    assert [outcome.action.kind.value for outcome in report.outcomes] == ["exit", "dca"]


def test_a_halted_pair_is_not_traded() -> None:
    world = World()
    world.venue.pairs["BTCUSDT"] = Instrument("BTCUSDT", "BTC", tradable=False)
    report = world.step(world.session(), 100.0, BUY_SIGNAL)
    assert verdict(report) == "not_tradable"


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


def test_an_order_without_an_answer_is_looked_up_and_never_sent_again() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["unanswered"]
    assert verdict(world.step(session, 100.0, BUY_SIGNAL)) == "order_unknown"
    assert list(session.book.open_orders) == [world.venue.placed[0].client_order_id]
    world.step(session, 100.0, BUY_SIGNAL)
    assert session.book.position("BTC").quantity == Decimal(1)
    assert len(world.venue.placed) == 1


def test_an_order_that_never_arrived_freezes_its_coin_until_the_venue_has_denied_it_often_enough() -> None:
    world = World()
    session = world.session(patience=Patience(unseen_looks=3, unseen_s=100.0))
    world.venue.scripts = ["lost"]
    for _ in range(3):
        world.step(session, 100.0, BUY_SIGNAL)
    assert len(world.venue.placed) == 1
    assert session.why("BTC")[0].text.startswith("an order of this coin is not over")
    world.step(session, 100.0, BUY_SIGNAL)
    assert len(world.venue.placed) == 2
    assert session.book.open_orders == {}


def test_one_denial_is_not_enough_however_long_ago_the_order_was_sent() -> None:
    world = World()
    session = world.session(patience=Patience(unseen_looks=3, unseen_s=0.0))
    world.venue.scripts = ["lost"]
    seen = []
    for _ in range(4):
        world.step(session, 100.0, BUY_SIGNAL)
        seen.append(len(world.venue.placed))
    assert seen == [1, 1, 1, 2]


def test_an_order_that_stays_open_is_left_after_a_few_looks_and_booked_later() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["pending"]
    assert verdict(world.step(session, 100.0, BUY_SIGNAL)) == "order_open"
    assert world.venue.calls.count("get_order") == 3
    world.venue.finish(world.venue.placed[0].client_order_id)
    world.step(session, 100.0)
    assert session.book.position("BTC").quantity == Decimal(1)


def test_an_accepted_order_is_never_taken_for_lost() -> None:
    world = World()
    session = world.session(patience=Patience(looks=0, unseen_looks=1, unseen_s=0.0))
    world.venue.scripts = ["pending"]
    world.step(session, 100.0, BUY_SIGNAL)
    hidden = world.venue.orders.pop(world.venue.placed[0].client_order_id)
    for _ in range(5):
        world.step(session, 100.0, BUY_SIGNAL)
    assert len(session.book.open_orders) == 1
    world.venue.orders[hidden.client_order_id] = hidden
    world.venue.finish(hidden.client_order_id, OrderState.CANCELED)
    world.step(session, 100.0)
    assert session.book.open_orders == {}


def test_a_filled_order_without_numbers_is_booked_as_ordered_at_the_price_it_was_sized_with() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["blank"]
    world.step(session, 100.0, BUY_SIGNAL)
    position = session.book.position("BTC")
    assert (position.quantity, position.paid) == (Decimal(1), Decimal(100))


def test_an_order_without_numbers_that_is_found_again_later_is_booked_as_well() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["unanswered"]
    world.step(session, 100.0, BUY_SIGNAL)
    ((client_order_id, order),) = world.venue.orders.items()
    blank = replace(order, executed_quantity=Decimal(0), quote_quantity=Decimal(0), fees=None)
    world.venue.orders[client_order_id] = blank
    world.step(session, 100.0)
    position = session.book.position("BTC")
    assert (position.quantity, position.paid) == (Decimal(1), Decimal(100))


def test_a_part_that_was_executed_without_a_price_counts_at_the_price_it_was_sized_with() -> None:
    world = World()
    session = world.session()
    world.venue.scripts = ["unanswered"]
    world.step(session, 100.0, BUY_SIGNAL)
    ((client_order_id, order),) = world.venue.orders.items()
    part = replace(order, state=OrderState.CANCELED, executed_quantity=Decimal("0.4"))
    world.venue.orders[client_order_id] = replace(part, quote_quantity=Decimal(0), fees=None)
    world.step(session, 100.0)
    assert session.book.position("BTC").avg_cost_basis == pytest.approx(100.0)


def test_the_rest_of_a_sale_that_was_found_again_later_is_sold_below_the_same_line() -> None:
    world = World()
    bought(world)
    world.venue.pairs["BTCUSDT"] = replace(pair("BTC"), max_quantity=Decimal("0.7"))
    session = world.session()
    world.step(session, 110.0)
    world.venue.scripts = ["unanswered"]
    for price in (109.0, 108.0):
        world.step(session, price)
    assert [trade.quantity for trade in session.book.trades[1:]] == [Decimal("0.7"), Decimal("0.3")]


def test_a_fee_that_is_named_after_the_fill_is_booked_as_well() -> None:
    world = World(Venue(fee_fraction="0.001"))
    session = world.session(patience=Patience(looks=0))
    world.venue.scripts = ["unanswered"]
    world.step(session, 100.0, BUY_SIGNAL)
    ((client_order_id, order),) = world.venue.orders.items()
    world.venue.orders[client_order_id] = replace(order, state=OrderState.PENDING, fees=None)
    world.step(session, 100.0)
    assert session.book.position("BTC").quantity == Decimal(1)
    world.venue.orders[client_order_id] = order
    world.step(session, 100.0)
    position = session.book.position("BTC")
    assert position.quantity == world.venue.free["BTC"] == Decimal("0.999")
    assert (position.avg_cost_basis, session.book.trades[0].fees) == (100.0, (("BTC", Decimal("0.001")),))


class Forgetful(Venue):
    """Cannot tell what became of an order."""

    def get_order(self, symbol: str, client_order_id: str) -> OrderReport | None:
        msg = f"no answer about {client_order_id} of {symbol}"
        raise OrderUnknown(msg)


def test_an_order_whose_end_cannot_be_asked_for_does_not_stop_the_other_coins() -> None:
    world = World(Forgetful())
    world.venue.scripts = ["pending"]
    world.venue.price("ETH", 10.0)
    world.signals["ETH"] = BUY_SIGNAL
    report = world.step(world.session(), 100.0, BUY_SIGNAL)
    assert [(one.action.coin, one.done) for one in report.outcomes] == [("BTC", False), ("ETH", True)]


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


@pytest.mark.parametrize("coin", ["BTC", None])
def test_a_halt_without_a_reason_halts_as_well(coin: str | None) -> None:
    world = World()
    world.ledger.append(Halted(coin, "", START))
    assert verdict(world.step(world.session(), 100.0, BUY_SIGNAL)) == "halted"
    assert world.venue.placed == []


def test_an_empty_list_of_pairs_is_no_answer_and_stops_no_exit() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    pairs, world.venue.pairs = world.venue.pairs, {}
    assert world.step(world.session(), 109.9).skipped == "no_pairs"
    world.step(session, 109.8, seconds=timedelta(hours=2).total_seconds())
    world.venue.pairs = pairs
    world.step(session, 109.0)
    assert [trade.reason for trade in session.book.trades] == ["entry", "trailing_exit"]


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


def test_the_client_order_id_fits_every_venue_and_is_the_same_in_the_same_world() -> None:
    ids = []
    for _ in range(2):
        world = World()
        bought(world)
        ids.append(world.venue.placed[0].client_order_id)
    assert ids[0] == ids[1]
    assert len(ids[0]) <= 36
    assert ids[0].replace("-", "").isalnum()


def test_money_of_the_user_is_not_lost_when_a_venue_rejects_everything() -> None:
    world = World()
    world.venue.scripts = ["reject"] * 5
    session = world.session()
    for _ in range(5):
        world.step(session, 100.0, BUY_SIGNAL)
    assert session.book.open_orders == {}
    assert session.book.positions == {}
    assert verdict(world.step(session, 100.0, NO_BUY)) == "long_below_start_level"


def test_pairs_are_asked_for_once_an_hour_and_kept_when_the_venue_is_silent() -> None:
    world = World()
    session = bought(world)
    world.venue.failing = {"get_instruments"}
    report = world.step(session, 100.0, seconds=timedelta(hours=2).total_seconds())
    assert report.skipped is None
    assert world.venue.calls.count("get_instruments") == 2
    assert world.step(world.session(), 100.0).skipped == "no_pairs"


def test_a_sold_coin_may_be_bought_again_in_the_same_step() -> None:
    world = World()
    session = bought(world)
    world.step(session, 110.0)
    report = world.step(session, 109.0, BUY_SIGNAL)
    assert [outcome.action.kind.value for outcome in report.outcomes] == ["exit", "entry"]
    assert [intent.side for intent in world.venue.placed] == [Side.BUY, Side.SELL, Side.BUY]
