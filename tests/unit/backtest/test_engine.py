"""The event engine: the objects of paper and live on past candles, with or without the thinker in it."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from powertrader import bootstrap, bootstrap_trader
from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.mock_exchange import MockExchange
from powertrader.backtest.signal_walk import walk_signals
from powertrader.bootstrap import Replay, build_replay
from powertrader.core import fills
from powertrader.core.trading_client import RestingOrderClient
from powertrader.exchanges import paper_matching
from powertrader.exchanges.paper import PaperTradingClient
from powertrader.models.types import CoinSymbol
from powertrader.simexchange import matching
from powertrader.thinker import past_signals, runner, signal_engine
from powertrader.thinker.session import ThinkerSession
from powertrader.trader.session import Session, StepReport
from tests.unit.backtest.walk_scene import COINS, SPAN, config_with, damaged_market, whole_market


def go_on(report: StepReport) -> bool:
    """Never stop."""
    return report.at >= SPAN.start


def traded(replay: Replay, span: ReplaySpan) -> tuple[object, ...]:
    """Everything that a walk leaves."""
    course = replay.engine.walk(span, config_with().rules, replay.session, go_on)
    return course.equity, course.times, course.decisions, course.last_bid, replay.session.book.trades


def test_a_backtest_runs_the_very_objects_of_paper_and_live() -> None:
    replay = build_replay(config_with(), whole_market(), SPAN)
    assert type(replay.session) is Session
    for user in (bootstrap, bootstrap_trader):
        assert vars(user)["Session"] is Session
    for user in (bootstrap, runner):
        assert vars(user)["ThinkerSession"] is ThinkerSession
    taken = [name for name in vars(RestingOrderClient) if not name.startswith("_")]
    taken += ["get_account", "place_order", "get_order", "get_order_history", "get_instrument"]
    assert "cancel_order" in taken
    for name in taken:
        assert getattr(MockExchange, name) is getattr(PaperTradingClient, name)
    assert vars(bootstrap_trader)["PaperTradingClient"] is PaperTradingClient
    for name in ("market_fill", "limit_fill", "resting_fill"):
        assert vars(paper_matching)[name] is vars(fills)[name]
    assert vars(matching)["resting_fill"] is fills.resting_fill
    for name in ("kernels", "sweep_kernels"):
        assert vars(past_signals)[name] is vars(signal_engine)[name]


def test_given_signals_trade_as_the_thinker_in_the_loop_does() -> None:
    config, candles = config_with(), damaged_market()
    with_thinker = build_replay(config, candles, SPAN)
    assert list(with_thinker.engine.train(COINS)) == list(COINS)
    given = build_replay(config, candles, SPAN, walk_signals(config, candles, SPAN))
    expected = traded(with_thinker, SPAN)
    assert traded(given, SPAN) == expected
    assert len(with_thinker.session.book.trades) > 4


def test_a_step_or_coin_that_the_given_signals_lack_has_none() -> None:
    config, candles = config_with(), whole_market()
    signals = walk_signals(config, candles, SPAN)
    half = len(signals["AAA"]) // 2
    replay = build_replay(config, candles, SPAN, {"AAA": signals["AAA"].between(0, half)})
    told: list[dict[CoinSymbol, bool]] = []

    def listen(report: StepReport) -> bool:
        assert report.view is not None
        told.append({coin: signal is not None for coin, signal in report.view.signals.items()})
        return True

    replay.engine.walk(SPAN, config.rules, replay.session, listen)
    assert [step["AAA"] for step in told] == [True] * half + [False] * (len(told) - half)
    assert not any(step["BBB"] for step in told)


@pytest.mark.parametrize("days, expected", [(6, [143, 287, 431]), (19, [455]), (20, [479]), (21, [])])
def test_coins_are_trained_again_at_the_first_step_after_so_many_days(days: int, expected: list[int]) -> None:
    span = replace(SPAN, retrain_days=days)
    assert span.retrainings(span.steps(whole_market().values())) == expected


def test_a_hole_in_the_candles_puts_the_next_training_off() -> None:
    steps_s = int(SPAN.start.timestamp()) + 3600 * np.array([1, 2, 24 * 9, 24 * 9 + 1, 24 * 15])
    assert SPAN.retrainings(steps_s) == [2, 4]


def test_steps_are_every_close_of_any_coin_after_the_start_and_by_the_stop() -> None:
    market = whole_market()
    one, other = market["AAA"], market["BBB"]
    shifted = replace(other, open_time_s=other.open_time_s + 1800)
    start = SPAN.start.timestamp()
    steps = SPAN.steps([one, one, shifted])
    assert steps[:3].tolist() == [start + 1800, start + 3600, start + 5400]
    assert steps[-1] == SPAN.stop.timestamp()
    assert set(np.diff(steps).tolist()) == {1800}
    assert SPAN.steps([]).tolist() == []


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="not after its start"):
        ReplaySpan(SPAN.start, SPAN.start)
    with pytest.raises(ValueError, match="retrain_days was 0"):
        ReplaySpan(SPAN.start, SPAN.start + timedelta(days=1), 0)
