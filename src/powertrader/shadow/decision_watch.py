"""Compares each step of the original with what we would have decided, and its trades with its own rules."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from powertrader.core.original_settings import KEEPS_WHEN_ZERO
from powertrader.core.verdicts import words_for
from powertrader.models.decision import ActionKind
from powertrader.models.types import CoinSymbol
from powertrader.shadow.finding import Finding, Kind
from powertrader.shadow.steps import Signals, StepPair, Steps, is_dust
from powertrader.shadow.supposed import EXPONENT, Pairs, Supposed, Wish
from powertrader.shadow.wish_book import Expected, Seen, WishBook
from powertrader.trader import deviations
from powertrader.trader.sizing import BELOW_MIN_NOTIONAL, BELOW_MIN_QUANTITY, OVER_FUNDS

ZERO_TAKES_EFFECT: Final = "G02"
_BY_REFUSAL: Final[Mapping[str, str]] = {
    OVER_FUNDS: deviations.OVER_FUNDS,
    BELOW_MIN_NOTIONAL: deviations.BELOW_MINIMUM,
    BELOW_MIN_QUANTITY: deviations.BELOW_MINIMUM,
    EXPONENT: deviations.EXPONENT,
}
_SOFT: Final = "dca_neural_"


@dataclass(slots=True)
class DecisionCounts:
    """How many decisions, a coin in a step, were compared, and how we would have decided them.

    explained: otherwise, by a deviation or another signal. differing: otherwise without a reason.
    """

    steps: int = 0
    compared: int = 0
    equal: int = 0
    explained: int = 0
    differing: int = 0


class Cause(NamedTuple):
    """Why we would decide otherwise: the id of a deviation, if there is one, and words; empty: unknown."""

    deviation: str | None
    words: str


class DecisionWatch:
    """Takes each status of the original once."""

    def __init__(self, steps: Steps, wishes: WishBook, is_own: Callable[[CoinSymbol], bool]) -> None:
        """Bind what remembers trails and trades."""
        self._steps = steps
        self._wishes = wishes
        self._is_own = is_own
        self._told: dict[CoinSymbol, tuple[object, ...]] = {}
        self.counts = DecisionCounts()

    def look(
        self, pair: StepPair, before: Signals, pairs: Pairs, reasons: Mapping[CoinSymbol, Cause]
    ) -> Iterator[Finding]:
        """Compare both views of one step.

        before: the original's signals of a moment ago, which it may have read. reasons: why our signal
        of a coin is another one.
        """
        self.counts.steps += 1
        self._expect(pair, before, pairs)
        for coin in pair.coins:
            self.counts.compared += 1
            yield from self._compare(coin, pair, pairs, reasons)

    def _expect(self, pair: StepPair, before: Signals, pairs: Pairs) -> None:
        views = (pair.original, self._steps.again(pair, before, pairs))
        at = pair.status.at
        found = {}
        for view, other in (views, views[::-1]):
            agreed = {_key(wish) for wish in other.wishes if not wish.refused}
            for wish in view.wishes:
                if wish.refused:
                    continue
                firm = _key(wish) in agreed and self._is_firm(wish, pair)
                found[_key(wish)] = _expected(wish, view, at, firm=firm)
        held = {one.coin: (one.quantity, one.basis, one.stage) for one in pair.status.held}
        self._wishes.expect(Seen(at, held), found.values())

    def _is_firm(self, wish: Wish, pair: StepPair) -> bool:
        action = wish.action
        if action.kind is ActionKind.ENTRY or action.reason.startswith(_SOFT):
            return False
        return action.coin not in pair.unsure

    def _compare(
        self, coin: CoinSymbol, pair: StepPair, pairs: Pairs, reasons: Mapping[CoinSymbol, Cause]
    ) -> Iterator[Finding]:
        theirs, ours = (_deeds(view, coin) for view in (pair.original, pair.ours))
        if theirs == ours:
            self.counts.equal += 1
            self._told.pop(coin, None)
            return
        cause, why = self._cause(coin, pair, pairs, reasons)
        if cause is None and not why:
            self.counts.differing += 1
        else:
            self.counts.explained += 1
        key = (theirs, ours, cause)
        if self._told.get(coin) == key:
            return
        self._told[coin] = key
        numbers = f"original's gates: {pair.original.why(coin)}; ours: {pair.ours.why(coin)}"
        yield Finding(
            pair.status.at,
            Kind.DECISION,
            coin,
            f"decides: {_words(theirs, pair.original, coin)}",
            f"would decide: {_words(ours, pair.ours, coin)}",
            f"{why}; {numbers}" if why else numbers,
            cause,
        )

    def _cause(
        self, coin: CoinSymbol, pair: StepPair, pairs: Pairs, reasons: Mapping[CoinSymbol, Cause]
    ) -> Cause:
        """Give the id and the words that explain why we would decide otherwise; both empty when none does."""
        held = next((one for one in pair.original.view.held if one.coin == coin), None)
        if held is not None and not self._is_own(coin):
            return Cause(deviations.FOREIGN_COIN, "the original's books do not know it: it is the user's")
        if held is not None and is_dust(held, pairs):
            return Cause(deviations.DUST, "what is held is below the exchange's smallest sale")
        refused = _refusals(pair, coin)
        if refused:
            return Cause(_BY_REFUSAL.get(refused[0]), words_for(refused[0]))
        if coin in reasons:
            return reasons[coin]
        return self._exit_cause(coin, pair) if _sells(pair.ours, coin) else _zero_cause(pair)

    def _exit_cause(self, coin: CoinSymbol, pair: StepPair) -> Cause:
        theirs = next((one.trail for one in pair.original.view.held if one.coin == coin), None)
        if theirs is None or not theirs.active:
            return Cause(deviations.TRAIL_KEPT, "the original forgot its trailing line")
        if not theirs.was_above:
            return Cause(deviations.CROSSING_KEPT, "a sale that failed is tried again by us")
        return Cause(None, "")


def _expected(wish: Wish, view: Supposed, at: datetime, *, firm: bool) -> Expected:
    action = wish.action
    return Expected(action.coin, action.kind, action.reason, firm, view.why(action.coin), at, at)


def _key(wish: Wish) -> tuple[CoinSymbol, ActionKind, str]:
    return wish.action.coin, wish.action.kind, wish.action.reason


def _deeds(view: Supposed, coin: CoinSymbol) -> tuple[tuple[str, str], ...]:
    return tuple([(wish.action.kind.value, wish.action.reason) for wish in view.of(coin)])


def _words(deeds: tuple[tuple[str, str], ...], view: Supposed, coin: CoinSymbol) -> str:
    if deeds:
        return ", ".join(words_for(reason) for _, reason in deeds)
    refused = [wish.refused for wish in view.wishes if wish.action.coin == coin and wish.refused]
    verdict = refused[0] if refused else view.verdicts.get(coin, "not managed")
    return f"nothing ({words_for(verdict)})"


def _refusals(pair: StepPair, coin: CoinSymbol) -> list[str]:
    wishes = (*pair.ours.wishes, *pair.original.wishes)
    return [wish.refused for wish in wishes if wish.action.coin == coin and wish.refused]


def _sells(view: Supposed, coin: CoinSymbol) -> bool:
    return any(wish.action.kind is ActionKind.EXIT for wish in view.of(coin))


def _zero_cause(pair: StepPair) -> Cause:
    theirs, ours = pair.original.view.engines.rules, pair.ours.view.engines.rules
    if any(getattr(theirs, name) != getattr(ours, name) for name in KEEPS_WHEN_ZERO):
        return Cause(ZERO_TAKES_EFFECT, "a setting of 0 takes effect with us")
    return Cause(None, "")
