"""Compiled positions of the classic strategy: what is held of each purchase, and what it cost on average."""

from typing import Final

import numpy as np
from numba import njit

from powertrader.backtest.classic_state import (
    BUYS_USED,
    COUNTS,
    CULPRIT,
    FREED_BUY,
    STATUS,
    TOO_MANY_TRADES,
    TRADE_COLUMNS,
    State,
)
from powertrader.backtest.money_kernels import UNIT, over

_NOTHING_WORTH: Final = 1e-25
"""In the quote asset; what is left of an old purchase and worth less changes no bit of a basis."""


@njit(cache=True)
def new_state(coins: int, daily_limit: int, remembered: int, trade_rows: int) -> State:
    """Give an empty account with room for so many purchases and trades."""
    counts = np.zeros(COUNTS, dtype=np.int64)
    counts[FREED_BUY] = -1
    return State(
        counts,
        np.zeros(1),
        np.zeros(coins, dtype=np.int64),
        np.zeros(coins, dtype=np.bool_),
        np.zeros(coins, dtype=np.int64),
        np.zeros(coins),
        np.zeros((coins, 2)),
        np.zeros(coins),
        np.zeros(coins, dtype=np.int64),
        np.zeros(coins, dtype=np.bool_),
        np.zeros(coins),
        np.zeros(coins),
        np.zeros(coins, dtype=np.bool_),
        np.full(coins, -1, dtype=np.int64),
        np.zeros((coins, max(daily_limit, 1)), dtype=np.int64),
        np.zeros(coins, dtype=np.int64),
        np.full(coins, np.nan),
        np.full(coins, np.nan),
        np.zeros(coins),
        np.zeros((coins, 2), dtype=np.int64),
        np.zeros((coins, 2), dtype=np.int64),
        np.zeros((coins, 2)),
        np.full(coins, -1, dtype=np.int64),
        np.full(remembered, -1, dtype=np.int64),
        np.zeros((remembered, 2)),
        np.zeros((trade_rows, TRADE_COLUMNS)),
    )


@njit(cache=True)
def average_price(state: State, coin: int) -> float:
    """Give the average of the newest purchases that cover what is held; the rest counts as free."""
    held = over((state.bought[coin, 0], state.bought[coin, 1]), (UNIT, 0.0))[0]
    remaining, cost = held, 0.0
    place = state.newest_buy[coin]
    while place >= 0 and remaining > 0:
        used = min(state.buys[place, 0], remaining)
        cost += used * state.buys[place, 1]
        remaining -= used
        place = state.older_buy[place]
    return cost / held if held > 0 else 0.0


@njit(cache=True)
def remember(state: State, coin: int, quantity: float, value: float) -> None:
    """Add a purchase to what is held."""
    counts = state.counts
    place = counts[FREED_BUY]
    if place >= 0:
        counts[FREED_BUY] = state.older_buy[place]
    else:
        place = counts[BUYS_USED]
        if place == len(state.buys):
            end(state, TOO_MANY_TRADES, coin)
            return
        counts[BUYS_USED] += 1
    state.buys[place, 0] = quantity
    state.buys[place, 1] = value / quantity
    state.older_buy[place] = state.newest_buy[coin]
    state.newest_buy[coin] = place


@njit(cache=True)
def shrink(state: State, coin: int, kept: float) -> None:
    """Take a sale out of the remembered purchases pro rata, and forget those of which nothing is left."""
    newer = -1
    place = state.newest_buy[coin]
    while place >= 0:
        older = state.older_buy[place]
        state.buys[place, 0] *= kept
        if state.buys[place, 0] * state.buys[place, 1] < _NOTHING_WORTH:
            if newer < 0:
                state.newest_buy[coin] = older
            else:
                state.older_buy[newer] = older
            state.older_buy[place] = state.counts[FREED_BUY]
            state.counts[FREED_BUY] = place
        else:
            newer = place
        place = older


@njit(cache=True)
def end(state: State, status: int, coin: int) -> None:
    """Have the run end after this order, and say why."""
    state.counts[STATUS] = status
    state.counts[CULPRIT] = coin
