"""What a step has to tell about each coin, written when it changes (law 9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from powertrader.models.decision import DecisionRecord
from powertrader.models.types import CoinSymbol
from powertrader.trader.execution import Outcome
from powertrader.trader.explain import gates_of
from powertrader.trader.safe_orders import NO_PRICE
from powertrader.trader.view import StepView

STRATEGY_VERSION: Final = "classic-1"


@dataclass(frozen=True, slots=True)
class Told:
    """A step as it ended: verdicts by coin, what was done, and the funds that were left.

    whole: every coin was looked at.
    """

    view: StepView
    verdicts: Mapping[CoinSymbol, str]
    outcomes: Sequence[Outcome]
    funds: float
    whole: bool


def name_rest(verdicts: dict[CoinSymbol, str], outcomes: Sequence[Outcome], view: StepView) -> None:
    """Name what decide could not know: orders that were refused, positions that have no price."""
    for outcome in outcomes:
        if outcome.refusal is not None:
            verdicts[outcome.action.coin] = outcome.refusal
    if len(view.held) < len(view.held_coins):
        for coin in view.held_coins:
            verdicts.setdefault(coin, view.frozen.get(coin, NO_PRICE))


class LastVerdicts:
    """Remembers the last verdict of each coin, so that only changes are written."""

    def __init__(self) -> None:
        """Begin without a verdict."""
        self._last: dict[CoinSymbol, str] = {}
        self._told_in_step: dict[CoinSymbol, int] = {}
        self._steps = 0

    def changes(self, step: Told) -> tuple[DecisionRecord, ...]:
        """Give a record for every action done, and for every coin whose verdict is not that of before."""
        self._steps += 1
        verdicts = step.verdicts
        if verdicts == self._last and not step.outcomes:
            return ()
        # A coin that was sold is looked at once more as one that may be entered.
        done = [(one.action.coin, one.action.reason) for one in step.outcomes if one.done]
        told = [(coin, reason) for coin, reason in done if verdicts.get(coin) != reason]
        told += [(coin, verdict) for coin, verdict in verdicts.items() if self._last.get(coin) != verdict]
        records = tuple([self._record(step, coin, verdict) for coin, verdict in told])
        self._last = dict(verdicts) if step.whole else {**self._last, **verdicts}
        return records

    def _record(self, step: Told, coin: CoinSymbol, verdict: str) -> DecisionRecord:
        refused = [outcome.gate for outcome in step.outcomes if outcome.action.coin == coin and outcome.gate]
        told_before = self._told_in_step.get(coin, self._steps)
        self._told_in_step[coin] = self._steps
        return DecisionRecord(
            coin,
            verdict,
            (*gates_of(step.view, coin, step.funds), *refused),
            step.view.now,
            step.view.engines.rules.config_hash,
            STRATEGY_VERSION,
            max(0, self._steps - told_before - 1),
        )
