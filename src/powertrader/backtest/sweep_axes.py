"""What `powertrader sweep` can try: settings by --param, parameters of an example by --strategy-param."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from powertrader.backtest.sweep_space import STRATEGY, Space, axis_of, spanned
from powertrader.core.config_draft import Value, read_setting
from powertrader.core.config_keys import nearest, resolve, settings
from powertrader.core.exceptions import ConfigError
from powertrader.strategy.registry import CLASSIC, check_strategy, expected_param, known_param, read_param

_LISTS: Final = frozenset({"dca.levels", "trading.coins", "costs.slippage_tiers", "costs.spread_tiers"})


@dataclass(frozen=True, slots=True)
class SettingWords:
    """Settings, by any name they are known by."""

    option: str = "--param"

    def known(self, written: str) -> str:
        """Give the canonical name. Raises ConfigError with the nearest one when there is none."""
        name = resolve(written)
        if name is None:
            like = nearest(written)
            hint = f"; did you mean {like}?" if like else ""
            msg = f"{self.option} {written}: there is no such setting{hint}"
            raise ConfigError(msg)
        return name

    def is_list(self, name: str) -> bool:
        """Tell whether a value holds commas."""
        return name in _LISTS

    def value(self, name: str, text: str) -> Value:
        """Read a value. Raises ConfigError saying what it must be."""
        reading = read_setting(name, text)
        if reading.problem:
            msg = f"{self.option} {name} was {text[:80]!r}, {reading.problem}"
            raise ConfigError(msg)
        return reading.value

    def expected(self, name: str) -> str:
        """Say what a value must be."""
        return settings()[name].expected


@dataclass(frozen=True, slots=True)
class ParamWords:
    """Parameters of an example strategy."""

    strategy: str
    option: str = "--strategy-param"

    def known(self, written: str) -> str:
        """Give the name with STRATEGY before it. Raises ConfigError with the nearest one for another."""
        return STRATEGY + known_param(self.strategy, written)

    def is_list(self, name: str) -> bool:
        """Tell that no value holds commas."""
        _ = name
        return False

    def value(self, name: str, text: str) -> Value:
        """Read a value. Raises ConfigError saying what it must be."""
        return read_param(self.strategy, name.removeprefix(STRATEGY), text)

    def expected(self, name: str) -> str:
        """Say what a value must be."""
        return expected_param(self.strategy, name.removeprefix(STRATEGY))


def space_of(
    params: Iterable[str],
    slow: Callable[[str], bool] = lambda _: False,
    strategy: str = CLASSIC,
    own: Sequence[str] = (),
) -> Space:
    """Read what is tried: settings, and an example strategy's own parameters.

    slow: tells of a name that it shall change least often, whatever the order of the texts.
    Raises ConfigError naming what is not known (and the nearest name), cannot be such a value, is written
    wrongly, is empty or comes twice.
    """
    check_strategy(strategy, own)
    axes = [axis_of(text, SettingWords()) for text in params]
    return spanned([*axes, *(axis_of(text, ParamWords(strategy)) for text in own)], slow)
