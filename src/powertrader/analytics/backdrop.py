"""What was known of a coin when something was done with it: its market, its signal, its turnover."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from powertrader.analytics.regimes import UNKNOWN, regimes_at
from powertrader.models.candle import Candles
from powertrader.models.types import CoinSymbol, FloatArray, IntArray

_HOUR_S: Final = 3600


class SignalLevels(NamedTuple):
    """Long levels (N,) of a coin at steps (N,) in seconds since 1970, negative where there was none."""

    close_s: IntArray
    long: NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """Candles and signals of a backtest, looked at as they were known at a time.

    turnover_limits: growing amounts of the quote asset traded in an hour, which part the tiers.
    """

    candles: Mapping[CoinSymbol, Candles]
    levels: Mapping[CoinSymbol, SignalLevels] = field(default_factory=dict)
    turnover_limits: tuple[float, ...] = ()

    def regimes(self, coin: CoinSymbol, times_s: IntArray) -> list[str]:
        """Name the coin's market at times; unknown without candles."""
        columns = self.candles.get(coin)
        return [UNKNOWN] * len(times_s) if columns is None else regimes_at(columns, times_s)

    def signals(self, coin: CoinSymbol, times_s: IntArray) -> list[str]:
        """Give the coin's newest long level at times; unknown where there was none."""
        given = self.levels.get(coin)
        if given is None or not len(given.close_s):
            return [UNKNOWN] * len(times_s)
        rows = np.searchsorted(given.close_s, times_s, side="right") - 1
        known = np.where(rows >= 0, given.long[rows], -1).tolist()
        return [str(level) if level >= 0 else UNKNOWN for level in known]

    def tiers(self, coin: CoinSymbol, times_s: IntArray) -> list[str]:
        """Name how much of the coin was traded an hour in the newest candle; unknown without a volume."""
        columns = self.candles.get(coin)
        if columns is None or not len(columns):
            return [UNKNOWN] * len(times_s)
        rows = np.searchsorted(columns.open_time_s + columns.interval_s, times_s, side="right") - 1
        hourly = columns.volume[rows] * columns.close[rows] * (_HOUR_S / columns.interval_s)
        return self._named(np.where(rows >= 0, hourly, 0.0))

    def _named(self, turnovers: FloatArray) -> list[str]:
        limits = self.turnover_limits
        names = [
            *(f"below {limit:,.15g}" for limit in limits),
            f"from {limits[-1]:,.15g}" if limits else "any",
        ]
        places = np.searchsorted(limits, turnovers, side="right").tolist()
        told = zip(places, turnovers.tolist(), strict=True)
        return [names[place] if turnover > 0 else UNKNOWN for place, turnover in told]
