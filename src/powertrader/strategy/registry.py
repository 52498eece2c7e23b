"""The example strategies by the name and the parameters that users give them."""

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final, TypeAlias

from powertrader.core.exceptions import ConfigError
from powertrader.strategy.mean_reversion import MeanReversion
from powertrader.strategy.momentum import Momentum
from powertrader.strategy.sma_cross import SmaCross

Example: TypeAlias = SmaCross | Momentum | MeanReversion
Number: TypeAlias = int | float

CLASSIC: Final = "classic"
EXAMPLES: Final[Mapping[str, type[Example]]] = {
    "sma_cross": SmaCross,
    "momentum": Momentum,
    "mean_reversion": MeanReversion,
}
_CLOSE_ENOUGH: Final = 0.5
_LARGEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class NamedExample:
    """An example strategy and its name."""

    name: str
    example: Example

    @property
    def params(self) -> dict[str, Number]:
        """Every parameter, also those that were not given."""
        return asdict(self.example)


def example_of(name: str, given: Sequence[str]) -> NamedExample | None:
    """Give the strategy of a name with parameters written name=value, None for the classic one.

    Raises ConfigError naming the nearest name, or the value and what it must be.
    """
    if name == CLASSIC:
        if given:
            msg = f"{CLASSIC} has no --strategy-param ({given[0]}); its settings are changed with --param"
            raise ConfigError(msg)
        return None
    if name not in EXAMPLES:
        known = (CLASSIC, *EXAMPLES)
        msg = f"--strategy was {name!r}, must be one of {', '.join(known)}{_hint(name, known)}"
        raise ConfigError(msg)
    kind = EXAMPLES[name]
    make: Callable[..., Example] = kind
    try:
        return NamedExample(name, make(**dict(_param(name, kind, text) for text in given)))
    except ValueError as error:
        msg = f"--strategy {name}: {error}"
        raise ConfigError(msg) from error


def _param(strategy: str, kind: type[Example], text: str) -> tuple[str, Number]:
    """Read one parameter. Raises ValueError, whose text follows the strategy's name."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        msg = f"--strategy-param {text!r} must be written name=value, such as {fields(kind)[0].name}=20"
        raise ValueError(msg)
    types = {each.name: each.type for each in fields(kind)}
    if name not in types:
        known = ", ".join(types)
        msg = f"there is no parameter {name!r}, {strategy} has {known}{_hint(name, tuple(types))}"
        raise ValueError(msg)
    try:
        number = int(value) if types[name] is int else float(value)
    except ValueError:
        number = math.nan
    if not abs(number) <= _LARGEST:
        whole = "whole " if types[name] is int else ""
        msg = f"{name} was {value!r}, must be a {whole}number from -{_LARGEST:,} to {_LARGEST:,}"
        raise ValueError(msg)
    return name, number


def _hint(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=_CLOSE_ENOUGH)
    return f"; did you mean {near[0]}?" if near else ""
