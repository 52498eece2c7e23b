"""The original trader's settings file, read as leniently as it did (golden/BEHAVIOUR.md 3.1)."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from powertrader.models.rules import DEFAULT_DCA_LEVELS, HIGHEST_START_LEVEL, LOWEST_START_LEVEL, TradingRules
from powertrader.models.types import Compat

DEFAULT_COINS: Final = ("BTC", "ETH", "XRP", "BNB", "DOGE")
KEEPS_WHEN_ZERO: Final = (
    "start_allocation_pct",
    "dca_multiplier",
    "max_dca_buys_per_24h",
    "pm_start_pct_no_dca",
    "pm_start_pct_with_dca",
    "trailing_gap_pct",
)
"""Settings of which the original takes no 0: the value before stays in force (Q45)."""


@dataclass(frozen=True, slots=True)
class OriginalSettings:
    """What was parsed last, what is in force, and the folder that was asked for (None: not asked)."""

    parsed: TradingRules
    in_force: TradingRules
    main_folder: str | None = None

    @classmethod
    def defaults(cls, compat: Compat) -> "OriginalSettings":
        """Give what is in force until a file was read."""
        rules = TradingRules(DEFAULT_COINS, dca_levels=DEFAULT_DCA_LEVELS, compat=compat)
        return cls(rules, rules)


def read_settings(text: str, last: OriginalSettings) -> OriginalSettings:
    """Give the settings after reading a file; what is missing or unusable keeps its last value.

    A zero is parsed but keeps the value in force (Q45). A text that is no JSON object, other than
    an empty value, changes nothing (Q50).
    """
    try:
        found = json.loads(text) or {}
    except (ValueError, RecursionError):
        return last
    if not isinstance(found, dict):
        return last
    parsed = _parsed(found, last.parsed)
    kept = {name: getattr(last.in_force, name) for name in KEEPS_WHEN_ZERO if getattr(parsed, name) == 0}
    folder = found.get("main_neural_dir")
    return OriginalSettings(
        parsed, replace(parsed, **kept), folder.strip() or None if isinstance(folder, str) else None
    )


def _parsed(found: Mapping[str, Any], last: TradingRules) -> TradingRules:
    values: dict[str, Any] = {name: _value(found, name, last) for name in _READERS}
    return replace(last, **values)


def _value(found: Mapping[str, Any], name: str, last: TradingRules) -> object:
    try:
        return _READERS[name](found[name])
    except (KeyError, ValueError, TypeError, OverflowError):
        return getattr(last, name)


def _coins(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    coins = tuple(str(coin).strip().upper() for coin in value if str(coin).strip())
    if not coins:
        raise ValueError(value)
    return coins


def _levels(value: object) -> tuple[float, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    levels = tuple(level for level in map(_level, value) if level is not None)
    if not levels:
        raise ValueError(value)
    return levels


def _level(value: str | float) -> float | None:
    try:
        level = float(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return level if math.isfinite(level) else None


def _whole(value: str | float) -> int:
    return int(float(value))


def _start_level(value: str | float) -> int:
    return min(max(_whole(value), LOWEST_START_LEVEL), HIGHEST_START_LEVEL)


def _not_negative(value: object) -> float:
    number = float(str(value).strip())
    if not math.isfinite(number):
        raise ValueError(value)
    return max(number, 0.0)


def _percent(value: object) -> float:
    return _not_negative(str(value).replace("%", ""))


_READERS: Final[Mapping[str, Callable[[Any], object]]] = {
    "coins": _coins,
    "trade_start_level": _start_level,
    "start_allocation_pct": _percent,
    "dca_multiplier": _not_negative,
    "dca_levels": _levels,
    "max_dca_buys_per_24h": lambda value: max(_whole(value), 0),
    "pm_start_pct_no_dca": _percent,
    "pm_start_pct_with_dca": _percent,
    "trailing_gap_pct": _percent,
}
