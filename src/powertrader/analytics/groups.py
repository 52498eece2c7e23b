"""The trips of a backtest in groups: by coin, reason, stage, market and month."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from powertrader.analytics.performance import EquityCurve
from powertrader.analytics.regimes import regimes_at
from powertrader.analytics.trips import Trips
from powertrader.models.candle import Candles
from powertrader.models.moment import utc_of
from powertrader.models.trade_columns import TradeColumns
from powertrader.models.types import CoinSymbol, IntArray


@dataclass(frozen=True, slots=True)
class Group:
    """Trips that ended and have something in common; profit is in the quote asset, after costs."""

    name: str
    trips: int
    wins: int
    profit: float
    hold_hours_mean: float


@dataclass(frozen=True, slots=True)
class Month:
    """A UTC month such as 2022-01: what the account gained in it, and the trips that ended."""

    name: str
    return_pct: float
    trips: int
    profit: float


def groups_of(
    trades: TradeColumns, trips: Trips, candles: Mapping[CoinSymbol, Candles]
) -> dict[str, tuple[Group, ...]]:
    """Give the groups by coin, reason of the sale, stage and regime (the coin's market at the start).

    candles: the coins' candles; without those of a coin its market is unknown.
    """
    coins = [trades.coins[number] for number in trips.coin.tolist()]
    reasons = [trades.reasons[number] for number in trips.reason.tolist()]
    return {
        "coin": _grouped(coins, trips),
        "reason": _grouped(reasons, trips),
        "stage": tuple(
            sorted(_grouped(map(str, trips.stage.tolist()), trips), key=lambda one: int(one.name))
        ),
        "regime": _grouped(_regimes(coins, trips, candles), trips),
    }


def months_of(curve: EquityCurve, trips: Trips) -> tuple[Month, ...]:
    """Give every month that the curve has steps in, oldest first; a midnight counts to the day before."""
    if not len(curve.time_s):
        return ()
    starts = (curve.time_s - 1).astype("datetime64[s]").astype("datetime64[M]")
    names, first = np.unique(starts, return_index=True)
    last = np.append(first[1:], len(starts)) - 1
    before = curve.with_start[first]
    gained = (curve.equity[last] / before - 1) * 100
    ended = [utc_of(time_s - 1).strftime("%Y-%m") for time_s in trips.closed_s.tolist()]
    profits = trips.profit.tolist()
    return tuple(
        Month(
            str(name),
            float(gain),
            ended.count(str(name)),
            sum(profit for month, profit in zip(ended, profits, strict=True) if month == str(name)),
        )
        for name, gain in zip(names, gained, strict=True)
    )


def _regimes(coins: list[CoinSymbol], trips: Trips, candles: Mapping[CoinSymbol, Candles]) -> list[str]:
    names = ["unknown"] * len(coins)
    for coin in set(coins) & set(candles):
        places = [place for place, name in enumerate(coins) if name == coin]
        for place, regime in zip(places, regimes_at(candles[coin], trips.opened_s[places]), strict=True):
            names[place] = regime
    return names


def _grouped(names: Iterable[str], trips: Trips) -> tuple[Group, ...]:
    """Group the trips by name: the most profitable group first."""
    labels = np.array(list(names), dtype=np.str_)
    found = [_group(name, trips, np.flatnonzero(labels == name)) for name in sorted(set(labels.tolist()))]
    return tuple(sorted(found, key=lambda group: -group.profit))


def _group(name: str, trips: Trips, places: IntArray) -> Group:
    profit = trips.profit[places]
    hours = trips.held_s[places] / 3600
    return Group(
        name, len(profit), int(np.count_nonzero(profit > 0)), float(profit.sum()), float(hours.mean())
    )
