"""What a person sees of shadow mode: what is compared, each difference once, and the summary."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from powertrader.bootstrap_venues import (
    ONCE,
    VenueContext,
    follower_of,
    market_client,
    market_clock_of,
    pair_rules,
    quote_source,
)
from powertrader.cli import exit_codes
from powertrader.cli.output import emit_json, people, plain_table
from powertrader.cli.session import CommandSession, command_session
from powertrader.cli.worker import Worker, worker
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources, read_sources
from powertrader.core.loop import Loop, LoopPorts
from powertrader.core.original_folder import OriginalFolder
from powertrader.core.paths import find_home, paths_of
from powertrader.core.storage import FileStore
from powertrader.models.snapshot import SHADOW
from powertrader.models.status import Heartbeat
from powertrader.shadow.diary import PREFIX, Counts, Diary, days_of
from powertrader.shadow.install import find_install, refuse_home_inside
from powertrader.shadow.runner import ShadowPorts, ShadowRunner
from powertrader.shadow.timing import ShadowTiming
from powertrader.thinker.candle_feed import CandleFeed

ONCE_S: Final = 60.0
UNEXPLAINED: Final = ("signals_differing", "decisions_differing", "trades_extra", "trades_missing")
_ROWS: Final = ("signals", "decisions", "trades")


@dataclass(frozen=True, slots=True)
class ShadowRequest:
    """What was asked for: the folder, and when to end."""

    folder: Path
    hub_data: Path | None
    seconds: float | None
    sweeps: int | None
    once: bool
    settle_s: float


def run_and_show(request: ShadowRequest, sources: ConfigSources, home: Path | None, *, as_json: bool) -> int:
    """Compare until stopped, and give the exit code."""
    folder = find_install(request.folder, request.hub_data)
    # before the first file is made, be it a log or a lock
    refuse_home_inside(folder, paths_of(find_home(home), read_sources(sources).config.paths.main_neural_dir))
    with worker(SHADOW, home, sources, market=False) as process:
        runner, diary, beat = _run(request, process, folder)
        _show(runner, diary)
        if as_json:
            emit_json(_summary(runner, diary, folder, beat))
    return _exit_code(diary.totals)


def report_and_show(
    request: ShadowRequest, sources: ConfigSources, home: Path | None, *, as_json: bool
) -> int:
    """Show what earlier runs found, by day, and give the exit code of all of them together."""
    folder = find_install(request.folder, request.hub_data)
    with command_session(SHADOW, home, sources) as session:
        days = dict(days_of(session.paths.results, folder.root, FileStore(session.paths.root)))
    if as_json:
        emit_json({"original": str(folder.root), "days": days})
    console = people()
    if not days:
        console.print(f"No shadow run beside {folder.root} has been made yet.", markup=False, soft_wrap=True)
        return exit_codes.DIFFERENT
    table = plain_table(f"Beside {folder.root}", ("Day (UTC)",), ("Sweeps", *_HEADS))
    totals: Counts = {}
    for day, counts in days.items():
        table.add_row(day, str(counts.get("sweeps", 0)), *_cells(counts))
        for name, number in counts.items():
            totals[name] = totals.get(name, 0) + number
    console.print(table)
    return _exit_code(totals)


_HEADS: Final = ("Signals equal", "differ", "Decisions equal", "explained", "differ", "Trades ok", "differ")


def _cells(counts: Counts) -> list[str]:
    def number(*names: str) -> str:
        return str(sum(counts.get(name, 0) for name in names))

    return [
        number("signals_equal"),
        number("signals_differing"),
        number("decisions_equal"),
        number("decisions_explained"),
        number("decisions_differing"),
        number("trades_matched"),
        number("trades_extra", "trades_missing"),
    ]


def _run(
    request: ShadowRequest, process: Worker, folder: OriginalFolder
) -> tuple[ShadowRunner, Diary, Heartbeat]:
    session, alarm, wall = process.session, process.alarm, SystemClock()
    diary = _diary(session, folder, wall.now())
    runner = ShadowRunner(_ports(session, folder, diary, wall), ShadowTiming(settle_s=request.settle_s))
    loop = Loop(SHADOW, "", LoopPorts(wall, alarm, session.heartbeat(SHADOW)))
    until = _end_of(request, wall.now())
    people().print(
        f"Shadow of {folder.root}: reads only, never trades. Differences go to {diary.folder}",
        markup=False,
        soft_wrap=True,
    )

    def step() -> None:
        runner.sweep()
        if _is_over(request, runner) or (until is not None and wall.now() >= until):
            alarm.stop()

    def pace_s() -> float:
        return session.config.trader.step_s

    loop.run(step, pace_s, request.sweeps)
    runner.save()
    return runner, diary, loop.heartbeat


def _ports(session: CommandSession, folder: OriginalFolder, diary: Diary, wall: SystemClock) -> ShadowPorts:
    market = market_clock_of(session.config, wall)
    context = VenueContext(session.config, session.paths, wall, market, session.redactor)
    feed = CandleFeed(market_client(context, ONCE), market, wall)
    quote_asset = session.config.trading.quote_asset
    return ShadowPorts(
        folder,
        feed,
        quote_source(context, ONCE),
        lambda: pair_rules(context),
        market,
        follower_of(market),
        wall,
        diary,
        quote_asset,
        session.config.trader.signal_max_age_s,
    )


def _diary(session: CommandSession, folder: OriginalFolder, now: datetime) -> Diary:
    name = f"{PREFIX}{now.astimezone(UTC):%Y%m%d-%H%M%S}-{os.getpid()}"
    results = session.paths.results
    return Diary(results / name, folder.root, FileStore(results), now)


def _end_of(request: ShadowRequest, now: datetime) -> datetime | None:
    seconds = request.seconds if request.seconds is not None else ONCE_S if request.once else None
    return None if seconds is None else datetime.fromtimestamp(now.timestamp() + seconds, UTC)


def _is_over(request: ShadowRequest, runner: ShadowRunner) -> bool:
    return request.once and runner.signals.compared_coins >= set(runner.coins)


def _exit_code(counts: Counts) -> int:
    compared = counts.get("signals_compared", 0) + counts.get("decisions_compared", 0)
    unexplained = sum(counts.get(name, 0) for name in UNEXPLAINED)
    return exit_codes.DIFFERENT if unexplained or not compared else exit_codes.OK


def _show(runner: ShadowRunner, diary: Diary) -> None:
    console, counts = people(), diary.totals
    sweeps = counts.get("sweeps", 0)
    table = plain_table(f"{sweeps} {'sweep' if sweeps == 1 else 'sweeps'}", ("",), ("Number",))
    for row in _ROWS:
        for name, number in counts.items():
            if name.startswith(f"{row}_"):
                table.add_row(name.replace("_", " "), str(number))
    if table.row_count:
        console.print(table)
    for coin, reason in sorted(runner.signals.reasons.items()):
        console.print(f"{coin} signal not compared at the end: {reason}", markup=False, soft_wrap=True)
    if runner.silence:
        console.print(f"Decisions not compared at the end: {runner.silence}", markup=False, soft_wrap=True)
    verdict = "differences without an explanation" if _exit_code(counts) else "nothing unexplained"
    if not (counts.get("signals_compared", 0) + counts.get("decisions_compared", 0)):
        verdict = "nothing could be compared"
    told = f"{counts.get('findings', 0)} differences, each told once, in {diary.folder}"
    console.print(f"Result: {verdict}. {told}", markup=False, soft_wrap=True)


def _summary(
    runner: ShadowRunner, diary: Diary, folder: OriginalFolder, beat: Heartbeat
) -> dict[str, object]:
    return {
        "original": str(folder.root),
        "results": str(diary.folder),
        "coins": list(runner.coins),
        **diary.totals,
        "unexplained": sum(diary.totals.get(name, 0) for name in UNEXPLAINED),
        "not_compared": dict(runner.signals.reasons),
        "trader": runner.silence,
        "errors": beat.errors,
        "last_error": beat.last_error,
    }
