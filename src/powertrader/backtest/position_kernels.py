"""Compiled positions of the classic strategy: what is held of each purchase, and what it cost on average."""

from typing import Final

from numba import njit

from powertrader.backtest.classic_state import TOO_MANY_TRADES, Rows
from powertrader.backtest.money_kernels import UNIT, over

_NOTHING_WORTH: Final = 1e-25
"""In the quote asset; what is left of an old purchase and worth less changes no bit of a basis."""


@njit(cache=True)
def average_price(one: Rows, buys: Rows) -> float:
    """Give the average of the newest purchases that cover what is held; the rest counts as free."""
    held = over((one.bought, one.bought_rest), (UNIT, 0.0))[0]
    remaining, cost = held, 0.0
    place = one.newest_buy
    while place >= 0 and remaining > 0:
        used = min(buys[place].quantity, remaining)
        cost += used * buys[place].price
        remaining -= used
        place = buys[place].older
    return cost / held if held > 0 else 0.0


@njit(cache=True)
def remember(account: Rows, one: Rows, buys: Rows, quantity: float, value: float) -> None:
    """Add a purchase to what is held."""
    place = account.freed_buy
    if place >= 0:
        account.freed_buy = buys[place].older
    else:
        place = account.buys_used
        if place == len(buys):
            account.status = TOO_MANY_TRADES
            return
        account.buys_used += 1
    buys[place].quantity = quantity
    buys[place].price = value / quantity
    buys[place].older = one.newest_buy
    one.newest_buy = place


@njit(cache=True)
def shrink(account: Rows, one: Rows, buys: Rows, kept: float) -> None:
    """Take a sale out of the remembered purchases pro rata, and forget those of which nothing is left."""
    newer = -1
    place = one.newest_buy
    while place >= 0:
        older = buys[place].older
        buys[place].quantity *= kept
        if buys[place].quantity * buys[place].price >= _NOTHING_WORTH:
            newer = place
        else:
            if newer < 0:
                one.newest_buy = older
            else:
                buys[newer].older = older
            buys[place].older = account.freed_buy
            account.freed_buy = place
        place = older
