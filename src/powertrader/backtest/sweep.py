"""A sweep: try many settings on the same market, keep every result, and judge the best."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

from powertrader.backtest.sweep_crew import Crew
from powertrader.backtest.sweep_files import append_rows, read_rows
from powertrader.backtest.sweep_groups import Groups
from powertrader.backtest.sweep_market import Tried
from powertrader.backtest.sweep_ranking import Ranking, Row
from powertrader.backtest.sweep_search import Search
from powertrader.backtest.sweep_space import Point
from powertrader.core.exceptions import BadData
from powertrader.core.storage import FileStore


@dataclass(frozen=True, slots=True)
class SweepParts:
    """What a sweep consists of; folder takes a line for each run."""

    search: Search
    crew: Crew
    groups: Groups
    ranking: Ranking
    folder: Path


def run_sweep(parts: SweepParts, store: FileStore, go_on: Callable[[int], bool]) -> bool:
    """Run what the folder does not hold yet; True when all is done.

    go_on is told how many runs are finished, and stops the sweep by saying no. Raises BadData when the
    folder holds other runs than these, StorageError when a run cannot be written.
    """
    earlier = read_rows(parts.folder)
    finished = 0
    for points in parts.search.generations():
        scores = []
        for rows in _rows(parts, points, finished, (earlier, store)):
            scores += [parts.ranking.add(row) for row in rows]
            if not go_on(finished + len(scores)) and finished + len(scores) < parts.search.total:
                return False
        finished += len(points)
        parts.search.tell(scores)
    return True


def _rows(
    parts: SweepParts, points: Sequence[Point], first: int, files: tuple[Iterator[Row], FileStore]
) -> Iterator[list[Row]]:
    """Give the rows of some points, those that are on file first."""
    earlier, store = files
    known = list(islice(earlier, len(points)))
    for row, point in zip(known, points, strict=False):
        if row.point != point:
            msg = f"{parts.folder}: run {row.trial} is of {dict(row.point)}, not of {dict(point)}"
            raise BadData(msg)
    if known:
        yield known
    numbered = enumerate(points[len(known) :], start=first + len(known))
    for tried in _tried(parts, points[len(known) :]):
        rows = [Row(trial, point, one) for one, (trial, point) in zip(tried, numbered, strict=False)]
        append_rows(rows, parts.folder, store)
        yield rows


def _tried(parts: SweepParts, points: Sequence[Point]) -> Iterator[list[Tried]]:
    """Try points; those of one market together, without changing their order."""
    for group, same in groupby(points, key=parts.groups.of):
        yield from parts.crew.run(group, list(same))
