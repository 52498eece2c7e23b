"""What differs between two saved backtests: in what was run, and in what came of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_RUN: Final = (
    "engine",
    "strategy",
    "coins",
    "quote_asset",
    "timeframe",
    "start",
    "stop",
    "retrain_days",
    "interrupted",
    "data_hash",
    "code_version",
)
"""What was run, beside the settings."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something with two values, one in each backtest; None where one of them does not have it."""

    name: str
    first: object
    second: object

    @property
    def change(self) -> float | None:
        """How much more it is in the second, None where one of them is no number."""
        if _is_number(self.first) and _is_number(self.second):
            return float(self.second) - float(self.first)  # type: ignore[arg-type]  # both are numbers
        return None


def settings_between(first: Mapping[str, object], second: Mapping[str, object]) -> tuple[Difference, ...]:
    """Give the settings that two result documents do not have in common, by name."""
    return _differing(dict(_flat(first.get("config"))), dict(_flat(second.get("config"))))


def runs_between(first: Mapping[str, object], second: Mapping[str, object]) -> tuple[Difference, ...]:
    """Give what else was not the same: strategy, coins, span, program. Such results compare badly."""
    return _differing(_ran(first), _ran(second))


def figures_between(first: Mapping[str, object], second: Mapping[str, object]) -> tuple[Difference, ...]:
    """Give every figure of both, also those that are equal, in the order of the document."""
    one, other = (_mapping(document.get("metrics")) for document in (first, second))
    return tuple(Difference(name, one.get(name), other.get(name)) for name in dict.fromkeys([*one, *other]))


def _ran(document: Mapping[str, object]) -> dict[str, object]:
    params = _mapping(document.get("strategy_params"))
    return {name: document.get(name) for name in _RUN} | {
        f"strategy.{name}": value for name, value in params.items()
    }


def _differing(first: Mapping[str, object], second: Mapping[str, object]) -> tuple[Difference, ...]:
    names = dict.fromkeys([*first, *second])
    found = (Difference(name, first.get(name), second.get(name)) for name in names)
    return tuple(one for one in found if one.first != one.second)


def _flat(tree: object) -> Iterator[tuple[str, object]]:
    for section, members in _mapping(tree).items():
        yield from ((f"{section}.{name}", value) for name, value in _mapping(members).items())


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
