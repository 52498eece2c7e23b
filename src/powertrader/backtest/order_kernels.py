"""Compiled orders of the classic strategy: sized, filled and booked as the paper account and the book do."""

from typing import Final

import numpy as np
from numba import njit

from powertrader.backtest.classic_state import (
    ACQUIRED,
    BUY,
    CASH,
    ENTRY,
    SELL,
    TOO_LARGE,
    TOO_MANY_TRADES,
    TRADES,
    Fill,
    Prices,
    State,
    World,
)
from powertrader.backtest.money_kernels import (
    LARGEST_UNITS,
    UNIT,
    Pair,
    is_less,
    lots_of,
    over,
    plus,
    rounded_down,
    rounded_up,
    text_of,
    times,
)
from powertrader.backtest.position_kernels import average_price, end, remember, shrink
from powertrader.trader.desk import Patience
from powertrader.trader.restraint import FIRST_PAUSE_S

LONGEST_PAUSE_S: Final = Patience().cooldown_s
_MOST_DOUBLINGS: Final = 30


@njit(cache=True)
def waits(state: State, coin: int, side: int, now_s: int) -> bool:
    """Tell whether an order is not tried again yet after a refusal."""
    if state.refusals[coin, side] == 0:
        return False
    return bool(state.pause_s[coin, side] - (now_s - state.refused_at[coin, side]) > 0)


@njit(cache=True)
def buy(world: World, prices: Prices, state: State, order: tuple[int, int, int, float]) -> None:
    """Buy a coin at the market for an amount; order is step, coin, reason and amount."""
    step, coin, reason, amount = order
    ask = state.ask[coin]
    wanted = lots_of(amount / ask, world.lot[coin])
    best = text_of(ask)
    if wanted < 0:
        end(state, TOO_LARGE, coin)
        return
    if not _is_large_enough(world, coin, wanted, best) or _is_above_funds(state, wanted, best):
        return
    executed, tier = _had(world, prices, (step, coin), wanted)
    if executed == 0:
        _refused(state, coin, BUY, world.close_s[step])
        return
    factor = (prices.buy_factors[tier, 0], prices.buy_factors[tier, 1])
    value = rounded_up(times((float(executed), 0.0), times(best, factor)))
    if value > state.counts[CASH]:
        _refused(state, coin, BUY, world.close_s[step])
        state.pause_s[coin, BUY] = LONGEST_PAUSE_S
        return
    fee = rounded_up(times((float(executed), 0.0), prices.taker))
    state.refusals[coin, BUY] = 0
    _book_purchase(state, coin, Fill(BUY, reason, executed, value, fee), world.close_s[step])


@njit(cache=True)
def sell(world: World, prices: Prices, state: State, order: tuple[int, int, int]) -> bool:
    """Sell what can be sold of a position; order is step, coin and reason. False when nothing was sold."""
    step, coin, reason = order
    wanted = state.units[coin] // world.lot[coin] * world.lot[coin]
    best = text_of(state.bid[coin])
    if not _is_large_enough(world, coin, wanted, best):
        return False
    executed, tier = _had(world, prices, (step, coin), wanted)
    if executed == 0:
        _refused(state, coin, SELL, world.close_s[step])
        return False
    factor = (prices.sell_factors[tier, 0], prices.sell_factors[tier, 1])
    value = rounded_down(times((float(executed), 0.0), times(best, factor)))
    fee = rounded_up(times((float(value), 0.0), prices.taker))
    state.refusals[coin, SELL] = 0
    _book_sale(state, coin, Fill(SELL, reason, executed, value, fee), world.close_s[step])
    if executed == wanted:
        state.trailing[coin] = False
        state.dca_count[coin] = 0
    else:
        state.cut_at[coin] = step
        state.basis[coin] = average_price(state, coin)
    return True


@njit(cache=True)
def _is_large_enough(world: World, coin: int, wanted: int, best: Pair) -> bool:
    if wanted <= 0 or wanted < world.least_quantity[coin]:
        return False
    return not is_less(times((float(wanted), 0.0), best), (world.least_order[coin], 0.0))


@njit(cache=True)
def _is_above_funds(state: State, wanted: int, best: Pair) -> bool:
    funds = state.funds[0]
    if funds <= 0.0:
        return True
    return is_less(times(text_of(funds), (UNIT, 0.0)), times((float(wanted), 0.0), best))


@njit(cache=True)
def _had(world: World, prices: Prices, place: tuple[int, int], wanted: int) -> tuple[int, int]:
    """Give how much of an order the candle's volume fills, and the row of its slippage."""
    step, coin = place
    volume = world.volume[step, coin]
    if not volume > 0.0:
        return wanted, 0
    executed = wanted
    if volume * prices.share[0] * UNIT < wanted * 2.0:
        there = rounded_down(times(times(text_of(volume), prices.share), (UNIT, 0.0)))
        executed = min(wanted, there // world.lot[coin] * world.lot[coin])
    share_pct = executed / UNIT / volume * 100.0
    tier = 0
    for limit in prices.slippage_limits:
        tier += share_pct > limit
    return executed, tier


@njit(cache=True)
def _refused(state: State, coin: int, side: int, now_s: int) -> None:
    """Remember a refusal; the first one without a known reason costs no time."""
    state.refusals[coin, side] += 1
    state.refused_at[coin, side] = now_s
    earlier = state.refusals[coin, side] - 1
    pause_s = 0.0 if earlier == 0 else FIRST_PAUSE_S * 2.0 ** min(earlier - 1, _MOST_DOUBLINGS)
    state.pause_s[coin, side] = min(LONGEST_PAUSE_S, pause_s)


@njit(cache=True)
def _book_purchase(state: State, coin: int, fill: Fill, now_s: int) -> None:
    counts = state.counts
    counts[CASH] -= fill.value
    if not state.known[coin]:
        state.known[coin] = True
        state.acquired[counts[ACQUIRED]] = coin
        counts[ACQUIRED] += 1
    state.units[coin] += fill.executed - fill.fee
    if state.units[coin] > LARGEST_UNITS:
        end(state, TOO_LARGE, coin)
    state.cost[coin] += fill.value
    bought = plus((state.bought[coin, 0], state.bought[coin, 1]), (float(fill.executed), 0.0))
    state.bought[coin, 0], state.bought[coin, 1] = bought
    remember(state, coin, fill.executed / UNIT, fill.value / UNIT)
    state.basis[coin] = average_price(state, coin)
    state.trailing[coin] = False
    if fill.reason == ENTRY:
        state.stage[coin] = 0
        state.dca_count[coin] = 0
    else:
        state.stage[coin] += 1
        ring = state.dca_times.shape[1]
        state.dca_times[coin, state.dca_count[coin] % ring] = now_s
        state.dca_count[coin] += 1
    state.funds[0] += -(fill.value / UNIT)
    _note_trade(state, coin, fill, (float(now_s), np.nan, np.nan))


@njit(cache=True)
def _book_sale(state: State, coin: int, fill: Fill, now_s: int) -> None:
    before, basis, cost = state.units[coin], state.basis[coin], state.cost[coin]
    received = fill.value - fill.fee
    state.counts[CASH] += received
    if state.counts[CASH] > LARGEST_UNITS:
        end(state, TOO_LARGE, coin)
    state.units[coin] = before - fill.executed
    kept = over((float(before - fill.executed), 0.0), (float(before), 0.0))
    state.cost[coin] = cost * kept[0]
    bought = times((state.bought[coin, 0], state.bought[coin, 1]), kept)
    state.bought[coin, 0], state.bought[coin, 1] = bought
    shrink(state, coin, kept[0])
    state.funds[0] += received / UNIT
    gain = ((fill.value / fill.executed - basis) / basis) * 100
    realized = (received - (cost - state.cost[coin])) / UNIT
    _note_trade(state, coin, fill, (float(now_s), gain, realized))


@njit(cache=True)
def _note_trade(state: State, coin: int, fill: Fill, facts: tuple[float, float, float]) -> None:
    now_s, gain_pct, realized = facts
    place = state.counts[TRADES]
    if place == len(state.trades):
        end(state, TOO_MANY_TRADES, coin)
        return
    state.counts[TRADES] += 1
    row = state.trades[place]
    row[0], row[1], row[2] = now_s, coin, fill.side
    row[3], row[4], row[5] = fill.value / fill.executed, fill.executed / UNIT, fill.value / UNIT
    row[6], row[7], row[8] = fill.fee / UNIT, fill.reason, state.stage[coin]
    row[9], row[10] = gain_pct, realized
