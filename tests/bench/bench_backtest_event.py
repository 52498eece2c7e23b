"""How fast the event engine walks with given signals, and how fast these are found."""

from datetime import timedelta
from time import perf_counter

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.signal_walk import walk_signals
from powertrader.bootstrap import build_replay
from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.market.synthetic import synthetic_candles
from powertrader.models.candle import Candles
from tests.bench.bench_replay import COINS, START, STEPS, TRAINED, go_on
from tests.bench.registry import Row, bench


def fifty_coins() -> tuple[TradingConfig, dict[str, Candles], ReplaySpan]:
    """Give 50 coins hourly: half a year to learn from, 60 days to trade."""
    span = ReplaySpan(TRAINED, TRAINED + timedelta(hours=STEPS))
    count = (span.stop - START) // timedelta(hours=1)
    candles = {coin: synthetic_candles(coin, seed=7, start=START, count=count) for coin in COINS}
    overrides = (f"coins={','.join(COINS)}", "start_allocation_pct=0.1")
    return load_config(ConfigSources(overrides=overrides)).config, candles, span


@bench(group="backtest")
def event_engine() -> list[Row]:
    """Find the signals of 50 coins over 60 days, then walk with them; nothing is written to files."""
    config, candles, span = fifty_coins()
    begin = perf_counter()
    signals = walk_signals(config, candles, span)
    found = perf_counter() - begin
    replay = build_replay(config, candles, span, signals)
    begin = perf_counter()
    course = replay.engine.walk(span, config.rules, replay.session, go_on)
    walked = perf_counter() - begin
    assert course.steps == STEPS
    assert len(replay.session.book.trades) > len(COINS)
    coin_steps = STEPS * len(COINS)
    return [
        Row(
            what="event engine, signals given",
            measured=coin_steps / walked,
            unit="coin-steps/s",
            least=50_000,
            key="event_steps_per_s",
        ),
        Row(what="signals of 50 coins, trainings in it", measured=coin_steps / found, unit="coin-steps/s"),
    ]


@bench(group="backtest", runs=1)
def event_engine_with_the_thinker() -> list[Row]:
    """Walk the same with training and thinker in the loop."""
    config, candles, span = fifty_coins()
    replay = build_replay(config, candles, span)
    assert list(replay.engine.train(COINS)) == list(COINS)
    begin = perf_counter()
    course = replay.engine.walk(span, config.rules, replay.session, go_on)
    walked = perf_counter() - begin
    speed = course.steps * len(COINS) / (walked - course.training_s)
    whole = course.steps * len(COINS) / walked
    unit = "coin-steps/s"
    return [
        Row(what="event steps with the thinker in the loop", measured=speed, unit=unit, least=10_000),
        Row(what="the same, trainings in it", measured=whole, unit=unit),
    ]
