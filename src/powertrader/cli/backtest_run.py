"""One backtest from its settings to the saved result."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

from powertrader.analytics.backdrop import Backdrop
from powertrader.backtest.archive import make_folder
from powertrader.backtest.interrupted import newest_interrupted
from powertrader.backtest.market_request import BacktestRequest
from powertrader.backtest.provenance import code_version, data_hash
from powertrader.backtest.report_page import report_page
from powertrader.backtest.result import BacktestResult, RunFacts, result_of
from powertrader.backtest.result_files import save_result
from powertrader.backtest.signal_files import SignalFiles
from powertrader.cli.backtest_engines import EngineChoice, Market, View, Walked, walk, walk_example
from powertrader.cli.session import CommandSession
from powertrader.cli.stop import ctrl_c
from powertrader.core.config import NOT_HASHED, TradingConfig, config_hash
from powertrader.core.config_draft import values_of
from powertrader.core.config_keys import settings
from powertrader.core.config_sources import ConfigSources
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.market.downloaded import shelf_of
from powertrader.strategy.registry import CLASSIC, NamedExample

if TYPE_CHECKING:
    from rich.console import Console

ON_PAPER: Final = "trading.mode=paper"
"""Whatever the settings trade with: the past is traded on paper."""

OF_CLASSIC: Final = ("entry", "dca", "trailing")
"""Sections of settings that only the classic strategy trades by."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the command line asks for; folder and notes: those of an interrupted backtest to be finished.

    strategy: an example strategy, None for the classic one.
    """

    request: BacktestRequest
    sources: ConfigSources
    engine: EngineChoice = "auto"
    folder: Path | None = None
    notes: tuple[str, ...] = ()
    strategy: NamedExample | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """A backtest that was saved in a folder, and how long it took; found: notes of the walk itself."""

    result: BacktestResult
    folder: Path
    took_s: float
    found: tuple[str, ...]


def resumed(paths: HomePaths) -> Job:
    """Give the newest interrupted backtest as a job. Raises ConfigError when there is none."""
    found = newest_interrupted(paths.results)
    sources = ConfigSources(yaml_files=(found.settings,))
    engine: EngineChoice = "auto"
    if found.engine in ("event", "compiled"):
        engine = "event" if found.engine == "event" else "compiled"
    return Job(found.request, sources, engine, found.folder, found.notes)


def run_job(
    console: "Console", job: Job, session: CommandSession, tell: Callable[[Market, list[str]], None]
) -> Done:
    """Run a backtest and save it; tell is told what is walked over, and what to know of it, before.

    Raises ConfigError, BadData, TrainingError or StorageError; then nothing is left behind.
    """
    # the settings of an interrupted backtest are complete already; an example has no first purchase
    is_complete = job.folder is not None or job.strategy is not None
    loaded = session.loaded if is_complete else session.loaded.for_replay()
    config, request = loaded.config, job.request
    candles, findings = request.load(config, shelf_of(config, session.paths))
    span = request.span(candles, config.replay.retrain_days)
    market = Market(config, candles, span)
    notes = [
        *job.notes,
        *loaded.notes,
        *findings,
        *request.gaps(candles, span),
        *_without_effect(job, config),
    ]
    facts = _facts(job, market, notes)
    tell(market, notes)
    started = perf_counter()
    with ctrl_c() as pressed:
        folder, walked = _walk(View(console, pressed), job, market, session)
        limits = tuple(tier.limit for tier in config.costs.model.spread_tiers)
        backdrop = Backdrop(candles, walked.levels, limits)
        result = result_of(_known(facts, walked), walked.outcome, backdrop)
        save_result(result, folder, FileStore(), report_page(result, candles))
    return Done(result, folder, perf_counter() - started, walked.notes)


def _walk(view: View, job: Job, market: Market, session: CommandSession) -> tuple[Path, Walked]:
    """Walk once there is a folder for what comes of it."""
    folder = job.folder or make_folder(session.paths.results, "backtest")
    try:
        if job.strategy is not None:
            return folder, walk_example(market, job.strategy)
        return folder, walk(view, market, SignalFiles(session.paths), job.engine)
    except PowerTraderError:
        with suppress(OSError):
            # it is empty unless an interrupted backtest lies in it
            folder.rmdir()
        raise


def changed_settings(config: TradingConfig) -> dict[str, dict[str, object]]:
    """Give every setting that can change a result and is not at its default, with both values."""
    known = settings()
    return {
        name: {"value": value, "default": known[name].default}
        for name, value in values_of(config).items()
        if value != known[name].default and not {name, name.partition(".")[0]} & NOT_HASHED
    }


def _without_effect(job: Job, config: TradingConfig) -> tuple[str, ...]:
    """Say which changed settings an example strategy does not look at."""
    if job.strategy is None:
        return ()
    unused = [name for name in changed_settings(config) if name.partition(".")[0] in OF_CLASSIC]
    return (f"{job.strategy.name} does not look at {', '.join(unused)}",) if unused else ()


def _facts(job: Job, market: Market, notes: list[str]) -> RunFacts:
    config, span = market.config, market.span
    folder = job.request.folder
    return RunFacts(
        engine="event",
        asked_engine=job.engine,
        strategy=job.strategy.name if job.strategy else CLASSIC,
        strategy_params=job.strategy.params if job.strategy else {},
        coins=tuple(market.candles),
        quote_asset=config.trading.quote_asset,
        timeframe=market.timeframe,
        start=span.start,
        stop=span.stop,
        retrain_days=span.retrain_days,
        config_hash=config_hash(config),
        data_hash=data_hash(market.candles),
        code_version=code_version(),
        settings=config.model_dump(mode="json"),
        changed=changed_settings(config),
        source="candle files" if folder else config.exchange.candle_market,
        candles_folder=None if folder is None else str(folder.resolve()),
        notes=tuple(notes),
    )


def _known(facts: RunFacts, walked: Walked) -> RunFacts:
    return replace(
        facts,
        engine=walked.engine,
        notes=tuple(dict.fromkeys([*facts.notes, *walked.notes])),
        interrupted=walked.interrupted,
    )
