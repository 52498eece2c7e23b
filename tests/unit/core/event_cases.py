"""One event of every kind, for tests of whoever hands them on."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from powertrader.core.event_notes import Sender
from powertrader.models.events import (
    Event,
    OrderRejected,
    PluginDisabled,
    SignalUpdated,
    TradeExecuted,
    TradingHalted,
    TradingResumed,
    TrainingFinished,
    WorkerCrashed,
    WorkerStarted,
)
from powertrader.models.order import Side
from powertrader.models.position import Buy, Position, Trail
from powertrader.models.signal import Signal
from powertrader.models.trade import Trade

AT: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
SENDER: Final = Sender("trader", "desk", "desk-7-1")


def signal(coin: str = "BTC", long: int = 3, short: int = 0, at: datetime = AT) -> Signal:
    return Signal(coin, long, short, (99.5, 98.0), (110.0,), 0.5, 0.4, at)


def trade(reason: str = "entry", side: Side = Side.BUY, coin: str = "BTC") -> Trade:
    fees = (("USDT", Decimal("0.01")),)
    profit = Decimal("1.25") if side is Side.SELL else None
    gain = None if profit is None else 5.2
    amount = Decimal("0.1")
    return Trade(coin, side, 100.0, amount, Decimal("10.0"), reason, AT, gain, profit, fees, "pt-BTC-x", "ab")


def position(coin: str = "BTC") -> Position:
    return Position(
        coin,
        Decimal("0.1"),
        Decimal("10.01"),
        Decimal("0.1"),
        Decimal("10.0"),
        stage=1,
        trail=Trail(active=True, line=104.5, peak=106.0, was_above=True),
        dca_times=(AT,),
        buys=(Buy(0.1, 100.0),),
    )


CASES: Final[tuple[Event, ...]] = (
    SignalUpdated(signal(), AT),
    TradeExecuted("paper", "default", "USDT", trade(), position(), AT),
    OrderRejected("live", "12ab34cd", "ETH", "dca", "dca_hard_1", "no funds: 3 < 5", AT),
    TradingHalted("paper", "default", None, "asked for by the user", AT),
    TradingResumed("paper", "default", "BTC", AT),
    TrainingFinished("BTC", "", AT),
    WorkerStarted("thinker", 4711, restarted=True, at=AT),
    WorkerCrashed("thinker", 4711, None, "killed", 2.0, AT),
    PluginDisabled("diary", 5, "ValueError: odd", AT),
)
