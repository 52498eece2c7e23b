"""What a person sees of a training: progress, and for each timeframe what was learnt from which candles."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter

from rich.console import Console

from powertrader.backtest.request import ReplayRequest
from powertrader.bootstrap import build_market, build_trainer
from powertrader.bootstrap_venues import VenueContext, market_client, market_clock_of
from powertrader.cli import exit_codes
from powertrader.cli.output import emit_json, people, plain_table, progress_bar, tell_made_up
from powertrader.cli.session import CommandSession, command_session
from powertrader.cli.stop import ctrl_c
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources
from powertrader.core.exceptions import BadData, StorageError
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.models.candle import CandleHistory
from powertrader.models.moment import utc_of
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import CoinSymbol
from powertrader.trainer.coin_training import CoinReport, CoinTrainer, HistorySource, RunOptions
from powertrader.trainer.trainer_files import TrainerFiles
from powertrader.trainer.training_engine import TimeframeTraining


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What to train on: a candle folder, a venue or the synthetic market, until when, and whether anew."""

    folder: Path | None
    until: datetime | None
    reprocess: bool
    from_exchange: bool = False

    @property
    def made_up(self) -> bool:
        """Tell whether the market is synthetic."""
        return self.folder is None and not self.from_exchange


@dataclass(frozen=True, slots=True)
class _Telling:
    """A source of candles that tells what it is asked for: downloads take their time."""

    source: HistorySource
    tell: Callable[[CoinSymbol, Timeframe], None]

    def history(self, coin: CoinSymbol, timeframe: Timeframe) -> CandleHistory:
        """Give the closed candles of the source."""
        self.tell(coin, timeframe)
        return self.source.history(coin, timeframe)


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
        exclusive(session.paths.process_lock("trainer")),
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

        def tell(coin: CoinSymbol, timeframe: Timeframe) -> None:
            progress.update(task, description=f"Reading {coin} {timeframe}")

        trainer = replace(trainer, market=_Telling(trainer.market, tell))
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

    Raises RetryLater or Rejected when the venue cannot be asked, BadData when the files cannot be used.
    """
    config = session.config
    if not request.from_exchange:
        candles = ReplayRequest(request.folder, stop=request.until).load(config)
        market, clock = build_market(config, candles, request.until)
        return tuple(candles), build_trainer(config, market, clock)
    wall = SystemClock()
    context = VenueContext(config, session.paths, wall, market_clock_of(config, wall), session.redactor)
    source = market_client(context)
    coins = config.trading.coins
    # one quick question first: without a network every timeframe of every coin would wait for its retries
    priced = source.get_quotes(coins)
    for coin in coins:
        if coin not in priced:
            venue, asset = config.exchange.candles_from, config.trading.quote_asset
            text = f"{venue} has no price of {coin}: is it traded there against {asset}?"
            people().print(text, style="yellow", markup=False, soft_wrap=True)
    return coins, build_trainer(config, source, context.market)


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
