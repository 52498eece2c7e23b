"""What a step decided for a coin, and why not otherwise."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from powertrader.models.account import Quote
from powertrader.models.position import Holding
from powertrader.models.signal import SignalView
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


class CoolDown(NamedTuple):
    """Why something is not tried again yet, and the seconds left by the wall clock."""

    reason: str
    left_s: float


class RuleNumbers(NamedTuple):
    """The rules of one decision; their meaning is that of models.rules.TradingRules."""

    trade_start_level: int
    start_allocation_pct: float
    dca_levels: tuple[float, ...]
    dca_multiplier: float
    max_dca_buys_per_24h: int
    pm_start_pct_no_dca: float
    pm_start_pct_with_dca: float
    trailing_gap_pct: float


@dataclass(frozen=True, slots=True)
class DecisionInputs:
    """Everything that one decision on a coin was made from: the same inputs give the same decision.

    decided is what the rules made of it, "" when they were not asked; an order that was refused
    afterwards has another verdict. total and buying_power are those of the start of the step, funds is
    what purchases could still use when the coin's turn came. held: the coin is in the account; without a
    position it had no price. sale_failed: its sale had been tried in vain in this step. frozen, halt and
    left_out say why nothing is done, nothing bought, nothing bought anew. too_small is the value of the
    venue's smallest order where the position is worth less.
    """

    rules: RuleNumbers
    total: float
    buying_power: float
    funds: float
    decided: str = ""
    quote: Quote | None = None
    signal: SignalView | None = None
    held: bool = False
    position: Holding | None = None
    sale_failed: bool = False
    frozen: str | None = None
    halt: str | None = None
    left_out: str | None = None
    purchase_waits: CoolDown | None = None
    sale_waits: CoolDown | None = None
    too_small: float | None = None


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """Why a coin was or was not traded in a step, written when the pattern of the gates changed.

    verdict names the action taken or the first thing that forbade one. repeated counts the earlier
    steps in a row that had the previous verdict. inputs is None where no step was made, and in records
    of versions that did not keep them.
    """

    coin: CoinSymbol
    verdict: str
    gates: tuple[Gate, ...]
    at: datetime
    config_hash: str
    strategy_version: str
    repeated: int
    inputs: DecisionInputs | None = None


class Replaced(NamedTuple):
    """A value that a decision was made with instead of the recorded one."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DecisionAgain:
    """What a recorded decision came to when it was made once more.

    recorded is its verdict then, verdict and words the one now. same is None where something was
    replaced. differences name what else came out otherwise. amount is what a purchase would cost in the
    quote asset, 0.0 where none was decided.
    """

    coin: CoinSymbol
    at: datetime
    recorded: str
    verdict: str
    words: str
    same: bool | None
    differences: tuple[str, ...]
    replaced: tuple[Replaced, ...]
    amount: float
    gates: tuple[Gate, ...]
