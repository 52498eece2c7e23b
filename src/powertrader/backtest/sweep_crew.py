"""Who tries the points of a sweep: threads of this process, or processes of this computer.

Results come in the order of the points, whoever makes them and however many there are.
"""

import itertools
import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from powertrader.backtest.sweep_groups import Group, Groups
from powertrader.backtest.sweep_market import SweepMarket, Tried, mapped_market, save_market, try_points
from powertrader.backtest.sweep_space import Point
from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import PowerTraderError, StorageError

Batch: TypeAlias = Sequence[Point]

LARGEST_BATCH: Final = 32
COIN_STEPS_IN_A_BATCH: Final = 20_000_000
"""About half a second of one core: short enough to stop soon, long enough to be worth sending."""
MOST_PROCESSES: Final = 60
"""Windows waits for no more."""
MOST_RESTARTS: Final = 3
_KEPT: Final = 2


class WorkersLost(PowerTraderError):
    """Whoever calculates keeps dying; what is finished is on the disk, and --resume goes on from there."""


class Crew(Protocol):
    """Tries points; close lets go of whoever does it."""

    def run(self, group: Group, points: Sequence[Point]) -> Iterator[list[Tried]]:
        """Give what the points of one group did, some at a time, in their order."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...


def batches_of(points: Sequence[Point], market: SweepMarket) -> list[Batch]:
    """Cut points into pieces of work; the pieces change no result."""
    size = max(1, min(LARGEST_BATCH, COIN_STEPS_IN_A_BATCH // max(market.coin_steps, 1)))
    return [points[start : start + size] for start in range(0, len(points), size)]


class Threads:
    """Compiled code on the threads of this process: no start, and nothing to copy."""

    def __init__(self, base: TradingConfig, groups: Groups, threads: int) -> None:
        """Bind the settings and the markets."""
        self._base, self._groups, self._threads = base, groups, threads

    def run(self, group: Group, points: Sequence[Point]) -> Iterator[list[Tried]]:
        """Try the points one batch after the other."""
        market = self._groups.market(group)
        for batch in batches_of(points, market):
            yield market.tried(self._base, batch, self._threads)

    def close(self) -> None:
        """Do nothing: threads end with their batch."""


class Processes:
    """Processes that map the same arrays; one that dies is replaced, and its work is done again."""

    def __init__(self, base: TradingConfig, groups: Groups, workers: int, folder: Path) -> None:
        """Bind the settings and the markets; folder takes the shared arrays until the end."""
        self._base, self._groups, self._folder = base, groups, folder
        self._workers = min(workers, MOST_PROCESSES)
        # what a sweep that was killed has left here
        shutil.rmtree(folder, ignore_errors=True)
        self._pool = self._started()
        self._shared: dict[Group, Path] = {}
        self._numbers = itertools.count()

    def run(self, group: Group, points: Sequence[Point]) -> Iterator[list[Tried]]:
        """Let the processes try the points."""
        batches = batches_of(points, self._groups.market(group))
        folder = self._share(group)
        done = restarts = 0
        while done < len(batches):
            try:
                for tried in self._results(folder, batches[done:]):
                    done += 1
                    yield tried
            except BrokenProcessPool as error:
                restarts += 1
                if restarts > MOST_RESTARTS:
                    msg = f"processes of the sweep were ended {restarts} times; use fewer with --workers"
                    raise WorkersLost(msg) from error
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = self._started()

    def close(self) -> None:
        """End the processes and remove the shared arrays."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _started(self) -> ProcessPoolExecutor:
        # a fork of a process with threads may hang
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=context, initializer=_begin)

    def _results(self, folder: Path, batches: Sequence[Batch]) -> Iterator[list[Tried]]:
        waiting: list[Future[list[Tried]]] = [
            self._pool.submit(_try_mapped, folder, self._base, batch) for batch in batches
        ]
        try:
            for future in waiting:
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()

    def _share(self, group: Group) -> Path:
        if group not in self._shared:
            for old in list(self._shared)[: 1 - _KEPT]:
                shutil.rmtree(self._shared.pop(old), ignore_errors=True)
            # a name is never used again: processes remember what they have mapped
            place = self._folder / str(next(self._numbers))
            try:
                place.mkdir(parents=True)
                save_market(self._groups.market(group), place)
            except OSError as error:
                msg = f"{place} cannot hold the shared prices: {error.strerror or error}; check the space"
                raise StorageError(msg) from error
            self._shared[group] = place
        return self._shared[group]


def _begin() -> None:
    """Let the parent alone answer Ctrl-C, which the whole group of processes is sent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        # a pool waits for ever for work of a parent that was killed
        os._exit(1)


def _try_mapped(folder: Path, base: TradingConfig, points: Batch) -> list[Tried]:
    return try_points(mapped_market(folder), base, points)
