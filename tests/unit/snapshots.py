"""Snapshots for tests, and a home with files that make one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from powertrader.models.process import ProcessRecord, WorkerState
from powertrader.models.signal import Signal
from powertrader.models.snapshot import (
    PROCESSES,
    CoinView,
    ProcessState,
    ProcessView,
    Snapshot,
    TrainingView,
)
from powertrader.models.status import Heartbeat, OrderStatus, PositionStatus, TraderReport, TraderStatus

NOW: Final = datetime(2024, 1, 15, 12, tzinfo=UTC)
DAY_S: Final = 86400.0
TRAINED: Final = TrainingView("FINISHED", NOW - timedelta(days=1), DAY_S)


def beat(process: str, **changes: Any) -> Heartbeat:
    """A heartbeat of a process that is well."""
    return replace(Heartbeat(process, 7, "paper", NOW, NOW, steps=3), **changes)


def record(process: str, state: WorkerState, *said: str, exit_code: int | None = 1) -> ProcessRecord:
    """What a supervisor knows of a worker that has ended."""
    return ProcessRecord(process, state, None, "", NOW, NOW, exit_code=exit_code, last_output=said)


def running(process: str, state: ProcessState = ProcessState.RUNNING, **changes: Any) -> ProcessView:
    """A process that runs."""
    return ProcessView(process, state, 7, 1.0, beat(process, **changes))


def status_of(*positions: PositionStatus) -> TraderStatus:
    """An account of 10,000."""
    return TraderStatus(NOW, 10000.0, 9000.0, 1000.0, 990.0, 10.0, 2.5, 2.5, 0.5, positions)


def report(**changes: Any) -> TraderReport:
    """What a trader tells that is well and holds nothing."""
    plain = TraderReport(
        "paper", "default", "USDT", NOW, NOW, status_of(), "", (), (), (), (), Decimal(5), Decimal(0), 3
    )
    return replace(plain, **changes)


def order(coin: str) -> OrderStatus:
    """An order without an answer."""
    return OrderStatus("id-1", "", coin, "BUY", Decimal("0.50"), Decimal("0.10"), "entry", NOW)


def coin(name: str, long: int = 0, **changes: Any) -> CoinView:
    """A coin that is trained and has a signal."""
    view = CoinView(name, TRAINED, Signal(name, long, 0, (), (), 0.0, 0.0, NOW), verdict="short_not_zero")
    return replace(view, **changes)


def snapshot(
    coins: Iterable[CoinView] = (), processes: Iterable[ProcessView] = (), **changes: Any
) -> Snapshot:
    """A moment in which all is well, but for what is given."""
    known = {view.process: view for view in processes}
    views = tuple([known.get(process, running(process)) for process in PROCESSES])
    plain = Snapshot(NOW, NOW, views, tuple(coins), None, report(), (), 10**12, ())
    return replace(plain, **changes)
