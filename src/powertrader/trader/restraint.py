"""What is not tried again at once after the venue refused it: by coin and side, in memory."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from powertrader.core.back_off import pause_s
from powertrader.core.clock import Clock
from powertrader.core.exceptions import (
    FilterRejected,
    InsufficientFundsError,
    PairRefused,
    PostOnlyRejected,
    Rejected,
)
from powertrader.models.decision import CoolDown
from powertrader.models.order import Side
from powertrader.models.types import CoinSymbol

FIRST_PAUSE_S: Final = 2.0
"""The pause after an order that a rule forbade; it doubles with every further refusal."""
log = logging.getLogger(__name__)
Turn: TypeAlias = tuple[CoinSymbol, Side]


@dataclass(frozen=True, slots=True)
class _Refusal:
    reason: str
    times: int
    at: datetime
    pause_s: float

    def left_s(self, now: datetime) -> float:
        """Give the seconds that are left; none when the clock was set back."""
        since_s = (now - self.at).total_seconds()
        return self.pause_s - since_s if since_s >= 0 else 0.0


class Restraint:
    """Cool-downs on the wall clock, and what is not traded until the next start.

    disabled: pairs that nothing is done with, because a sale was refused for good; unbuyable: those whose
    purchase was, which are still sold.
    """

    def __init__(self, wall: Clock, cooldown_s: float) -> None:
        """Begin without any; cooldown_s follows a lack of funds and is the longest pause."""
        self._wall = wall
        self._cooldown_s = cooldown_s
        self._refusals: dict[Turn, _Refusal] = {}
        self.disabled: dict[CoinSymbol, str] = {}
        self.unbuyable: dict[CoinSymbol | None, str] = {}

    def refused(self, coin: CoinSymbol, side: Side, error: Rejected) -> None:
        """Take a refusal of the venue into account."""
        if isinstance(error, PairRefused):
            way_out = f"left alone until a restart or `powertrader resume {coin}`"
            stopped = self.unbuyable if side is Side.BUY else self.disabled
            stopped[coin] = f"the venue does not take {coin}: {error}; {way_out}"
            log.error("pair refused", extra={"coin": coin, "reason": str(error)})
            return
        before = self._refusals.get((coin, side))
        times = before.times + 1 if before else 1
        self._refusals[coin, side] = _Refusal(
            str(error), times, self._wall.now(), self._pause_s(error, times)
        )

    def accepted(self, coin: CoinSymbol, side: Side) -> None:
        """Forget the refusals of an order that went through."""
        self._refusals.pop((coin, side), None)

    def lift(self, coin: CoinSymbol) -> bool:
        """Let a coin be tried again at once; tell whether anything held it back."""
        held_back = self.disabled.pop(coin, None) is not None
        held_back = self.unbuyable.pop(coin, None) is not None or held_back
        for side in Side:
            held_back = self._refusals.pop((coin, side), None) is not None or held_back
        return held_back

    def cooling(self) -> Mapping[Turn, CoolDown]:
        """Give what waits, with the seconds left."""
        if not self._refusals:
            return {}
        now = self._wall.now()
        return {
            turn: CoolDown(refusal.reason, left_s)
            for turn, refusal in self._refusals.items()
            if (left_s := refusal.left_s(now)) > 0
        }

    def _pause_s(self, error: Rejected, times: int) -> float:
        if isinstance(error, InsufficientFundsError):
            return self._cooldown_s
        if isinstance(error, PostOnlyRejected):
            return 0.0
        # Why the venue said no is unknown unless it named a rule: the first repetition is free.
        earlier = times if isinstance(error, FilterRejected) else times - 1
        return pause_s(earlier, FIRST_PAUSE_S, self._cooldown_s)
