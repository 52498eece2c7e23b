"""read_snapshot: what all workers of a home tell through their files, put together as one typed value."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar, get_args

from powertrader.core.coin_paths import CoinPaths
from powertrader.core.command_box import waiting_in
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.mailbox import HEARTBEAT, OBSERVERS, PROCESS, THINKER, TRADER, Mailbox
from powertrader.core.market_claim import LOCAL, market_of
from powertrader.core.paths import HomePaths
from powertrader.core.process_identity import running_as
from powertrader.core.process_state import process_view
from powertrader.core.snapshot_training import TrainingReader
from powertrader.core.snapshot_venues import venue_uses
from powertrader.models.observers import ObserverReport
from powertrader.models.snapshot import PROCESSES, SHADOW, CoinView, ProcessView, Snapshot, TrainingView
from powertrader.models.status import PositionStatus, ThinkerReport, TraderReport
from powertrader.models.types import CoinSymbol, Environment

_MARKET_TOLD_S: Final = 120.0
"""A report that is older does not tell the market's time any more."""
Found = TypeVar("Found")


@dataclass(slots=True)
class _Reading:
    """One look at the files of a home; what cannot be read is noted and left out."""

    paths: HomePaths
    mailbox: Mailbox
    now: datetime
    problems: list[str] = field(default_factory=list)

    def attempt(self, read: Callable[[], Found | None]) -> Found | None:
        try:
            return read()
        except PowerTraderError as error:
            self.problems.append(str(error))
            return None


@dataclass(frozen=True, slots=True)
class _Told:
    """What the workers' reports tell of coins, by coin."""

    waiting: Mapping[CoinSymbol, str]
    verdicts: Mapping[CoinSymbol, str]
    positions: Mapping[CoinSymbol, PositionStatus]
    frozen: Mapping[CoinSymbol, str]
    halts: Mapping[str, str]


class SnapshotReader:
    """Reads snapshots of a home again and again; what did not change is not read again."""

    def __init__(self, paths: HomePaths, mailbox: Mailbox) -> None:
        """Bind the files; nothing is read yet."""
        self._paths = paths
        self._mailbox = mailbox
        self._trainings = TrainingReader(mailbox)
        self._files: dict[CoinSymbol, CoinPaths] = {}

    def read(self, coins: Iterable[CoinSymbol], now: datetime) -> Snapshot:
        """Give how the processes of the home and its coins stand; nothing is asked of any venue.

        coins: those of the settings, shown until a worker of this home has told which ones it works on.
        A damaged file is moved aside as everywhere; it is named among the problems and the rest is read.
        """
        paths, mailbox = self._paths, self._mailbox
        reading = _Reading(paths, mailbox, now)
        processes = (*[_process(reading, process) for process in PROCESSES], *_beside(reading))
        thinker = reading.attempt(lambda: mailbox.read(paths.thinker_report, THINKER))
        trader = _newest_trader(reading)
        market_at: datetime | None = now
        if reading.attempt(lambda: market_of(paths)) == LOCAL:
            market_at = _told_market_time(thinker, trader, now)
        venues = reading.attempt(lambda: tuple(venue_uses(paths, mailbox, now))) or ()
        told = _told(thinker, trader)
        worked_on = (_coins_of(thinker) if thinker is not None else ()) or (*told.verdicts, *told.frozen)
        held = [coin for coin, position in told.positions.items() if position.quantity]
        shown = dict.fromkeys((*(worked_on or coins), *held))
        return Snapshot(
            now,
            market_at,
            processes,
            tuple([self._coin(reading, coin, told, market_at) for coin in shown]),
            thinker,
            trader,
            _observers(reading),
            _free(paths),
            tuple(reading.problems),
            venues,
            0 if trader is None else waiting_in(paths.commands(trader.mode, trader.account)),
        )

    def _coin(self, reading: _Reading, coin: CoinSymbol, told: _Told, market_at: datetime | None) -> CoinView:
        files = self._files.get(coin)
        if files is None:
            files = self._files[coin] = self._paths.coin(coin)
        return CoinView(
            coin,
            reading.attempt(lambda: self._trainings.read(files, market_at)) or TrainingView(),
            reading.attempt(lambda: self._mailbox.read_signal(coin)),
            told.waiting.get(coin, ""),
            told.verdicts.get(coin, ""),
            told.positions.get(coin),
            told.frozen.get(coin, ""),
            told.halts.get(coin, ""),
        )


def read_snapshot(paths: HomePaths, mailbox: Mailbox, coins: Iterable[CoinSymbol], now: datetime) -> Snapshot:
    """Give how everything stands, once."""
    return SnapshotReader(paths, mailbox).read(coins, now)


def _process(reading: _Reading, process: str) -> ProcessView:
    paths, mailbox = reading.paths, reading.mailbox
    beat = reading.attempt(lambda: mailbox.read(paths.heartbeat(process), HEARTBEAT))
    record = reading.attempt(lambda: mailbox.read(paths.process_record(process), PROCESS))
    running = reading.attempt(lambda: running_as(process, paths, lambda: record))
    return process_view(process, running.pid if running else None, beat, record, reading.now)


def _beside(reading: _Reading) -> Iterator[ProcessView]:
    """Give the shadow of an original, where one runs or ran."""
    view = _process(reading, SHADOW)
    if view.pid is not None or view.heartbeat is not None:
        yield view


def _newest_trader(reading: _Reading) -> TraderReport | None:
    paths = reading.paths
    found: list[TraderReport] = []
    for mode in get_args(Environment):
        for path in sorted(paths.hub_data.glob(paths.trader_report(mode, "*").name)):
            report = reading.attempt(partial(reading.mailbox.read, path, TRADER))
            found += [report] if report is not None else []
    return max(found, key=lambda report: report.at, default=None)


def _told_market_time(
    thinker: ThinkerReport | None, trader: TraderReport | None, now: datetime
) -> datetime | None:
    """Give the time of a local exchange's market, None when no worker has told it lately."""
    told = [(one.at, one.market_at) for one in (thinker, trader) if one is not None]
    if not told:
        return None
    at, market_at = max(told)
    return market_at if abs(now - at) <= timedelta(seconds=_MARKET_TOLD_S) else None


def _told(thinker: ThinkerReport | None, trader: TraderReport | None) -> _Told:
    waiting = dict(thinker.waiting) if thinker else {}
    if trader is None:
        return _Told(waiting, {}, {}, {}, {})
    positions = {one.coin: one for one in trader.status.positions} if trader.status else {}
    return _Told(waiting, dict(trader.verdicts), positions, dict(trader.frozen), dict(trader.halts))


def _coins_of(report: ThinkerReport) -> tuple[CoinSymbol, ...]:
    return (*report.ready, *(coin for coin, _ in report.waiting))


def _observers(reading: _Reading) -> tuple[ObserverReport, ...]:
    paths = reading.paths
    found = [
        reading.attempt(partial(reading.mailbox.read, paths.observers(process), OBSERVERS))
        for process in PROCESSES
    ]
    return tuple([report for report in found if report is not None])


def _free(paths: HomePaths) -> int | None:
    """Give the free space where the data lies, None when that cannot be told."""
    folder = paths.data if paths.data.is_dir() else paths.root
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
