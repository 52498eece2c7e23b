"""What a person sees of the running thinker: the signals at its end, and what the venue was asked."""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from powertrader.bootstrap import build_thinker
from powertrader.bootstrap_events import Observers
from powertrader.bootstrap_venues import (
    ONCE,
    VenueContext,
    follower_of,
    market_client,
    market_clock_of,
    quote_source,
)
from powertrader.cli import exit_codes
from powertrader.cli.output import emit_json, people
from powertrader.cli.think_view import show_signals, signal_json
from powertrader.cli.worker import Worker, observed, worker
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources
from powertrader.core.config_watch import ConfigWatcher
from powertrader.core.file_operations import stamp_of
from powertrader.core.loop import Alarm, Loop, LoopPorts
from powertrader.core.storage import FileStore
from powertrader.models.status import Heartbeat
from powertrader.models.types import CoinSymbol
from powertrader.thinker.candle_feed import TIME_SLICE_S, CandleFeed
from powertrader.thinker.news import SignalNews
from powertrader.thinker.publishing import SignalFiles
from powertrader.thinker.runner import RunnerPorts, RunnerReport, ThinkerRunner

PROCESS: Final = "thinker"


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the options of the command and the settings make of a thinker."""

    context: VenueContext
    feed: CandleFeed
    watcher: ConfigWatcher
    alarm: Alarm
    slice_s: float


def run_and_show(sources: ConfigSources, home: Path | None, most: int | None, *, as_json: bool) -> int:
    """Run the thinker for at most so many steps, show its last signals, and give the exit code."""
    with worker(PROCESS, home, sources) as process, observed(process) as observers:
        session = process.session
        parts = _parts(process, sources, most)
        runner = _runner(parts, observers)
        loop = Loop(PROCESS, "", LoopPorts(parts.context.wall, parts.alarm, session.heartbeat(PROCESS)))
        runner.start()
        loop.run(runner.step, lambda: parts.watcher.loaded.config.trader.step_s, most)
        if as_json:
            emit_json(_summary(runner, parts.feed, loop.heartbeat) | {"data": str(session.paths.data)})
    return _exit_code(runner.report, loop.heartbeat, most)


def _parts(process: Worker, sources: ConfigSources, most: int | None) -> _Parts:
    session, wall = process.session, SystemClock()
    market = market_clock_of(session.config, wall)
    context = VenueContext(session.config, session.paths, wall, market, session.redactor)
    feed = CandleFeed(market_client(context, ONCE), market, wall)
    # one step alone has nothing to keep fresh meanwhile
    slice_s = math.inf if most == 1 else TIME_SLICE_S
    return _Parts(context, feed, ConfigWatcher(sources, session.loaded), process.alarm, slice_s)


def _runner(parts: _Parts, observers: Observers) -> ThinkerRunner:
    context, alarm = parts.context, parts.alarm
    store = FileStore(context.paths.data)
    news = SignalNews(observers.publish, context.wall)

    def observe(report: RunnerReport) -> None:
        news.tell(report.step.signals, report.changed)
        observers.report()

    def coins() -> tuple[CoinSymbol, ...]:
        parts.watcher.poll()
        return parts.watcher.loaded.config.trading.coins

    @cache
    def training_file(coin: CoinSymbol) -> Path:
        return context.paths.coin(coin).trainer_last_training_time()

    ports = RunnerPorts(
        build_thinker(context.config, parts.feed, context.paths),
        parts.feed,
        quote_source(context, ONCE),
        SignalFiles(store, context.paths),
        coins,
        lambda coin: stamp_of(training_file(coin)),
        context.market,
        context.wall,
        parts.slice_s,
        lambda: alarm.stopped,
        follower_of(context.market),
        observe,
    )
    return ThinkerRunner(ports)


def _summary(runner: ThinkerRunner, feed: CandleFeed, beat: Heartbeat) -> dict[str, object]:
    report = runner.report
    return {
        "steps": beat.steps,
        "errors": beat.errors,
        "last_error": beat.last_error,
        "signals": {} if report is None else {c: signal_json(one) for c, one in report.step.signals.items()},
        "no_signal": {} if report is None else dict(report.step.reasons),
        "not_published": {} if report is None else dict(report.not_published),
        "candle_requests": feed.requests,
        "price_requests": runner.price_requests,
    }


def _exit_code(report: RunnerReport | None, beat: Heartbeat, most: int | None) -> int:
    """Give 0 to whoever stopped a running thinker, and the outcome to whoever asked for some steps."""
    if report is not None:
        show_signals(report.step, report.quotes, {})
    if most is None:
        return exit_codes.OK
    if beat.failing or report is None:
        people().print(f"The last step failed: {beat.last_error}", style="red", markup=False, soft_wrap=True)
        return exit_codes.VENUE
    return exit_codes.DIFFERENT if report.step.reasons else exit_codes.OK
