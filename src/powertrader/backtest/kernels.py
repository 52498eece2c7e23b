"""The classic strategy over a whole market in milliseconds, to the last unit as the event engine trades it.

Only compat=safe is compiled. An amount that is too large to be counted exactly ends in an error that says
so, never in another result.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from powertrader.backtest.classic_kernels import run
from powertrader.backtest.classic_state import (
    CASH,
    CULPRIT,
    DCA_HARD,
    DCA_NEURAL,
    ENTRY,
    RUNNING,
    STATUS,
    TOO_LARGE,
    TRADES,
    Prices,
    Rules,
    State,
    World,
)
from powertrader.backtest.figure_kernels import RunFigures, figures
from powertrader.backtest.kernel_inputs import ClassicSettings, prices_of, rules_of, world_of
from powertrader.backtest.market_arrays import MarketArrays, SignalTable, signal_table
from powertrader.backtest.money_kernels import LARGEST_UNITS, UNIT
from powertrader.backtest.position_kernels import new_state
from powertrader.backtest.signal_arrays import SignalArrays
from powertrader.core.exceptions import BadData
from powertrader.models import trade
from powertrader.models.costs import CostModel
from powertrader.models.types import CoinSymbol, FloatArray, IntArray
from powertrader.trader.dca_engine import FIRST_NEURAL_LEVEL

FIRST_ROOM: Final = 2_048
"""Trades that a run has room for at first; one that needs more is run again with four times as many."""
_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True, eq=False)
class RunArrays:
    """What a run did: a column for each fact of a trade, and the account after each step.

    coin is the place in coins; side is 0 for a purchase, 1 for a sale. price, value and realized are in
    the quote asset, quantity in the coin; the fee of a purchase is in the coin, that of a sale in the quote
    asset. reason and stage: see reason_text; stage counts the DCA buys after the trade. gain_pct and
    realized are NaN for purchases. equity (steps,) values coins at their newest bid. open_quantity and
    open_cost (coins,): what is left at the end.
    """

    coins: tuple[CoinSymbol, ...]
    close_s: IntArray
    time_s: IntArray
    coin: IntArray
    side: IntArray
    price: FloatArray
    quantity: FloatArray
    value: FloatArray
    fee: FloatArray
    reason: IntArray
    stage: IntArray
    gain_pct: FloatArray
    realized: FloatArray
    equity: FloatArray
    final_cash: float
    open_quantity: FloatArray
    open_cost: FloatArray

    def __len__(self) -> int:
        """Count the trades."""
        return len(self.time_s)


def run_classic(
    market: MarketArrays,
    signals: Mapping[CoinSymbol, SignalArrays],
    settings: ClassicSettings,
    costs: CostModel,
) -> RunArrays:
    """Trade the classic strategy over a market with signals given.

    Raises BadData when an amount is too large to be counted, ValueError when the settings do not fit.
    """
    world = world_of(market, signal_table(market, signals))
    state, equity = _run(market.coins, world, prices_of(costs), rules_of(settings, market))
    rows = state.trades[: state.counts[TRADES]]
    whole = rows[:, [0, 1, 2, 7, 8]].astype(np.int64)
    return RunArrays(
        market.coins,
        market.close_s,
        *(whole[:, 0], whole[:, 1], whole[:, 2]),
        *(rows[:, 3], rows[:, 4], rows[:, 5], rows[:, 6]),
        *(whole[:, 3], whole[:, 4]),
        *(rows[:, 9], rows[:, 10]),
        equity,
        float(state.counts[CASH]) / UNIT,
        state.units / UNIT,
        state.cost / UNIT,
    )


def run_many(
    market: MarketArrays,
    signals: Mapping[CoinSymbol, SignalArrays] | SignalTable,
    settings: Sequence[ClassicSettings],
    costs: CostModel,
    workers: int | None = None,
) -> Iterator[RunFigures]:
    """Give the figures of many settings over the same market and signals, in their order.

    Runs on as many threads as there are cores unless workers says otherwise; however many there are, the
    figures are the same. Only figures are kept, so that memory does not grow with the settings.
    """
    table = signals if isinstance(signals, SignalTable) else signal_table(market, signals)
    world, prices = world_of(market, table), prices_of(costs)
    one = partial(_figures_of, market, world, prices)
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        for start in range(0, len(settings), _AT_ONCE):
            yield from pool.map(one, settings[start : start + _AT_ONCE])


def reason_text(reason: int, stage: int) -> str:
    """Name the rule that sent an order as the event engine does; stage is the one after the trade."""
    if reason == DCA_HARD:
        return f"dca_hard_{stage}"
    if reason == DCA_NEURAL:
        return f"dca_neural_{stage - 1 + FIRST_NEURAL_LEVEL}"
    return trade.ENTRY if reason == ENTRY else trade.TRAILING_EXIT


def _figures_of(market: MarketArrays, world: World, prices: Prices, settings: ClassicSettings) -> RunFigures:
    state, equity = _run(market.coins, world, prices, rules_of(settings, market))
    return figures(equity, settings.start_quote, state.trades[: state.counts[TRADES]])


def _run(
    coins: tuple[CoinSymbol, ...], world: World, prices: Prices, rules: Rules
) -> tuple[State, FloatArray]:
    room = FIRST_ROOM
    equity = np.empty(len(world.close_s))
    while True:
        state = new_state(len(coins), rules.daily_limit, room, room)
        run(world, prices, rules, state, equity)
        status = state.counts[STATUS]
        if status == RUNNING:
            return state, equity
        if status == TOO_LARGE:
            msg = (
                f"{coins[state.counts[CULPRIT]]}: an amount is above the {LARGEST_UNITS / UNIT:,.0f} that "
                "the compiled engine counts exactly; start with less, or use the event engine"
            )
            raise BadData(msg)
        room *= 4
