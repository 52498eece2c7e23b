"""TrailingProfitEngine: start line, rising line, exit on a fall below it."""

import pytest

from powertrader.models.position import Holding, Trail
from powertrader.models.rules import TradingRules
from powertrader.trader.trailing_engine import (
    TrailingProfitEngine,
    TrailingRule,
    advance,
    crossing_lost,
)

ENGINE = TrailingProfitEngine(TradingRules(("BTC",)))
RULE = TrailingRule(start=105.0, gap_pct=0.5)


def walked(bids: list[float]) -> tuple[Trail | None, list[bool]]:
    trail: Trail | None = None
    sold = []
    for bid in bids:
        trail, exits = advance(trail, bid, RULE)
        sold.append(exits)
    return trail, sold


def test_the_start_line_is_five_percent_up_and_half_of_that_after_a_dca_buy() -> None:
    assert ENGINE.get_pm_start_line(Holding("BTC", 1.0, 100.0)) == 105.0
    assert ENGINE.get_pm_start_line(Holding("BTC", 1.0, 100.0, stage=1)) == pytest.approx(102.5)


def test_a_bid_on_the_start_line_starts_trailing_and_one_below_does_not() -> None:
    assert walked([104.99]) == (Trail(active=False, line=105.0, peak=0.0, was_above=False), [False])
    assert walked([105.0]) == (Trail(active=True, line=105.0, peak=105.0, was_above=True), [False])


def test_the_line_follows_the_peak_by_the_gap_and_stays_when_the_bid_falls() -> None:
    trail, sold = walked([110.0, 120.0, 119.5])
    assert trail == Trail(active=True, line=119.4, peak=120.0, was_above=True)
    assert sold == [False, False, False]


def test_a_bid_on_the_line_does_not_sell_and_one_below_does() -> None:
    assert walked([120.0, 119.4])[1] == [False, False]
    assert walked([120.0, 119.39])[1] == [False, True]


def test_a_fall_from_above_the_line_to_far_below_the_basis_sells_all_the_same() -> None:
    assert walked([120.0, 50.0])[1] == [False, True]


def test_a_sale_that_fails_can_be_tried_again_while_the_bid_is_below_the_line() -> None:
    trail, sold = walked([120.0, 119.0, 118.0])
    assert sold == [False, True, True]
    assert trail is not None
    assert trail.was_above


def test_the_original_forgets_the_crossing_of_a_failed_sale() -> None:
    trail, _ = walked([120.0, 119.0])
    assert trail is not None
    again, exits = advance(crossing_lost(trail), 118.0, RULE)
    assert not exits
    risen, _ = advance(again, 119.5, RULE)
    assert advance(risen, 119.0, RULE)[1]


def test_a_higher_start_line_lifts_an_active_line_and_may_sell() -> None:
    trail, _ = walked([106.0])
    assert advance(trail, 106.0, TrailingRule(start=107.0, gap_pct=0.5))[1]


def test_a_bid_that_moves_nothing_gives_the_very_same_trail() -> None:
    trail, _ = walked([120.0])
    assert advance(trail, 119.7, RULE)[0] is trail
    waiting, _ = walked([100.0])
    assert advance(waiting, 101.0, RULE)[0] is waiting


def test_the_engine_moves_the_trail_of_a_position_and_tells_when_to_sell() -> None:
    position = ENGINE.update_trailing(Holding("BTC", 1.0, 100.0), 110.0)
    assert position.trail is not None
    assert position.trail.line == pytest.approx(109.45)
    assert not ENGINE.should_exit(position, 109.5)
    assert ENGINE.should_exit(position, 109.0)
    assert ENGINE.update_trailing(position, 109.8) is position
