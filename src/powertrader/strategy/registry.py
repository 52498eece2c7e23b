"""The example strategies by the name and the parameters that users give them."""

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Final, TypeAlias, get_args

from powertrader.core.exceptions import ConfigError
from powertrader.strategy.mean_reversion import MeanReversion
from powertrader.strategy.momentum import Momentum
from powertrader.strategy.orders import Orders
from powertrader.strategy.sma_cross import SmaCross

Example: TypeAlias = SmaCross | Momentum | MeanReversion
Number: TypeAlias = int | float

CLASSIC: Final = "classic"
EXAMPLES: Final[Mapping[str, type[Example]]] = {
    "sma_cross": SmaCross,
    "momentum": Momentum,
    "mean_reversion": MeanReversion,
}
ORDER: Final = "order."
"""Before the names of those parameters that every example has: how it orders."""
NONE: Final = "none"
_CLOSE_ENOUGH: Final = 0.5
_LARGEST: Final = 45_000_000
"""Of more coins than these the compiled engine does not count every unit."""


@dataclass(frozen=True, slots=True)
class NamedExample:
    """An example strategy, its name, and how it orders."""

    name: str
    example: Example
    orders: Orders = field(default_factory=Orders)

    @property
    def params(self) -> dict[str, Number]:
        """Every parameter of its own, also those that were not given, and how it orders unless as usual."""
        return {**asdict(self.example), **{ORDER + name: value for name, value in self.orders.given.items()}}


def example_of(name: str, given: Sequence[str]) -> NamedExample | None:
    """Give the strategy of a name with parameters written name=value, None for the classic one.

    Raises ConfigError naming the nearest name, or the value and what it must be.
    """
    check_strategy(name, given)
    if name == CLASSIC:
        return None
    params: dict[str, Number | None] = {}
    for text in given:
        written, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            such = fields(EXAMPLES[name])[0].name
            how = f"must be written name=value, such as {such}=20"
            msg = f"--strategy {name}: --strategy-param {text!r} {how}"
            raise ConfigError(msg)
        param = known_param(name, written)
        params[param] = read_param(name, param, value)
    try:
        return example_with(name, params)
    except ValueError as error:
        msg = f"--strategy {name}: {error}"
        raise ConfigError(msg) from error


def check_strategy(name: str, given: Sequence[str]) -> None:
    """Raise ConfigError when there is no strategy of a name, or the classic one is given parameters."""
    if name == CLASSIC and given:
        msg = f"{CLASSIC} has no --strategy-param ({given[0]}); its settings are changed with --param"
        raise ConfigError(msg)
    known = (CLASSIC, *EXAMPLES)
    if name not in known:
        msg = f"--strategy was {name!r}, must be one of {', '.join(known)}{_hint(name, known)}"
        raise ConfigError(msg)


def example_with(name: str, params: Mapping[str, Number | None]) -> NamedExample:
    """Give an example with some of its parameters. Raises ValueError when they do not fit one another."""
    make: Callable[..., Example] = EXAMPLES[name]
    own = {param: value for param, value in params.items() if not param.startswith(ORDER)}
    orders: dict[str, float | None] = {
        param.removeprefix(ORDER): value for param, value in params.items() if param.startswith(ORDER)
    }
    try:
        ordering = Orders(**orders)  # type: ignore[arg-type]  # read_param gives none to no other than these
    except ValueError as error:
        msg = f"{ORDER}{error}"
        raise ValueError(msg) from error
    return NamedExample(name, make(**own), ordering)


def known_param(strategy: str, name: str) -> str:
    """Give the name of a parameter of an example. Raises ConfigError with the nearest one for another."""
    known = _types(strategy)
    if name not in known:
        msg = (
            f"--strategy {strategy}: there is no parameter {name[:40]!r}, {strategy} has {', '.join(known)}"
            f"{_hint(name, tuple(known))}"
        )
        raise ConfigError(msg)
    return name


def read_param(strategy: str, name: str, text: str) -> Number | None:
    """Read the value of a parameter. Raises ConfigError saying what it must be."""
    kind = _types(strategy)[name]
    if type(None) in get_args(kind) and text == NONE:
        return None
    try:
        number = int(text) if kind is int else float(text)
    except ValueError:
        number = math.nan
    if not abs(number) <= _LARGEST:
        msg = f"--strategy {strategy}: {name} was {text[:80]!r}, must be {expected_param(strategy, name)}"
        raise ConfigError(msg)
    return number


def expected_param(strategy: str, name: str) -> str:
    """Say what the value of a parameter must be."""
    kind = _types(strategy)[name]
    whole = "whole " if kind is int else ""
    or_none = f", or {NONE}" if type(None) in get_args(kind) else ""
    return f"a {whole}number from -{_LARGEST:,} to {_LARGEST:,}{or_none}"


def _types(strategy: str) -> dict[str, object]:
    """Give the type of each parameter by its name."""
    own = {each.name: each.type for each in fields(EXAMPLES[strategy])}
    return own | {ORDER + each.name: each.type for each in fields(Orders)}


def _hint(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=_CLOSE_ENOUGH)
    return f"; did you mean {near[0]}?" if near else ""
