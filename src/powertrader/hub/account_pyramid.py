"""Values over time in four widths at once, so that any span of any length is drawn from few rows.

A table (4, N) has a column for each stretch of time that has a value, oldest first: its start in seconds
since 1970, and the lowest, highest and last value within it.
"""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np

from powertrader.models.types import FloatArray

WIDTHS_S: Final = (1, 60, 3600, 86400)
"""A second, a minute, an hour, a day."""
ROWS: Final = 4
START_S, LOW, HIGH, LAST = range(ROWS)
_FIRST_CAPACITY: Final = 256

Table: TypeAlias = FloatArray


def no_rows() -> Table:
    """Give a table without columns."""
    return np.empty((ROWS, 0))


def grouped(table: Table, width_s: int) -> Table:
    """Give a table with one column for each stretch of width_s seconds that had any."""
    if not table.shape[1]:
        return table
    starts = table[START_S] // width_s * width_s
    firsts = np.flatnonzero(np.diff(starts, prepend=starts[0] - 1))
    ends = np.append(firsts[1:], len(starts)) - 1
    return np.stack(
        (
            starts[firsts],
            np.minimum.reduceat(table[LOW], firsts),
            np.maximum.reduceat(table[HIGH], firsts),
            table[LAST][ends],
        )
    )


@dataclass(frozen=True, slots=True, eq=False)
class PyramidLevel:
    """All of the history in stretches of one width; the newest stretch may still change and is kept apart."""

    width_s: int
    closed: Table = field(default_factory=no_rows)
    newest: Table = field(default_factory=no_rows)

    def __len__(self) -> int:
        """Count the stretches."""
        return int(self.closed.shape[1] + self.newest.shape[1])

    def between(self, start_s: float, end_s: float) -> Table:
        """Give the stretches that begin from start_s on and not after end_s."""
        starts = self.closed[START_S]
        first, stop = np.searchsorted(starts, (start_s, np.nextafter(end_s, np.inf)))
        found = self.closed[:, first:stop]
        if self.newest.shape[1] and start_s <= self.newest[START_S, 0] <= end_s:
            found = np.concatenate((found, self.newest), axis=1)
        return found

    def all(self) -> Table:
        """Give every stretch."""
        return np.concatenate((self.closed, self.newest), axis=1)


class GrowingLevel:
    """A level that grows at its end; what it gave out before stays as it was."""

    def __init__(self, width_s: int) -> None:
        """Know nothing yet."""
        self._width_s = width_s
        self._space = np.empty((ROWS, _FIRST_CAPACITY))
        self._count = 0
        self._newest = no_rows()

    def add(self, table: Table) -> None:
        """Take what came after all that is known, oldest first, at least one column."""
        joined = grouped(np.concatenate((self._newest, table), axis=1), self._width_s)
        self._newest = joined[:, -1:].copy()
        closed = joined[:, :-1]
        needed = self._count + closed.shape[1]
        if needed > self._space.shape[1]:
            # those who were given a part of the old space keep it
            space = np.empty((ROWS, max(needed, 2 * self._space.shape[1])))
            space[:, : self._count] = self._space[:, : self._count]
            self._space = space
        self._space[:, self._count : needed] = closed
        self._count = needed

    def level(self) -> PyramidLevel:
        """Give what is known, as a value that does not change."""
        closed, newest = self._space[:, : self._count], self._newest.view()
        closed.flags.writeable = newest.flags.writeable = False
        return PyramidLevel(self._width_s, closed, newest)
