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
    Levels,
    Plan,
    Prices,
    Rows,
    Rules,
    World,
)
from powertrader.backtest.money_kernels import UNIT
from powertrader.backtest.order_kernels import buy, buy_waits, sale_waits, sell
from powertrader.models.rules import SMALLEST_ENTRY
from powertrader.models.types import FloatArray, IntArray
from powertrader.trader.dca_engine import FIRST_NEURAL_LEVEL, NEURAL_STAGES

_NO_HIT: Final = -1
_ALMOST: Final = 1 - 1e-9


@njit(cache=True, nogil=True, error_model="numpy")
def run(world: World, prices: Prices, plan: Plan, books: Books, equity: FloatArray) -> None:
    """Walk all steps; equity (steps,) takes the value of the account after each."""
    rules, levels, listed = plan.rules, plan.levels, plan.listed
    coins, order, account = books.coins, books.order, books.account[0]
    close, volume, long, short = world.close, world.volume, world.long, world.short
    limits, halves = prices.spread_limits, prices.half_spreads
    for step in range(len(equity)):
        now_s = world.close_s[step]
        free = account.funds = account.cash / UNIT
        held = 0.0
        for place in range(account.acquired):
            coin = order[place]
            held += _see(coins[coin], close[step, coin], volume[step, coin], limits, halves)
            if _wants_to_act(coins[coin], rules, levels, account, (long[step, coin], now_s, free)):
                _act(world, prices, plan, books, (step, coin, free))
        amount = max((free + held) * rules.allocation, SMALLEST_ENTRY)
        place = _next_signal(listed, 0, long, short, (step, rules.start_level))
        while place >= 0:
            coin = listed[place]
            if _may_enter(coins[coin], close[step, coin], amount, account.funds):
                _enter(world, prices, books, (step, coin), amount)
            place = _next_signal(listed, place + 1, long, short, (step, rules.start_level))
        if account.status != RUNNING:
            return
        equity[step] = _worth(coins, order, account)


@njit(cache=True, error_model="numpy", inline="always")
def half_spread(turnover: float, limits: FloatArray, halves: FloatArray) -> float:
    """Give half the spread as a fraction of the price; thin trading in an hour makes it wider."""
    tier = len(limits)
    if turnover > 0.0:
        tier = 0
        for limit in limits:
            tier += limit <= turnover
    return float(halves[tier])


@njit(cache=True, error_model="numpy", inline="always")
def _see(one: Rows, close: float, volume: float, limits: FloatArray, halves: FloatArray) -> float:
    """Take a coin's prices, and give what is held of it: at the bid, without a price what it cost."""
    half = half_spread(volume * close * one.per_hour, limits, halves)
    one.bid = close * (1 - half)
    one.ask = close * (1 + half)
    if close > 0.0:
        one.last_bid = one.bid
    if one.units < one.dust_below:
        return 0.0
    return float(one.quantity * one.bid if close > 0.0 else one.cost / UNIT)


@njit(cache=True, error_model="numpy", inline="always")
def _worth(coins: Rows, order: IntArray, account: Rows) -> float:
    """Give the value of the account, coins at their newest bid."""
    total = account.cash / UNIT
    for place in range(account.acquired):
        total += coins[order[place]].quantity * coins[order[place]].last_bid
    return float(total)


@njit(cache=True, error_model="numpy", inline="always")
def _next_signal(listed: IntArray, place: int, long: Levels, short: Levels, facts: tuple[int, int]) -> int:
    """Give the next place in the list whose signal allows an entry, -1 when there is none."""
    step, start_level = facts
    while place < len(listed):
        if long[step, listed[place]] >= start_level and short[step, listed[place]] == 0:
            return place
        place += 1
    return -1


@njit(cache=True, error_model="numpy")
def _may_enter(one: Rows, close: float, amount: float, funds: float) -> bool:
    """Tell whether a coin is not held, and an order can be small enough for the funds.

    It is at most one lot below the amount; twice the close is more than any ask, and saves finding it.
    """
    if one.units >= one.dust_below:
        return False
    return not funds + 2.0 * close * (one.lot / UNIT) < amount * _ALMOST


@njit(cache=True)
def _enter(world: World, prices: Prices, books: Books, place: tuple[int, int], amount: float) -> None:
    step, coin = place
    one = books.coins[coin]
    if one.cut_at == step or buy_waits(one, world.close_s[step]):
        return
    _see(one, world.close[step, coin], world.volume[step, coin], prices.spread_limits, prices.half_spreads)
    if one.bid > 0.0:
        buy(world, prices, books, (step, coin, ENTRY, amount))


@njit(cache=True, error_model="numpy", inline="always")
def _wants_to_act(
    one: Rows, rules: Rules, levels: FloatArray, account: Rows, facts: tuple[int, int, float]
) -> bool:
    """Move a position's line, and tell whether it is to be sold or bought more of."""
    if one.units < one.dust_below or not one.bid > 0.0:
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
            one.above = 1
        one.falls = 0
        return False
    line = max(one.line, start)
    above = one.bid >= line
    one.peak = max(one.peak, one.bid)
    one.line = max(line, one.peak * rules.kept_of_peak)
    one.falls = one.above and one.bid < one.line
    one.above = above or one.falls
    return bool(one.falls)


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
    exits = one.falls and not sale_waits(one, now_s)
    if exits and sell(world, prices, books, (step, coin, TRAILING_EXIT)):
        return
    facts = (world.long[step, coin], now_s, free)
    reason = _wants_more(one, plan.rules, plan.levels, books.account[0], facts)
    if reason != _NO_HIT and not buy_waits(one, now_s):
        amount = (one.quantity * one.bid) * plan.rules.multiplier
        buy(world, prices, books, (step, coin, reason, amount))
