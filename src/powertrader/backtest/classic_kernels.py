"""Compiled classic strategy: entries, staged DCA buys and trailing exits of all coins over one account.

The event engine (trader.decide and what surrounds it) is the truth; every float is made in its order.
"""

from typing import Final

from numba import njit

from powertrader.backtest.classic_state import (
    DCA_HARD,
    DCA_NEURAL,
    ENTRY,
    RUNNING,
    TRAILING_EXIT,
    Books,
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


@njit(cache=True, nogil=True, error_model="numpy")
def run(world: World, prices: Prices, plan: Plan, books: Books, watch: Watch) -> None:
    """Walk all steps; equity of the books takes the value of the account after each."""
    rules, levels, listed = plan.rules, plan.levels, plan.listed
    coins, order, account, equity = books.coins, books.order, books.account[0], books.equity
    close, long, bids, asks = world.close, world.long, watch.bid, watch.ask
    row = len(bids)
    for step in range(len(equity)):
        row += 1
        if row >= len(bids):
            quote(watch, world, prices, step)
            row = 0
        free = account.funds = account.cash / UNIT
        look = Look(step, row, account.acquired, rules.multiplier, free)
        place, held = next_loud(watch, books, long, look, (0, 0.0))
        while place < account.acquired:
            coin = order[place]
            one = coins[coin]
            one.bid, one.ask = bids[row, coin], asks[row, coin]
            if _wants_to_act(one, rules, levels, account, (long[step, coin], world.close_s[step], free)):
                _act(world, prices, plan, books, (step, coin, free))
            note(watch, plan, one, coin)
            place, held = next_loud(watch, books, long, look, (place + 1, held))
        amount = max((free + held) * rules.allocation, SMALLEST_ENTRY)
        place = next_wanted(watch, world, plan, step, 0)
        while place < len(listed):
            coin = listed[place]
            one = coins[coin]
            one.bid, one.ask = bids[row, coin], asks[row, coin]
            if _may_enter(one, close[step, coin], amount, account.funds):
                _enter(world, prices, books, (step, coin), amount)
                note(watch, plan, one, coin)
            place = next_wanted(watch, world, plan, step, place + 1)
        if account.status != RUNNING:
            return
        equity[step] = worth_of(watch.bands, account.acquired, account.cash / UNIT)


@njit(cache=True, error_model="numpy", inline="always")
def half_spread(turnover: float, limits: FloatArray, halves: FloatArray) -> float:
    """Give half the spread as a fraction of the price; thin trading in an hour makes it wider."""
    tier = len(limits)
    if turnover > 0.0:
        tier = 0
        for limit in limits:
            tier += limit <= turnover
    return float(halves[tier])


@njit(cache=True, error_model="numpy")
def _may_enter(one: Rows, close: float, amount: float, funds: float) -> bool:
    """Tell whether an order can be small enough for the funds: it is at most one lot below the amount.

    Twice the close is more than any ask.
    """
    return bool(one.bid > 0.0) and not funds + 2.0 * close * (one.lot / UNIT) < amount * _ALMOST


@njit(cache=True)
def _enter(world: World, prices: Prices, books: Books, place: tuple[int, int], amount: float) -> None:
    step, coin = place
    one = books.coins[coin]
    if one.cut_at != step and not buy_waits(one, world.close_s[step]):
        buy(world, prices, books, (step, coin, ENTRY, amount))


@njit(cache=True, error_model="numpy", inline="always")
def _wants_to_act(
    one: Rows, rules: Rules, levels: FloatArray, account: Rows, facts: tuple[int, int, float]
) -> bool:
    """Move a position's line, and tell whether it is to be sold or bought more of."""
    if not one.bid > 0.0:
        return False
    return _trail(one, rules) or _wants_more(one, rules, levels, account, facts) != _NO_HIT


@njit(cache=True, error_model="numpy", inline="always")
def _wants_more(
    one: Rows, rules: Rules, levels: FloatArray, account: Rows, facts: tuple[int, int, float]
) -> int:
    """Give the reason to buy more of a position, if there is one that the day's limit and funds allow."""
    long, now_s, free = facts
    reason = _dca_hit(one, levels, long)
    if reason == _NO_HIT or now_s <= one.full_until:
        return _NO_HIT
    amount = (one.quantity * one.bid) * rules.multiplier
    return reason if amount <= min(account.funds, free) else _NO_HIT


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


@njit(cache=True)
def _act(world: World, prices: Prices, plan: Plan, books: Books, place: tuple[int, int, float]) -> None:
    """Sell a position, or buy more of it."""
    step, coin, free = place
    one, now_s = books.coins[coin], world.close_s[step]
    exits = one.trailing and one.bid < one.line and not sale_waits(one, now_s)
    if exits and sell(world, prices, books, (step, coin, TRAILING_EXIT)):
        return
    facts = (world.long[step, coin], now_s, free)
    reason = _wants_more(one, plan.rules, plan.levels, books.account[0], facts)
    if reason != _NO_HIT and not buy_waits(one, now_s):
        amount = (one.quantity * one.bid) * plan.rules.multiplier
        buy(world, prices, books, (step, coin, reason, amount))
