"""backtesting.py on the task: `backtesting_peer.py BARS`."""

import sys
import time
import warnings

import pandas as pd  # type: ignore[import-untyped]  # in another environment
from backtesting import Backtest, Strategy  # type: ignore[import-not-found]  # as pandas
from task import CASH, FAST, FEE, SLOW, best_of, prices, tell  # type: ignore[import-not-found]  # beside this program


class Cross(Strategy):  # type: ignore[misc]  # of a library that is not here
    """Hold one unit while the fast average is above the slow one."""

    def init(self) -> None:
        """Make the averages once."""
        close = pd.Series(self.data.Close)
        self.fast = self.I(lambda: close.rolling(FAST).mean())
        self.slow = self.I(lambda: close.rolling(SLOW).mean())

    def next(self) -> None:
        """Follow them."""
        above = self.fast[-1] > self.slow[-1]
        if above and not self.position:
            self.buy(size=1)
        elif not above and self.position:
            self.position.close()


def cross(bars: int) -> int:
    """Trade once; give the number of orders."""
    close = prices(bars)
    frame = pd.DataFrame({"Open": close, "High": close, "Low": close, "Close": close})
    frame.index = pd.date_range("2000-01-01", periods=bars, freq="min")
    test = Backtest(frame, Cross, cash=CASH, commission=FEE, trade_on_close=True, finalize_trades=True)
    return 2 * int(test.run()["# Trades"])


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    tell(*best_of(lambda: cross(int(sys.argv[1])), repeats=1, clock=time.process_time))
