"""How a speed claim is written down, found and measured.

A file tests/bench/bench_NAME.py holds functions marked with `bench`; `scripts/bench.py [GROUP]` finds
and runs them, prints one table and fails when a claim does not hold.

    @bench(group="trainer", what="one timeframe of 60,000 candles", unit="ms", most=10)
    def kernel() -> float:
        candles = random_walk(60_000)                       # preparation is not measured...
        return seconds(lambda: train(candles)) * 1000       # ...only what you return counts

`most` claims measured <= most, `least` claims measured >= least, neither only reports. A function that
measures several things returns rows instead of a number, each with its own claim:

    @bench(group="trainer")
    def growth() -> list[Row]:
        return [Row(what=f"{n} candles", measured=..., unit="us/candle", most=None) for n in sizes]

The runner calls the function once unmeasured (compilers and caches get warm), then `runs` times, and
keeps the median of each row. Use `runs=1` for a function that takes long and repeats by itself.
`seconds` gives the median time of something quick.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Final

DEFAULT_RUNS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured figure in a unit, with what is claimed of it.

    key: the name under which the figure stands by itself in the file of --json, empty for most.
    """

    what: str
    measured: float
    unit: str
    most: float | None = None
    least: float | None = None
    key: str = ""

    @property
    def claim(self) -> str:
        """Give the claim as text; empty when the figure is only reported."""
        limits = (("<=", self.most), (">=", self.least))
        return ", ".join(
            f"{sign} {limit:,g} {self.unit}".rstrip() for sign, limit in limits if limit is not None
        )

    @property
    def holds(self) -> bool:
        """Tell whether the claim holds; a figure that is not a number keeps no claim."""
        above = self.least is None or self.measured >= self.least
        below = self.most is None or self.measured <= self.most
        return above and below


@dataclass(frozen=True, slots=True)
class Bench:
    """A function that measures, with its group and its own claim."""

    group: str
    function: Callable[[], float | Sequence[Row]]
    claimed: Row
    runs: int

    def measure(self) -> list[Row]:
        """Run warm and give each row with the median of its runs."""
        self._rows()
        measured = [self._rows() for _ in range(self.runs)]
        return [
            replace(row, measured=statistics.median(rows[place].measured for rows in measured))
            for place, row in enumerate(measured[0])
        ]

    def _rows(self) -> list[Row]:
        gc.collect()
        result = self.function()
        if isinstance(result, int | float):
            return [replace(self.claimed, measured=float(result))]
        return list(result)


def bench(
    *,
    group: str,
    what: str = "",
    unit: str = "",
    most: float | None = None,
    least: float | None = None,
    runs: int = DEFAULT_RUNS,
) -> Callable[[Callable[[], float | Sequence[Row]]], Bench]:
    """Mark a function that returns a figure, or rows, as a benchmark of a group."""

    def marked(function: Callable[[], float | Sequence[Row]]) -> Bench:
        name = what or function.__name__.replace("_", " ")
        return Bench(group, function, Row(what=name, measured=0.0, unit=unit, most=most, least=least), runs)

    return marked


def seconds(action: Callable[[], object], *, repeats: int = 7) -> float:
    """Give the median time of an action in seconds, after one call that does not count."""
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def benches_of(module: ModuleType) -> Iterator[Bench]:
    """Give the benchmarks a module defines, in the order they are written."""
    return (found for found in vars(module).values() if isinstance(found, Bench))
