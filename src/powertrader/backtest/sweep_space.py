"""The settings a sweep tries: axes of values, and points that are counted before one of them is made."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final, TypeAlias

from powertrader.core.config_draft import Value, read_setting
from powertrader.core.config_keys import nearest, resolve, settings
from powertrader.core.exceptions import ConfigError

Point: TypeAlias = Mapping[str, Value]
"""One value for each swept setting, by canonical name, as JSON has it."""

LARGEST_GRID: Final = 1_000_000
"""No grid has more points; random and Optuna's methods may search larger spaces."""
LARGEST_AXIS: Final = 10_000
_COUNTABLE: Final = 10**18
_HOW: Final = "write NAME=1,2,3 or NAME=2..5 or NAME=0.5..2/0.25; with | between values that hold commas"
_LISTS: Final = frozenset({"dca.levels", "trading.coins", "costs.slippage_tiers", "costs.spread_tiers"})


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


def space_of(texts: Iterable[str], slow: Callable[[str], bool] = lambda _: False) -> Space:
    """Read axes such as trailing_gap_pct=0.25,0.5 and trade_start_level=2..5.

    slow: tells of a name that it shall change least often, whatever the order of the texts.
    Raises ConfigError naming what is no setting (and the nearest one), cannot be such a value, is written
    wrongly, is empty or comes twice.
    """
    axes = [_axis(text) for text in texts]
    if not axes:
        msg = f"nothing to try: name at least one setting with --param; {_HOW}"
        raise ConfigError(msg)
    names = [axis.name for axis in axes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        msg = f"--param {twice[0]} comes twice: write all its values in one"
        raise ConfigError(msg)
    return Space(tuple(sorted(axes, key=lambda axis: not slow(axis.name))))


def _axis(text: str) -> Axis:
    written, sign, values = (part.strip() for part in text.partition("="))
    if not (sign and written):
        msg = f"--param {text[:80]!r} cannot be read; {_HOW}"
        raise ConfigError(msg)
    name = resolve(written)
    if name is None:
        like = nearest(written)
        hint = f"; did you mean {like}?" if like else ""
        msg = f"--param {written}: there is no such setting{hint}"
        raise ConfigError(msg)
    found = {json.dumps(value): value for value in map(partial(_value, name), _texts(name, values))}
    if not found:
        msg = f"--param {written} has no value, must be {settings()[name].expected}; {_HOW}"
        raise ConfigError(msg)
    return Axis(name, tuple(found.values()))


def _value(name: str, text: str) -> Value:
    reading = read_setting(name, text)
    if reading.problem:
        msg = f"--param {name} was {text[:80]!r}, {reading.problem}"
        raise ConfigError(msg)
    return reading.value


def _texts(name: str, text: str) -> Iterator[str]:
    if "|" in text or name in _LISTS:
        yield from (part.strip() for part in text.split("|") if part.strip())
        return
    for part in text.split(","):
        if ".." in part:
            yield from _range(name, part.strip())
        elif part.strip():
            yield part.strip()


def _range(name: str, text: str) -> list[str]:
    """Give the numbers of a..b or a..b/step, both ends included where the step meets them."""
    ends, slash, step_text = text.partition("/")
    low_text, _, high_text = ends.partition("..")
    try:
        low, high = Decimal(low_text.strip()), Decimal(high_text.strip())
        step = Decimal(step_text.strip()) if slash else Decimal(1)
        rising = low.is_finite() and high.is_finite() and low <= high and step > 0
        steps = (high - low) / step if rising else Decimal(-1)
        whole = bool(slash) or not (rising and (low % 1 or high % 1))
    except ArithmeticError as error:
        msg = f"--param {name}: {text[:80]!r} is no range of usual numbers, such as 2..5 or 0.5..2/0.25"
        raise ConfigError(msg) from error
    if not rising:
        msg = f"--param {name}: {text[:80]!r} is empty; the first number is the smallest, the step above 0"
        raise ConfigError(msg)
    if not whole:
        msg = f"--param {name}: {text[:80]!r} needs a step, such as {low}..{high}/0.25"
        raise ConfigError(msg)
    if steps >= LARGEST_AXIS:
        count = f"{int(steps) + 1:,}" if steps < _COUNTABLE else f"more than {_COUNTABLE:,}"
        msg = f"--param {name}: {text[:80]!r} has {count} values, at most {LARGEST_AXIS:,} are tried"
        raise ConfigError(msg)
    return [format(low + place * step, "f") for place in range(int(steps) + 1)]
