"""What a user wants of a running trader, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from powertrader.models.types import CoinSymbol


class Wish(StrEnum):
    """What can be asked for."""

    PAUSE = "pause"
    RESUME = "resume"
    SELL = "sell"
    ADOPT = "adopt"


@dataclass(frozen=True, slots=True)
class Command:
    """One wish, carried out at most once.

    coin None means all coins, for pause and resume. number tells commands apart: letters, digits
    and - only. made_at is the wall clock's time.
    """

    number: str
    wish: Wish
    coin: CoinSymbol | None
    reason: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """What came of a command, in plain words."""

    number: str
    done: bool
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TrainingWish:
    """The wish that a coin is trained now, whatever it knows already.

    anew: what it learnt before is forgotten. made_at is the wall clock's time.
    """

    coin: CoinSymbol
    anew: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class StopRequest:
    """The wish that a process ends in order.

    pid is the number of the process that is meant, 0 for whichever runs under the name. made_at is the
    wall clock's time.
    """

    process: str
    pid: int
    reason: str
    made_at: datetime
