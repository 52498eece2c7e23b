"""What the compiled classic strategy looks at in every step, to find the few coins that matter.

Most steps change nothing of a position: its bid stays in a quiet band, or a DCA buy is due that the funds
do not reach. What tells so is a short row for each position, in the order in which the coins were bought.
Places are taken as unsigned: compiled code then does not ask whether they count from the end.
"""

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit

from powertrader.backtest.classic_state import Books, Levels, Plan, Prices, Rows, World
from powertrader.backtest.money_kernels import UNIT
from powertrader.models.types import FloatArray
from powertrader.trader.dca_engine import FIRST_NEURAL_LEVEL, NEURAL_STAGES

CELLS: Final = 2048
"""Prices that are made at once: of many steps of one coin, of one step of many coins."""
_NEVER: Final = 2**31 - 1
_ROUNDING: Final = 1e-12
"""More than what the gain of a position loses in its roundings, as a fraction of the basis."""

BAND_ROW: Final = np.dtype(
    [
        *((name, np.float64) for name in ("quantity", "paid", "worth", "low", "top", "deep", "basis")),
        *((name, np.int32) for name in ("neural_from", "held")),
    ]
)
"""A position that cannot change while its bid is from low to below top and no DCA buy is due.

One may be due at deep, or below basis from the long level neural_from on. worth is its value at the newest
bid, paid what it cost; held is 0 for what cannot be sold.
"""


class Watch(NamedTuple):
    """Bands by order of purchase; idle (coins,): 1 where nothing is held that can be sold.

    bid, ask, half (half the spread as a fraction) and per_hour (candles) are (rows, coins): some steps.
    """

    bands: Rows
    idle: Levels
    bid: FloatArray
    ask: FloatArray
    half: FloatArray
    per_hour: FloatArray


class Look(NamedTuple):
    """A step and its row of prices, the positions, and what a DCA buy may cost."""

    step: int
    row: int
    positions: int
    multiplier: float
    free: float


def watch_of(coins: Rows) -> Watch:
    """Watch coins of which nothing is held."""
    bands = np.zeros(len(coins), dtype=BAND_ROW).view(np.recarray)
    shape = (max(1, CELLS // len(coins)), len(coins))
    bid, ask, half = (np.empty(shape) for _ in range(3))
    return Watch(bands, np.ones(len(coins), np.int8), bid, ask, half, np.tile(coins.per_hour, (shape[0], 1)))


@njit(cache=True, error_model="numpy")
def quote(watch: Watch, world: World, prices: Prices, step: int) -> None:
    """Make the prices of the steps from one on, NaN where there are none; thin trading costs more spread."""
    first = step * len(watch.idle)
    close, volume = world.close.reshape(-1)[first:], world.volume.reshape(-1)[first:]
    bid, ask = watch.bid.reshape(-1), watch.ask.reshape(-1)
    half, per_hour = watch.half.reshape(-1), watch.per_hour.reshape(-1)
    limits, halves = prices.spread_limits, prices.half_spreads
    narrow, wide = halves[0], halves[-1]
    count = min(len(bid), len(close))
    for cell in range(count):
        half[cell] = narrow if volume[cell] * close[cell] * per_hour[cell] > 0.0 else wide
    for tier in range(len(limits)):
        limit, less = limits[tier], halves[tier + 1]
        for cell in range(count):
            half[cell] = less if volume[cell] * close[cell] * per_hour[cell] >= limit else half[cell]
    for cell in range(count):
        price = close[cell] if close[cell] > 0.0 else np.nan
        bid[cell] = price * (1 - half[cell])
        ask[cell] = price * (1 + half[cell])


@njit(cache=True, error_model="numpy")
def next_loud(
    watch: Watch, books: Books, long: Levels, look: Look, walked: tuple[int, float]
) -> tuple[int, float]:
    """Give the place of the next position that the step may change, and the value of all up to it.

    walked: where to begin and the value before. The place is the number of positions when there is none.
    """
    bands, order, bids = watch.bands, books.order, watch.bid
    step, row = np.uintp(look.step), np.uintp(look.row)
    place, total = walked
    while place < look.positions:
        band, coin = bands[np.uintp(place)], np.uintp(order[np.uintp(place)])
        bid = bids[row, coin]
        value = band.quantity * bid
        unknown = math.isnan(bid)
        band.worth = band.worth if unknown else value
        counted = band.paid if unknown else value
        total += counted if band.held else 0.0
        # the ask is above the bid: this may be too often, never too seldom
        due = (bid <= band.deep) | ((bid < band.basis) & (long[step, coin] >= band.neural_from))
        payable = value * look.multiplier <= look.free
        if (bid < band.low) | (bid >= band.top) | (due & payable):
            return place, total
        place += 1
    return place, total


@njit(cache=True, error_model="numpy")
def next_wanted(watch: Watch, world: World, plan: Plan, step: int, place: int) -> int:
    """Give the next place in the list of a coin that is not held and whose signal allows an entry.

    The length of the list when there is none.
    """
    idle, listed, long, short = watch.idle, plan.listed, world.long, world.short
    row, start_level = np.uintp(step), plan.rules.start_level
    while place < len(listed):
        coin = np.uintp(listed[np.uintp(place)])
        if idle[coin] & (long[row, coin] >= start_level) & (short[row, coin] == 0):
            return place
        place += 1
    return place


@njit(cache=True, error_model="numpy")
def worth_of(bands: Rows, positions: int, cash: float) -> float:
    """Give the value of the account, coins at their newest bid."""
    total = cash
    for place in range(positions):
        total += bands[place].worth
    return total


@njit(cache=True, error_model="numpy")
def note(watch: Watch, plan: Plan, one: Rows, coin: int) -> None:
    """Give a position the band that it has now, if the coin was ever bought."""
    if one.place < 0:
        return
    rules, levels, band = plan.rules, plan.levels, watch.bands[one.place]
    held = one.units >= one.dust_below
    watch.idle[coin] = not held
    band.held, band.quantity, band.worth = held, one.quantity, one.quantity * one.bid
    band.low, band.top, band.deep, band.basis = -np.inf, np.inf, -np.inf, -np.inf
    if not held:
        return
    start = one.basis * (rules.start_with_dca if one.stage else rules.start_no_dca)
    if one.trailing:
        one.line = max(one.line, start)
        band.low, band.top = one.line, one.peak
    else:
        band.top = start
    level = levels[min(one.stage, len(levels) - 1)]
    slack = (1.0 + abs(level)) * _ROUNDING
    band.paid, band.basis = one.cost / UNIT, one.basis
    band.deep = one.basis * (1.0 + level / 100 + slack) if one.basis > 0 else np.inf
    band.neural_from = one.stage + FIRST_NEURAL_LEVEL if one.stage < NEURAL_STAGES else _NEVER
