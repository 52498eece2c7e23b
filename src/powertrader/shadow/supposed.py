"""What our decide would do in a step of the original, supposing that every order is executed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from powertrader.core.verdicts import words_for
from powertrader.models.decision import Action, ActionKind
from powertrader.models.instrument import Instrument
from powertrader.models.journal import TrailMoved
from powertrader.models.money import decimal_of
from powertrader.models.position import Trail
from powertrader.models.types import CoinSymbol
from powertrader.trader.decide import decide
from powertrader.trader.explain import gates_of
from powertrader.trader.sizing import (
    BELOW_MIN_NOTIONAL,
    OVER_FUNDS,
    Refusal,
    size_as_original,
    size_purchase,
    size_sale,
)
from powertrader.trader.view import Progress, StepView

EXPONENT: Final = "exponent"
Pairs: TypeAlias = Mapping[CoinSymbol, Instrument]


@dataclass(frozen=True, slots=True)
class Wish:
    """One action that decide asks for; refused says why it cannot be carried out, empty when it can."""

    action: Action
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Supposed:
    """A step as decide sees it: wishes, what forbade the rest, and the trails after it."""

    view: StepView
    wishes: tuple[Wish, ...]
    verdicts: Mapping[CoinSymbol, str]
    trails: Mapping[CoinSymbol, Trail]

    def of(self, coin: CoinSymbol) -> tuple[Wish, ...]:
        """Give the wishes for one coin that can be carried out."""
        return tuple([wish for wish in self.wishes if wish.action.coin == coin and not wish.refused])

    def why(self, coin: CoinSymbol) -> str:
        """Give the gates of a coin with their numbers, or what stands in the way of its order."""
        refused = [wish.refused for wish in self.wishes if wish.action.coin == coin and wish.refused]
        gates = "; ".join(gate.text for gate in gates_of(self.view, coin))
        return gates if not refused else f"{words_for(refused[0])}; {gates}"


def suppose(view: StepView, pairs: Pairs, *, safe: bool) -> Supposed:
    """Decide until nothing is left to do.

    safe: purchases bind funds and orders keep the venue's rules, as compat=safe does; else orders are
    those of the original, and refused says which of them a venue does not take.
    """
    wishes: list[Wish] = []
    verdicts: dict[CoinSymbol, str] = {}
    trails: dict[CoinSymbol, Trail] = {}
    progress = Progress.start(view)
    while True:
        decision = decide(view, progress)
        verdicts.update(decision.verdicts)
        trails.update({fact.coin: fact.trail for fact in decision.facts if isinstance(fact, TrailMoved)})
        progress, action = decision.progress, decision.action
        if action is None:
            return Supposed(view, tuple(wishes), verdicts, trails)
        instrument = pairs.get(action.coin)
        refused = _refusal_safe if safe else _refusal_original
        wish = Wish(action, refused(view, action, instrument, progress.funds))
        wishes.append(wish)
        progress = _after(progress, wish, safe=safe)


def _after(progress: Progress, wish: Wish, *, safe: bool) -> Progress:
    action, done = wish.action, not wish.refused
    if action.kind is ActionKind.EXIT:
        progress = progress.after_exit(sold=done)
        return progress.with_held(progress.held - {action.coin}) if done else progress
    if safe and done:
        progress = progress.with_funds(progress.funds - action.amount)
    return progress.with_held(progress.held | {action.coin}) if done else progress


def _refusal_original(view: StepView, action: Action, instrument: Instrument | None, _funds: float) -> str:
    quote = view.quotes[action.coin]
    if action.kind is not ActionKind.EXIT and action.amount > view.totals.buying_power:
        return OVER_FUNDS
    is_sale = action.kind is ActionKind.EXIT
    price = quote.bid if is_sale else quote.ask
    sized = size_as_original(_held(view, action) if is_sale else action.amount / price, price, instrument)
    if isinstance(sized, Refusal):
        return sized.reason
    if "e" in sized.order.text.lower():
        return EXPONENT
    worth = sized.order.quantity * decimal_of(price)
    return BELOW_MIN_NOTIONAL if instrument is not None and worth < instrument.min_notional else ""


def _refusal_safe(view: StepView, action: Action, instrument: Instrument | None, funds: float) -> str:
    quote = view.quotes[action.coin]
    if instrument is None:
        return ""
    if action.kind is ActionKind.EXIT:
        held = decimal_of(_held(view, action))
        sized = size_sale(held, held, quote.bid, instrument)
    else:
        sized = size_purchase(action.amount, quote.ask, instrument, funds)
    return sized.reason if isinstance(sized, Refusal) else ""


def _held(view: StepView, action: Action) -> float:
    return next(position.quantity for position in view.held if position.coin == action.coin)
