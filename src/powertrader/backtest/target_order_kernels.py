"""Compiled orders of a strategy that holds a coin or not: sized, placed, met by candles, and booked."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from powertrader.backtest.classic_state import (
    BUY,
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


class Moment(NamedTuple):
    """When a candle closed, how much was traded in it, between which prices; rests of ask and bid or NaN."""

    now_s: int
    volume: float
    lowest: float
    highest: float
    ask_rest: float
    bid_rest: float


# inline: handing the costs over takes a third of the time of an order
@njit(cache=True, inline="always")
def order(
    desk: tuple[Rows, Rows, Rows], trades: Rows, costs: tuple[Prices, Terms], moment: Moment, target: int
) -> None:
    """Take back what rests, and order what the new target wants."""
    account, one, resting = desk
    prices, terms = costs
    resting.remaining = 0
    side = BUY if target else SELL
    factor = terms.buy_factor if target else terms.sell_factor
    price = _price(one, target, factor)
    if price == 0.0:
        return
    wanted = _size(account, one, terms, price, target)
    if wanted < 0:
        account.status = TOO_LARGE
        return
    best = price, moment.ask_rest if target else moment.bid_rest
    if factor != 0.0 or math.isnan(best[1]):
        best = text_of(price)
    if not is_large_enough(one, wanted, best):
        return
    if target and rounded_up(times((float(wanted), 0.0), best)) > account.cash:
        return
    if factor != 0.0:
        resting.side, resting.remaining, resting.price = side, wanted, price
        resting.until_s = moment.now_s + terms.lives_s if terms.lives_s else LARGEST_UNITS
        return
    executed, tier = had(one, prices.share, prices.slippage_limits, moment.volume, wanted)
    factors = prices.buy_factors if target else prices.sell_factors
    paid = times(best, (factors[tier, 0], factors[tier, 1]))
    _fill(desk, trades, (side, executed), paid, (prices.taker, moment.now_s))


@njit(cache=True)
def _price(one: Rows, target: int, factor: float) -> float:
    """Give the price that an order is sized with, 0 for one that would take although it is to rest."""
    if factor == 0.0:
        return float(one.ask if target else one.bid)
    price = (one.bid if target else one.ask) * factor
    takes = price >= one.ask if target else price <= one.bid
    return 0.0 if takes else float(price)


@njit(cache=True)
def _size(account: Rows, one: Rows, terms: Terms, price: float, target: int) -> int:
    """Give the units to order, -1 when they are too many to count."""
    if not target:
        return int(one.units // one.lot * one.lot)
    if one.units >= one.dust_below:
        return 0
    if terms.fixed_units:
        return terms.fixed_units
    return lots_of(account.funds * terms.share / price, one.lot)


@njit(cache=True)
def meet(desk: tuple[Rows, Rows, Rows], trades: Rows, costs: tuple[Prices, Terms], moment: Moment) -> None:
    """Let a resting order meet a candle."""
    _, one, resting = desk
    prices, terms = costs
    middle = (one.ask + one.bid) / 2
    if resting.side == BUY:
        crossed = moment.lowest * (one.ask / middle) < resting.price
    else:
        crossed = moment.highest * (one.bid / middle) > resting.price
    if crossed and moment.now_s <= resting.until_s:
        wanted = resting.remaining
        executed, _ = had(one, prices.share, prices.slippage_limits, moment.volume, wanted)
        resting.remaining = wanted - executed
        _fill(desk, trades, (resting.side, executed), text_of(resting.price), (terms.maker, moment.now_s))
    if moment.now_s >= resting.until_s:
        resting.remaining = 0


@njit(cache=True)
def _fill(
    desk: tuple[Rows, Rows, Rows], trades: Rows, order: tuple[int, int], price: Pair, terms: tuple[Pair, int]
) -> None:
    """Book an execution, unless nothing can be had or a purchase costs more than there is."""
    account, one, resting = desk
    side, executed = order
    fee_rate, now_s = terms
    amount = times((float(executed), 0.0), price)
    value = rounded_up(amount) if side == BUY else rounded_down(amount)
    if executed == 0:
        return
    if side == BUY and value > account.cash:
        resting.remaining = 0
        return
    if account.trades == len(trades):
        account.status = TOO_MANY_TRADES
        return
    row = trades[account.trades]
    account.trades += 1
    row.time_s, row.side, row.reason = now_s, side, TARGET_BUY if side == BUY else TARGET_SALE
    row.price, row.quantity, row.value = value / executed, executed / UNIT, value / UNIT
    if side == BUY:
        row.fee = _bought(account, one, executed, value, fee_rate) / UNIT
        row.gain_pct = row.realized = np.nan
    else:
        basis, cost = one.cost / one.bought, one.cost
        fee = _sold(account, one, executed, value, fee_rate)
        row.fee = fee / UNIT
        row.gain_pct = (value / executed - basis) / basis * 100
        row.realized = (value - fee - (cost - one.cost)) / UNIT
    one.quantity, account.funds = one.units / UNIT, account.cash / UNIT
    if max(one.units, account.cash) > LARGEST_UNITS:
        account.status = TOO_LARGE


@njit(cache=True)
def _bought(account: Rows, one: Rows, executed: int, value: int, fee_rate: Pair) -> int:
    fee = rounded_up(times((float(executed), 0.0), fee_rate))
    account.cash -= value
    one.units += executed - fee
    one.cost += value
    one.bought += executed
    return fee


@njit(cache=True)
def _sold(account: Rows, one: Rows, executed: int, value: int, fee_rate: Pair) -> int:
    fee = rounded_up(times((float(value), 0.0), fee_rate))
    kept = (one.units - executed) / one.units
    account.cash += value - fee
    one.units -= executed
    one.cost *= kept
    one.bought *= kept
    return fee
