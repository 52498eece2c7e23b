"""Compiled classic strategy: entries, staged DCA buys and trailing exits of all coins over one account.

The event engine (trader.decide and what surrounds it) is the truth; every float is made in its order.
"""

from typing import Final, cast

import numpy as np
from numba import njit

from powertrader.backtest.classic_state import (
    DCA_HARD,
    DCA_NEURAL,
    ENTRY,
    RUNNING,
    Books,
    Moment,
    Plan,
    Prices,
    Rows,
    Rules,
    World,
)
from powertrader.backtest.money_kernels import UNIT
from powertrader.backtest.order_kernels import buy, buy_waits, sale_waits, sell
from powertrader.backtest.watch_kernels import (
    Look,
    Watch,
    next_loud,
    next_wanted,
    note,
    quote,
    worth_of,
)
from powertrader.models.rules import SMALLEST_ENTRY
from powertrader.models.types import FloatArray
from powertrader.trader.dca_engine import FIRST_NEURAL_LEVEL, NEURAL_STAGES

_NO_HIT: Final = -1
_ALMOST: Final = 1 - 1e-9
_FIRST: Final = cast("int", np.int64(0))
"""A place of the kind that compiled code counts: for a plain 0 it compiles what takes places once more."""


@njit(cache=True, nogil=True, error_model="numpy")
def run(world: World, prices: Prices, plan: Plan, books: Books, watch: Watch) -> None:
    """Walk all steps; equity of the books takes the value of the account after each."""
    rules, listed = plan.rules, plan.listed
    coins, order, account, equity = books.coins, books.order, books.account[0], books.equity
    close, volume, long, bids, asks = world.close, world.volume, world.long, watch.bid, watch.ask
    row = len(bids)
    for step in range(len(equity)):
        row += 1
        if row >= len(bids):
            quote(watch, world, prices, step)
            row = 0
        now_s = world.close_s[step]
        free = account.funds = account.cash / UNIT
        look = Look(step, row, account.acquired, rules.multiplier, free)
        place, held = next_loud(watch, books, long, look, (_FIRST, 0.0))
        while place < account.acquired:
            coin = order[place]
            one = coins[coin]
            one.bid, one.ask = bids[row, coin], asks[row, coin]
            moment = Moment(step, now_s, volume[step, coin])
            sold = _exits(one, rules, now_s) and sell(prices, books, coin, moment)
            reason = _NO_HIT if sold else _more(one, plan, long[step, coin], now_s)
            cost = (one.quantity * one.bid) * rules.multiplier
            if reason != _NO_HIT and cost <= min(account.funds, free):
                buy(prices, books, coin, moment, (reason, cost))
            note(watch, plan, one, coin)
            place, held = next_loud(watch, books, long, look, (place + 1, held))
        amount = max((free + held) * rules.allocation, SMALLEST_ENTRY)
        place = next_wanted(watch, world, plan, step, _FIRST)
        while place < len(listed):
            coin = listed[place]
            one = coins[coin]
            one.bid, one.ask = bids[row, coin], asks[row, coin]
            moment = Moment(step, now_s, volume[step, coin])
            if _may_enter(one, close[step, coin], amount, account.funds) and _is_free(one, moment):
                buy(prices, books, coin, moment, (ENTRY, amount))
                note(watch, plan, one, coin)
            place = next_wanted(watch, world, plan, step, place + 1)
        if account.status != RUNNING:
            return
        equity[step] = worth_of(watch.bands, account.acquired, account.cash / UNIT)


@njit(cache=True, error_model="numpy")
def _may_enter(one: Rows, close: float, amount: float, funds: float) -> bool:
    """Tell whether there is a price, and an order can be small enough for the funds.

    It is at most one lot below the amount; twice the close is more than any ask.
    """
    return bool(one.bid > 0.0) and not funds + 2.0 * close * (one.lot / UNIT) < amount * _ALMOST


@njit(cache=True, error_model="numpy")
def _is_free(one: Rows, moment: Moment) -> bool:
    """Tell whether nothing of a coin was left by a sale in this step, and no refusal is waited out."""
    return one.cut_at != moment.step and not buy_waits(one, moment.now_s)


@njit(cache=True, error_model="numpy")
def _exits(one: Rows, rules: Rules, now_s: int) -> bool:
    """Move the line under the highest bid, and tell whether the bid is below it and a sale may be tried."""
    return _trail(one, rules) and not sale_waits(one, now_s)


@njit(cache=True, error_model="numpy")
def _more(one: Rows, plan: Plan, long: int, now_s: int) -> int:
    """Give the reason to buy more of a position, if there is one and it may be bought now."""
    reason = _dca_hit(one, plan.levels, long)
    return _NO_HIT if now_s <= one.full_until or buy_waits(one, now_s) else reason


@njit(cache=True, error_model="numpy")
def _trail(one: Rows, rules: Rules) -> bool:
    """Move the line under the highest bid; True when the bid has fallen below it."""
    start = one.basis * (rules.start_with_dca if one.stage else rules.start_no_dca)
    if not one.trailing:
        if one.bid >= start:
            one.trailing = 1
            one.line = max(start, one.bid * rules.kept_of_peak)
            one.peak = one.bid
        return False
    one.peak = max(one.peak, one.bid)
    one.line = max(one.line, start, one.peak * rules.kept_of_peak)
    return bool(one.bid < one.line)


@njit(cache=True, error_model="numpy", inline="always")
def _dca_hit(one: Rows, levels: FloatArray, long: int) -> int:
    """Give the reason to buy more, if any."""
    level = levels[min(one.stage, len(levels) - 1)]
    if one.ask >= one.basis and level < 0:
        return _NO_HIT
    gain = ((one.ask - one.basis) / one.basis) * 100 if one.basis > 0 else 0.0
    if gain <= level:
        return DCA_HARD
    if one.stage < NEURAL_STAGES and gain < 0 and long >= one.stage + FIRST_NEURAL_LEVEL:
        return DCA_NEURAL
    return _NO_HIT
