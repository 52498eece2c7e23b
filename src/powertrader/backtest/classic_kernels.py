"""Compiled classic strategy: entries, staged DCA buys and trailing exits of all coins over one account.

The event engine (trader.decide and what surrounds it) is the truth; every float is made in its order.
"""

from typing import Final

from numba import njit

from powertrader.backtest.classic_state import (
    ACQUIRED,
    BUY,
    CASH,
    DCA_HARD,
    DCA_NEURAL,
    ENTRY,
    RUNNING,
    SELL,
    STATUS,
    TRAILING_EXIT,
    Prices,
    Rules,
    State,
    World,
)
from powertrader.backtest.money_kernels import UNIT
from powertrader.backtest.order_kernels import buy, sell, waits
from powertrader.models.book import DCA_WINDOW
from powertrader.models.rules import SMALLEST_ENTRY
from powertrader.models.types import FloatArray
from powertrader.trader.dca_engine import FIRST_NEURAL_LEVEL, NEURAL_STAGES

_WINDOW_S: Final = int(DCA_WINDOW.total_seconds())
_NO_HIT: Final = -1


@njit(cache=True, nogil=True)
def run(world: World, prices: Prices, rules: Rules, state: State, equity: FloatArray) -> None:
    """Walk all steps; equity (steps,) takes the value of the account after each."""
    state.counts[CASH] = rules.start_units
    for step in range(len(world.close_s)):
        _step(world, prices, rules, state, step)
        if state.counts[STATUS] != RUNNING:
            return
        equity[step] = _value(state)


@njit(cache=True)
def _step(world: World, prices: Prices, rules: Rules, state: State, step: int) -> None:
    free = state.counts[CASH] / UNIT
    total = free + _look(world, prices, state, step)
    state.funds[0] = free
    for place in range(state.counts[ACQUIRED]):
        coin = state.acquired[place]
        if state.units[coin] >= world.dust_below[coin] and state.bid[coin] > 0.0:
            _manage(world, prices, rules, state, (step, coin, free))
    _enter(world, prices, rules, state, (step, total))


@njit(cache=True)
def _look(world: World, prices: Prices, state: State, step: int) -> float:
    """Take the prices of every coin that was ever bought, and add up what is held."""
    sum_held = 0.0
    for place in range(state.counts[ACQUIRED]):
        coin = state.acquired[place]
        _quote(world, prices, state, step, coin)
        if state.units[coin] < world.dust_below[coin]:
            continue
        if state.bid[coin] > 0.0:
            sum_held += state.units[coin] / UNIT * state.bid[coin]
        else:
            sum_held += state.cost[coin] / UNIT
    return sum_held


@njit(cache=True)
def _quote(world: World, prices: Prices, state: State, step: int, coin: int) -> None:
    """Take a coin's bid and ask, NaN without a close; thin trading makes the spread wider."""
    close, volume = world.close[step, coin], world.volume[step, coin]
    turnover = volume * close * world.per_hour[coin]
    tier = len(prices.spread_limits)
    if turnover > 0.0:
        tier = 0
        for limit in prices.spread_limits:
            tier += limit <= turnover
    half = prices.half_spreads[tier]
    state.bid[coin] = close * (1 - half)
    state.ask[coin] = close * (1 + half)
    if close > 0.0:
        state.last_bid[coin] = state.bid[coin]


@njit(cache=True)
def _value(state: State) -> float:
    total = float(state.counts[CASH] / UNIT)
    for place in range(state.counts[ACQUIRED]):
        coin = state.acquired[place]
        if state.units[coin] != 0:
            total += state.units[coin] / UNIT * state.last_bid[coin]
    return total


@njit(cache=True)
def _manage(world: World, prices: Prices, rules: Rules, state: State, place: tuple[int, int, float]) -> None:
    """Sell a position, or buy more of it."""
    step, coin, free = place
    exits = _trail(rules, state, coin) and not waits(state, coin, SELL, world.close_s[step])
    if exits and sell(world, prices, state, (step, coin, TRAILING_EXIT)):
        return
    reason = _dca_hit(rules, state, coin, world.long[step, coin])
    if reason == _NO_HIT or waits(state, coin, BUY, world.close_s[step]):
        return
    if _window_is_full(rules, state, coin, world.close_s[step]):
        return
    amount = (state.units[coin] / UNIT * state.bid[coin]) * rules.multiplier
    if amount <= min(state.funds[0], free):
        buy(world, prices, state, (step, coin, reason, amount))


@njit(cache=True)
def _trail(rules: Rules, state: State, coin: int) -> bool:
    """Move the line under the highest bid; True when the bid has fallen below it."""
    bid = state.bid[coin]
    start = state.basis[coin] * (rules.start_with_dca if state.stage[coin] else rules.start_no_dca)
    if not state.trailing[coin]:
        if bid >= start:
            state.trailing[coin] = True
            state.line[coin] = max(start, bid * rules.kept_of_peak)
            state.peak[coin] = bid
            state.above[coin] = True
        return False
    line = max(state.line[coin], start)
    above = bid >= line
    state.peak[coin] = max(state.peak[coin], bid)
    line = max(line, state.peak[coin] * rules.kept_of_peak)
    exits = state.above[coin] and bid < line
    state.line[coin] = line
    state.above[coin] = above or exits
    return bool(exits)


@njit(cache=True)
def _dca_hit(rules: Rules, state: State, coin: int, long: int) -> int:
    ask, basis, stage = state.ask[coin], state.basis[coin], state.stage[coin]
    gain = ((ask - basis) / basis) * 100 if basis > 0 else 0.0
    if gain <= rules.levels[min(stage, len(rules.levels) - 1)]:
        return DCA_HARD
    if stage < NEURAL_STAGES and gain < 0 and long >= stage + FIRST_NEURAL_LEVEL:
        return DCA_NEURAL
    return _NO_HIT


@njit(cache=True)
def _window_is_full(rules: Rules, state: State, coin: int, now_s: int) -> bool:
    """Tell whether the last 24 hours of this trade saw as many DCA buys as they may."""
    limit, count = rules.daily_limit, state.dca_count[coin]
    if count < limit:
        return False
    if limit == 0:
        return True
    return bool(state.dca_times[coin, (count - limit) % state.dca_times.shape[1]] >= now_s - _WINDOW_S)


@njit(cache=True)
def _enter(world: World, prices: Prices, rules: Rules, state: State, place: tuple[int, float]) -> None:
    """Buy what the signals say and is not held yet, in the order of the list."""
    step, total = place
    amount = max(total * rules.allocation, SMALLEST_ENTRY)
    long, short = world.long[step], world.short[step]
    for coin in rules.listed:
        if long[coin] < rules.start_level or short[coin] != 0:
            continue
        if state.units[coin] >= world.dust_below[coin] or state.cut_at[coin] == step:
            continue
        if waits(state, coin, BUY, world.close_s[step]):
            continue
        _quote(world, prices, state, step, coin)
        if state.bid[coin] > 0.0:
            buy(world, prices, state, (step, coin, ENTRY, amount))
