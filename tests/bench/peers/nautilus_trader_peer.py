"""nautilus_trader on the task: `nautilus_trader_peer.py BARS`."""

import sys
import time
from decimal import Decimal

import pandas as pd  # type: ignore[import-untyped]  # in another environment

# so are all of these, and `task` lies beside this program
# mypy: disable-error-code="import-not-found"
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model import Bar, BarType, InstrumentId, Money, Price, Quantity, Symbol
from nautilus_trader.model.currencies import BTC, USDT
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy
from task import CASH, FAST, FEE, SLOW, best_of, prices, tell

DECIMALS = 8
STEP = "0.00000001"
PAIR = CurrencyPair(
    InstrumentId.from_str("BTCUSDT.SIM"),
    Symbol("BTCUSDT"),
    BTC,
    USDT,
    DECIMALS,
    DECIMALS,
    Price.from_str(STEP),
    Quantity.from_str(STEP),
    0,
    0,
    maker_fee=Decimal(str(FEE)),
    taker_fee=Decimal(str(FEE)),
)
HOURS = BarType.from_str("BTCUSDT.SIM-1-HOUR-LAST-EXTERNAL")


class Cross(Strategy):  # type: ignore[misc]  # of a library that is not here
    """Hold one unit while the fast average is above the slow one."""

    def __init__(self) -> None:
        super().__init__()
        self.fast, self.slow = SimpleMovingAverage(FAST), SimpleMovingAverage(SLOW)
        self.one = PAIR.make_qty(1)
        self.holds = False  # quicker than asking the portfolio

    def on_start(self) -> None:
        """Ask for the bars; the averages see each before `on_bar`."""
        self.register_indicator_for_bars(HOURS, self.fast)
        self.register_indicator_for_bars(HOURS, self.slow)
        self.subscribe_bars(HOURS)

    def on_bar(self, _bar: Bar) -> None:
        """Follow the averages."""
        above = self.slow.initialized and self.fast.value > self.slow.value
        if above != self.holds:
            side = OrderSide.BUY if above else OrderSide.SELL
            self.submit_order(self.order_factory.market(PAIR.id, side, self.one))
            self.holds = above

    def on_reset(self) -> None:
        """Forget the run before."""
        self.fast.reset()
        self.slow.reset()
        self.holds = False


def engine_of(bars: int) -> BacktestEngine:
    """Give an engine that holds the task's bars; it logs nothing and works out no statistics."""
    quiet = LoggingConfig(bypass_logging=True)
    engine = BacktestEngine(BacktestEngineConfig(logging=quiet, run_analysis=False))
    engine.add_venue(PAIR.id.venue, OmsType.NETTING, AccountType.CASH, [Money(CASH, USDT)])
    engine.add_instrument(PAIR)
    frame = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), prices(bars)))
    frame["volume"] = 1e6  # no order is larger than what a bar offers
    frame.index = pd.date_range("2000-01-01", periods=bars, freq="h", tz="UTC")
    engine.add_data(BarDataWrangler(HOURS, PAIR).process(frame))
    engine.add_strategy(Cross())
    return engine


def cross(engine: BacktestEngine) -> int:
    """Trade once; give the number of orders that were filled."""
    engine.reset()  # takes a two-hundredth of the run
    engine.run()
    return len(engine.cache.orders_closed())


if __name__ == "__main__":
    prepared = engine_of(int(sys.argv[1]))
    tell(*best_of(lambda: cross(prepared), repeats=3, clock=time.process_time))
