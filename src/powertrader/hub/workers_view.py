"""WorkersView: what the window itself does about the workers."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from powertrader.models.types import CoinSymbol

Doing: TypeAlias = Literal["", "starting", "stopping"]


@dataclass(frozen=True, slots=True)
class WorkersView:
    """Who looks after the workers, and what is being done with them at this moment.

    ours: this window is their supervisor: it starts again what crashes. other: the process number of
    another supervisor, such as `powertrader up`, None without one; the window takes its place when it
    ends. trader_follows: the trader is started as soon as there are signals. doing: what the window does
    with processes right now, empty for nothing. asked: the coins that somebody wants trained, whose
    training has not ended.
    """

    ours: bool = False
    other: int | None = None
    trader_follows: bool = False
    doing: Doing = ""
    asked: frozenset[CoinSymbol] = frozenset()
