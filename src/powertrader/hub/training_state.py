"""What the classic screen says of trainings: states, progress, what is next, and whether all may be started.

Pure: everything follows from a snapshot. The words are the original's (HUB sections 3 and 7).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from powertrader.core.constants import TIMEFRAMES, TRAINING_STALE_DAYS
from powertrader.hub.text import text
from powertrader.models.snapshot import CoinView, Snapshot, TrainingView
from powertrader.models.types import CoinSymbol

STALE_S: Final = TRAINING_STALE_DAYS * 86400
"""A coin whose training is older has no signals."""
_WHOLE_PCT: Final = 100.0
_MOST_NAMED: Final = 5
_STARTED: Final = ("thinker", "trader")
"""What Start All starts."""


class CoinState(StrEnum):
    """How a coin's training stands."""

    TRAINING = "TRAINING"
    TRAINED = "TRAINED"
    INTERRUPTED = "INTERRUPTED"
    NOT_TRAINED = "NOT TRAINED"


@dataclass(frozen=True, slots=True)
class Trainings:
    """The trainings of all coins at one moment: states by coin, in the coins' order.

    training: the coins that are being trained now. works: whether thinker or trader runs.
    """

    states: Mapping[CoinSymbol, CoinState]
    training: tuple[CoinView, ...]
    works: bool

    @property
    def may_start_all(self) -> bool:
        """Whether every coin is trained, so that thinker and trader may be started."""
        return bool(self.states) and all(state is CoinState.TRAINED for state in self.states.values())

    @property
    def pct(self) -> float:
        """How far the trainings that go on are, on average: 0 to 100, 0 while there is none."""
        found = [progress_pct(view.training) or 0.0 for view in self.training]
        return sum(found) / len(found) if found else 0.0

    @property
    def progress(self) -> str:
        """The words beside the progress bar, empty while nothing is being trained."""
        if not self.training:
            return ""
        if len(self.training) > 1:
            return text("classic.progress_many", count=f"{len(self.training):,}", pct=round(self.pct))
        one = self.training[0]
        return text("classic.progress_one", coin=one.coin, progress=_where(one.training))

    @property
    def overview(self) -> str:
        """What is most urgent about all trainings, in one line."""
        if not self.states:
            return text("classic.overview_no_coins")
        if self.training:
            return text("classic.overview_running", coins=named_coins([view.coin for view in self.training]))
        for state, key in (
            (CoinState.INTERRUPTED, "classic.overview_interrupted"),
            (CoinState.NOT_TRAINED, "classic.overview_required"),
        ):
            count = sum(one is state for one in self.states.values())
            if count:
                return text(key, count=f"{count:,}")
        return text("classic.overview_ready")

    def flow(self, *, trader_follows: bool) -> str:
        """Give what the user does next; trader_follows: the trader starts as soon as there are signals."""
        step = "classic.flow_start" if self.may_start_all else "classic.flow_train"
        if not self.states:
            step = "classic.flow_no_coins"
        elif trader_follows:
            step = "classic.flow_starting"
        elif self.works:
            step = "classic.flow_running"
        return text("classic.flow", step=text(step))

    def wanted(self, coins: Iterable[CoinSymbol]) -> tuple[CoinSymbol, ...]:
        """Give those of the coins that a training without force has something to do for."""
        return tuple([coin for coin in coins if self.states.get(coin) is not CoinState.TRAINED])


def trainings_of(snapshot: Snapshot) -> Trainings:
    """Give the trainings of a snapshot's coins."""
    trainer = snapshot.process("trainer").pid
    states = {view.coin: coin_state(view, trainer) for view in snapshot.coins}
    training = tuple([view for view in snapshot.coins if states[view.coin] is CoinState.TRAINING])
    return Trainings(states, training, any(snapshot.process(name).pid is not None for name in _STARTED))


def coin_state(view: CoinView, trainer: int | None) -> CoinState:
    """Give how a coin's training stands, while a trainer with this process number runs, None for none.

    A training whose process is gone was broken off, whatever its status file says: the original showed
    such a coin as TRAINING for ever (HUB section 8, defect 3).
    """
    training = view.training
    if training.state == "TRAINING":
        report = training.report
        foreign = report is not None and report.state == "training" and report.pid != trainer
        return CoinState.INTERRUPTED if trainer is None or foreign else CoinState.TRAINING
    if training.state == "INTERRUPTED":
        return CoinState.INTERRUPTED
    return CoinState.TRAINED if is_trained(training) else CoinState.NOT_TRAINED


def is_trained(training: TrainingView) -> bool:
    """Tell whether the newest training is young enough for signals.

    While nobody tells the market's time the age is not known; the thinker looks at it again.
    """
    if training.trained_at is None:
        return False
    return training.age_s is None or training.age_s <= STALE_S


def progress_pct(training: TrainingView) -> float | None:
    """Give how far a training is, from 0 to 100; None while nobody tells."""
    pct = training.progress_pct
    return None if pct is None or not math.isfinite(pct) else min(max(pct, 0.0), _WHOLE_PCT)


def coin_line(view: CoinView, state: CoinState, *, asked: bool = False) -> str:
    """Give a coin's line in the list of trainings; asked: somebody wants it trained."""
    line = text("classic.coin_line", coin=view.coin, state=state)
    if asked and state is not CoinState.TRAINING:
        return text("classic.coin_line_more", line=line, more=text("classic.waits"))
    if state in {CoinState.TRAINING, CoinState.INTERRUPTED}:
        return text(
            "classic.coin_line_more", line=line, more=_where(view.training, key="classic.where_in_list")
        )
    report = view.training.report
    if report is not None and report.state in {"failed", "retrying"} and report.reason:
        return text("classic.coin_line_more", line=line, more=text("classic.failed", reason=report.reason))
    return line


def coin_lines(
    coins: Iterable[CoinView], trainings: Trainings, asked: frozenset[CoinSymbol] = frozenset()
) -> tuple[str, ...]:
    """Give the lines of the list, one for each coin; asked: those that somebody wants trained."""
    states = trainings.states
    return tuple([coin_line(view, states[view.coin], asked=view.coin in asked) for view in coins])


def _where(training: TrainingView, *, key: str = "classic.where") -> str:
    pct = progress_pct(training)
    if pct is None or not training.timeframe:
        return text("classic.starting")
    total = training.timeframe_total or len(TIMEFRAMES)
    number = min(training.timeframe_index + 1, total)
    return text(key, timeframe=training.timeframe, number=number, total=total, pct=round(pct))


def named_coins(coins: Sequence[CoinSymbol]) -> str:
    """Name the first coins and count the rest."""
    rest = len(coins) - _MOST_NAMED
    shown = ", ".join(coins[:_MOST_NAMED])
    return shown if rest <= 0 else text("classic.and_more", coins=shown, count=f"{rest:,}")
