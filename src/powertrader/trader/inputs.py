"""What the decision on one coin was made from, so that it can be made once more (law 9)."""

from collections.abc import Sequence
from typing import NamedTuple

from powertrader.models.decision import DecisionInputs, RuleNumbers
from powertrader.models.order import Side
from powertrader.models.rules import TradingRules
from powertrader.models.types import CoinSymbol
from powertrader.trader.decide import Decision
from powertrader.trader.execution import Outcome
from powertrader.trader.view import Progress, StepView


class Turn(NamedTuple):
    """One question to decide: how far the step had come, and what it said."""

    progress: Progress
    decision: Decision


def turn_of(
    turns: Sequence[Turn], outcomes: Sequence[Outcome], coin: CoinSymbol, verdict: str
) -> Turn | None:
    """Give the turn in which a coin got a verdict; one that a refused order gave belongs to that order's.

    None when no turn came to the coin.
    """
    for turn in reversed(turns):
        if turn.decision.verdicts.get(coin) == verdict:
            return turn
    acting = [turn for turn in turns if turn.decision.action is not None]
    # the turn that ends a step early has an action without an outcome, and is the last one
    for turn, outcome in reversed(list(zip(acting, outcomes, strict=False))):
        if outcome.action.coin == coin and outcome.refusal == verdict:
            return turn
    return None


def inputs_of(view: StepView, coin: CoinSymbol, turn: Turn | None) -> DecisionInputs:
    """Give what decide knew of a coin in a turn; without one, what the step began with."""
    progress = Progress.start(view) if turn is None else turn.progress
    place = next((at for at, one in enumerate(view.held) if one.coin == coin), -1)
    looked_at_held = place >= progress.held_index
    return DecisionInputs(
        rules=numbers_of(view.engines.rules),
        total=view.totals.total,
        buying_power=view.totals.buying_power,
        funds=progress.funds,
        decided="" if turn is None else turn.decision.verdicts.get(coin, ""),
        quote=view.quotes.get(coin),
        signal=view.signals.get(coin),
        held=looked_at_held or (coin in progress.held and place < 0),
        position=view.held[place] if looked_at_held else None,
        sale_failed=looked_at_held and progress.exit_failed and place == progress.held_index,
        frozen=view.frozen.get(coin),
        halt=view.halted.get(coin, view.halted.get(None)),
        left_out=view.engines.rules.no_entry.get(coin),
        purchase_waits=view.cooling.get((coin, Side.BUY)),
        sale_waits=view.cooling.get((coin, Side.SELL)),
        too_small=view.too_small.get(coin),
    )


def numbers_of(rules: TradingRules) -> RuleNumbers:
    """Give the rules of a decision without the coins they are for."""
    return RuleNumbers(*[getattr(rules, name) for name in RuleNumbers._fields])
