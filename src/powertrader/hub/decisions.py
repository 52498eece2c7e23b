"""What was decided on coins, in plain sentences; and the records of one coin, read in the background."""

import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from powertrader.core.decision_log import DecisionLog
from powertrader.core.storage import FileStore
from powertrader.core.verdicts import words_for
from powertrader.hub.positions_view import is_held
from powertrader.hub.text import text
from powertrader.hub.view import HubView
from powertrader.models.decision import DecisionRecord, Gate
from powertrader.models.snapshot import CoinView, Snapshot
from powertrader.models.types import CoinSymbol, Environment

NO_SIGNAL: Final = "no_signal"
_DEEDS: Final = ("entry", "trailing_exit", "manual_exit")
_DCA: Final = ("dca_hard_", "dca_neural_")


class Standing(StrEnum):
    """Where a coin stands; each has its own word and colour."""

    UNDECIDED = "undecided"
    FROZEN = "frozen"
    HALTED = "halted"
    HELD = "held"
    TRADED = "traded"
    NOT_BOUGHT = "not_bought"


@dataclass(frozen=True, slots=True)
class Decided:
    """Where a coin stands, and why in words; never without words."""

    standing: Standing
    why: str


def decided_on(view: HubView, coin: CoinView) -> Decided:
    """Say where a coin stands by what the workers told last."""
    if coin.frozen:
        return Decided(Standing.FROZEN, words_for(coin.frozen))
    if not coin.verdict:
        return Decided(Standing.UNDECIDED, _why_undecided(view.snapshot, coin))
    if coin.verdict in _DEEDS or coin.verdict.startswith(_DCA):
        return Decided(Standing.TRADED, words_for(coin.verdict))
    if is_held(coin):
        return Decided(Standing.HELD, words_for(coin.verdict))
    if coin.halted:
        return Decided(Standing.HALTED, words_for(coin.halted))
    why = words_for(coin.verdict)
    if coin.verdict == NO_SIGNAL and coin.waiting:
        why = text("why.no_signal_because", why=why, reason=coin.waiting)
    return Decided(Standing.NOT_BOUGHT, why)


def _why_undecided(snapshot: Snapshot, coin: CoinView) -> str:
    trader = snapshot.trader
    if snapshot.process("trader").pid is None:
        return text("why.trader_not_running")
    if trader is not None and trader.skipped:
        return words_for(trader.skipped)
    if coin.training.trained_at is None:
        return text("why.not_trained")
    if coin.waiting:
        return text("why.thinker_waits", reason=coin.waiting)
    return text("why.not_reached_yet")


def headline(coin: CoinSymbol, decided: Decided, gates: tuple[Gate, ...]) -> str:
    """Say in one sentence why a coin was or was not traded, with the numbers that decided it."""
    words = text(f"why.headline.{decided.standing}", coin=coin, why=decided.why)
    closed = next((gate.text for gate in gates if not gate.passed and gate.value is not None), "")
    if decided.standing is Standing.NOT_BOUGHT and closed and closed not in words:
        return f"{words} ({closed})."
    return f"{words}."


def is_old(snapshot: Snapshot) -> bool:
    """Tell whether decisions are those of a trader that does not run any more."""
    return snapshot.trader is not None and snapshot.process("trader").pid is None


def trader_of(view: HubView) -> tuple[Environment, str]:
    """Give mode and account of the trader that told last, else those of the settings."""
    trader = view.snapshot.trader
    if trader is None:
        return view.settings.config.trading.mode, "default"
    return trader.mode, trader.account


class DecisionReader:
    """Reads the decisions on one coin, from whichever thread: what was read before is not read again."""

    def __init__(self, store: FileStore) -> None:
        """Read nothing yet."""
        self._log = DecisionLog(store)
        self._lock = threading.Lock()

    def read(self, folder: Path, coin: CoinSymbol) -> tuple[DecisionRecord, ...]:
        """Give decisions on a coin and on every coin, the newest first. Raises BadData, StorageError."""
        with self._lock:
            return self._log.read(folder, coin)
