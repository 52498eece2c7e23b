"""The settings a sweep tries: axes of values, and points that are counted before one of them is made."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol, TypeAlias

from powertrader.core.config_draft import Value
from powertrader.core.exceptions import ConfigError

Point: TypeAlias = Mapping[str, Value]
"""One value for each swept setting, by canonical name, as JSON has it; STRATEGY begins a parameter's name."""

STRATEGY: Final = "strategy."

LARGEST_GRID: Final = 1_000_000
"""No grid has more points; random and Optuna's methods may search larger spaces."""
LARGEST_AXIS: Final = 10_000
_COUNTABLE: Final = 10**18
_HOW: Final = "write NAME=1,2,3 or NAME=2..5 or NAME=0.5..2/0.25; with | between values that hold commas"


class Words(Protocol):
    """What can be swept by an option of the command line, and how its values are written."""

    @property
    def option(self) -> str:
        """The option."""
        ...

    def known(self, written: str) -> str:
        """Give the canonical name. Raises ConfigError with the nearest one when there is none."""
        ...

    def is_list(self, name: str) -> bool:
        """Tell whether a value holds commas."""
        ...

    def value(self, name: str, text: str) -> Value:
        """Read a value. Raises ConfigError saying what it must be."""
        ...

    def expected(self, name: str) -> str:
        """Say what a value must be."""
        ...


@dataclass(frozen=True, slots=True)
class Axis:
    """One setting and the values it takes, in the order they were written."""

    name: str
    values: tuple[Value, ...]

    @property
    def is_ordered(self) -> bool:
        """Tell whether the values are numbers that rise or fall, so that neighbours are alike."""
        numbers = [
            value for value in self.values if isinstance(value, int | float) and not isinstance(value, bool)
        ]
        return list(self.values) in (sorted(numbers), sorted(numbers, reverse=True))


@dataclass(frozen=True, slots=True)
class Space:
    """All points that the axes span; the last axis changes fastest."""

    axes: tuple[Axis, ...]

    @property
    def size(self) -> int:
        """How many points there are."""
        return math.prod(len(axis.values) for axis in self.axes)

    def at(self, places: Sequence[int]) -> Point:
        """Give the point with these places on the axes."""
        return {axis.name: axis.values[place] for axis, place in zip(self.axes, places, strict=True)}

    def point(self, number: int) -> Point:
        """Give a point by its number in the grid, from 0."""
        places = []
        for axis in reversed(self.axes):
            number, place = divmod(number, len(axis.values))
            places.append(place)
        return self.at(places[::-1])


def spanned(axes: Iterable[Axis], slow: Callable[[str], bool]) -> Space:
    """Span the points of some axes.

    slow: tells of a name that it shall change least often, whatever the order of the axes.
    Raises ConfigError when there is none, or one twice.
    """
    given = list(axes)
    if not given:
        msg = f"nothing to try: name at least one setting with --param or --strategy-param; {_HOW}"
        raise ConfigError(msg)
    names = [axis.name for axis in given]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        msg = f"{twice[0]} comes twice: write all its values in one"
        raise ConfigError(msg)
    return Space(tuple(sorted(given, key=lambda axis: not slow(axis.name))))


def axis_of(text: str, words: Words) -> Axis:
    """Read an axis such as trailing_gap_pct=0.25,0.5 or trade_start_level=2..5.

    Raises ConfigError naming what is not known (and the nearest name), cannot be such a value, is written
    wrongly or is empty.
    """
    written, sign, values = (part.strip() for part in text.partition("="))
    if not (sign and written):
        msg = f"{words.option} {text[:80]!r} cannot be read; {_HOW}"
        raise ConfigError(msg)
    name = words.known(written)
    parted = "|" in values or words.is_list(name)
    texts = _bars(values) if parted else _commas(f"{words.option} {written}", values)
    found = {json.dumps(value): value for value in (words.value(name, text) for text in texts)}
    if not found:
        msg = f"{words.option} {written} has no value, must be {words.expected(name)}; {_HOW}"
        raise ConfigError(msg)
    return Axis(name, tuple(found.values()))


def settings_of(point: Point) -> dict[str, Value]:
    """Give the settings of a point, without the parameters of a strategy."""
    return {name: value for name, value in point.items() if not name.startswith(STRATEGY)}


def params_of(point: Point) -> dict[str, int | float | None]:
    """Give the parameters of a strategy by their own names."""
    return {
        name.removeprefix(STRATEGY): value
        for name, value in point.items()
        if name.startswith(STRATEGY) and (value is None or isinstance(value, int | float))
    }


def _bars(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split("|") if part.strip())


def _commas(told: str, text: str) -> Iterator[str]:
    for part in text.split(","):
        if ".." in part:
            yield from _range(told, part.strip())
        elif part.strip():
            yield part.strip()


def _range(told: str, text: str) -> list[str]:
    """Give the numbers of a..b or a..b/step, both ends included where the step meets them."""
    ends, slash, step_text = text.partition("/")
    low_text, _, high_text = ends.partition("..")
    try:
        low, high = Decimal(low_text.strip()), Decimal(high_text.strip())
        step = Decimal(step_text.strip()) if slash else Decimal(1)
        rising = low <= high and step > 0
        steps = (high - low) / step if rising else Decimal(-1)
        whole = bool(slash) or not (rising and (low % 1 or high % 1))
    except ArithmeticError as error:
        msg = f"{told}: {text[:80]!r} is no range of usual numbers, such as 2..5 or 0.5..2/0.25"
        raise ConfigError(msg) from error
    if not rising:
        msg = f"{told}: {text[:80]!r} is empty; the first number is the smallest, the step above 0"
        raise ConfigError(msg)
    if not whole:
        msg = f"{told}: {text[:80]!r} needs a step, such as {low}..{high}/0.25"
        raise ConfigError(msg)
    if steps >= LARGEST_AXIS:
        count = f"{int(steps) + 1:,}" if steps < _COUNTABLE else f"more than {_COUNTABLE:,}"
        msg = f"{told}: {text[:80]!r} has {count} values, at most {LARGEST_AXIS:,} are tried"
        raise ConfigError(msg)
    return [format(low + place * step, "f") for place in range(int(steps) + 1)]
