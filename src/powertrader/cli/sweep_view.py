"""What a person sees of a sweep: what is tried, how far it is, the best settings and what to believe."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from powertrader.backtest.archive import make_folder
from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.market_request import BacktestRequest
from powertrader.backtest.provenance import code_version
from powertrader.backtest.signal_files import SignalFiles
from powertrader.backtest.signal_walk import Progress
from powertrader.backtest.sweep import SweepParts, run_sweep
from powertrader.backtest.sweep_axes import space_of
from powertrader.backtest.sweep_classic import ClassicSubject
from powertrader.backtest.sweep_crew import Crew, WorkersLost
from powertrader.backtest.sweep_engine import check_engine, cluster_of, local_crew
from powertrader.backtest.sweep_example import ExampleSubject, check_params
from powertrader.backtest.sweep_figures import check_objective
from powertrader.backtest.sweep_files import (
    LOCK_FILE,
    SweepPlan,
    check_same,
    load_plan,
    save_outcome,
    save_plan,
)
from powertrader.backtest.sweep_groups import Groups, check_space
from powertrader.backtest.sweep_market import check_share
from powertrader.backtest.sweep_ranking import Ranking
from powertrader.backtest.sweep_search import Search, search_of
from powertrader.backtest.sweep_source import SweepSource
from powertrader.backtest.sweep_space import Space
from powertrader.backtest.sweep_subject import Subject
from powertrader.cli import exit_codes
from powertrader.cli.again import home_words, typed
from powertrader.cli.output import emit_json, people, progress_bar
from powertrader.cli.session import CommandSession, command_session
from powertrader.cli.stop import ctrl_c
from powertrader.cli.sweep_words import again_words, show_outcome, show_start
from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import config_with
from powertrader.core.config_sources import ConfigSources
from powertrader.core.exceptions import ConfigError
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.market.downloaded import shelf_of
from powertrader.models.moment import iso_text
from powertrader.strategy.registry import CLASSIC

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, slots=True)
class SweepRequest:
    """What the command line says of a sweep; the settings come from their usual sources."""

    params: tuple[str, ...]
    strategy: str
    strategy_params: tuple[str, ...]
    method: str
    objective: str
    trials: int | None
    seed: int
    out_of_sample: float
    candles: Path | None
    start: datetime | None
    stop: datetime | None
    engine: str
    workers: int | None

    def plan(self, config: TradingConfig) -> SweepPlan:
        """Give everything that decides what the sweep finds."""
        return SweepPlan(
            self.params,
            self.method,
            self.objective,
            self.trials,
            self.seed,
            self.out_of_sample,
            None if self.candles is None else str(self.candles.resolve()),
            None if self.start is None else iso_text(self.start),
            None if self.stop is None else iso_text(self.stop),
            config.model_dump(mode="json"),
            self.strategy,
            self.strategy_params,
        )


@dataclass(frozen=True, slots=True)
class Where:
    """Who calculates, and the folder of a sweep that goes on."""

    engine: str
    workers: int | None
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A sweep that may begin; cluster is None for this computer."""

    plan: SweepPlan
    space: Space
    search: Search
    source: SweepSource
    groups: Groups
    span: ReplaySpan
    cluster: Crew | None


def sweep_and_show(request: SweepRequest, sources: ConfigSources, home: Path | None, *, as_json: bool) -> int:
    """Run a sweep, show it on stderr, keep every run, and give the exit code."""
    with command_session("sweep", home, sources) as session:
        # an example has no first purchase
        loaded = session.loaded.for_replay() if request.strategy == CLASSIC else session.loaded
        # whatever the settings trade with, the past is traded on paper
        plan = request.plan(config_with(loaded.config, {"trading.mode": "paper"}))
        console = people()
        for note in loaded.notes:
            console.print(f"Note: {note}", style="yellow", markup=False, soft_wrap=True)
        return _run(plan, session, Where(request.engine, request.workers), as_json=as_json)


def resume_and_show(
    folder: Path, request: SweepRequest, sources: ConfigSources, home: Path | None, *, as_json: bool
) -> int:
    """Go on with the sweep of a folder. Raises ConfigError when it cannot, or more than where is asked."""
    if request.params or request.strategy_params or request.strategy != CLASSIC:
        msg = "--resume goes on with the settings of its sweep: leave --param out, and --strategy"
        raise ConfigError(msg)
    with command_session("sweep", home, sources) as session:
        plan = load_plan(folder)
        return _run(plan, session, Where(request.engine, request.workers, folder), as_json=as_json)


def _run(plan: SweepPlan, session: CommandSession, where: Where, *, as_json: bool) -> int:
    console = people()
    asked = _asked(console, plan, session, where)
    folder = _folder(asked.plan, session, where)
    show_start(console, asked.space, asked.search, _when(asked))
    for note in asked.source.notes:
        console.print(f"Note: {note}", style="yellow", markup=False, soft_wrap=True)
    home = home_words(session.paths.root)
    resume = typed(["powertrader", "sweep", "--resume", str(folder), *home])
    kept = f"finished runs are kept. `{resume}` goes on."
    with exclusive(folder / LOCK_FILE), _told_as(kept):
        first = asked.groups.market(asked.groups.of(asked.space.point(0)))
        ranking = Ranking(plan.objective, first.steps.yearly)
        done = _tried(console, asked, ranking, (folder, where.workers))
        document = save_outcome(asked.plan, ranking, folder, FileStore(), interrupted=not done)
    show_outcome(console, ranking, asked.space, first.steps)
    for best in ranking.best[:1]:
        again = typed([*again_words(plan, best, folder), *home])
        console.print(f"The best one as a backtest: `{again}`", soft_wrap=True, markup=False)
    if not done:
        console.print(f"Stopped by Ctrl-C; {kept}", style="yellow", soft_wrap=True, markup=False)
    console.print(f"saved in {folder}", soft_wrap=True, markup=False)
    if as_json:
        emit_json({**document, "result_dir": str(folder)})
    return exit_codes.OK if done else exit_codes.INTERRUPTED


@contextmanager
def _told_as(kept: str) -> Iterator[None]:
    """Say how to go on when whoever calculates is gone."""
    try:
        yield
    except WorkersLost as error:
        msg = f"{error}; {kept.removesuffix('.')}"
        raise WorkersLost(msg) from error


def _asked(console: "Console", plan: SweepPlan, session: CommandSession, where: Where) -> Asked:
    """Check everything that can be checked before anything is made or run."""
    base = plan.settings
    check_objective(plan.objective)
    check_share(plan.out_of_sample)
    check_engine(where.engine)
    subject = _subject(console, plan, session)
    use = subject.use
    space = space_of(plan.params, use.changes_market, plan.strategy, plan.strategy_params)
    search = search_of(space, plan.method, plan.trials, plan.seed)
    check_space(space, base, use)
    check_params(space, plan.strategy)
    source = SweepSource(_request(plan), shelf_of(base, session.paths), subject)
    groups = Groups(base, use, source.market)
    cluster = cluster_of(where.engine, base, groups)
    span, data_hash = source.prepare(base)
    named = replace(plan, data_hash=data_hash, code_version=code_version())
    return Asked(named, space, search, source, groups, span, cluster)


def _folder(plan: SweepPlan, session: CommandSession, where: Where) -> Path:
    if where.folder is not None:
        check_same(load_plan(where.folder), plan)
        return where.folder
    folder = make_folder(session.paths.results, "sweep")
    save_plan(plan, folder, FileStore())
    return folder


def _tried(console: "Console", asked: Asked, ranking: Ranking, local: tuple[Path, int | None]) -> bool:
    """Try what the folder does not hold yet; True when all is done. local: folder, and cores to use."""
    folder, workers = local
    search, groups = asked.search, asked.groups
    first = groups.market(groups.of(asked.space.point(0)))
    steps = first.coin_steps * search.total
    crew = asked.cluster or local_crew(asked.plan.settings, groups, folder, workers, steps)
    with closing(crew), _bar(console, search) as tell, ctrl_c() as pressed:

        def go_on(finished: int) -> bool:
            tell(finished)
            return not pressed

        return run_sweep(SweepParts(search, crew, groups, ranking, folder), FileStore(), go_on)


def _request(plan: SweepPlan) -> BacktestRequest:
    folder = None if plan.candles is None else Path(plan.candles)
    return BacktestRequest(folder, plan.moment(plan.start), plan.moment(plan.stop))


def _subject(console: "Console", plan: SweepPlan, session: CommandSession) -> Subject:
    if plan.strategy != CLASSIC:
        return ExampleSubject(plan.strategy, plan.out_of_sample)
    signals = SignalFiles(session.paths)
    return ClassicSubject(signals, plan.out_of_sample, partial(_thinker_bar, console))


def _when(asked: Asked) -> str:
    """Say when is traded, and by what."""
    span, strategy = asked.span, asked.plan.strategy
    trained = f"trained on what closed before, and again every {span.retrain_days} days"
    example = f"with the example strategy {strategy}, which trades in backtests only"
    how = trained if strategy == CLASSIC else example
    return f"Trades from {span.start:%Y-%m-%d %H:%M} to {span.stop:%Y-%m-%d %H:%M} UTC, {how}"


@contextmanager
def _thinker_bar(console: "Console") -> Iterator[Progress]:
    """Show how far a walk of the thinker is."""
    with progress_bar(console, "coin-steps") as progress:
        task = progress.add_task("Asking the thinker", total=None, rate="")
        started = perf_counter()

        def tell(done: int, total: int) -> None:
            rate = f"{done / (perf_counter() - started):,.0f}"
            progress.update(task, completed=done, total=total, rate=rate)

        yield tell


@contextmanager
def _bar(console: "Console", search: Search) -> Iterator[Callable[[int], None]]:
    """Show how many runs are finished, with the rate and the time left."""
    with progress_bar(console, "settings") as progress:
        task = progress.add_task("Trying settings", total=search.total, rate="")
        started = perf_counter()

        def tell(finished: int) -> None:
            rate = f"{finished / (perf_counter() - started):,.0f}"
            progress.update(task, completed=finished, rate=rate)

        yield tell
