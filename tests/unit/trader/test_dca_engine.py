"""DCAEngine: hard levels, neural levels and the daily limit."""

from datetime import timedelta

import pytest

from powertrader.models.position import Holding
from powertrader.models.rules import TradingRules
from powertrader.models.signal import SignalView
from powertrader.trader.dca_engine import NO_HIT, WINDOW_FULL, DCAEngine, gain_pct
from tests.unit.trader.venue import START

ENGINE = DCAEngine(TradingRules(("BTC",)))
# By stage: an ask of a position bought at 100 that just reaches the hard level, and one that does not.
HARD_ASKS = {0: 97.5, 1: 95.0, 2: 90.0, 3: 80.0, 4: 70.0, 5: 60.0, 6: 50.0, 7: 50.0, 12: 50.0}
NEURAL_LEVELS = {0: 4, 1: 5, 2: 6, 3: 7}


def position(stage: int, buys: int = 0) -> Holding:
    times = tuple(START - timedelta(hours=hour) for hour in range(1, buys + 1))
    return Holding("BTC", 2.0, 100.0, stage, dca_times=times)


@pytest.mark.parametrize("stage, ask", HARD_ASKS.items())
def test_a_hard_level_buys_at_and_below_its_price_and_not_above(stage: int, ask: float) -> None:
    quiet = SignalView(0, 0)
    assert ENGINE.should_dca(position(stage), quiet, ask, START) == (True, f"dca_hard_{stage + 1}")
    assert ENGINE.should_dca(position(stage), quiet, ask - 0.01, START)[0]
    assert ENGINE.should_dca(position(stage), quiet, ask + 0.01, START) == (False, NO_HIT)


@pytest.mark.parametrize("stage, level", NEURAL_LEVELS.items())
def test_a_neural_level_buys_below_the_basis_at_its_signal(stage: int, level: int) -> None:
    asked = [
        ENGINE.should_dca(position(stage), SignalView(long, 0), 99.99, START) for long in (level, level - 1)
    ]
    assert asked == [(True, f"dca_neural_{level}"), (False, NO_HIT)]
    assert not ENGINE.should_dca(position(stage), SignalView(7, 0), 100.0, START)[0]


@pytest.mark.parametrize("stage", [4, 5, 6, 7])
def test_later_stages_have_no_neural_level(stage: int) -> None:
    assert not ENGINE.should_dca(position(stage), SignalView(9, 0), 99.0, START)[0]


@pytest.mark.parametrize("stage", range(7))
def test_when_both_levels_are_hit_the_hard_one_is_named(stage: int) -> None:
    bought, reason = ENGINE.should_dca(position(stage), SignalView(7, 0), HARD_ASKS[stage], START)
    assert (bought, reason) == (True, f"dca_hard_{stage + 1}")


@pytest.mark.parametrize("signal", [SignalView(0, 0), SignalView(7, 0)])
@pytest.mark.parametrize("stage", range(7))
def test_the_daily_limit_forbids_every_kind_of_hit(stage: int, signal: SignalView) -> None:
    assert ENGINE.should_dca(position(stage, 2), signal, HARD_ASKS[stage], START) == (False, WINDOW_FULL)
    assert ENGINE.should_dca(position(stage, 1), signal, HARD_ASKS[stage], START)[0]


def test_a_missing_signal_leaves_the_hard_levels() -> None:
    assert ENGINE.should_dca(position(0), None, 97.0, START)[0]
    assert not ENGINE.should_dca(position(0), None, 99.0, START)[0]


def test_a_buy_counts_for_exactly_86400_seconds_and_never_before_the_last_sale() -> None:
    engine = DCAEngine(TradingRules(("BTC",), max_dca_buys_per_24h=1))
    day = timedelta(seconds=86400)
    old = Holding("BTC", 1.0, 100.0, dca_times=(START,))
    assert not engine.can_dca_within_rate_limit(old, START + day)
    assert engine.can_dca_within_rate_limit(old, START + day + timedelta(microseconds=1))
    sold = Holding("BTC", 1.0, 100.0, dca_times=(START,), last_sale_at=START)
    assert engine.can_dca_within_rate_limit(sold, START)


def test_the_amount_is_the_value_at_the_bid_times_the_multiplier() -> None:
    assert ENGINE.calculate_dca_amount(position(0), 95.0) == 380.0
    assert ENGINE.get_current_stage(position(5)) == 5


def test_a_position_without_basis_has_no_gain() -> None:
    assert gain_pct(50.0, 0.0) == 0.0
    assert gain_pct(110.0, 100.0) == pytest.approx(10.0)
