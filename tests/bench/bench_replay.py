"""How fast a replay walks with the thinker in the loop, and how fast the program starts."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Final

from powertrader.backtest.engine import ReplaySpan
from powertrader.bootstrap import build_replay
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.market.synthetic import synthetic_candles
from powertrader.trader.session import StepReport
from tests.bench.registry import Row, bench, seconds

COINS: Final = tuple(f"C{number:02d}" for number in range(50))
START: Final = datetime(2022, 1, 1, tzinfo=UTC)
TRAINED: Final = START + timedelta(days=180)
STEPS: Final = 24 * 60


def go_on(report: StepReport) -> bool:
    """Never stop."""
    return report.at >= TRAINED


@bench(group="replay", runs=1)
def fifty_coins_with_the_thinker() -> list[Row]:
    """Walk 60 days of 50 coins hourly, training again every week; nothing is written to files."""
    span = ReplaySpan(TRAINED, TRAINED + timedelta(hours=STEPS))
    hours = (span.stop - START) // timedelta(hours=1)
    candles = {coin: synthetic_candles(coin, seed=7, start=START, count=hours) for coin in COINS}
    overrides = (f"coins={','.join(COINS)}", "start_allocation_pct=0.1")
    config = load_config(ConfigSources(overrides=overrides)).config
    replay = build_replay(config, candles, span)
    begin = perf_counter()
    assert list(replay.engine.train(COINS)) == list(COINS)
    trained = perf_counter()
    course = replay.engine.walk(span, config.rules, replay.session, go_on)
    walked = perf_counter()
    assert course.steps == STEPS
    assert len(replay.session.book.trades) > len(COINS)
    speed = STEPS * len(COINS) / (walked - trained)
    return [
        Row(what="50 coins, thinker in the loop", measured=speed, unit="coin-steps/s", least=10_000),
        Row(what="training 50 coins x 4,320 hours", measured=trained - begin, unit="s"),
    ]


@bench(group="cli", what="powertrader --help", unit="s", most=0.3)
def help_of_the_program() -> float:
    """Time the whole process."""
    command = [sys.executable, "-m", "powertrader", "--help"]
    return seconds(lambda: subprocess.run(command, capture_output=True, check=True))
