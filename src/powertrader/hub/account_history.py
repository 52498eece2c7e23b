"""AccountHistory: what the account was worth over time, and the reader that follows its files."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeGuard

import numpy as np
import orjson

from powertrader.core.exceptions import StorageError
from powertrader.core.file_operations import reason_of
from powertrader.core.paths import HomePaths
from powertrader.hub.account_pyramid import (
    HIGH,
    LAST,
    LOW,
    START_S,
    WIDTHS_S,
    GrowingLevel,
    PyramidLevel,
    Table,
    grouped,
)
from powertrader.models.types import FloatArray

MOST_POINTS: Final = 2000
"""A curve has no more points than this, however long its span."""
_POINTS_OF_STRETCH: Final = 3
_CENTS: Final = 2
_LATEST_S: Final = 253_402_300_800.0
"""The year 10000; what claims to be later is no time in seconds."""
_BLOCK: Final = 256 * 1024
"""So many bytes are parsed at once: the window's thread gets its turn between two blocks."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A line to draw: times in seconds since 1970, and values; where a stretch rose and fell, both ends."""

    times_s: FloatArray
    values: FloatArray

    def __len__(self) -> int:
        """Count the points."""
        return len(self.times_s)


@dataclass(frozen=True, slots=True, eq=False)
class AccountHistory:
    """The account value in the quote asset to the cent, by the second; threads may share it."""

    levels: tuple[PyramidLevel, ...] = tuple(map(PyramidLevel, WIDTHS_S))

    @classmethod
    def of(cls, times_s: Sequence[float], values: Sequence[float]) -> "AccountHistory":
        """Give the history of points in any order; times in seconds since 1970."""
        growing = GrowingHistory()
        growing.add(np.asarray(times_s, np.float64), np.asarray(values, np.float64))
        return growing.history()

    def __len__(self) -> int:
        """Count the seconds that have a value."""
        return len(self.levels[0])

    @property
    def first_s(self) -> float | None:
        """The time of the oldest value, None without one."""
        finest = self.levels[0]
        table = finest.closed if finest.closed.shape[1] else finest.newest
        return float(table[START_S, 0]) if table.shape[1] else None

    @property
    def last_s(self) -> float | None:
        """The time of the newest value, None without one."""
        newest = self.levels[0].newest
        return float(newest[START_S, -1]) if newest.shape[1] else None

    @property
    def last_value(self) -> float | None:
        """The newest value, None without one."""
        newest = self.levels[0].newest
        return float(newest[LAST, -1]) if newest.shape[1] else None

    def between(self, start_s: float, end_s: float, most: int = MOST_POINTS) -> Curve:
        """Give the line from start_s to end_s with at most so many points, highs and lows never left out."""
        span_s = max(end_s - start_s, 1.0)
        for points in (1, _POINTS_OF_STRETCH):
            # a span touches one stretch more at either end
            table = self._stretches(start_s, end_s, span_s / max(most // points - 2, 1))
            if _point_count(table) <= most:
                break
        return _curve(table)

    def _stretches(self, start_s: float, end_s: float, width_s: float) -> Table:
        fitting = [level for level in self.levels if level.width_s <= width_s]
        level = fitting[-1] if fitting else self.levels[0]
        # a stretch that began before the span reaches into it
        table = level.between(start_s // level.width_s * level.width_s, end_s)
        if width_s <= level.width_s:
            return table
        return grouped(table, level.width_s * math.ceil(width_s / level.width_s))


def _point_count(table: Table) -> int:
    return int(table.shape[1] + 2 * np.count_nonzero(table[LOW] != table[HIGH]))


def _curve(table: Table) -> Curve:
    """Give the points of stretches: its last value, after low and high where these differ."""
    moved = table[LOW] != table[HIGH]
    counts = np.where(moved, _POINTS_OF_STRETCH, 1)
    ends = np.cumsum(counts) - 1
    times = np.repeat(table[START_S], counts)
    values = np.repeat(table[LAST], counts)
    values[ends[moved] - 2] = table[LOW][moved]
    values[ends[moved] - 1] = table[HIGH][moved]
    return Curve(times, values)


class GrowingHistory:
    """An AccountHistory that points are added to."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._levels = tuple(map(GrowingLevel, WIDTHS_S))
        self._newest_s = -math.inf

    def add(self, times_s: FloatArray, values: FloatArray) -> bool:
        """Take points in any order, and tell whether one was taken; what is not above 0 is left out."""
        with np.errstate(invalid="ignore"):
            right = (times_s > 0) & (times_s < _LATEST_S) & np.isfinite(values) & (values > 0)
        if not bool(right.any()):
            return False
        rounded = np.round(values[right], _CENTS)
        table = np.stack((np.floor(times_s[right]), rounded, rounded, rounded))
        if table[START_S].min() < self._newest_s:
            # a clock was set back: rare, and worth a new pyramid
            table = np.concatenate((self._levels[0].level().all(), table), axis=1)
            self._levels = tuple(map(GrowingLevel, WIDTHS_S))
        if bool((np.diff(table[START_S]) < 0).any()):
            table = table[:, np.argsort(table[START_S], kind="stable")]
        for level in self._levels:
            level.add(table)
        self._newest_s = float(table[START_S, -1])
        return True

    def points(self) -> tuple[FloatArray, FloatArray]:
        """Give times and newest values of all seconds that are known."""
        table = self._levels[0].level().all()
        return table[START_S], table[LAST]

    def history(self) -> AccountHistory:
        """Give what is known now."""
        return AccountHistory(tuple([level.level() for level in self._levels]))


_NO_HISTORY: Final = AccountHistory()
NAMELESS: Final = ""
"""Stands for the ledger of values that do not say whose they are."""
_LIVE: Final = "live-"


class AccountHistoryReader:
    """Follows the files of the account value: each byte is read once, in whatever file it lies by then.

    The history is that of the ledger whose value came last: paper money and real money are no line. What
    does not say whose it is, as the original's values, belongs to the live account.
    """

    def __init__(self, paths: HomePaths) -> None:
        """Bind the files; nothing is read yet."""
        self._paths = paths
        self._newest = _NO_HISTORY
        self._begin_anew()

    def read(self) -> tuple[AccountHistory, bool]:
        """Give the history, and whether it is another one than last time.

        Lines that cannot be read are left out, one that is being written waits. Raises StorageError when
        a file cannot be read.
        """
        changed = False
        sizes = self._sizes()
        if any(sizes.get(name, (None, 0))[1] < offset for name, offset in self._offsets.items()):
            # a file is gone or shorter: another history stands in its place
            changed = self._newest is not _NO_HISTORY
            self._begin_anew()
        for name, (path, size) in sizes.items():
            if path is not None and size > self._offsets.get(name, 0):
                changed = self._follow(name, path) or changed
        if changed:
            self._newest = self._of(self._ledger).history()
        return self._newest, changed

    def _begin_anew(self) -> None:
        self._ledger = NAMELESS
        self._growing = {NAMELESS: GrowingHistory()}
        self._offsets: dict[str, int] = {}
        self._newest = _NO_HISTORY

    def _sizes(self) -> dict[str, tuple[Path | None, int]]:
        """Give path and size of each file by what stays when it gets another name, oldest first."""
        found: dict[str, tuple[Path | None, int]] = {}
        for path in (*self._paths.account_value_months(), self._paths.account_value_history):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _unreadable(path, error) from error
            found[f"{status.st_dev}-{status.st_ino}" if status.st_ino else path.name] = (path, status.st_size)
        return found

    def _of(self, ledger: str) -> GrowingHistory:
        if ledger not in self._growing:
            self._growing[ledger] = GrowingHistory()
            if ledger.startswith(_LIVE):
                known = self._growing[NAMELESS].points()
                self._growing[ledger].add(*known)
        return self._growing[ledger]

    def _take(self, points: Mapping[str, list[tuple[float, float]]]) -> bool:
        """Give each ledger its points, and tell whether one was taken; the last of them is the newest."""
        taken = False
        for ledger, found in points.items():
            pairs = np.array(found, dtype=np.float64)
            whose = {ledger} | {one for one in self._growing if ledger == NAMELESS and one.startswith(_LIVE)}
            for one in sorted(whose):
                if self._of(one).add(pairs[:, 0], pairs[:, 1]):
                    self._ledger, taken = ledger, True
        return taken

    def _follow(self, name: str, path: Path) -> bool:
        changed = False
        try:
            with path.open("rb") as stream:
                stream.seek(self._offsets.get(name, 0))
                for block in _blocks(iter(lambda: stream.read(_BLOCK), b"")):
                    changed = self._take(_points(block)) or changed
                    self._offsets[name] = self._offsets.get(name, 0) + len(block)
        except FileNotFoundError:
            # it got another name just now; it is found under that the next time
            return changed
        except OSError as error:
            raise _unreadable(path, error) from error
        return changed


def _blocks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Give whole lines of what is read in parts; an unfinished one at the end is left out."""
    rest = b""
    for part in parts:
        whole, feed, end = part.rpartition(b"\n")
        if not feed:
            rest += part
            continue
        yield rest + whole + feed
        rest = end


def _points(lines: bytes) -> Mapping[str, list[tuple[float, float]]]:
    """Give times and values of lines by ledger, that of the last line last."""
    try:
        found = orjson.loads(b"[" + lines.rstrip().replace(b"\n", b",") + b"]")
    except orjson.JSONDecodeError:
        found = [_parsed(line) for line in lines.splitlines()]
    points: dict[str, list[tuple[float, float]]] = {}
    ledger = None
    for one in found:
        if not isinstance(one, dict):
            continue
        time_s, value = one.get("ts"), one.get("total_account_value")
        if _is_number(time_s) and _is_number(value):
            ledger = str(one.get("ledger") or NAMELESS)
            points.setdefault(ledger, []).append((time_s, value))
    if ledger is not None:
        points[ledger] = points.pop(ledger)
    return points


def _parsed(line: bytes) -> object:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def _is_number(found: object) -> TypeGuard[float]:
    return isinstance(found, int | float) and not isinstance(found, bool)


def _unreadable(path: Path, error: OSError) -> StorageError:
    return StorageError(f"{path} cannot be read: {reason_of(path, error)}")
