"""What a person sees of the trainer: how far it is, and what each timeframe of each coin was learnt from."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from powertrader.bootstrap_events import Observers
from powertrader.bootstrap_trainer import TrainerRequest, TrainingWork
from powertrader.bootstrap_venues import VenueContext, follower_of, market_clock_of
from powertrader.cli import exit_codes
from powertrader.cli.output import emit_json, people, progress_bar
from powertrader.cli.trainer_tables import report_json, show_reports
from powertrader.cli.worker import Worker, observed, worker
from powertrader.core.clock import Clock, ManualClock, SystemClock
from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import ConfigSources
from powertrader.core.config_watch import ConfigWatcher
from powertrader.core.exceptions import ExchangeError, PowerTraderError
from powertrader.core.loop import Loop, LoopPorts
from powertrader.core.paths import HomePaths
from powertrader.market.downloaded import shelf_of
from powertrader.models.events import TrainingFinished
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.models.types import CoinSymbol
from powertrader.trainer.coin_training import CoinReport
from powertrader.trainer.reports import TrainingReports
from powertrader.trainer.runner import TrainerPorts, TrainerRunner
from powertrader.trainer.training_engine import TimeframeTraining

PROCESS: Final = "trainer"
STEP_S: Final = 1.0
"""Pause between two looks at what is due; what ends is noticed at once."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a run led to."""

    runner: TrainerRunner
    reports: TrainingReports
    work: TrainingWork
    stopped: bool
    seconds: float

    @property
    def failures(self) -> Mapping[CoinSymbol, PowerTraderError]:
        """The coins that could not be trained, and why."""
        states = self.runner.coins.items()
        return {coin: state.failure for coin, state in states if state.failure is not None}

    @property
    def interrupted(self) -> bool:
        """Tell whether a coin is half done, or was not begun because somebody stopped the run."""
        return self.stopped or any(state.outcome == "interrupted" for state in self.runner.coins.values())


def run_and_show(request: TrainerRequest, sources: ConfigSources, home: Path | None, *, as_json: bool) -> int:
    """Train the coins of the settings, show it on stderr, and give the exit code."""
    with worker(PROCESS, home, sources) as process, observed(process) as observers:
        outcome = _run(request, sources, process, observers)
        show_reports(people(), outcome.reports.newest, outcome.seconds, process.session.paths.data)
        if as_json:
            emit_json(_summary(outcome, process.session.paths))
    return _exit_code(outcome, request)


def _run(request: TrainerRequest, sources: ConfigSources, process: Worker, observers: Observers) -> _Outcome:
    session, alarm, wall = process.session, process.alarm, SystemClock()
    watcher = ConfigWatcher(sources, session.loaded)
    market = _market_clock(request, session.config, session.paths, wall)
    context = VenueContext(session.config, session.paths, wall, market, session.redactor)
    loop = Loop(PROCESS, "", LoopPorts(wall, alarm, session.heartbeat(PROCESS)))
    reports = TrainingReports(
        session.paths,
        wall,
        loop.heartbeat.started_at,
        session.config.exchange.candles_from,
        session.redactor.redact,
    )
    started, stopped = perf_counter(), True
    with _progress(request, len(session.config.trading.coins)) as on_timeframe:
        work = TrainingWork(context, request, reports, on_timeframe)
        runner = TrainerRunner(_ports(work, watcher, process, request))
        follow = follower_of(market)
        told: set[CoinSymbol] = set()

        def step() -> None:
            nonlocal stopped
            follow()
            if work.killed():
                alarm.stop()
                return
            runner.step()
            _tell(runner, told, observers, wall, work)
            if _is_over(runner, request):
                stopped = False
                alarm.stop()

        try:
            loop.run(step, lambda: STEP_S)
        finally:
            for coin in runner.close():
                work.note_interrupted(coin)
        _tell(runner, told, observers, wall, work)
    return _Outcome(runner, reports, work, stopped, perf_counter() - started)


def _ports(
    work: TrainingWork, watcher: ConfigWatcher, process: Worker, request: TrainerRequest
) -> TrainerPorts:
    def coins() -> tuple[CoinSymbol, ...]:
        watcher.poll()
        return work.wanted(config())

    def config() -> TradingConfig:
        return watcher.loaded.config

    def train(coin: CoinSymbol, stop: Callable[[], bool]) -> CoinReport:
        return work.train(coin, config(), stop)

    def on_failure(coin: CoinSymbol, error: PowerTraderError, again: bool) -> None:
        work.note_failure(coin, error, again=again)

    return TrainerPorts(
        coins,
        lambda coin: work.due(coin, config()),
        train,
        on_failure,
        process.alarm.wake,
        request.at_once,
        request.stays,
    )


def _market_clock(request: TrainerRequest, config: TradingConfig, paths: HomePaths, wall: Clock) -> Clock:
    """Give the market's time; offline nobody is asked for that of a local exchange either."""
    if not request.offline or not config.exchange.url:
        return market_clock_of(config, wall)
    shelf = shelf_of(config, paths)
    reached = [as_of_s for coin in config.trading.coins if (as_of_s := shelf.as_of_s(coin)) is not None]
    return ManualClock(utc_of(max(reached))) if reached else wall


@contextmanager
def _progress(request: TrainerRequest, coins: int) -> Iterator[Callable[[TimeframeTraining], None]]:
    """Show how many timeframes are done; a trainer that others look after has its log instead."""
    if request.stays or request.asked:
        yield lambda _: None
        return
    started = perf_counter()
    with progress_bar(people(), "timeframes") as progress:
        task = progress.add_task("Training", total=coins * len(TIMEFRAMES), rate="")

        def show(training: TimeframeTraining) -> None:
            rate = f"{(progress.tasks[task].completed + 1) / (perf_counter() - started):,.1f}"
            progress.update(task, advance=1, rate=rate, description=f"Trained {training.timeframe}")

        yield show


def _is_over(runner: TrainerRunner, request: TrainerRequest) -> bool:
    """Tell whether there is nothing left to do."""
    nobody_asks = request.asked and not runner.coins and not runner.busy
    return nobody_asks or (not request.stays and runner.done)


def _tell(
    runner: TrainerRunner, told: set[CoinSymbol], observers: Observers, wall: Clock, work: TrainingWork
) -> None:
    """Let everybody know whose training is over, whoever asked for it as well."""
    for coin in runner.busy:
        told.discard(coin)
    for coin, state in runner.coins.items():
        if coin in told or coin in runner.busy or not state.ended:
            continue
        told.add(coin)
        problem = "" if state.failure is None else str(state.failure)
        if state.outcome == "interrupted":
            problem = "it was stopped before its end"
        observers.publish(TrainingFinished(coin, problem, wall.now()))
        work.fulfilled(coin, interrupted=state.outcome == "interrupted")


def _summary(outcome: _Outcome, paths: HomePaths) -> dict[str, object]:
    return {
        "coins": {coin: report_json(report) for coin, report in outcome.reports.newest.items()},
        "failed": {coin: str(error) for coin, error in outcome.failures.items()},
        "stopped": outcome.interrupted,
        "candle_requests": outcome.work.requests,
        "seconds": round(outcome.seconds, 2),
        "data": str(paths.data),
    }


def _exit_code(outcome: _Outcome, request: TrainerRequest) -> int:
    if request.stays or request.asked:
        # what failed is told by the coins' reports, and nobody shall start it again for that
        return exit_codes.OK
    failures = outcome.failures
    # the others were told with their reports
    unreported = [coin for coin in failures if coin not in outcome.reports.newest]
    for coin in unreported:
        people().print(f"{coin}: {failures[coin]}", style="red", markup=False, soft_wrap=True)
    if outcome.interrupted:
        text = "Stopped. Run the same command again: it goes on where it was."
        people().print(text, style="yellow")
        return exit_codes.INTERRUPTED
    if failures and all(isinstance(error, ExchangeError) for error in failures.values()):
        return exit_codes.VENUE
    return exit_codes.BAD_DATA if failures else exit_codes.OK
