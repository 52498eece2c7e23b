"""Runs `powertrader` commands in forked processes that are struck at a chosen point of the order path.

A program: one JSON line per command on standard input, one with its end on standard output. What is
slow to import is imported once, and each command runs in a process of its own:

    {"arguments": ["trader", ...], "home": "folder", "environment": {...}, "out": "file",
     "point": "before the order is sent", "nth": 2, "deed": "die"}

The points are watched through the interpreter's profile hook, so the program runs exactly as it is.
Deeds: die (SIGKILL to itself), kill (SIGKILL to the process `victim`), full (from now on no file may grow
longer than the ledger is; whoever started it can lift that with prlimit).
"""

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Final, Literal, TypedDict

from binance.client import Client
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection

from powertrader.cli.main import main
from powertrader.core import file_operations
from powertrader.core.original_exports import OriginalExports
from powertrader.exchanges.binance import BinanceTradingClient
from powertrader.models.journal import OrderAccepted, OrderClosed, OrderFilled, OrderIntended
from powertrader.persistence.ledger_file import LedgerFile
from powertrader.trader.outlets import TraderOutlets

LONGEST_S: Final = 60
"""A command that hangs ends with SIGALRM."""
_IMPORTED: Final = (
    "powertrader.cli.trader_view",
    "powertrader.exchanges.binance_client",
    "powertrader.persistence.ledger_check",
)
Deed = Literal["die", "kill", "full"]


class Job(TypedDict, total=False):
    """What is to be run; without a point nothing strikes it."""

    arguments: list[str]
    home: str
    environment: dict[str, str]
    out: str
    point: str
    nth: int
    deed: Deed
    victim: int


@dataclass(frozen=True)
class Point:
    """A call or return of some functions; is_meant looks at the frame."""

    event: Literal["call", "return"]
    codes: tuple[CodeType, ...]
    is_meant: Callable[[FrameType], bool] = lambda _frame: True


def _code(function: object) -> CodeType:
    code = getattr(function, "__code__", None)
    assert isinstance(code, CodeType), f"{function} is not written in Python"
    return code


def _stores(kind: type) -> Callable[[FrameType], bool]:
    return lambda frame: any(isinstance(event, kind) for event in frame.f_locals["events"])


def _is_within(*functions: object) -> Callable[[FrameType], bool]:
    wanted = {_code(function) for function in functions}

    def found(frame: FrameType) -> bool:
        caller = frame.f_back
        while caller is not None:
            if caller.f_code in wanted:
                return True
            caller = caller.f_back
        return False

    return found


def _is_order(frame: FrameType) -> bool:
    request = frame.f_locals["request"]
    return bool(request.method == "POST" and request.url.endswith("/api/v3/order"))


_APPEND: Final = (_code(LedgerFile.append_all),)
POINTS: Final[Mapping[str, Point]] = {
    "before the intent is stored": Point("call", _APPEND, _stores(OrderIntended)),
    "after the intent is stored": Point("return", _APPEND, _stores(OrderIntended)),
    "before the order is sent": Point("call", (_code(HTTPAdapter.send),), _is_order),
    "before the answer is read": Point(
        "call", (_code(HTTPConnection.getresponse),), _is_within(Client.create_order)
    ),
    "before the acceptance is stored": Point("call", _APPEND, _stores(OrderAccepted)),
    "after the acceptance is stored": Point("return", _APPEND, _stores(OrderAccepted)),
    "before an order is followed up": Point("call", (_code(BinanceTradingClient.get_order),)),
    "after an order is followed up": Point("return", (_code(BinanceTradingClient.get_order),)),
    "before a fill is stored": Point("call", _APPEND, _stores(OrderFilled)),
    "after a fill is stored": Point("return", _APPEND, _stores(OrderFilled)),
    "after the end is stored": Point("return", _APPEND, _stores(OrderClosed)),
    "while exports and status are written": Point(
        "call",
        (_code(file_operations.append_whole), _code(file_operations.replace)),
        _is_within(OriginalExports.apply, TraderOutlets.publish),
    ),
}


def watch(point: Point, nth: int, strike: Callable[[], None]) -> None:
    """Strike when the program comes to a point for the nth time, counted from 1."""
    seen = 0

    def look(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal seen
        if event == point.event and frame.f_code in point.codes and point.is_meant(frame):
            seen += 1
            if seen == nth:
                sys.setprofile(None)
                strike()

    sys.setprofile(look)


def strike_of(job: Job) -> Callable[[], None]:
    """Give what happens at the point of a job."""
    deed, victim = job.get("deed", "die"), job.get("victim", 0)
    if deed == "full":
        return lambda: fill_disk(Path(job["home"]))
    return lambda: os.kill(os.getpid() if deed == "die" else victim, signal.SIGKILL)


def fill_disk(home: Path) -> None:
    """Let no file grow longer than the ledger's longest segment."""
    longest = max(segment.stat().st_size for segment in home.glob("data/ledger/*/*.jsonl"))
    import resource  # noqa: PLC0415  those who import this module on Windows never come here

    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (longest, hard))


def run(job: Job) -> None:
    """Become the command; never returns."""
    out = os.open(job["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    errors = os.open(job["out"] + ".err", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(out, 1)
    os.dup2(errors, 2)
    signal.alarm(LONGEST_S)
    os.environ.update(job.get("environment", {}))
    if "point" in job:
        watch(POINTS[job["point"]], job.get("nth", 1), strike_of(job))
    code = main([*job["arguments"], "--home", job["home"]])
    sys.setprofile(None)
    sys.stdout.flush()
    os._exit(code)


def serve() -> None:
    """Run one job after the other until standard input ends."""
    for name in _IMPORTED:
        importlib.import_module(name)
    for line in sys.stdin:
        job: Job = json.loads(line)
        child = os.fork()
        if not child:
            run(job)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
