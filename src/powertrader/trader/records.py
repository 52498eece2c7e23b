"""What a step has to tell about each coin, written when it changes (law 9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from powertrader.core.verdicts import EVERY_COIN, STEPS_GO_ON, words_for
from powertrader.models.book import Book
from powertrader.models.decision import DecisionRecord, Gate
from powertrader.models.rules import TradingRules
from powertrader.models.types import CoinSymbol
from powertrader.trader.execution import Outcome
from powertrader.trader.explain import gates_of
from powertrader.trader.inputs import Turn, inputs_of, turn_of
from powertrader.trader.safe_orders import NO_PRICE
from powertrader.trader.view import StepView

STRATEGY_VERSION: Final = "classic-1"
NOT_REACHED: Final = "not_reached"
LEFT_OVER: Final = "left_over"


@dataclass(frozen=True, slots=True)
class Told:
    """A step as it ended: verdicts by coin, what was done, and every turn in which it was decided.

    whole: every coin was looked at.
    """

    view: StepView
    verdicts: Mapping[CoinSymbol, str]
    outcomes: Sequence[Outcome]
    turns: Sequence[Turn]
    whole: bool


def name_rest(verdicts: dict[CoinSymbol, str], outcomes: Sequence[Outcome], view: StepView) -> None:
    """Name what decide could not know: orders that were refused, positions that have no price."""
    for outcome in outcomes:
        if outcome.refusal is not None:
            verdicts[outcome.action.coin] = outcome.refusal
    if len(view.held) < len(view.held_coins):
        for coin in view.held_coins:
            verdicts.setdefault(coin, view.frozen.get(coin, NO_PRICE))


def skipped_verdicts(rules: TradingRules, book: Book, reason: str) -> dict[CoinSymbol, str]:
    """Give every coin the reason for which there was no step."""
    return dict.fromkeys((*rules.coins, *book.held), reason)


def whole_verdicts(
    verdicts: Mapping[CoinSymbol, str], view: StepView, book: Book, waits: str | None
) -> dict[CoinSymbol, str]:
    """Add those coins that the step did not come to: waits says why, where the rest was put off."""
    found = dict(verdicts)
    reason = waits or NOT_REACHED
    for coin in (*view.listed, *view.held_coins):
        if coin not in found:
            found[coin] = view.frozen.get(coin, reason)
    for coin in book.held:
        found.setdefault(coin, LEFT_OVER)
    return found


class LastVerdicts:
    """Remembers the last verdict of each coin, so that only changes are written."""

    def __init__(self) -> None:
        """Begin without a verdict."""
        self._last: dict[CoinSymbol, str] = {}
        self._told_in_step: dict[CoinSymbol, int] = {}
        self._steps = 0
        self._skipped = ""

    def skip(self, rules: TradingRules, reason: str, at: datetime) -> tuple[DecisionRecord, ...]:
        """Give one record for all coins when there is a new reason for no step."""
        if reason == self._skipped:
            return ()
        self._skipped = reason
        gate = Gate("step", passed=False, value=None, limit=None, text=words_for(reason))
        return (DecisionRecord(EVERY_COIN, reason, (gate,), at, rules.config_hash, STRATEGY_VERSION, 0),)

    def changes(self, step: Told) -> tuple[DecisionRecord, ...]:
        """Give a record for every action done, and for every coin whose verdict is not that of before."""
        self._steps += 1
        verdicts = step.verdicts
        goes_on = self._resumed(step)
        if verdicts == self._last and not step.outcomes:
            return goes_on
        # A coin that was sold is looked at once more as one that may be entered.
        done = [(one.action.coin, one.action.reason) for one in step.outcomes if one.done]
        told = [(coin, reason) for coin, reason in done if verdicts.get(coin) != reason]
        told += [(coin, verdict) for coin, verdict in verdicts.items() if self._last.get(coin) != verdict]
        records = tuple([self._record(step, coin, verdict) for coin, verdict in told])
        self._last = dict(verdicts) if step.whole else {**self._last, **verdicts}
        return (*goes_on, *records)

    def _resumed(self, step: Told) -> tuple[DecisionRecord, ...]:
        if not self._skipped:
            return ()
        self._skipped = ""
        gate = Gate("step", passed=True, value=None, limit=None, text=words_for(STEPS_GO_ON))
        view, gates = step.view, (gate,)
        config_hash = view.engines.rules.config_hash
        return (DecisionRecord(EVERY_COIN, STEPS_GO_ON, gates, view.now, config_hash, STRATEGY_VERSION, 0),)

    def _record(self, step: Told, coin: CoinSymbol, verdict: str) -> DecisionRecord:
        refused = [outcome.gate for outcome in step.outcomes if outcome.action.coin == coin and outcome.gate]
        inputs = inputs_of(step.view, coin, turn_of(step.turns, step.outcomes, coin, verdict))
        gates = gates_of(step.view, coin, inputs.funds, sold=not inputs.held)
        told_before = self._told_in_step.get(coin, self._steps)
        self._told_in_step[coin] = self._steps
        return DecisionRecord(
            coin,
            verdict,
            (*gates, *refused),
            step.view.now,
            step.view.engines.rules.config_hash,
            STRATEGY_VERSION,
            max(0, self._steps - told_before - 1),
            inputs,
        )
