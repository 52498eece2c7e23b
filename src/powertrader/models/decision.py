"""What a step decided for a coin, and why not otherwise."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from powertrader.models.types import CoinSymbol


class ActionKind(StrEnum):
    """What can be done with a coin in one step."""

    EXIT = "exit"
    DCA = "dca"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Action:
    """The next thing to do.

    amount is what a purchase may cost in the quote asset; a sale has 0.0 and sells the whole
    position. basis and gain_pct (against the basis) are those of the decision, None for an entry.
    """

    kind: ActionKind
    coin: CoinSymbol
    reason: str
    amount: float = 0.0
    basis: float | None = None
    gain_pct: float | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of a decision with its numbers; None where a side is no number or is missing."""

    name: str
    passed: bool
    value: float | None
    limit: float | None
    text: str


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """Why a coin was or was not traded in a step, written when the pattern of the gates changed.

    verdict names the action taken or the first thing that forbade one. repeated counts the earlier
    steps in a row that had the previous verdict.
    """

    coin: CoinSymbol
    verdict: str
    gates: tuple[Gate, ...]
    at: datetime
    config_hash: str
    strategy_version: str
    repeated: int
