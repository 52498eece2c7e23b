"""Compiled trading by targets: hold a coin or not, with orders at the market or resting in the book.

A purchase or a sale is ordered when the target changes. A resting order is met by the candles after it, as
core.fills has it: crossed, not touched, at its own price with the maker fee, as far as the volume goes.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from powertrader.backtest.classic_kernels import see
from powertrader.backtest.classic_state import (
    BUY,
    RUNNING,
    SELL,
    TARGET_BUY,
    TARGET_SALE,
    TOO_LARGE,
    TOO_MANY_TRADES,
    Prices,
    Rows,
)
from powertrader.backtest.money_kernels import (
    LARGEST_UNITS,
    UNIT,
    Pair,
    lots_of,
    rounded_down,
    rounded_up,
    text_of,
    times,
)
from powertrader.backtest.order_kernels import had, is_large_enough
from powertrader.models.types import FloatArray, IntArray, TargetArray


class Bars(NamedTuple):
    """Candles of one coin, all columns (N,)."""

    close_s: IntArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray


class Terms(NamedTuple):
    """How to order: a fixed quantity, or a share of the free quote asset when it is 0.

    buy_factor and sell_factor make the price of a resting order from bid and ask, 0 for orders at the
    market. lives_s: how long it may rest, 0 for ever. maker: the fee of a resting order.
    """

    fixed_units: int
    share: float
    buy_factor: float
    sell_factor: float
    lives_s: int
    maker: Pair


class Desk(NamedTuple):
    """One row for the account, one for the coin, one for the resting order, and the trades."""

    account: Rows
    coin: Rows
    resting: Rows
    trades: Rows


@njit(cache=True, nogil=True, error_model="numpy")
def follow(
    bars: Bars, targets: TargetArray, costs: tuple[Prices, Terms], desk: Desk, equity: FloatArray
) -> None:
    """Walk all candles; equity (N,) takes the value of the account after each."""
    prices, terms = costs
    account, one, resting = desk.account[0], desk.coin[0], desk.resting[0]
    close, volume = bars.close, bars.volume
    limits, halves = prices.spread_limits, prices.half_spreads
    wanted = 0
    for place in range(len(equity)):
        changed = targets[place] != wanted
        if changed or resting.remaining != 0 or one.units != 0:
            see(one, close[place], volume[place], limits, halves)
        if resting.remaining != 0:
            _meet(bars, (prices, terms), desk, place)
        if changed:
            wanted = targets[place]
            _order(bars, (prices, terms), desk, (place, wanted))
            if account.status != RUNNING:
                return
        equity[place] = account.cash / UNIT + one.quantity * one.bid


@njit(cache=True)
def _order(bars: Bars, costs: tuple[Prices, Terms], desk: Desk, change: tuple[int, int]) -> None:
    """Take back what rests, and order what the new target wants."""
    prices, terms = costs
    account, one, resting = desk.account[0], desk.coin[0], desk.resting[0]
    place, target = change
    resting.remaining = 0
    side = BUY if target else SELL
    factor = terms.buy_factor if target else terms.sell_factor
    at_market = factor == 0.0
    price = one.ask if target else one.bid
    if not at_market:
        price = (one.bid if target else one.ask) * factor
        if (price >= one.ask) if target else (price <= one.bid):
            return
    wanted = _size(account, one, terms, price, target)
    if wanted < 0:
        account.status = TOO_LARGE
        return
    best = text_of(price)
    if not is_large_enough(one, wanted, best):
        return
    if target and rounded_up(times((float(wanted), 0.0), best)) > account.cash:
        return
    if at_market:
        executed, tier = had(one, prices.share, prices.slippage_limits, bars.volume[place], wanted)
        factors = prices.buy_factors[tier] if target else prices.sell_factors[tier]
        _fill(
            desk, side, executed, times(best, (factors[0], factors[1])), (prices.taker, bars.close_s[place])
        )
        return
    resting.side, resting.remaining, resting.price = side, wanted, price
    resting.until_s = bars.close_s[place] + terms.lives_s if terms.lives_s else LARGEST_UNITS


@njit(cache=True)
def _size(account: Rows, one: Rows, terms: Terms, price: float, target: int) -> int:
    """Give the units to order, -1 when they are too many to count."""
    if not target:
        return int(one.units // one.lot * one.lot)
    if one.units >= one.dust_below:
        return 0
    if terms.fixed_units:
        return terms.fixed_units
    return lots_of(account.cash / UNIT * terms.share / price, one.lot)


@njit(cache=True)
def _meet(bars: Bars, costs: tuple[Prices, Terms], desk: Desk, place: int) -> None:
    """Let a resting order meet a candle."""
    prices, terms = costs
    one, resting = desk.coin[0], desk.resting[0]
    now_s = bars.close_s[place]
    middle = (one.ask + one.bid) / 2
    if resting.side == BUY:
        lowest = min(bars.low[place], bars.open[place]) * (one.ask / middle)
        crossed = lowest < resting.price
    else:
        highest = max(bars.high[place], bars.open[place]) * (one.bid / middle)
        crossed = highest > resting.price
    if crossed and now_s <= resting.until_s:
        wanted = resting.remaining
        executed, _ = had(one, prices.share, prices.slippage_limits, bars.volume[place], wanted)
        resting.remaining = wanted - executed
        _fill(desk, resting.side, executed, text_of(resting.price), (terms.maker, now_s))
    if now_s >= resting.until_s:
        resting.remaining = 0


@njit(cache=True)
def _fill(desk: Desk, side: int, executed: int, price: Pair, terms: tuple[Pair, int]) -> None:
    """Book an execution, unless nothing can be had or a purchase costs more than there is."""
    account, one = desk.account[0], desk.coin[0]
    fee_rate, now_s = terms
    amount = times((float(executed), 0.0), price)
    value = rounded_up(amount) if side == BUY else rounded_down(amount)
    if executed == 0 or (side == BUY and value > account.cash):
        desk.resting[0].remaining = 0 if executed else desk.resting[0].remaining
        return
    if account.trades == len(desk.trades):
        account.status = TOO_MANY_TRADES
        return
    row = desk.trades[account.trades]
    account.trades += 1
    row.time_s, row.side, row.reason = now_s, side, TARGET_BUY if side == BUY else TARGET_SALE
    row.price, row.quantity, row.value = value / executed, executed / UNIT, value / UNIT
    row.gain_pct = row.realized = np.nan
    if side == BUY:
        fee = rounded_up(times((float(executed), 0.0), fee_rate))
        account.cash -= value
        one.units += executed - fee
        one.cost += value
        one.bought += executed
    else:
        fee = rounded_up(times((float(value), 0.0), fee_rate))
        account.cash += value - fee
        kept = (one.units - executed) / one.units
        basis = one.cost / one.bought
        row.gain_pct = (value / executed - basis) / basis * 100
        row.realized = (value - fee - one.cost * (1 - kept)) / UNIT
        one.units -= executed
        one.cost *= kept
        one.bought *= kept
    row.fee = fee / UNIT
    one.quantity = one.units / UNIT
    if max(one.units, account.cash) > LARGEST_UNITS:
        account.status = TOO_LARGE
