"""How everything stands at one moment: what hub, api and the command line show."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from powertrader.models.observers import ObserverReport
from powertrader.models.process import ProcessRecord
from powertrader.models.signal import Signal
from powertrader.models.status import Heartbeat, PositionStatus, ThinkerReport, TraderReport
from powertrader.models.training import TrainingReport
from powertrader.models.types import CoinSymbol
from powertrader.models.venue import VenueUse

WORKERS: Final = ("trainer", "thinker", "trader")
SUPERVISOR: Final = "supervisor"
PROCESSES: Final = (SUPERVISOR, *WORKERS)
SHADOW: Final = "shadow"
"""Watches an original that trades; nobody misses it, and no supervisor starts it."""
STOPPABLE: Final = (*PROCESSES, SHADOW)
"""Processes that look for a request to end."""


class ProcessState(StrEnum):
    """How a process is, seen from outside."""

    RUNNING = "running"
    STARTING = "starting"
    WARNING = "warning"
    """Runs, with several errors in the last five minutes."""
    FAILING = "failing"
    """Runs, and its last step failed."""
    STALE = "stale"
    """Runs, and has given no sign of life for too long."""
    CRASHED = "crashed"
    REFUSED = "refused"
    """Ended because its settings or its command line cannot be used."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ProcessView:
    """One process: pid is None while it does not run, age_s that of its last sign of life."""

    process: str
    state: ProcessState
    pid: int | None = None
    age_s: float | None = None
    heartbeat: Heartbeat | None = None
    record: ProcessRecord | None = None


@dataclass(frozen=True, slots=True)
class TrainingView:
    """How a coin's training stands, in the original's words: TRAINING, FINISHED, INTERRUPTED or FAILED.

    trained_at is the market's time, as is the age at the present market time; both are None before the
    first training, the age also while nobody tells the market's time. progress_pct is that of the
    training that is going on or was broken off; timeframe is where it is, number timeframe_index of
    timeframe_total, counted from 0. report is what the trainer told in full.
    """

    state: str = ""
    trained_at: datetime | None = None
    age_s: float | None = None
    progress_pct: float | None = None
    report: TrainingReport | None = None
    timeframe: str = ""
    timeframe_index: int = 0
    timeframe_total: int = 0


@dataclass(frozen=True, slots=True)
class CoinView:
    """One coin: its training, its newest signal, what the trader decided and holds.

    waiting says why the thinker has no signal, verdict why it is not bought, or what was done.
    """

    coin: CoinSymbol
    training: TrainingView
    signal: Signal | None = None
    waiting: str = ""
    verdict: str = ""
    position: PositionStatus | None = None
    frozen: str = ""
    halted: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that the files of a home tell at one moment.

    at is the wall clock's time, market_at the market's as far as somebody tells it. trader is the report
    of whichever trader wrote last, whether it still runs or not. observers are the plugins and other
    listeners of the workers. problems name what could not be read. venues are those that were asked of
    late, wishes how many commands wait for that trader.
    """

    at: datetime
    market_at: datetime | None
    processes: tuple[ProcessView, ...]
    coins: tuple[CoinView, ...]
    thinker: ThinkerReport | None
    trader: TraderReport | None
    observers: tuple[ObserverReport, ...]
    free_bytes: int | None
    problems: tuple[str, ...]
    venues: tuple[VenueUse, ...] = ()
    wishes: int = 0

    def process(self, name: str) -> ProcessView:
        """Give one process by its name. Raises KeyError for one that is not looked at."""
        return {one.process: one for one in self.processes}[name]
