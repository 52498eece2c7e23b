"""What a sweep must know of the strategy that it tries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.sweep_market import SweepMarket
from powertrader.core.config import TradingConfig
from powertrader.models.candle import Candles
from powertrader.models.types import CoinSymbol

_NO_DIFFERENCE: Final = frozenset({"trading.mode"})


@dataclass(frozen=True, slots=True)
class SettingsUse:
    """Which settings a strategy looks at, whole sections or single ones.

    markets: another value means another market, as other candles or signals. runs: another value means
    other trades. check raises ValueError or ConfigError for settings that cannot be traded by. instead: the
    setting that a person means who names one that changes nothing.
    """

    markets: frozenset[str]
    runs: frozenset[str]
    check: Callable[[TradingConfig], None]
    instead: Mapping[str, str] = field(default_factory=dict)

    def changes_market(self, name: str) -> bool:
        """Tell whether another value of a setting means another market."""
        return bool({name, name.partition(".")[0]} & self.markets)

    def changes_something(self, name: str) -> bool:
        """Tell whether another value of a setting can make a difference."""
        looked_at = {name, name.partition(".")[0]} & (self.markets | self.runs)
        return bool(looked_at) and name not in _NO_DIFFERENCE


class Subject(Protocol):
    """The strategy that a sweep tries."""

    @property
    def use(self) -> SettingsUse:
        """The settings that mean something to it."""
        ...

    def market(
        self, config: TradingConfig, candles: Mapping[CoinSymbol, Candles], span: ReplaySpan
    ) -> SweepMarket:
        """Give what it is tried on. Raises BadData or ConfigError when that cannot be made."""
        ...
