"""decide: the next single action, in the original's order of looking at things."""

from dataclasses import replace
from typing import Final

import pytest

from powertrader.models.account import Quote
from powertrader.models.decision import ActionKind
from powertrader.models.journal import TrailMoved, WindowRebuilt
from powertrader.models.position import Holding, Trail
from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.trader.decide import Decision, decide
from powertrader.trader.explain import gates_of
from powertrader.trader.view import Engines, Progress, StepView, totals_of
from tests.unit.trader.venue import START

COINS: Final = ("BTC", "ETH", "XRP")
ABOVE: Final = Trail(active=True, line=109.0, peak=110.0, was_above=True)
QUIET: Final = Holding("BTC", 1.0, 100.0)


def view_of(
    *held: Holding,
    prices: dict[str, float] | None = None,
    signals: dict[str, SignalView] | None = None,
    cash: float = 10_000.0,
) -> StepView:
    given = {"BTC": 100.0, "ETH": 100.0, "XRP": 100.0} | (prices or {})
    quotes = {coin: Quote(price, price) for coin, price in given.items()}
    value = 0.0
    for position in held:
        value += position.quantity * given[position.coin]
    return StepView(
        now=START,
        engines=Engines.of(TradingRules(COINS, start_allocation_pct=1.0)),
        totals=totals_of(cash, value, value),
        held=held,
        held_coins=frozenset(position.coin for position in held),
        listed=COINS,
        quotes=quotes,
        signals=dict.fromkeys(given, SignalView(0, 0)) | (signals or {}),
        frozen={},
        halted={},
        resting_stages={},
        funds=cash,
    )


def first(view: StepView) -> Decision:
    return decide(view, Progress.start(view))


def test_nothing_to_do_gives_no_action_and_a_verdict_for_every_coin() -> None:
    found = first(view_of(QUIET))
    assert found.action is None
    assert found.verdicts == {
        "BTC": "dca_not_reached",
        "ETH": "long_below_start_level",
        "XRP": "long_below_start_level",
    }


def test_a_coin_left_out_of_entries_is_not_bought_and_says_why_but_its_position_goes_on() -> None:
    rules = TradingRules(COINS, start_allocation_pct=1.0, no_entry={"BTC": "theirs", "ETH": "theirs"})
    view = view_of(
        replace(QUIET, trail=ABOVE),
        prices={"BTC": 108.0},
        signals=dict.fromkeys(COINS, SignalView(7, 0)),
    )
    view = replace(view, engines=Engines.of(rules))
    sale = first(view)
    assert sale.action is not None
    assert (sale.action.kind, sale.action.coin) == (ActionKind.EXIT, "BTC")
    bought = decide(view, sale.progress.after_exit(sold=True).with_held(frozenset()))
    assert bought.action is not None
    assert bought.action.coin == "XRP"
    assert bought.verdicts == {"BTC": "theirs", "ETH": "theirs", "XRP": "entry"}
    assert gates_of(replace(view, held=(), held_coins=frozenset()), "ETH")[0].text == "theirs"


def test_an_exit_comes_first_with_its_gain() -> None:
    view = view_of(replace(QUIET, trail=ABOVE), prices={"BTC": 108.0}, signals={"ETH": SignalView(3, 0)})
    action = first(view).action
    assert action is not None
    assert (action.kind, action.coin, action.basis) == (ActionKind.EXIT, "BTC", 100.0)
    assert action.gain_pct == pytest.approx(8.0)


def test_after_a_failed_sale_the_same_coin_is_looked_at_for_a_dca_buy() -> None:
    view = view_of(replace(QUIET, trail=ABOVE), prices={"BTC": 90.0})
    tried = first(view)
    again = decide(view, tried.progress.after_exit(sold=False))
    assert again.action is not None
    assert (again.action.kind, again.action.reason) == (ActionKind.DCA, "dca_hard_1")
    assert decide(view, again.progress).action is None


def test_after_a_sale_the_coin_is_finished_and_the_next_one_follows() -> None:
    ether = Holding("ETH", 1.0, 100.0)
    view = view_of(replace(QUIET, trail=ABOVE), ether, prices={"BTC": 90.0, "ETH": 90.0})
    action = decide(view, first(view).progress.after_exit(sold=True)).action
    assert action is not None
    assert (action.kind, action.coin) == (ActionKind.DCA, "ETH")


def test_entries_follow_the_list_and_take_their_size_from_the_start_of_the_step() -> None:
    view = view_of(signals=dict.fromkeys(COINS, SignalView(4, 0)))
    actions = []
    progress = Progress.start(view)
    while (found := decide(view, progress)).action is not None:
        actions.append((found.action.coin, found.action.amount))
        progress = found.progress
    assert actions == [(coin, 100.0) for coin in COINS]


def test_a_coin_that_is_held_is_not_entered() -> None:
    view = view_of(QUIET, signals={"BTC": SignalView(7, 0)})
    assert first(view).action is None
    assert first(replace(view, held_coins=frozenset(COINS), signals={})).action is None


def test_no_entries_are_made_while_there_are_no_pairs() -> None:
    view = view_of(signals=dict.fromkeys(COINS, SignalView(4, 0)))
    assert first(replace(view, entries_allowed=False)).action is None


def test_a_frozen_coin_is_neither_sold_nor_bought() -> None:
    view = view_of(replace(QUIET, trail=ABOVE), prices={"BTC": 50.0}, signals={"ETH": SignalView(4, 0)})
    found = first(replace(view, frozen={"BTC": "order_open", "ETH": "no_price"}))
    assert found.action is None
    assert (found.verdicts["BTC"], found.verdicts["ETH"]) == ("order_open", "no_price")


def test_a_position_without_basis_has_no_trail_and_waits() -> None:
    found = first(view_of(replace(QUIET, basis=0.0), prices={"BTC": 10.0}))
    assert (found.action, found.facts, found.verdicts["BTC"]) == (None, (), "no_basis")


def test_a_moved_trail_is_a_fact_and_an_unmoved_one_is_not() -> None:
    view = view_of(QUIET, prices={"BTC": 106.0})
    moved = first(view).facts[0]
    assert isinstance(moved, TrailMoved)
    assert moved.trail.active
    assert first(view_of(replace(QUIET, trail=moved.trail), prices={"BTC": 106.0})).facts == ()


def test_a_hit_reduces_the_window_to_what_still_counts() -> None:
    held = replace(QUIET, dca_times=(START.replace(year=2023), START))
    fact = first(view_of(held, prices={"BTC": 97.0})).facts[-1]
    assert fact == WindowRebuilt("BTC", (START,), None, START)


@pytest.mark.parametrize("cash, action", [(180.0, ActionKind.DCA), (179.99, None)])
def test_a_dca_buy_needs_its_amount_in_free_money(cash: float, action: ActionKind | None) -> None:
    found = first(view_of(QUIET, prices={"BTC": 90.0}, cash=cash))
    assert (found.action.kind if found.action else None) is action
    assert (found.verdicts["BTC"] == "over_funds") is (action is None)


def test_money_that_came_in_during_the_step_is_not_used_for_dca_buys() -> None:
    view = view_of(QUIET, prices={"BTC": 90.0}, cash=100.0)
    assert decide(view, Progress.start(view).with_funds(1_000.0)).action is None
