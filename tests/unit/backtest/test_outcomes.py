"""Both engines hand the same trades, account and positions to figures and reports."""

from datetime import timedelta

import numpy as np
import pytest

from powertrader.backtest.compiled_outcome import compiled_outcome
from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.outcomes import event_outcome, stages_of
from powertrader.backtest.result import RunOutcome
from powertrader.backtest.signal_walk import walk_signals
from powertrader.bootstrap import build_replay
from tests.unit.backtest.walk_scene import BEGIN, COINS, SPAN, config_with, damaged_market

INTO_THE_HOLE = ReplaySpan(SPAN.start, BEGIN + timedelta(days=41), SPAN.retrain_days)
FLOATS = ("price", "quantity", "value", "fee", "gain_pct", "realized")
WHOLE = ("time_s", "coin", "is_sale", "reason", "stage", "is_maker")


@pytest.fixture(scope="module", params=["whole", "into the hole"])
def both(request: pytest.FixtureRequest) -> tuple[RunOutcome, RunOutcome]:
    """Walk a damaged market with either engine; at the hole's middle one coin has no price any more."""
    span = SPAN if request.param == "whole" else INTO_THE_HOLE
    config, market = config_with("costs.tier=coinbase", "trailing_gap_pct=3"), damaged_market()
    signals = walk_signals(config, market, span)
    replay = build_replay(config, market, span, signals)
    course = replay.engine.walk(span, config.rules, replay.session, lambda _: True)
    event = event_outcome(course, replay.session.book, COINS, config.replay.start_quote, "1h")
    return event, compiled_outcome(config, market, span, signals, "1h")


def test_the_trades_are_the_same(both: tuple[RunOutcome, RunOutcome]) -> None:
    event, compiled = (outcome.trades for outcome in both)
    assert len(event) > 5
    assert set(event.is_sale.tolist()) == {True, False}
    assert (event.coins, event.reasons) == (compiled.coins, compiled.reasons)
    for name in WHOLE:
        assert getattr(event, name).tolist() == getattr(compiled, name).tolist()
    for name in FLOATS:
        np.testing.assert_allclose(getattr(compiled, name), getattr(event, name), rtol=1e-9, err_msg=name)


def test_the_account_is_the_same(both: tuple[RunOutcome, RunOutcome]) -> None:
    event, compiled = (outcome.curve for outcome in both)
    assert event.time_s.tolist() == compiled.time_s.tolist()
    assert (event.start, event.timeframe) == (compiled.start, compiled.timeframe)
    np.testing.assert_allclose(compiled.equity, event.equity, rtol=1e-9)


def test_what_is_held_at_the_end_is_the_same(both: tuple[RunOutcome, RunOutcome]) -> None:
    event, compiled = (outcome.held for outcome in both)
    assert event
    for one, other in zip(event, compiled, strict=True):
        assert (one.coin, one.stage) == (other.coin, other.stage)
        assert (one.quantity, one.cost, one.value) == pytest.approx(
            (other.quantity, other.cost, other.value), rel=1e-9
        )
        assert one.unrealized_profit == pytest.approx(other.unrealized_profit, rel=1e-6)


def test_cash_and_positions_make_the_account(both: tuple[RunOutcome, RunOutcome]) -> None:
    for outcome in both:
        trades = outcome.trades
        moved = np.where(trades.is_sale, trades.value - trades.fee, -trades.value)
        worth = sum(position.value for position in outcome.held)
        assert outcome.curve.start + moved.sum() + worth == pytest.approx(outcome.curve.equity[-1])


def test_a_stage_counts_the_further_purchases_of_the_position() -> None:
    reasons = ["entry", "entry", "dca_hard_1", "dca_neural_5", "trailing_exit", "dca_hard_1", "entry"]
    assert stages_of([0, 1, 0, 0, 0, 1, 0], reasons).tolist() == [0, 0, 1, 2, 2, 1, 0]
