"""The trips of a backtest in groups: by coin, reason, stage, signal, market, turnover and month."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from powertrader.analytics.backdrop import Backdrop
from powertrader.analytics.performance import EquityCurve
from powertrader.analytics.trips import Trips
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


def groups_of(trades: TradeColumns, trips: Trips, backdrop: Backdrop) -> dict[str, tuple[Group, ...]]:
    """Give the groups by coin, reason of the sale, stage, and what was known of the coin at the start.

    That is signal, its long level; regime, its market; tier, how much of it was traded. Without any level
    there are no groups by signal.
    """
    coins = [trades.coins[number] for number in trips.coin.tolist()]
    reasons = [trades.reasons[number] for number in trips.reason.tolist()]
    signals = _grouped(_at_start(trades, trips, backdrop.signals), trips) if backdrop.levels else ()
    return {
        "coin": _grouped(coins, trips),
        "reason": _grouped(reasons, trips),
        "stage": _by_number(_grouped(map(str, trips.stage.tolist()), trips)),
        "signal": _by_number(signals),
        "regime": _grouped(_at_start(trades, trips, backdrop.regimes), trips),
        "tier": _grouped(_at_start(trades, trips, backdrop.tiers), trips),
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
    profits: dict[str, list[float]] = {}
    for month, profit in zip(ended, trips.profit.tolist(), strict=True):
        profits.setdefault(month, []).append(profit)
    return tuple(
        Month(name, gain, len(profits.get(name, ())), math.fsum(profits.get(name, ())))
        for name, gain in zip(map(str, names), gained.tolist(), strict=True)
    )


def _at_start(
    trades: TradeColumns, trips: Trips, named: Callable[[CoinSymbol, IntArray], list[str]]
) -> list[str]:
    """Give the name of each trip, from what was known of its coin when it began."""
    names = np.full(len(trips), "", dtype=object)
    for number in np.unique(trips.coin).tolist():
        places = trips.coin == number
        names[places] = named(trades.coins[number], trips.opened_s[places])
    return [str(name) for name in names]


def _by_number(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Put groups that are named by numbers in their order, others behind."""
    return tuple(sorted(groups, key=lambda one: float(one.name) if one.name.isdecimal() else math.inf))


def _grouped(names: Iterable[str], trips: Trips) -> tuple[Group, ...]:
    """Group the trips by name: the most profitable group first."""
    known, numbers = np.unique(np.array(list(names), dtype=np.str_), return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    borders = np.searchsorted(numbers[order], np.arange(1, len(known)))
    parts = np.split(order, borders) if len(known) else []
    found = [_group(str(name), trips, places) for name, places in zip(known, parts, strict=True)]
    return tuple(sorted(found, key=lambda group: -group.profit))


def _group(name: str, trips: Trips, places: IntArray) -> Group:
    profit = trips.profit[places]
    hours = trips.held_s[places] / 3600
    return Group(
        name, len(profit), int(np.count_nonzero(profit > 0)), float(profit.sum()), float(hours.mean())
    )
