"""Which points a sweep tries, and in which order: the whole grid, or some of it by chance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from powertrader.backtest.sweep_space import LARGEST_GRID, Point, Space
from powertrader.core.exceptions import ConfigError

AT_ONCE: Final = 512
"""Points that are asked for at once where the answers do not matter for the next ones."""
USUAL_TRIALS: Final = 100
GRID: Final = "grid"
RANDOM: Final = "random"


class Search(Protocol):
    """Gives points to try, some at a time, and is told how they did before it gives the next ones."""

    total: int

    def generations(self) -> Iterator[Sequence[Point]]:
        """Give points until there are no more."""
        ...

    def tell(self, scores: Sequence[float | None]) -> None:
        """Take the scores of the last points given, in their order; None is a run without one."""
        ...


@dataclass(slots=True)
class GridSearch:
    """Every point of a space once. Raises ConfigError with the count when there are too many."""

    space: Space
    total: int = 0

    def __post_init__(self) -> None:
        """Count before anything is run."""
        self.total = self.space.size
        if self.total > LARGEST_GRID:
            sides = " x ".join(f"{len(axis.values):,}" for axis in self.space.axes)
            msg = (
                f"the grid has {self.total:,} points ({sides}), at most {LARGEST_GRID:,} are run; use fewer "
                "values, or --method random or tpe with --trials"
            )
            raise ConfigError(msg)

    def generations(self) -> Iterator[Sequence[Point]]:
        """Give the grid row by row."""
        for start in range(0, self.total, AT_ONCE):
            yield [self.space.point(number) for number in range(start, min(start + AT_ONCE, self.total))]

    def tell(self, scores: Sequence[float | None]) -> None:
        """Learn nothing."""


@dataclass(slots=True)
class RandomSearch:
    """Different points by chance, the same for the same seed; all of them when there are not more."""

    space: Space
    trials: int
    seed: int
    total: int = 0

    def __post_init__(self) -> None:
        """Count before anything is run."""
        self.total = min(self.trials, self.space.size)

    def generations(self) -> Iterator[Sequence[Point]]:
        """Draw every setting for itself and leave out points that came before."""
        drawn = self._numbers() if self.space.size <= LARGEST_GRID else self._places()
        points: list[Point] = []
        for point in drawn:
            points.append(point)
            if len(points) == AT_ONCE:
                yield points
                points = []
        if points:
            yield points

    def tell(self, scores: Sequence[float | None]) -> None:
        """Learn nothing."""

    def _numbers(self) -> Iterator[Point]:
        shuffled = np.random.default_rng(self.seed).permutation(self.space.size)
        yield from (self.space.point(number) for number in shuffled[: self.total].tolist())

    def _places(self) -> Iterator[Point]:
        chance = np.random.default_rng(self.seed)
        lengths = [len(axis.values) for axis in self.space.axes]
        seen: set[tuple[int, ...]] = set()
        while len(seen) < self.total:
            places = tuple(chance.integers(lengths).tolist())
            if places not in seen:
                seen.add(places)
                yield self.space.at(places)


def search_of(space: Space, method: str, trials: int | None, seed: int) -> Search:
    """Give a search by its name. Raises ConfigError for an unknown one, or one that is not installed."""
    if method == GRID:
        if trials is not None:
            msg = f"--trials {trials} does not go with --method grid, which tries every point"
            raise ConfigError(msg)
        return GridSearch(space)
    wanted = USUAL_TRIALS if trials is None else trials
    if not 1 <= wanted <= LARGEST_GRID:
        msg = f"--trials was {wanted:,}, must be from 1 to {LARGEST_GRID:,}"
        raise ConfigError(msg)
    if method == RANDOM:
        return RandomSearch(space, wanted, seed)
    from powertrader.backtest.sweep_optuna import OptunaSearch  # noqa: PLC0415  an extra, and slow to import

    return OptunaSearch(space, method, wanted, seed)
