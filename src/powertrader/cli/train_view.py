"""What a person sees of a training: progress, and for each timeframe what was learnt from which candles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter

from rich.console import Console

from powertrader.backtest.past_market import past_market
from powertrader.backtest.request import ReplayRequest
from powertrader.bootstrap import build_trainer
from powertrader.cli import exit_codes
from powertrader.cli.home_advice import exclusive_in
from powertrader.cli.output import emit_json, people, plain_table, progress_bar, tell_made_up
from powertrader.cli.session import CommandSession, command_session
from powertrader.cli.stop import ctrl_c
from powertrader.core.config_sources import ConfigSources
from powertrader.core.exceptions import BadData, StorageError
from powertrader.core.storage import FileStore
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.models.types import CoinSymbol
from powertrader.trainer.coin_training import CoinReport, CoinTrainer, RunOptions
from powertrader.trainer.trainer_files import TrainerFiles
from powertrader.trainer.training_engine import TimeframeTraining


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What to train on: a candle folder or the synthetic market, until when, and whether anew."""

    folder: Path | None
    until: datetime | None
    reprocess: bool

    @property
    def made_up(self) -> bool:
        """Tell whether the market is synthetic."""
        return self.folder is None


@dataclass(slots=True)
class _Outcome:
    """The coins that were trained, those that could not be and why, and whether it was stopped."""

    reports: list[CoinReport]
    failures: dict[str, str]

    @property
    def interrupted(self) -> bool:
        """Tell whether a coin is half done."""
        return any(report.outcome == "interrupted" for report in self.reports)


def run_and_show(request: TrainRequest, sources: ConfigSources, home: Path | None, *, as_json: bool) -> int:
    """Train the coins of the settings, show it on stderr, and give the exit code."""
    with (
        command_session("trainer", home, sources, made_up=request.made_up, market=True) as session,
        exclusive_in(home, session.paths.process_lock("trainer")),
    ):
        outcome = _train(request, session)
    if as_json:
        coins = {report.coin: _as_json(report) for report in outcome.reports}
        emit_json({"coins": coins, "failed": outcome.failures, "data": str(session.paths.data)})
    if outcome.interrupted:
        people().print(
            "Stopped. Run the same command again: it goes on with the next timeframe.", style="yellow"
        )
        return exit_codes.INTERRUPTED
    return exit_codes.BAD_DATA if outcome.failures else exit_codes.OK


def _train(request: TrainRequest, session: CommandSession) -> _Outcome:
    """Train every coin that can be; one that cannot is told of and does not keep the others from it."""
    console = people()
    if request.made_up:
        tell_made_up(console, session.config.replay.seed)
    coins, trainer = _parts(request, session)
    outcome = _Outcome([], {})
    started = perf_counter()
    with progress_bar(console, "timeframes") as progress, ctrl_c() as pressed:
        task = progress.add_task("Training", total=len(coins) * len(TIMEFRAMES), rate="")

        def show(training: TimeframeTraining) -> None:
            done = progress.tasks[task].completed + 1
            rate = f"{done / (perf_counter() - started):,.0f}"
            progress.update(task, advance=1, rate=rate, description=f"Trained {training.timeframe}")

        options = RunOptions(lambda: bool(pressed), show, request.reprocess)
        for coin in coins:
            files = TrainerFiles(FileStore(session.paths.data), session.paths.coin(coin), coin)
            try:
                report = trainer.train(files, options)
            except (BadData, StorageError) as error:
                outcome.failures[coin] = str(error)
                progress.console.print(str(error), style="red", markup=False, soft_wrap=True)
                continue
            outcome.reports.append(report)
            _show(progress.console, report)
            if outcome.interrupted:
                break
    if outcome.reports:
        seconds = perf_counter() - started
        console.print(f"{seconds:.2f} s; saved in {session.paths.data}", soft_wrap=True, markup=False)
    return outcome


def _parts(request: TrainRequest, session: CommandSession) -> tuple[Sequence[CoinSymbol], CoinTrainer]:
    """Give the coins, and a trainer bound to where their candles come from.

    Raises BadData when the files cannot be used.
    """
    config = session.config
    candles = ReplayRequest(request.folder, stop=request.until).load(config)
    market, clock = past_market(config, candles, request.until)
    return tuple(candles), build_trainer(config, market, clock)


def _show(console: Console, report: CoinReport) -> None:
    left, right = ("timeframe", "from", "to"), ("candles", "patterns", "new", "matched", "limit %")
    failed = (
        f", {len(report.failures)} of {len(report.trainings)} timeframes failed" if report.failures else ""
    )
    table = plain_table(f"{report.coin} {report.outcome}{failed}", left, right)
    for training in report.trainings:
        table.add_row(*_row(training))
    console.print(table)
    for error in dict.fromkeys(map(str, report.failures)):
        console.print(f"{report.coin}: {error}", style="yellow", markup=False, soft_wrap=True)


def _row(training: TimeframeTraining) -> Iterable[str]:
    memory = training.memory
    return (
        training.timeframe.value,
        _day(training.first_time_s),
        _day(training.last_time_s),
        f"{training.candles_used:,}",
        "none" if memory is None else f"{len(memory):,}",
        f"{training.learnt:,}",
        f"{training.matched:,}",
        "" if training.threshold_pct is None else f"{training.threshold_pct:.3f}",
    )


def _as_json(report: CoinReport) -> dict[str, object]:
    return {
        "outcome": report.outcome,
        "timeframes": {
            training.timeframe.value: {
                "outcome": training.outcome,
                "candles": training.candles_used,
                "first_time_s": training.first_time_s,
                "last_time_s": training.last_time_s,
                "patterns": None if training.memory is None else len(training.memory),
                "learnt": training.learnt,
                "matched": training.matched,
                "threshold_pct": training.threshold_pct,
                "error": None if training.error is None else str(training.error),
            }
            for training in report.trainings
        },
    }


def _day(time_s: int | None) -> str:
    return "" if time_s is None else f"{utc_of(time_s):%Y-%m-%d}"
