"""Compiled trading by targets: hold a coin or not, with orders at the market or resting in the book.

A purchase or a sale is ordered when the target changes. A resting order is met by the candles after it, as
core.fills has it: crossed, not touched, at its own price with the maker fee, as far as the volume goes.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from powertrader.backtest.classic_state import RUNNING, Prices, Rows
from powertrader.backtest.figure_kernels import sum_up
from powertrader.backtest.money_kernels import UNIT, text_of
from powertrader.backtest.target_order_kernels import Moment, Terms, meet, order
from powertrader.models.types import FloatArray, IntArray, TargetArray

_LANES: Final = 32
"""How many values compiled loops take at once."""


class Bars(NamedTuple):
    """Candles of one coin and what their closes are sold at, all columns (N,); how many are an hour.

    ask_rests, bid_rests: what text_of adds to each ask and bid, empty where it is found when needed.
    """

    close_s: IntArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    bids: FloatArray
    ask_rests: FloatArray
    bid_rests: FloatArray
    per_hour: float


class Desk(NamedTuple):
    """One row for the account, one for the coin, one for the resting order, the trades, and what was held.

    There is one stretch more than trades, at most.
    """

    account: Rows
    coin: Rows
    resting: Rows
    trades: Rows
    stretches: Rows


@njit(cache=True, error_model="numpy")
def leave_bids(bars: Bars, prices: Prices, bids: FloatArray) -> None:
    """Leave in bids (N,) what each close is sold at; the spread is that of the turnover of an hour."""
    close, volume, per_hour = bars.close, bars.volume, bars.per_hour
    limits, halves = prices.spread_limits, prices.half_spreads
    # as _half does it, but one limit after another over all candles, many of them at once
    for place in range(len(bids)):
        turnover = volume[place] * close[place] * per_hour
        bids[place] = halves[0] if turnover > 0.0 else halves[-1]
    for tier in range(len(limits)):
        limit, half = limits[tier], halves[tier + 1]
        for place in range(len(bids)):
            turnover = volume[place] * close[place] * per_hour
            bids[place] = half if (turnover >= limit) & (turnover > 0.0) else bids[place]
    for place in range(len(bids)):
        bids[place] = close[place] * (1 - bids[place])


@njit(cache=True, error_model="numpy")
def rests_of(bars: Bars, prices: Prices) -> tuple[FloatArray, FloatArray]:
    """Give what text_of adds to each ask and bid: worth it when many runs use the same candles."""
    asks, bids = np.empty(len(bars.close)), np.empty(len(bars.close))
    for place in range(len(asks)):
        asks[place] = text_of(bars.close[place] * (1 + _half(bars, place, prices)))[1]
        bids[place] = text_of(bars.bids[place])[1]
    return asks, bids


@njit(cache=True, error_model="numpy", inline="always")
def _half(bars: Bars, place: int, prices: Prices) -> float:
    """Give half the spread as a fraction of the price; thin trading in an hour makes it wider."""
    limits, halves = prices.spread_limits, prices.half_spreads
    turnover = bars.volume[place] * bars.close[place] * bars.per_hour
    tier = len(limits)
    if turnover > 0.0:
        tier = 0
        for limit in limits:
            tier += limit <= turnover
    return float(halves[tier])


STRETCH_ROW: Final = np.dtype([("begin", np.int64), ("funds", np.float64), ("quantity", np.float64)])
"""From which candle on the account held what."""


@njit(cache=True, nogil=True, error_model="numpy")
def follow(bars: Bars, targets: TargetArray, costs: tuple[Prices, Terms], desk: Desk) -> int:
    """Walk all candles and give the count of stretches: between trades only the price changes the value."""
    prices, terms = costs
    account, one, resting, trades = desk.account[0], desk.coin[0], desk.resting[0], desk.trades
    account.funds = account.cash / UNIT
    stretch_rows = desk.stretches
    _hold(stretch_rows[0], 0, account, one)
    wanted, waits, stretches = 0, False, 1
    place = _next_change(targets, 0, wanted)
    while place < len(targets):
        one.bid, one.ask = bars.bids[place], bars.close[place] * (1 + _half(bars, place, prices))
        moment, made = _moment(bars, place), account.trades
        if waits:
            meet((account, one, resting), trades, (prices, terms), moment)
        if targets[place] != wanted:
            wanted = targets[place]
            order((account, one, resting), trades, (prices, terms), moment, wanted)
        if account.status != RUNNING:
            break
        if account.trades != made:
            _hold(stretch_rows[stretches], place, account, one)
            stretches += 1
        waits = resting.remaining != 0
        place = place + 1 if waits else _next_change(targets, place + 1, wanted)
    return stretches


@njit(cache=True)
def _hold(stretch: Rows, place: int, account: Rows, one: Rows) -> None:
    stretch.begin, stretch.funds, stretch.quantity = place, account.funds, one.quantity


@njit(cache=True, error_model="numpy")
def leave_values(stretches: Rows, bids: FloatArray, equity: FloatArray) -> None:
    """Leave in equity (N,), which may be bids itself, what the account was worth after each candle."""
    for place in range(len(stretches)):
        end = stretches[place + 1].begin if place + 1 < len(stretches) else len(bids)
        funds, quantity = stretches[place].funds, stretches[place].quantity
        prices, worth = bids[stretches[place].begin : end], equity[stretches[place].begin : end]
        for step in range(len(worth)):
            worth[step] = funds + quantity * prices[step]


@njit(cache=True, nogil=True, error_model="numpy")
def follow_many(
    bars: Bars, targets: TargetArray, costs: tuple[Prices, Terms], start: Desk, found: FloatArray
) -> IntArray:
    """Walk all candles for each of many targets (K, N); found (K, FIGURES) takes the figures of each.

    Each run begins with the account, coin and resting order of start. Gives how each ended.
    """
    steps = targets.shape[1]
    bids, equity = np.zeros(steps + _LANES), np.empty(steps + _LANES)
    bids[:steps] = bars.bids
    rows = start.account.copy(), start.coin.copy(), start.resting.copy()
    desk = Desk(rows[0], rows[1], rows[2], start.trades, start.stretches)
    ends = np.empty(len(targets), np.int64)
    for one in range(len(targets)):
        desk.account[0], desk.coin[0] = start.account[0], start.coin[0]
        desk.resting[0] = start.resting[0]
        stretches = desk.stretches[: follow(bars, targets[one], costs, desk)]
        account = desk.account[0]
        ends[one] = account.status
        changing = equity[: _changing_values(stretches, bids, steps, equity)]
        sum_up(changing, steps, start.account[0].cash / UNIT, desk.trades[: account.trades], found[one])
    return ends


@njit(cache=True)
def _changing_values(stretches: Rows, bids: FloatArray, steps: int, equity: FloatArray) -> int:
    """Leave what leave_values does, without those that are sure to be as the one before; give how many.

    What is behind them is written over, up to _LANES places.
    """
    count = 0
    for place in range(len(stretches)):
        begin, funds, quantity = stretches[place].begin, stretches[place].funds, stretches[place].quantity
        end = stretches[place + 1].begin if place + 1 < len(stretches) else steps
        length = end - begin if quantity != 0.0 else min(end - begin, 1)
        # whole lanes: what does not fill them takes as long as all the rest
        whole = (length + _LANES - 1) // _LANES * _LANES
        prices, worth = bids[begin : begin + whole], equity[count : count + whole]
        for step in range(len(worth)):
            worth[step] = funds + quantity * prices[step]
        count += length
    return count


@njit(cache=True)
def _next_change(targets: TargetArray, start: int, wanted: int) -> int:
    """Give the first place from start on at which something else is wanted, their count when none is."""
    left = targets[start:]
    for place in range(len(left)):
        if left[place] != wanted:
            return start + place
    return len(targets)


@njit(cache=True)
def _moment(bars: Bars, place: int) -> Moment:
    ask_rest = bid_rest = np.nan
    if len(bars.ask_rests):
        ask_rest, bid_rest = bars.ask_rests[place], bars.bid_rests[place]
    lowest, highest = min(bars.low[place], bars.open[place]), max(bars.high[place], bars.open[place])
    return Moment(bars.close_s[place], bars.volume[place], lowest, highest, ask_rest, bid_rest)
