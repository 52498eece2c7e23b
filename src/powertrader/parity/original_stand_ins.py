"""The modules kucoin, binance, requests, psutil and colorama as an original script sees them.

Their answers come from the process that plays the market. Source: golden/INTERFACE.md and EXCHANGE.md.
Uses the standard library only, as original_child does.
"""

import os
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Final

Ask = Callable[..., Any]
_API_MESSAGE: Final = "APIError(code={code}): {text}"
_COLOURS: Final = (
    *("BLACK", "RED", "GREEN", "YELLOW", "BLUE", "MAGENTA", "CYAN", "WHITE", "RESET", "RESET_ALL"),
    *("BRIGHT", "DIM", "NORMAL"),
)


class BinanceAPIException(Exception):
    """The exchange answered with an error code."""

    def __init__(self, response: object, status_code: int, text: str) -> None:
        super().__init__(text)
        self.response, self.status_code, self.message = response, status_code, text
        self.code = 0
        self.request: object = None

    def __str__(self) -> str:
        return _API_MESSAGE.format(code=self.code, text=self.message)


class BinanceRequestException(Exception):
    """The exchange answered with no JSON."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BinanceOrderException(Exception):
    """An order was refused before it was sent."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message

    def __str__(self) -> str:
        return f"BinanceOrderException(code={self.code}): {self.message}"


class NetworkError(OSError):
    """A request over the real network, which there is not while scripts are compared."""


def _error_of(refusal: Mapping[str, Any]) -> Exception:
    code, text = int(refusal.get("code", 0)), str(refusal["text"])
    if refusal["kind"] == "api":
        error = BinanceAPIException(None, 400, text)
        error.code = code
        return error
    if refusal["kind"] == "order":
        return BinanceOrderException(code, text)
    return RuntimeError(text)


def _asking(ask: Ask) -> Ask:
    """Give a way to ask that raises what the real libraries raise."""

    def asked(call: str, **given: Any) -> Any:
        answer = ask(call, **given)
        if "refusal" in answer:
            raise _error_of(answer["refusal"])
        return answer["value"]

    return asked


def _kucoin(ask: Ask) -> dict[str, ModuleType]:
    class Market:
        """Candles and prices by KuCoin's names."""

        def __init__(self, key: str = "", secret: str = "", passphrase: str = "", **options: object) -> None:
            """Open nothing."""

        def get_kline(self, symbol: str, kline_type: str, **span: object) -> Any:
            """Give rows of texts, newest first; an empty answer is the whole envelope."""
            rows = ask("candles", symbol=symbol, timeframe=kline_type, **span)
            # kucoin-python takes an empty list for no data and hands out what came over the wire
            return rows or {"code": "200000", "data": []}

        def get_ticker(self, symbol: str) -> Any:
            """Give a mapping with the price."""
            return ask("ticker", symbol=symbol)

    return _package("kucoin", client={"Market": Market})


def _client(ask: Ask) -> type:
    class Client:
        """Account, orders and prices by Binance's names."""

        def __init__(self, api_key: str | None = None, api_secret: str | None = None, **options: Any) -> None:
            """Open nothing."""

    def method(call: str, *order: str, **fixed: str) -> Callable[..., Any]:
        def asked(_client: object, *given: Any, **named: Any) -> Any:
            return ask(call, **fixed, **dict(zip(order, given, strict=True)), **named)

        return asked

    methods = {
        "get_orderbook_ticker": method("quote"),
        "get_account": method("account"),
        "get_exchange_info": method("exchange_info"),
        "get_symbol_info": method("symbol_info", "symbol"),
        "get_all_orders": method("all_orders"),
        "get_order": method("order"),
        "order_market_buy": method("place", side="BUY"),
        "order_market_sell": method("place", side="SELL"),
    }
    for name, one in methods.items():
        setattr(Client, name, one)
    return Client


def _binance(ask: Ask) -> dict[str, ModuleType]:
    client = {"Client": _client(ask)}
    errors = (BinanceAPIException, BinanceOrderException, BinanceRequestException)
    named = {one.__name__: one for one in errors}
    return _package("binance", {**client, **named}, client=client, exceptions=named)


def _requests(ask: Ask) -> dict[str, ModuleType]:
    def refuse(*where: object, **_options: object) -> Any:
        ask("refused", what="the network", detail=f"requests{where[:2]}")
        msg = "there is no network while scripts are compared"
        raise NetworkError(msg)

    verbs = dict.fromkeys(("get", "post", "put", "delete", "request"), refuse)
    session = type("Session", (), {name: staticmethod(verb) for name, verb in verbs.items()})
    names = ("RequestException", "ConnectionError", "HTTPError", "Timeout", "ReadTimeout", "ConnectTimeout")
    errors: dict[str, Any] = dict.fromkeys(names, NetworkError)
    return _package("requests", {**verbs, **errors, "Session": session}, exceptions=errors)


def _psutil() -> dict[str, ModuleType]:
    class Process:
        """A process that uses nothing."""

        def __init__(self, pid: int | None = None) -> None:
            """Name this process when none is given."""
            self.pid = os.getpid() if pid is None else pid

        def cpu_percent(self, *_interval: float | None) -> float:
            """Give no load."""
            return 0.0

        def nice(self, *_value: int) -> int:
            """Give the ordinary priority, and change none."""
            return 0

        def is_running(self) -> bool:
            """Tell whether the process is there."""
            return True

        def open_files(self) -> list[object]:
            """Give no open files, so that a script that would close them closes none."""
            return []

        connections = open_files

    errors = {name: type(name, (Exception,), {}) for name in ("Error", "NoSuchProcess", "AccessDenied")}
    found = {"cpu_percent": lambda *_, **__: 0.0, "pid_exists": lambda pid: pid == os.getpid()}
    return _package("psutil", {"Process": Process, **found, **errors})


def _colorama() -> dict[str, ModuleType]:
    without_colour = type("Colours", (), dict.fromkeys(_COLOURS, ""))
    nothing = {name: lambda *_, **__: None for name in ("init", "deinit", "just_fix_windows_console")}
    return _package("colorama", {**nothing, **dict.fromkeys(("Fore", "Back", "Style"), without_colour)})


def _package(
    name: str, own: Mapping[str, Any] | None = None, **modules: Mapping[str, Any]
) -> dict[str, ModuleType]:
    """Make a package with names of its own and modules with theirs."""
    package = ModuleType(name, "A stand-in while scripts are compared.")
    package.__path__ = []
    made = {name: package}
    for short, content in modules.items():
        module = ModuleType(f"{name}.{short}")
        vars(module).update(content)
        setattr(package, short, module)
        made[module.__name__] = module
    vars(package).update(own or {})
    return made


def install(ask: Ask) -> None:
    """Put the stand-ins where `import` looks first."""
    asked = _asking(ask)
    for made in (_kucoin(asked), _binance(asked), _requests(asked), _psutil(), _colorama()):
        sys.modules.update(made)
