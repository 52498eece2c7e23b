"""Ten closes of one coin whose every trade was computed by hand: all numbers are exact in binary and decimal.

Half the spread, the slippage and the fee are each 1/128; orders are whole coins. At a close of 128 a buyer
pays 128 * 129/128 * 129/128 = 130.0078125 and a seller gets 128 * 127/128 * 127/128 = 126.0078125.

 1  128  long 3: entry of 14.2 % of 20,000 = 2,840 at an ask of 129, 22 coins; cost 2,860.171875, fee 22/128
 2  128  a fall of 0.8 %, long 3: a neural level needs 4
 3  128  long 4: 21.828125 coins at a bid of 127, times 1.46, are 31 coins; cost 4,030.2421875
 4   64  50.4 % below the basis, the second hard level is 50 %: 75 coins at 65.00390625 = 4,875.29296875
 5   32  the last level repeats and is hit, but two buys are all that 24 hours allow
 6   96  a bid of 95.25 is above the start line, 2.5 % over the basis of 11,765.70703125 / 128
 7  256  a bid of 254 lifts the line to 254 * 7/8 = 222.25
 8  224  a bid of exactly 222.25 is not below the line
 9  128  a bid of 127 is: all 127 coins at 126.0078125 = 16,002.9921875, fee 1/128 rounded up to 8 digits
10  128  long 5, short 0 again: entry of 14.2 % of 24,112.26177978, 26 coins at 130.0078125
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.signal_arrays import SignalArrays
from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.models.candle import Candles

COIN: Final = "DOGE"
FIRST: Final = datetime(2024, 3, 4, 1, tzinfo=UTC)
SPAN: Final = ReplaySpan(FIRST - timedelta(hours=1), FIRST + timedelta(hours=9))
CLOSES: Final = (128, 128, 128, 64, 32, 96, 256, 224, 128, 128)
LONG: Final = (3, 3, 4, -1, 3, 3, 7, 0, 3, 5)
SHORT: Final = (0, 0, 0, -1, 0, 1, 0, 2, 1, 0)
OVERRIDES: Final = (
    f"coins={COIN}",
    "replay.start_quote=20000",
    "trade_start_level=3",
    "start_allocation_pct=14.2",
    "dca_multiplier=1.46",
    "dca_levels=-20,-50",
    "max_dca_buys_per_24h=2",
    "pm_start_pct_no_dca=25",
    "pm_start_pct_with_dca=2.5",
    "trailing_gap_pct=12.5",
    "costs.taker_pct=0.78125",
    "costs.spread_pct=1.5625",
    "costs.slippage_pct=0.78125",
    "costs.slippage_tiers=",
    "costs.spread_tiers=",
)
TRADES: Final = (
    (1, "BUY", "entry", "22", "2860.171875", "0.171875"),
    (3, "BUY", "dca_neural_4", "31", "4030.2421875", "0.2421875"),
    (4, "BUY", "dca_hard_2", "75", "4875.29296875", "0.5859375"),
    (9, "SELL", "trailing_exit", "127", "16002.9921875", "125.02337647"),
    (10, "BUY", "entry", "26", "3380.203125", "0.203125"),
)
"""Row, side, reason, coins, their value, and the fee: of a purchase in coins, of a sale in USDT."""
GAIN_PCT: Final = 37.08483440188498
"""126.0078125 against 11,765.70703125 / 128: 100 * (16,129 / 11,765.70703125 - 1)."""
PROFIT: Final = Decimal("4112.26177978")
CASH: Final = Decimal("20732.05865478")
EQUITY: Final = (
    19912.0,
    19912.0,
    19788.0,
    16298.79296875,
    12266.54296875,
    20331.04296875,
    40492.29296875,
    36460.04296875,
    24112.26177978,
    24008.26177978,
)


def config() -> TradingConfig:
    """Give the settings of the case."""
    return load_config(ConfigSources(overrides=OVERRIDES)).config


def candles() -> Candles:
    """Give the ten candles; nobody knows their volume."""
    close = np.array(CLOSES, dtype=np.float64)
    opens = int(SPAN.start.timestamp()) + 3600 * np.arange(len(CLOSES), dtype=np.int64)
    return Candles(opens, close, close, close, close, np.zeros(len(CLOSES)), 3600)


def signals() -> SignalArrays:
    """Give the ten signals, the fourth of which is missing."""
    given = SignalArrays.blank(candles().open_time_s + 3600)
    given.long[:], given.short[:] = LONG, SHORT
    return given
