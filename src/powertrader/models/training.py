"""What a training tells of itself: what a killed one goes on with, and what it did with each timeframe."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from powertrader.models.timeframe import Timeframe
from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """What a training that was broken off goes on with.

    as_of: the candles are those that had closed then. reprocess: what was known before is forgotten.
    timeframe: the one whose memory was saved last, or was about to be; digest: the SHA-256 of that memory,
    empty when there was none to save.
    """

    coin: CoinSymbol
    as_of: datetime
    reprocess: bool
    timeframe: Timeframe | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class TimeframeReport:
    """One timeframe of one training.

    candles: closed ones at hand, from first_at to last_at; gaps says which are missing. used: how many of
    them count for the training. matched: candles that were like a memory, learnt: new memories.
    weights_moved: memories whose weights are not 1. reason and remedy: why it failed, and what to do.
    """

    timeframe: Timeframe
    state: Literal["trained", "failed"]
    candles: int = 0
    used: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    gaps: str = ""
    memories: int = 0
    learnt: int = 0
    matched: int = 0
    weights_moved: int = 0
    threshold_pct: float | None = None
    reason: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """The newest training of one coin, as far as it is.

    source: the venue of the candles. pid and process_started_at: the process that trains or trained; a
    coin in state training whose process is gone was broken off. doing: what is being done now. at is the
    wall clock's time, as_of the market's.
    """

    coin: CoinSymbol
    state: Literal["training", "retrying", "finished", "interrupted", "failed"]
    source: str
    pid: int
    process_started_at: datetime
    at: datetime
    as_of: datetime
    doing: str = ""
    reason: str = ""
    remedy: str = ""
    timeframes: tuple[TimeframeReport, ...] = ()
