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
    ACCOUNT_ROW,
    BUY_ROW,
    DCA_HARD,
    DCA_NEURAL,
    ENTRY,
    RUNNING,
    TARGET_BUY,
    TARGET_SALE,
    TOO_LARGE,
    TRADE_ROW,
    TRAILING_EXIT,
    Books,
    Plan,
    Rows,
    rows,
)
from powertrader.backtest.figure_kernels import RunFigures, figures
from powertrader.backtest.kernel_inputs import ClassicSettings, Stage, plan_of, stage_of
from powertrader.backtest.market_arrays import MarketArrays, SignalTable, signal_table
from powertrader.backtest.money_kernels import LARGEST_UNITS, UNIT
from powertrader.backtest.signal_arrays import SignalArrays
from powertrader.backtest.watch_kernels import watch_of
from powertrader.core.exceptions import BadData
from powertrader.models import trade
from powertrader.models.costs import CostModel
from powertrader.models.types import CoinSymbol, FloatArray, IntArray
from powertrader.trader.dca_engine import FIRST_NEURAL_LEVEL

FIRST_ROOM: Final = 2_048
"""Trades that a run has room for at first; one that needs more is run again with four times as many."""
_CELLS_FOR_A_TRADE: Final = 32
_AT_ONCE: Final = 256
_NAMES: Final[Mapping[int, str]] = {
    ENTRY: trade.ENTRY,
    TRAILING_EXIT: trade.TRAILING_EXIT,
    TARGET_BUY: "target_buy",
    TARGET_SALE: "target_sale",
}


@dataclass(frozen=True, slots=True, eq=False)
class RunArrays:
    """What a run did.

    trades has columns time_s, coin (the place in coins), side (0 a purchase, 1 a sale), reason and stage
    (see reason_text; stage counts the DCA buys after the trade), price, quantity, value, fee, gain_pct and
    realized. price, value and realized are in the quote asset, quantity in the coin; the fee of a purchase
    is in the coin, that of a sale in the quote asset; gain_pct and realized of purchases are NaN. equity
    (steps,) values coins at their newest bid. open_quantity and open_cost (coins,): what is left at the end.
    """

    coins: tuple[CoinSymbol, ...]
    close_s: IntArray
    trades: Rows
    equity: FloatArray
    final_cash: float
    open_quantity: FloatArray
    open_cost: FloatArray

    def __len__(self) -> int:
        """Count the trades."""
        return len(self.trades)


def run_classic(
    market: MarketArrays,
    signals: Mapping[CoinSymbol, SignalArrays],
    settings: ClassicSettings,
    costs: CostModel,
) -> RunArrays:
    """Trade the classic strategy over a market with signals given.

    Raises BadData when an amount is too large to be counted, ValueError when the settings do not fit.
    """
    books = _run(stage_of(market, signal_table(market, signals), costs), settings)
    account, coins = books.account[0], books.coins
    trades = books.trades[: account.trades]
    cash = float(account.cash / UNIT)
    return RunArrays(
        market.coins, market.close_s, trades, books.equity, cash, coins.quantity, coins.cost / UNIT
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
    one = partial(_figures_of, stage_of(market, table, costs))
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        for start in range(0, len(settings), _AT_ONCE):
            yield from pool.map(one, settings[start : start + _AT_ONCE])


def reason_text(reason: int, stage: int) -> str:
    """Name the rule that sent an order as the event engine does; stage is the one after the trade."""
    if reason == DCA_HARD:
        return f"dca_hard_{stage}"
    if reason == DCA_NEURAL:
        return f"dca_neural_{stage - 1 + FIRST_NEURAL_LEVEL}"
    return _NAMES[reason]


def too_large(coin: CoinSymbol) -> BadData:
    """Give the error of an amount that cannot be counted exactly."""
    most = LARGEST_UNITS / UNIT
    return BadData(
        f"{coin}: an amount is above the {most:,.0f} that the compiled engine counts exactly; "
        "start with less, or use the event engine"
    )


def _figures_of(stage: Stage, settings: ClassicSettings) -> RunFigures:
    books = _run(stage, settings)
    return figures(books.equity, settings.start_quote, books.trades[: books.account[0].trades])


def _run(stage: Stage, settings: ClassicSettings) -> Books:
    room = max(FIRST_ROOM, stage.world.close.size // _CELLS_FOR_A_TRADE)
    plan = plan_of(settings, stage)
    while True:
        books = _empty_books(stage, settings, plan, room)
        run(stage.world, stage.prices, plan, books, watch_of(books.coins))
        account = books.account[0]
        if account.status == RUNNING:
            return books
        if account.status == TOO_LARGE:
            raise too_large(stage.market.coins[account.culprit])
        room *= 4


def _empty_books(stage: Stage, settings: ClassicSettings, plan: Plan, room: int) -> Books:
    account = rows(ACCOUNT_ROW, 1)
    account.cash, account.freed_buy = settings.start_units, -1
    order = np.zeros(len(stage.empty), dtype=np.int64)
    dca_times = np.zeros((len(stage.empty), plan.rules.daily_limit), dtype=np.int64)
    buys, trades = rows(BUY_ROW, room), rows(TRADE_ROW, room)
    return Books(
        account, stage.empty.copy(), order, dca_times, buys, trades, np.empty(len(stage.world.close))
    )
