"""The plain arrays that the compiled classic strategy reads and keeps.

What changes all the time is in rows of fields: taking an array out of a tuple costs compiled code a count
of references each time, a field of a row costs nothing.
"""

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from powertrader.backtest.money_kernels import Pair
from powertrader.models.types import FloatArray, IntArray

Rows: TypeAlias = Any
"""Rows of named fields, which no type checker knows; read and written as attributes."""

Levels: TypeAlias = NDArray[np.int8]

BUY: Final = 0
SELL: Final = 1
ENTRY: Final = 0
TRAILING_EXIT: Final = 1
DCA_HARD: Final = 2
DCA_NEURAL: Final = 3
TARGET_BUY: Final = 4
TARGET_SALE: Final = 5

RUNNING: Final = 0
TOO_MANY_TRADES: Final = 1
TOO_LARGE: Final = 2

_WATCHED: Final = (
    ("units", "dust_below", "stage", "trailing", "full_until"),
    ("quantity", "basis", "bid", "ask", "line", "peak", "per_hour"),
)
_BOOKED: Final = (
    ("lot", "least_quantity", "newest_buy", "dca_count", "place", "cut_at"),
    ("least_order", "cost", "bought", "bought_rest"),
)
_RESTRAINT: Final = (
    ("buys_refused", "buy_refused_at", "sales_refused", "sale_refused_at"),
    ("buy_pause_s", "sale_pause_s"),
)


def _row_of(*groups: tuple[tuple[str, ...], tuple[str, ...]]) -> np.dtype[np.void]:
    """Give a row whose groups name fields of int64 and of float64."""
    kinds = (np.int64, np.float64)
    return np.dtype(
        [(name, kind) for group in groups for kind, names in zip(kinds, group, strict=True) for name in names]
    )


COIN_ROW: Final = _row_of(_WATCHED, _BOOKED, _RESTRAINT)
"""A coin's order rules and position.

Amounts (units, dust_below, lot, least_quantity, least_order, cost, bought) are in units of 1e-8, bought as
a pair; quantity is units as coins. A quantity below dust_below cannot be sold. cut_at: the step in which
only a part could be sold. full_until: when the daily limit allows the next DCA buy. place: where it
stands among the coins ever bought, -1 before. bid and ask are those of the step that last acted on it.
"""

ACCOUNT_ROW: Final = _row_of(
    (("cash", "acquired", "trades", "buys_used", "freed_buy", "status", "culprit"), ("funds",))
)
"""cash in units of 1e-8; how many coins were ever bought, trades, remembered purchases and the first that may
be overwritten; how the run ended, and because of which coin; what purchases of this step may still use."""

BUY_ROW: Final = _row_of((("older",), ("quantity", "price")))
"""What is held of a purchase, and the purchase of the same coin before it."""

TRADE_ROW: Final = _row_of(
    (
        ("time_s", "coin", "side", "reason", "stage"),
        ("price", "quantity", "value", "fee", "gain_pct", "realized"),
    )
)


RESTING_ROW: Final = _row_of((("side", "remaining", "until_s"), ("price",)))
"""An order in the book; nothing rests when nothing remains."""


class World(NamedTuple):
    """What the market did: a row for each step, a column for each coin; a close of NaN is no price.

    long and short are -1 without a signal.
    """

    close_s: IntArray
    close: FloatArray
    volume: FloatArray
    long: Levels
    short: Levels


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
    """The numbers of the classic strategy in the form they are multiplied with."""

    start_level: int
    allocation: float
    multiplier: float
    daily_limit: int
    start_no_dca: float
    start_with_dca: float
    kept_of_peak: float


class Plan(NamedTuple):
    """listed: the coins that may be entered, in order. levels: the last one counts for all later stages."""

    rules: Rules
    listed: IntArray
    levels: FloatArray


class Moment(NamedTuple):
    """A step, when it is, and the volume of the coin's candle in it."""

    step: int
    now_s: int
    volume: float


class Fill(NamedTuple):
    """An order that was executed: side and reason, and what moved in units."""

    side: int
    reason: int
    executed: int
    value: int
    fee: int


class Books(NamedTuple):
    """The account (one row), every coin, the coins ever bought in order, and what is remembered of them.

    dca_times (coins, limit) is a ring for each coin. equity (steps,) is the account's value after each step.
    """

    account: Rows
    coins: Rows
    order: IntArray
    dca_times: IntArray
    buys: Rows
    trades: Rows
    equity: FloatArray


def rows(dtype: np.dtype[np.void], count: int) -> Rows:
    """Give rows of zeros."""
    return np.zeros(count, dtype=dtype).view(np.recarray)
