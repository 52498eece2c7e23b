"""The plain arrays that the compiled classic strategy reads and keeps."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from powertrader.backtest.money_kernels import Pair
from powertrader.models.types import BoolArray, FloatArray, IntArray

BUY: Final = 0
SELL: Final = 1
ENTRY: Final = 0
TRAILING_EXIT: Final = 1
DCA_HARD: Final = 2
DCA_NEURAL: Final = 3

TRADE_COLUMNS: Final = 11
"""Time in seconds, coin, side, price, quantity, value, fee, reason, stage, gain in percent, realized."""

CASH: Final = 0
ACQUIRED: Final = 1
TRADES: Final = 2
BUYS_USED: Final = 3
FREED_BUY: Final = 4
STATUS: Final = 5
CULPRIT: Final = 6
COUNTS: Final = 7
"""Places in State.counts: the free quote asset, coins ever bought, trades, remembered purchases, the first
that may be overwritten, how the run ended and because of which coin."""

RUNNING: Final = 0
TOO_MANY_TRADES: Final = 1
TOO_LARGE: Final = 2


class World(NamedTuple):
    """What the market did: a row for each step, a column for each coin; a close of NaN is no price.

    long and short are -1 without a signal. per_hour: candles in an hour. lot and what follows: the order
    rules, in units of 1e-8; a quantity below dust_below cannot be sold.
    """

    close_s: IntArray
    close: FloatArray
    volume: FloatArray
    long: NDArray[np.int8]
    short: NDArray[np.int8]
    per_hour: FloatArray
    lot: IntArray
    least_quantity: IntArray
    dust_below: IntArray
    least_order: FloatArray


class Prices(NamedTuple):
    """The costs; factors have a row for each slippage tier after one for none, rows are pairs."""

    taker: Pair
    share: Pair
    slippage_limits: FloatArray
    buy_factors: FloatArray
    sell_factors: FloatArray
    spread_limits: FloatArray
    half_spreads: FloatArray


class Rules(NamedTuple):
    """The numbers of the classic strategy in the form they are multiplied with.

    listed: the coins that may be entered, in order. levels: the last one counts for all later stages.
    """

    listed: IntArray
    levels: FloatArray
    start_level: int
    allocation: float
    multiplier: float
    daily_limit: int
    start_no_dca: float
    start_with_dca: float
    kept_of_peak: float
    start_units: int


class Fill(NamedTuple):
    """An order that was executed: side and reason, and what moved in units."""

    side: int
    reason: int
    executed: int
    value: int
    fee: int


class State(NamedTuple):
    """The account and every coin's position.

    units, cost and bought (pairs) are in units of 1e-8. funds is what purchases of this step may use. bid
    and ask are those of this step, NaN without a price. cut_at: the step in which only a part could be
    sold. dca_times is a ring. buys: what is held of each purchase and its price, chained newest first.
    """

    counts: IntArray
    funds: FloatArray
    acquired: IntArray
    known: BoolArray
    units: IntArray
    cost: FloatArray
    bought: FloatArray
    basis: FloatArray
    stage: IntArray
    trailing: BoolArray
    line: FloatArray
    peak: FloatArray
    above: BoolArray
    cut_at: IntArray
    dca_times: IntArray
    dca_count: IntArray
    bid: FloatArray
    ask: FloatArray
    last_bid: FloatArray
    refusals: IntArray
    refused_at: IntArray
    pause_s: FloatArray
    newest_buy: IntArray
    older_buy: IntArray
    buys: FloatArray
    trades: FloatArray
