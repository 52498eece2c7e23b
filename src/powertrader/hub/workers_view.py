"""WorkersView: what the window itself does about the workers."""

from dataclasses import dataclass

from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True)
class WorkersView:
    """Who looks after the workers, and what is waited for.

    ours: this window is their supervisor: it starts again what crashes. other: the process number of
    another supervisor, such as `powertrader up`, None without one; the window takes its place when it
    ends. trader_follows: the trader is started as soon as there are signals. asked: the coins that somebody
    wants trained, whose training has not ended.
    """

    ours: bool = False
    other: int | None = None
    trader_follows: bool = False
    asked: frozenset[CoinSymbol] = frozenset()
