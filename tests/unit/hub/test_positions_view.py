"""Figures, states and ladders of positions, as pure functions."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from powertrader.analytics.profit import CoinSums
from powertrader.hub.position_rows import WIDTHS, position_row, totals_text
from powertrader.hub.position_state import PositionState, position_state_of, sentences
from powertrader.hub.positions_view import figures_of, open_trade
from powertrader.hub.preferences import Preferences
from powertrader.hub.sale_plan import sale_plan
from powertrader.hub.stage_ladder import RungKind, ladder_of, levels_beyond, stage_text
from powertrader.hub.table_memory import remember_in, remembered
from powertrader.hub.trades_view import TradesView
from powertrader.hub.widgets.table_model import TableState
from powertrader.models.trade import TRAILING_EXIT
from tests.unit.hub.held import held, position, trade, with_sums
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import NOW, coin, order, report, snapshot

LEVELS = (-2.5, -5.0, -10.0, -20.0, -30.0, -40.0, -50.0)


def test_unrealised_is_the_value_at_the_bid_less_the_price_paid() -> None:
    trades = with_sums(CoinSums("BTC", realised=Decimal("12.5"), fees=Decimal("0.31")))
    found = figures_of(held("BTC"), trades)
    assert (found.value, found.unrealised, found.unrealised_pct) == (47.5, -2.5, -5.0)
    assert (found.realised, found.fees) == (Decimal("12.5"), Decimal("0.31"))


def test_a_coin_that_was_sold_keeps_what_it_brought() -> None:
    found = figures_of(coin("BTC"), with_sums(CoinSums("BTC", realised=Decimal(3))))
    assert (found.value, found.unrealised, found.realised) == (None, None, Decimal(3))


def test_without_a_known_price_paid_nothing_is_made_up() -> None:
    found = figures_of(held("BTC", basis=0.0, dca_line=0.0, trail_line=0.0), TradesView())
    assert found.value == 47.5
    assert (found.unrealised, found.fall_pct, found.to_trail_pct) == (None, None, None)


def test_distances_are_how_far_the_market_must_move() -> None:
    found = figures_of(held("BTC", ask=100.0, dca_line=90.0, bid=100.0, trail_line=105.0), TradesView())
    assert found.fall_pct == pytest.approx(10.0)
    assert found.to_trail_pct == pytest.approx(5.0)
    at_it = figures_of(held("BTC", ask=89.0, dca_line=90.0), TradesView())
    assert at_it.fall_pct == 0.0
    trailing = held("BTC", trail_active=True, distance_to_trail_pct=0.75)
    assert figures_of(trailing, TradesView()).to_trail_pct == 0.75


def test_the_open_trade_begins_after_the_last_sale() -> None:
    trades = [trade("BTC", "entry", 9), trade("BTC", TRAILING_EXIT, 8), trade("BTC", "entry", 7)]
    assert open_trade(trades) == (trades[2],)


def test_a_ladder_stands_from_the_highest_price_to_the_lowest() -> None:
    bought = [trade("BTC", "entry", 9, price=110.0), trade("BTC", "dca_neural_4", 5, price=95.0)]
    rungs = ladder_of(position("BTC", stage=1, dca_line=96.5, bid=97.0), bought, LEVELS)
    assert [(rung.kind, rung.price, rung.stage) for rung in rungs] == [
        (RungKind.BOUGHT, 110.0, 0),
        (RungKind.TRAIL, 105.0, 0),
        (RungKind.AVERAGE, 100.0, 0),
        (RungKind.BID, 97.0, 0),
        (RungKind.NEXT, 96.5, 2),
        (RungKind.BOUGHT, 95.0, 1),
        (RungKind.LATER, 90.0, 3),
        (RungKind.LATER, 80.0, 4),
        (RungKind.LATER, 70.0, 5),
        (RungKind.LATER, 60.0, 6),
        (RungKind.LATER, 50.0, 7),
    ]
    assert levels_beyond(position("BTC"), LEVELS) == 1
    assert rungs[0].at == NOW - timedelta(hours=9)


def test_behind_the_last_level_the_last_one_comes_again() -> None:
    rungs = ladder_of(position("BTC", stage=9, dca_line=0.0), [], LEVELS)
    ahead = [(rung.kind, rung.stage, rung.percent) for rung in rungs if rung.stage]
    assert ahead == [(RungKind.NEXT, 10, -50.0)]


def test_a_position_whose_price_paid_is_unknown_has_no_prices_ahead() -> None:
    rungs = ladder_of(position("BTC", basis=0.0, trail_line=0.0), [], LEVELS)
    assert [rung.kind for rung in rungs] == [RungKind.BID]


def test_stages_are_boxes_and_of_many_levels_a_number() -> None:
    assert stage_text(2, 7) == "2 ▪▪▫▫▫▫▫"
    assert stage_text(9, 7) == "9 ▪▪▪▪▪▪▪"
    assert stage_text(3, 50) == "3/50"


def test_what_is_most_urgent_is_the_state() -> None:
    troubled = replace(held("BTC", trail_active=True), halted="lunch", frozen="order_unknown")
    assert position_state_of(troubled, has_orders=True) is PositionState.FROZEN
    assert position_state_of(replace(troubled, frozen=""), has_orders=True) is PositionState.ORDER_OPEN
    assert position_state_of(replace(troubled, frozen=""), has_orders=False) is PositionState.PAUSED
    assert position_state_of(held("BTC", trail_active=True), has_orders=False) is PositionState.TRAILING
    assert position_state_of(held("BTC"), has_orders=False) is PositionState.HELD
    assert (
        position_state_of(coin("BTC", position=position("BTC", quantity=0.0)), has_orders=False)
        is PositionState.NOT_HELD
    )


def test_everything_that_keeps_a_coin_from_being_traded_is_said_with_its_reason() -> None:
    orders = (order("BTC"), replace(order("BTC"), order_id="77", side="SELL", reason=TRAILING_EXIT))
    trader = report(open_orders=orders, halts=(("", "too much lost"),))
    view = hub_view(made=snapshot([coin("BTC", frozen="order_unknown")], trader=trader))
    said = sentences(view.snapshot.coins[0], view)
    assert said[0].endswith("an order was sent and no answer came: it is looked up, never sent again")
    assert "An opening buy of 0.5 BTC was sent" in said[1]
    assert "not answered" in said[1]
    assert said[2].startswith("A sale of 0.5 BTC since")
    assert said[3] == "No coin is bought now; sales go on. Reason: too much lost"


def test_a_coin_that_is_well_says_what_it_waits_for() -> None:
    view = hub_view([held("BTC")])
    assert sentences(view.snapshot.coins[0], view) == (
        "Held. It is sold after the bid has reached the trailing line and falls below it again.",
        "Last decision: a timeframe says short",
    )


def test_a_row_says_reached_above_and_nothing_where_nothing_is_held() -> None:
    trailing = held("BTC", trail_active=True, distance_to_trail_pct=0.5, ask=90.0, dca_line=90.0)
    view = hub_view([trailing, coin("ETH")])
    rows = [position_row(one, view).row for one in view.snapshot.coins]
    names = [key for key, _ in WIDTHS]
    first = dict(zip(names, rows[0].cells, strict=True))
    assert (first["state"], first["to_dca"], first["to_trail"]) == ("Trailing", "reached", "0.50% above")
    assert (first["value"], first["unrealised"], first["unrealised_pct"]) == ("$47.50", "-$2.50", "-5.00%")
    assert rows[1].cells == ("ETH", "Not held", *[""] * 10)
    assert [len(row.order) for row in rows] == [len(WIDTHS)] * 2


def test_what_trails_is_sorted_before_what_has_far_to_go() -> None:
    near = held("A", trail_active=True, distance_to_trail_pct=0.1)
    far = held("B", trail_active=True, distance_to_trail_pct=3.0)
    below = held("C", bid=104.9, trail_line=105.0)
    view = hub_view([below, far, near])
    order_of = {one.coin: position_row(one, view).row.order[-1] for one in view.snapshot.coins}
    assert sorted(order_of, key=lambda name: order_of[name] or 0) == ["A", "B", "C"]


def test_totals_say_how_many_have_no_known_price() -> None:
    trades = with_sums(
        CoinSums("BTC", realised=Decimal(7), fees=Decimal("0.5")), CoinSums("GONE", realised=Decimal(3))
    )
    view = hub_view([held("BTC"), held("ETH", basis=0.0), coin("XRP")], trades=trades)
    rows = [position_row(one, view) for one in view.snapshot.coins]
    assert totals_text(rows, view) == (
        "2 held   Value $95.00   Unrealised -$2.50   Realised +$10.00   Fees $0.50"
        "   (1 without a known price paid)"
    )


def test_totals_say_why_nothing_is_bought() -> None:
    view = hub_view(made=snapshot([], trader=report(halts=(("", "too much lost"),))))
    assert totals_text([], view).endswith("No coin is bought: too much lost")


def test_a_sale_is_planned_in_numbers() -> None:
    view = hub_view([held("BTC", quantity=2.0, bid=110.0, basis=100.0), held("ETH", basis=0.0), coin("XRP")])
    plan = sale_plan("BTC", view)
    assert plan is not None
    assert (plan.value, plan.paid) == (220.0, 200.0)
    assert plan.fee == pytest.approx(0.22)
    assert plan.profit == pytest.approx(19.78)
    assert plan.profit_pct == pytest.approx(9.89)
    unknown = sale_plan("ETH", view)
    assert unknown is not None
    assert (unknown.paid, unknown.profit) == (None, None)
    assert sale_plan("XRP", view) is None
    assert sale_plan("GONE", view) is None


def test_how_a_table_was_left_comes_back_and_nonsense_does_not() -> None:
    preferences = Preferences()
    state = TableState("value", descending=True, widths=(("coin", 70), ("value", 99)))
    remember_in(preferences, "held")(state)
    assert remembered(preferences, "held") == state
    assert remembered(preferences, "other") == TableState()
    preferences.put("table.held.widths", "coin=x value=-5 fees=99999999 bid= =")
    assert remembered(preferences, "held").widths == ()
