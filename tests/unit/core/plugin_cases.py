"""Plugins for tests, named by entry points as installed ones are."""

import threading
from importlib.metadata import EntryPoint
from typing import Final

from powertrader.core.plugin import GROUP, TradingPlugin
from powertrader.models.signal import Signal
from powertrader.models.trade import Trade

BLOCKED: Final = threading.Event()
"""What a hanging plugin waits for; a test sets it at its end."""
HEARD: Final[list[tuple[str, str]]] = []


class Recorder(TradingPlugin):
    def on_signal(self, signal: Signal) -> None:
        HEARD.append(("signal", signal.coin))

    def on_entry(self, trade: Trade) -> None:
        HEARD.append(("entry", trade.coin))

    def on_exit(self, trade: Trade) -> None:
        HEARD.append(("exit", trade.coin))

    def on_dca(self, trade: Trade) -> None:
        HEARD.append(("dca", trade.coin))


class Raising(TradingPlugin):
    def on_signal(self, signal: Signal) -> None:
        msg = f"odd {signal.coin}"
        raise ValueError(msg)


class Leaving(TradingPlugin):
    def on_signal(self, signal: Signal) -> None:
        raise SystemExit(3)


class Hanging(TradingPlugin):
    def on_signal(self, signal: Signal) -> None:
        BLOCKED.wait(60)


class HangingAtTheStart(TradingPlugin):
    def __init__(self) -> None:
        BLOCKED.wait(60)


class Demanding(TradingPlugin):
    def __init__(self, more: str) -> None:
        self.more = more


class NoPlugin:
    pass


def entry(name: str) -> EntryPoint:
    return EntryPoint(name.lower(), f"{__name__}:{name}", GROUP)
