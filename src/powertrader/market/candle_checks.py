"""What can be wrong with the rows of a candle file, and what repairing does about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from powertrader.core.exceptions import BadData
from powertrader.market.candle_tables import CandleTable
from powertrader.models.candle import Candles
from powertrader.models.moment import utc_of
from powertrader.models.types import BoolArray, FloatArray, IntArray

_DAY_S: Final = 86400
_WEEK_S: Final = 7 * _DAY_S
_END_OF_9999_S: Final = 253_402_300_800
MOST_MISTIMED: Final = 0.1
"""Largest part of the rows that repair leaves out for their times; more means a wrong name or unit."""
FEW_ROWS: Final = 10
"""So many rows with wrong times are left out whatever part they are: a short file proves nothing."""
_NAMES: Final = ("open time", "open", "high", "low", "close", "volume")


class FlawKind(StrEnum):
    """What is wrong with a row, worst first; a row counts under the first that fits."""

    UNREADABLE = "unreadable"
    NOT_FINITE = "not finite"
    IMPOSSIBLE_TIME = "impossible time"
    MISALIGNED = "misaligned"
    NOT_POSITIVE = "not positive"
    LOW_ABOVE_HIGH = "low above high"
    OUTSIDE_RANGE = "outside low to high"
    NEGATIVE_VOLUME = "negative volume"
    DISORDER = "disorder"
    DUPLICATE = "duplicate"
    GAP = "gap"


_REMEDIES: Final[Mapping[FlawKind, str]] = {
    FlawKind.DISORDER: "rows sorted by time",
    FlawKind.DUPLICATE: "the last row of a time kept, the others left out",
    FlawKind.GAP: "left open, nothing is invented",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of flaw: how often, and where first.

    count: rows, for a gap missing candles. first_row counts from 1 below the header, for a gap it is
    the row after it. problem says of that row what was found and what was expected.
    """

    kind: FlawKind
    count: int
    first_row: int
    first_open_time_s: int | None
    problem: str

    @property
    def remedy(self) -> str:
        """What repairing does about it."""
        return _REMEDIES.get(self.kind, "left out by --repair")

    @property
    def place(self) -> str:
        """Row and, where it can be known, time of the first."""
        when = "" if self.first_open_time_s is None else f" (open time {time_text(self.first_open_time_s)})"
        return f"row {self.first_row}{when}"

    def __str__(self) -> str:
        """Say in one sentence what was found and what repairing does about it."""
        return f"{self.kind}: {self.count}, first at {self.place}: {self.problem} ({self.remedy})"


@dataclass(frozen=True, slots=True)
class CandleReport:
    """How a file was read: rows in it, candles taken, what was found wrong, what else to know."""

    rows: int
    candles: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    def count(self, kind: FlawKind) -> int:
        """Count one kind of flaw."""
        return next((finding.count for finding in self.findings if finding.kind is kind), 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Rows that are candles at least by their numbers: time in seconds, cells and row number."""

    time_s: IntArray
    cells: FloatArray
    row_number: IntArray

    def chosen(self, which: IntArray | BoolArray) -> "_Rows":
        return _Rows(self.time_s[which], self.cells[:, which], self.row_number[which])


def time_text(open_time_s: int) -> str:
    """Show seconds since 1970 as 2020-01-01 16:00 UTC."""
    return f"{utc_of(open_time_s):%Y-%m-%d %H:%M} UTC"


def check_table(
    source: str, table: CandleTable, interval_s: int, *, repair: bool
) -> tuple[Candles, CandleReport]:
    """Give the candles of a table and what was found wrong with it.

    Without repair the first row that is wrong raises BadData naming source, row, time, value and what
    was expected; a missing candle counts as wrong. With repair rows are left out and sorted, prices
    are never made up. Raises BadData as well when no candle is left, or when more than FEW_ROWS and
    more than MOST_MISTIMED of the rows would be left out for their times.
    """
    findings = list(_unreadable(table))
    sound, row_findings = _sound_rows(table, interval_s)
    ordered, order_findings = _ordered(sound)
    findings += [*row_findings, *order_findings, *_gaps(ordered, interval_s)]
    if findings and not repair:
        first = min(findings, key=lambda finding: finding.first_row)
        way_out = f"read it with --repair ({first.remedy}), or get the file again"
        msg = f"{source} {first.place}: {first.problem}; {way_out}"
        raise BadData(msg)
    rows = len(table.row_number) + len(table.unreadable)
    if not len(ordered.time_s):
        msg = f"{source} has {rows} rows and none is a candle, must have at least one"
        raise BadData(msg)
    _refuse_mistimed(source, rows, row_findings)
    columns = [np.ascontiguousarray(column) for column in ordered.cells[1:]]
    opened, high, low, closed, volume = columns
    candles = Candles(ordered.time_s, opened, high, low, closed, volume, interval_s)
    return candles, CandleReport(rows, len(candles), tuple(findings), table.notes)


def _refuse_mistimed(source: str, rows: int, findings: list[Finding]) -> None:
    """Refuse a file whose times as a whole are not what its name and unit say."""
    kinds = (FlawKind.IMPOSSIBLE_TIME, FlawKind.MISALIGNED)
    wrong = [finding for finding in findings if finding.kind in kinds]
    count = sum(finding.count for finding in wrong)
    if count > max(FEW_ROWS, MOST_MISTIMED * rows):
        msg = (
            f"{source}: {count} of {rows} rows have wrong times, too many to leave out; first at "
            f"{wrong[0].place}: {wrong[0].problem}; check the interval in the name, and whether every "
            "time counts in the same unit (s or ms)"
        )
        raise BadData(msg)


def _unreadable(table: CandleTable) -> Iterator[Finding]:
    if table.unreadable:
        first = table.unreadable[0]
        yield Finding(FlawKind.UNREADABLE, len(table.unreadable), first.row, None, first.problem)


def _sound_rows(table: CandleTable, interval_s: int) -> tuple[_Rows, list[Finding]]:
    """Leave out the rows whose own numbers are impossible, and say which kinds there were."""
    cells = table.cells
    per_second = 1000 if table.unit == "ms" else 1
    finite = np.asarray(np.isfinite(cells).all(axis=0))
    ticks = np.where(finite, cells[0], 0.0)
    in_time = np.asarray((ticks >= 0) & (ticks < (_END_OF_9999_S - interval_s) * per_second))
    time_s = np.where(in_time, ticks // per_second, 0).astype(np.int64)
    _, opened, high, low, closed, volume = cells
    flaws = (
        (FlawKind.NOT_FINITE, ~finite),
        (FlawKind.IMPOSSIBLE_TIME, ~in_time),
        (FlawKind.MISALIGNED, _misaligned(ticks, finite & in_time, interval_s, per_second)),
        (FlawKind.NOT_POSITIVE, ~(cells[1:5] > 0).all(axis=0)),
        (FlawKind.LOW_ABOVE_HIGH, low > high),
        (FlawKind.OUTSIDE_RANGE, (np.minimum(opened, closed) < low) | (np.maximum(opened, closed) > high)),
        (FlawKind.NEGATIVE_VOLUME, volume < 0),
    )
    sound = np.ones(len(ticks), dtype=np.bool_)
    findings = []
    for kind, mask in flaws:
        hit = np.flatnonzero(mask & sound)
        if len(hit):
            at = int(hit[0])
            known = int(time_s[at]) if finite[at] and in_time[at] else None
            problem = _problem(kind, cells[:, at], interval_s, table.unit)
            findings.append(Finding(kind, len(hit), int(table.row_number[at]), known, problem))
            sound[hit] = False
    return _Rows(time_s, cells, table.row_number).chosen(sound), findings


def _misaligned(ticks: FloatArray, usable: BoolArray, interval_s: int, per_second: int) -> BoolArray:
    """Find open times off the grid; weeks may start on any one day, the day of the first usable row."""
    length = interval_s * per_second
    if interval_s != _WEEK_S:
        return np.asarray(ticks % length != 0)
    first = ticks[usable][:1]
    start = first[0] % length if len(first) else 0.0
    return np.asarray((ticks % length != start) | (ticks % (_DAY_S * per_second) != 0))


def _problem(kind: FlawKind, row: FloatArray, interval_s: int, unit: str) -> str:
    """Say of one row what was found and what was expected."""
    time, opened, high, low, closed, volume = (float(cell) for cell in row)
    if kind is FlawKind.NOT_FINITE:
        at = int(np.flatnonzero(~np.isfinite(row))[0])
        return f"{_NAMES[at]} was {float(row[at])}, must be a finite number"
    if kind is FlawKind.NOT_POSITIVE:
        at = int(np.flatnonzero(~(row[1:5] > 0))[0]) + 1
        return f"{_NAMES[at]} was {float(row[at])}, must be above 0"
    texts = {
        FlawKind.IMPOSSIBLE_TIME: f"open time was {time:.0f} {unit}, must lie in the years 1970 to 9999: "
        "name a column of milliseconds open_time_ms, or use `powertrader candles convert --time-unit ms`",
        FlawKind.MISALIGNED: f"open time was {time:.15g} {unit}, must be a multiple of {interval_s} s (UTC)",
        FlawKind.LOW_ABOVE_HIGH: f"low was {low}, must be at most the high {high}",
        FlawKind.OUTSIDE_RANGE: f"open {opened} and close {closed} must lie from low {low} to high {high}",
        FlawKind.NEGATIVE_VOLUME: f"volume was {volume}, must be 0 or more",
    }
    return texts[kind]


def _ordered(rows: _Rows) -> tuple[_Rows, list[Finding]]:
    """Sort by time and keep the last row of each time."""
    times = rows.time_s
    if not len(times) or bool(np.all(times[1:] > times[:-1])):
        return rows, []
    order = np.argsort(times, kind="stable")
    kept = np.append(times[order][1:] != times[order][:-1], np.True_)
    repeated = np.zeros(len(times), dtype=np.bool_)
    repeated[order[1:]] = ~kept[:-1]
    newest_before = np.maximum.accumulate(times)
    late = np.append(np.False_, times[1:] < newest_before[:-1]) & ~repeated
    findings = []
    for kind, mask in ((FlawKind.DISORDER, late), (FlawKind.DUPLICATE, repeated)):
        hit = np.flatnonzero(mask)
        if len(hit):
            at = int(hit[0])
            problem = "the time stands in an earlier row as well, must be there once"
            if kind is FlawKind.DISORDER:
                problem = (
                    f"the time must be after {time_text(int(newest_before[at - 1]))}, the newest before it"
                )
            findings.append(Finding(kind, len(hit), int(rows.row_number[at]), int(times[at]), problem))
    return rows.chosen(order[kept]), findings


def _gaps(rows: _Rows, interval_s: int) -> Iterator[Finding]:
    steps = np.diff(rows.time_s)
    wide = np.flatnonzero(steps > interval_s)
    if len(wide):
        missing = int(np.floor_divide(steps[wide], interval_s).sum()) - len(wide)
        at = int(wide[0])
        before = int(steps[at]) // interval_s - 1
        expected = f"must follow {time_text(int(rows.time_s[at]))} after {interval_s} s"
        problem = f"{before} candle{'s are' if before > 1 else ' is'} missing before it, {expected}"
        yield Finding(FlawKind.GAP, missing, int(rows.row_number[at + 1]), int(rows.time_s[at + 1]), problem)
