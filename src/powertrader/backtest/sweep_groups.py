"""Which settings of a sweep need a market of their own, and the markets made for each."""

import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, TypeAlias

from powertrader.backtest.sweep_market import SweepMarket
from powertrader.backtest.sweep_space import STRATEGY, Point, Space
from powertrader.backtest.sweep_subject import SettingsUse
from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import config_with, text_of
from powertrader.core.exceptions import ConfigError

Group: TypeAlias = str
"""The values of a point that change its market, as JSON."""

_KEPT: Final = 2


def check_space(space: Space, base: TradingConfig, use: SettingsUse) -> None:
    """Raise ConfigError naming a setting that changes no run, or a value that it cannot have."""
    _check_value(base, {}, use)
    for axis in space.axes:
        if axis.name.startswith(STRATEGY):
            continue
        _check_name(axis.name, use)
        for value in axis.values:
            _check_value(base, {axis.name: value}, use)


def _check_name(name: str, use: SettingsUse) -> None:
    if use.changes_something(name):
        return
    hint = f"; did you mean {use.instead[name]}?" if name in use.instead else ""
    msg = f"--param {name} changes nothing of a sweep, every value of it would come out alike{hint}"
    raise ConfigError(msg)


def _check_value(base: TradingConfig, point: Point, use: SettingsUse) -> None:
    try:
        use.check(config_with(base, point))
    except (ConfigError, ValueError) as error:
        written = ", ".join(f"--param {name} {text_of(value)} is" for name, value in point.items())
        msg = f"{written or 'a sweep with these settings is'} not possible: {error}"
        raise ConfigError(msg) from error


class Groups:
    """The markets of a sweep; the last few used are kept, so that memory does not grow with the groups."""

    def __init__(
        self, base: TradingConfig, use: SettingsUse, make: Callable[[TradingConfig], SweepMarket]
    ) -> None:
        """Bind the settings, what they mean to the strategy, and what makes a market of settings."""
        self._base = base
        self._use = use
        self._make = make
        self._made: OrderedDict[Group, SweepMarket] = OrderedDict()

    def of(self, point: Point) -> Group:
        """Give the group of a point."""
        return json.dumps({name: value for name, value in point.items() if self._use.changes_market(name)})

    def market(self, group: Group) -> SweepMarket:
        """Give the market of a group; made when it is asked for."""
        if group not in self._made:
            made = self._make(config_with(self._base, json.loads(group)))
            while len(self._made) >= _KEPT:
                self._made.popitem(last=False)
            self._made[group] = made
        self._made.move_to_end(group)
        return self._made[group]
