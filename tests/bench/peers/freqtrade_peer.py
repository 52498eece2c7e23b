"""freqtrade on the task, with a market that is given and not asked for: `freqtrade_peer.py BARS`."""

import logging
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd  # type: ignore[import-untyped]  # in another environment

# so are all of these, and `task` lies beside this program
# mypy: disable-error-code="import-not-found"
from freqtrade.data.history import get_timerange
from freqtrade.enums import CandleType, RunMode
from freqtrade.exchange import Exchange
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.strategy import IStrategy
from task import CASH, FAST, FEE, SLOW, best_of, prices, tell

PAIR = "BTC/USDT"
DECIMALS = 8
STEP = 10**-DECIMALS
PRICING = {"price_side": "same", "use_order_book": False}
MARKET = {
    "symbol": PAIR,
    "base": "BTC",
    "quote": "USDT",
    "active": True,
    "spot": True,
    "precision": {"amount": STEP, "price": STEP},
    "limits": {"amount": {"min": STEP, "max": None}, "cost": {"min": 1.0, "max": None}},
}


class FollowAverages(IStrategy):  # type: ignore[misc]  # of a library that is not here
    """Hold while the fast average is above the slow one; freqtrade finds this class by its name."""

    INTERFACE_VERSION = 3
    timeframe = "1h"
    minimal_roi: dict[str, float] = {}  # noqa: RUF012  # what freqtrade asks for; nothing is sold for its gain
    stoploss = -0.99

    def populate_indicators(self, frame: pd.DataFrame, _metadata: dict[str, str]) -> pd.DataFrame:
        """Make the averages once."""
        frame["fast"] = frame["close"].rolling(FAST).mean()
        frame["slow"] = frame["close"].rolling(SLOW).mean()
        return frame

    def populate_entry_trend(self, frame: pd.DataFrame, _metadata: dict[str, str]) -> pd.DataFrame:
        """Mark where to hold."""
        frame.loc[frame["fast"] > frame["slow"], "enter_long"] = 1
        return frame

    def populate_exit_trend(self, frame: pd.DataFrame, _metadata: dict[str, str]) -> pd.DataFrame:
        """Mark where not to."""
        frame.loc[frame["fast"] < frame["slow"], "exit_long"] = 1
        return frame


def backtesting(home: Path) -> Backtesting:
    """Give freqtrade's engine for one market, in the mode that draws no progress and keeps no equity."""
    config = {
        "runmode": RunMode.HYPEROPT,
        "strategy": FollowAverages.__name__,
        "strategy_path": str(Path(__file__).parent),
        "user_data_dir": home,
        "datadir": home,
        "dataformat_ohlcv": "feather",
        "exchange": {"name": "binance", "pair_whitelist": [PAIR], "pair_blacklist": []},
        "pairlists": [{"method": "StaticPairList"}],
        "trading_mode": "spot",
        "candle_type_def": CandleType.SPOT,
        "timeframe": FollowAverages.timeframe,
        "dry_run": True,
        "dry_run_wallet": CASH,
        "stake_currency": "USDT",
        "stake_amount": 100.0,
        "max_open_trades": 1,
        "fee": FEE,
        "entry_pricing": PRICING,
        "exit_pricing": PRICING,
        "unfilledtimeout": {"entry": 10, "exit": 10, "unit": "minutes"},
    }
    exchange = Exchange(config, validate=False)
    exchange._markets = {PAIR: MARKET}  # else it would ask Binance for them
    engine = Backtesting(config, exchange=exchange)
    engine._set_strategy(engine.strategylist[0])  # as its own `backtest_one_strategy` does
    return engine


def cross(engine: Backtesting, frame: pd.DataFrame) -> int:
    """Trade once, averages included; give the number of orders."""
    processed = engine.strategy.advise_all_indicators({PAIR: frame})
    result = engine.backtest(processed, *get_timerange(processed))
    return int(result["results"]["orders"].map(len).sum())


def candles(bars: int) -> pd.DataFrame:
    """Give the task's prices in whole ticks: an order at half a tick would never be filled."""
    frame = pd.DataFrame({"date": pd.date_range("2000-01-01", periods=bars, freq="h", tz="UTC")})
    for name in ("open", "high", "low", "close"):
        frame[name] = prices(bars).round(DECIMALS)
    frame["volume"] = 1e6
    return frame


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    given = candles(int(sys.argv[1]))
    with TemporaryDirectory() as folder:
        prepared = backtesting(Path(folder))
        tell(*best_of(lambda: cross(prepared, given), repeats=3, clock=time.process_time))
