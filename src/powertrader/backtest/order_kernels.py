"""Compiled orders of the classic strategy: sized, filled and booked as the paper account and the book do."""

from typing import Final

import numpy as np
from numba import njit

from powertrader.backtest.classic_state import (
    BUY,
    ENTRY,
    SELL,
    TOO_LARGE,
    TOO_MANY_TRADES,
    TRAILING_EXIT,
    Books,
    Fill,
    Moment,
    Prices,
    Rows,
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
from powertrader.backtest.position_kernels import average_price, remember, shrink
from powertrader.models.book import DCA_WINDOW
from powertrader.models.types import FloatArray, IntArray
from powertrader.trader.desk import Patience
from powertrader.trader.restraint import FIRST_PAUSE_S

LONGEST_PAUSE_S: Final = Patience().cooldown_s
_MOST_DOUBLINGS: Final = 30
_WINDOW_S: Final = int(DCA_WINDOW.total_seconds())
_FOREVER: Final = 2**62


@njit(cache=True)
def buy_waits(one: Rows, now_s: int) -> bool:
    """Tell whether a purchase is not tried again yet after a refusal."""
    return bool(one.buys_refused != 0 and one.buy_pause_s - (now_s - one.buy_refused_at) > 0)


@njit(cache=True)
def sale_waits(one: Rows, now_s: int) -> bool:
    """Tell whether a sale is not tried again yet after a refusal."""
    return bool(one.sales_refused != 0 and one.sale_pause_s - (now_s - one.sale_refused_at) > 0)


@njit(cache=True)
def buy(prices: Prices, books: Books, coin: int, moment: Moment, order: tuple[int, float]) -> None:
    """Buy a coin at the market; order is the reason and the amount in the quote asset."""
    reason, amount = order
    one, now_s = books.coins[coin], moment.now_s
    wanted = lots_of(amount / one.ask, one.lot)
    best = text_of(one.ask)
    if wanted < 0:
        books.account[0].status, books.account[0].culprit = TOO_LARGE, coin
        return
    if not is_large_enough(one, wanted, best) or _is_above(wanted, best, books.account[0].funds):
        return
    executed, tier = had(one, prices.share, prices.slippage_limits, moment.volume, wanted)
    if executed == 0:
        _purchase_refused(one, now_s, _pause_s(one.buys_refused + 1))
        return
    factor = (prices.buy_factors[tier, 0], prices.buy_factors[tier, 1])
    value = rounded_up(times((float(executed), 0.0), times(best, factor)))
    if value > books.account[0].cash:
        _purchase_refused(one, now_s, LONGEST_PAUSE_S)
        return
    fee = rounded_up(times((float(executed), 0.0), prices.taker))
    _book_purchase(books, coin, Fill(BUY, reason, executed, value, fee), now_s)


@njit(cache=True)
def sell(prices: Prices, books: Books, coin: int, moment: Moment) -> bool:
    """Sell what can be sold of a position. False when nothing was sold."""
    one, now_s = books.coins[coin], moment.now_s
    wanted = one.units // one.lot * one.lot
    best = text_of(one.bid)
    if not is_large_enough(one, wanted, best):
        return False
    executed, tier = had(one, prices.share, prices.slippage_limits, moment.volume, wanted)
    if executed == 0:
        one.sales_refused += 1
        one.sale_refused_at = now_s
        one.sale_pause_s = _pause_s(one.sales_refused)
        return False
    factor = (prices.sell_factors[tier, 0], prices.sell_factors[tier, 1])
    value = rounded_down(times((float(executed), 0.0), times(best, factor)))
    fee = rounded_up(times((float(value), 0.0), prices.taker))
    _book_sale(books, coin, Fill(SELL, TRAILING_EXIT, executed, value, fee), now_s)
    if executed == wanted:
        one.trailing = 0
        one.dca_count = 0
    else:
        one.cut_at = moment.step
        one.basis = average_price(one, books.buys)
    return True


@njit(cache=True)
def is_large_enough(one: Rows, wanted: int, best: Pair) -> bool:
    """Tell whether the venue takes a quantity at a price."""
    if wanted <= 0 or wanted < one.least_quantity:
        return False
    return not is_less(times((float(wanted), 0.0), best), (one.least_order, 0.0))


@njit(cache=True)
def _is_above(wanted: int, best: Pair, funds: float) -> bool:
    if funds <= 0.0:
        return True
    return is_less(times(text_of(funds), (UNIT, 0.0)), times((float(wanted), 0.0), best))


@njit(cache=True)
def had(one: Rows, share: Pair, limits: FloatArray, volume: float, wanted: int) -> tuple[int, int]:
    """Give how much of an order the candle's volume fills, and the row of its slippage."""
    if not volume > 0.0:
        return wanted, 0
    executed = wanted
    if volume * share[0] * UNIT < wanted * 2.0:
        there = rounded_down(times(times(text_of(volume), share), (UNIT, 0.0)))
        executed = min(wanted, there // one.lot * one.lot)
    share_pct = executed / UNIT / volume * 100.0
    tier = 0
    for limit in limits:
        tier += share_pct > limit
    return executed, tier


@njit(cache=True)
def _pause_s(refusals: int) -> float:
    """Give the pause after refusals without a known reason: the first repetition is free."""
    if refusals <= 1:
        return 0.0
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(refusals - 2, _MOST_DOUBLINGS))


@njit(cache=True)
def _purchase_refused(one: Rows, now_s: int, pause_s: float) -> None:
    one.buys_refused += 1
    one.buy_refused_at = now_s
    one.buy_pause_s = pause_s


@njit(cache=True)
def _book_purchase(books: Books, coin: int, fill: Fill, now_s: int) -> None:
    account, one = books.account[0], books.coins[coin]
    account.cash -= fill.value
    account.funds += -(fill.value / UNIT)
    one.buys_refused = 0
    if one.place < 0:
        one.place = account.acquired
        books.order[account.acquired] = coin
        account.acquired += 1
    one.units += fill.executed - fill.fee
    one.quantity = one.units / UNIT
    if one.units > LARGEST_UNITS:
        account.status, account.culprit = TOO_LARGE, coin
    one.cost += fill.value
    one.bought, one.bought_rest = plus((one.bought, one.bought_rest), (float(fill.executed), 0.0))
    remember(account, one, books.buys, fill.executed / UNIT, fill.value / UNIT)
    one.basis = average_price(one, books.buys)
    one.trailing = 0
    if fill.reason == ENTRY:
        one.stage = 0
        one.dca_count = 0
        one.full_until = -1 if books.dca_times.shape[1] else _FOREVER
    else:
        one.stage += 1
        _note_dca(one, books.dca_times, coin, now_s)
    _note_trade(account, one, books.trades, fill, (now_s, coin, np.nan, np.nan))


@njit(cache=True)
def _note_dca(one: Rows, times_s: IntArray, coin: int, now_s: int) -> None:
    limit = times_s.shape[1]
    times_s[coin, one.dca_count % limit] = now_s
    one.dca_count += 1
    if one.dca_count >= limit:
        one.full_until = times_s[coin, one.dca_count % limit] + _WINDOW_S


@njit(cache=True)
def _book_sale(books: Books, coin: int, fill: Fill, now_s: int) -> None:
    account, one = books.account[0], books.coins[coin]
    before, basis, cost = one.units, one.basis, one.cost
    received = fill.value - fill.fee
    account.cash += received
    account.funds += received / UNIT
    if account.cash > LARGEST_UNITS:
        account.status, account.culprit = TOO_LARGE, coin
    one.sales_refused = 0
    one.units = before - fill.executed
    one.quantity = one.units / UNIT
    kept = over((float(before - fill.executed), 0.0), (float(before), 0.0))
    one.cost = cost * kept[0]
    one.bought, one.bought_rest = times((one.bought, one.bought_rest), kept)
    shrink(account, one, books.buys, kept[0])
    gain = ((fill.value / fill.executed - basis) / basis) * 100
    realized = (received - (cost - one.cost)) / UNIT
    _note_trade(account, one, books.trades, fill, (now_s, coin, gain, realized))


@njit(cache=True)
def _note_trade(
    account: Rows, one: Rows, trades: Rows, fill: Fill, facts: tuple[int, int, float, float]
) -> None:
    if account.trades == len(trades):
        account.status = TOO_MANY_TRADES
        return
    row = trades[account.trades]
    account.trades += 1
    row.time_s, row.coin, row.gain_pct, row.realized = facts
    row.side, row.reason, row.stage = fill.side, fill.reason, one.stage
    row.price, row.quantity = fill.value / fill.executed, fill.executed / UNIT
    row.value, row.fee = fill.value / UNIT, fill.fee / UNIT
