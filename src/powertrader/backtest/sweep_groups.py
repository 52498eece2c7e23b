"""Which settings of a sweep need candles or signals of their own, and the markets made for each."""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from powertrader.backtest.kernel_inputs import ClassicSettings
from powertrader.backtest.sweep_market import SweepMarket
from powertrader.backtest.sweep_space import Point, Space
from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import config_with, text_of
from powertrader.core.exceptions import ConfigError

Group: TypeAlias = str
"""The values of a point that change candles or signals, as JSON."""

_TRADED: Final = frozenset({"entry", "dca", "trailing"})
_LEARNT: Final = frozenset({"trading", "candles"})
_SIGNAL_COSTS: Final = frozenset({"costs.spread_pct", "costs.spread_tiers"})
_SIGNAL_REPLAY: Final = frozenset({"replay.retrain_days"})
_STANDS_FOR: Final[Mapping[str, str]] = {"replay.start_allocation_pct": "entry.start_allocation_pct"}
_NO_DIFFERENCE: Final = frozenset({"trading.mode", "replay.seed", *_STANDS_FOR})
_KEPT: Final = 2


def changes_signals(name: str) -> bool:
    """Tell whether another value of a setting means other candles or other signals."""
    return name.partition(".")[0] in _LEARNT or name in _SIGNAL_COSTS or name in _SIGNAL_REPLAY


def check_space(space: Space, base: TradingConfig) -> None:
    """Raise ConfigError naming a setting that changes no backtest, or a value that it cannot have."""
    _check_value(base, {})
    for axis in space.axes:
        _check_name(axis.name)
        for value in axis.values:
            _check_value(base, {axis.name: value})


def _check_name(name: str) -> None:
    known = name.partition(".")[0] in _TRADED | _LEARNT | {"costs", "replay"}
    if known and name not in _NO_DIFFERENCE:
        return
    hint = f"; did you mean {_STANDS_FOR[name]}?" if name in _STANDS_FOR else ""
    msg = f"--param {name} changes nothing of a sweep, every value of it would come out alike{hint}"
    raise ConfigError(msg)


def _check_value(base: TradingConfig, point: Point) -> None:
    try:
        config = config_with(base, point)
        ClassicSettings(config.rules, config.replay.start_quote)
    except (ConfigError, ValueError) as error:
        written = ", ".join(f"--param {name} {text_of(value)} is" for name, value in point.items())
        msg = f"{written or 'a sweep with these settings is'} not possible: {error}"
        raise ConfigError(msg) from error


class Groups:
    """The markets of a sweep; the last few used are kept, so that memory does not grow with the groups."""

    def __init__(self, base: TradingConfig, make: Callable[[TradingConfig], SweepMarket]) -> None:
        """Bind the settings and what makes a market of settings."""
        self._base = base
        self._make = make
        self._made: OrderedDict[Group, SweepMarket] = OrderedDict()

    def of(self, point: Point) -> Group:
        """Give the group of a point."""
        return json.dumps({name: value for name, value in point.items() if changes_signals(name)})

    def market(self, group: Group) -> SweepMarket:
        """Give the market of a group; made when it is asked for."""
        if group not in self._made:
            made = self._make(config_with(self._base, json.loads(group)))
            while len(self._made) >= _KEPT:
                self._made.popitem(last=False)
            self._made[group] = made
        self._made.move_to_end(group)
        return self._made[group]
