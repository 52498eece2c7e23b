"""What happened in a worker, told to whoever listens: one frozen dataclass for each kind of fact.

These are news, not memory: the ledger remembers trades, and a fact that nobody heard is not told again.
Fields are text, numbers, Decimal, aware times and other frozen dataclasses, so that core.record_codec can
write them all. `at` is the time of the wall clock, `mode` and `account` say whose trader speaks.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from powertrader.models.position import Position
from powertrader.models.signal import Signal
from powertrader.models.trade import Trade
from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True)
class SignalUpdated:
    """A coin has its first signal, or one with other levels than before."""

    signal: Signal
    at: datetime


@dataclass(frozen=True, slots=True)
class TradeExecuted:
    """An order of the bot is over and was executed at least in part.

    position is the coin's afterwards; amounts of money are in quote_asset.
    """

    mode: str
    account: str
    quote_asset: str
    trade: Trade
    position: Position
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderRejected:
    """A decided order was not placed or not executed.

    kind is entry, dca or exit, reason the rule that wanted the order, refusal a sentence.
    """

    mode: str
    account: str
    coin: CoinSymbol
    kind: str
    reason: str
    refusal: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TradingHalted:
    """One coin, or all (None), are not bought or not touched any more; reason is a sentence."""

    mode: str
    account: str
    coin: CoinSymbol | None
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TradingResumed:
    """What stopped one coin, or all (None), is lifted."""

    mode: str
    account: str
    coin: CoinSymbol | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TrainingFinished:
    """The training of a coin is over; problem is empty when it was learnt, else a sentence."""

    coin: CoinSymbol
    problem: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkerStarted:
    """The supervisor has a worker running; restarted tells that it had crashed before."""

    process: str
    pid: int
    restarted: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkerCrashed:
    """A worker ended that should run; exit_code is None when nobody knows it.

    reason is the last that it said; restart_in_s is the pause before the next start, None when there is none.
    """

    process: str
    pid: int
    exit_code: int | None
    reason: str
    restart_in_s: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PluginDisabled:
    """A plugin is not called any more until the next start; errors counts those it made."""

    plugin: str
    errors: int
    reason: str
    at: datetime


Event: TypeAlias = (
    SignalUpdated
    | TradeExecuted
    | OrderRejected
    | TradingHalted
    | TradingResumed
    | TrainingFinished
    | WorkerStarted
    | WorkerCrashed
    | PluginDisabled
)

EVENTS: Final[tuple[type[Event], ...]] = (
    SignalUpdated,
    TradeExecuted,
    OrderRejected,
    TradingHalted,
    TradingResumed,
    TrainingFinished,
    WorkerStarted,
    WorkerCrashed,
    PluginDisabled,
)
