"""Events in plain words: for a notification, a log line or a list."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

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
from powertrader.models.money import fixed_text
from powertrader.models.order import Side
from powertrader.models.types import CoinSymbol


def words_of(event: Event) -> str:
    """Give a fact as one sentence without its time."""
    return _WORDS[type(event)](event)


def is_worth_telling(event: Event) -> bool:
    """Tell whether a person wants to know: neither signals nor what went as it should without a trade."""
    if isinstance(event, TrainingFinished):
        return bool(event.problem)
    if isinstance(event, WorkerStarted):
        return event.restarted
    return not isinstance(event, SignalUpdated)


def _signal(event: SignalUpdated) -> str:
    signal = event.signal
    return f"{signal.coin} signals LONG {signal.long_level}, SHORT {signal.short_level}"


def _trade(event: TradeExecuted) -> str:
    trade, quote = event.trade, event.quote_asset
    sold = trade.side is Side.SELL
    deed = f"{'sold' if sold else 'bought'} {fixed_text(trade.quantity)} {trade.coin} for {trade.value:,.2f}"
    gain = "" if trade.pnl_pct is None else f", {trade.pnl_pct:+.2f} % from the basis"
    profit = "" if trade.realized_profit is None else f", profit {trade.realized_profit:+,.2f}"
    return f"{_whose(event.mode, event.account)}: {deed} {quote}{gain}{profit} ({_plain(trade.reason)})"


def _rejected(event: OrderRejected) -> str:
    whose = _whose(event.mode, event.account)
    return f"{whose}: {event.coin} was not traded ({_plain(event.reason)}): {event.refusal}"


def _halted(event: TradingHalted) -> str:
    return f"{_whose(event.mode, event.account)}: {_coins(event.coin)} stopped: {event.reason}"


def _resumed(event: TradingResumed) -> str:
    return f"{_whose(event.mode, event.account)}: {_coins(event.coin)} no longer stopped"


def _trained(event: TrainingFinished) -> str:
    if event.problem:
        return f"{event.coin} was not trained: {event.problem}"
    return f"{event.coin} was trained"


def _started(event: WorkerStarted) -> str:
    again = " again after a crash" if event.restarted else ""
    return f"the {event.process} was started{again} (process {event.pid})"


def _crashed(event: WorkerCrashed) -> str:
    code = "" if event.exit_code is None else f" with exit code {event.exit_code}"
    after = "" if event.restart_in_s is None else f"; it is started again in {event.restart_in_s:g} s"
    return f"the {event.process} ended{code}, the last it said was: {event.reason}{after}"


def _disabled(event: PluginDisabled) -> str:
    return f"the plugin {event.plugin} is not called any more: {event.reason}"


def _whose(mode: str, account: str) -> str:
    return mode.upper() if account == "default" else f"{mode.upper()} {account}"


def _coins(coin: CoinSymbol | None) -> str:
    return "all coins are" if coin is None else f"{coin} is"


def _plain(reason: str) -> str:
    return reason.replace("_", " ")


_WORDS: Final[Mapping[type[Event], Callable[[Any], str]]] = MappingProxyType(
    {
        SignalUpdated: _signal,
        TradeExecuted: _trade,
        OrderRejected: _rejected,
        TradingHalted: _halted,
        TradingResumed: _resumed,
        TrainingFinished: _trained,
        WorkerStarted: _started,
        WorkerCrashed: _crashed,
        PluginDisabled: _disabled,
    }
)
