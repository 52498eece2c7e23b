"""The engines that walk a backtest, with a bar that shows how far they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Final

from powertrader.analytics.annual import timeframe_of
from powertrader.backtest.engine import ReplayCourse, ReplaySpan
from powertrader.backtest.market_request import interval_of
from powertrader.backtest.outcomes import event_outcome
from powertrader.backtest.result import RunOutcome
from powertrader.bootstrap import Replay, build_replay
from powertrader.cli.output import progress_bar
from powertrader.cli.stop import ctrl_c
from powertrader.core.config import TradingConfig
from powertrader.models.candle import Candles
from powertrader.models.types import CoinSymbol
from powertrader.trader.session import StepReport

if TYPE_CHECKING:
    from rich.console import Console

STEPS_BETWEEN_UPDATES: Final = 25


@dataclass(frozen=True, slots=True)
class Market:
    """What an engine walks over."""

    config: TradingConfig
    candles: Mapping[CoinSymbol, Candles]
    span: ReplaySpan


@dataclass(frozen=True, slots=True)
class Walked:
    """What came of a walk; interrupted: Ctrl-C ended it after a whole step."""

    outcome: RunOutcome
    interrupted: bool


def walk_events(console: "Console", market: Market) -> Walked:
    """Walk with the session that trades live, step by step.

    Raises TrainingError naming every coin that nothing could be learnt of.
    """
    config, candles, span = market.config, market.candles, market.span
    replay = build_replay(config, candles, span)
    coins = config.trading.coins
    with progress_bar(console, "coins") as progress:
        task = progress.add_task("Training", total=len(coins), rate="")
        started = perf_counter()
        for done, coin in enumerate(replay.engine.train(coins), start=1):
            rate = f"{done / (perf_counter() - started):.1f}"
            progress.update(task, completed=done, rate=rate, description=f"Trained {coin}")
    replay.trainings.require(coins)
    course = _walk(console, replay, market)
    timeframe = timeframe_of(interval_of(candles))
    start = config.replay.start_quote
    outcome = event_outcome(course, replay.session.book, tuple(candles), start, timeframe)
    return Walked(outcome, course.interrupted)


def _walk(console: "Console", replay: Replay, market: Market) -> ReplayCourse:
    with progress_bar(console, "steps") as progress, ctrl_c() as pressed:
        task = progress.add_task("Trading", total=replay.engine.count_steps(market.span), rate="")
        started = perf_counter()
        steps = 0

        def go_on(report: StepReport) -> bool:
            nonlocal steps
            steps += 1
            if steps % STEPS_BETWEEN_UPDATES == 0:
                rate = f"{steps / (perf_counter() - started):,.0f}"
                progress.update(task, completed=steps, rate=rate, description=f"Trading {report.at:%Y-%m-%d}")
            return not pressed

        return replay.engine.walk(market.span, market.config.rules, replay.session, go_on)
