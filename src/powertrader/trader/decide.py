"""The next single thing to do in a step: exits and DCA buys by position, then entries by list order."""

from dataclasses import dataclass, replace
from typing import Final

from powertrader.models.book import window_of
from powertrader.models.decision import Action, ActionKind
from powertrader.models.journal import TrailMoved, WindowRebuilt
from powertrader.models.order import Side
from powertrader.models.position import Holding
from powertrader.models.signal import SignalView
from powertrader.models.trade import ENTRY, TRAILING_EXIT
from powertrader.models.types import CoinSymbol
from powertrader.trader.dca_engine import NO_HIT, gain_pct
from powertrader.trader.view import COOLING_DOWN, TOO_SMALL, Progress, StepView

NO_SIGNAL: Final = "no_signal"
LONG_TOO_LOW: Final = "long_below_start_level"
SHORT_NOT_ZERO: Final = "short_not_zero"
NO_BASIS: Final = "no_basis"
OVER_FUNDS: Final = "over_funds"
TRAILING: Final = "trailing"


@dataclass(frozen=True, slots=True)
class Decision:
    """The next action, None when the step is done, and what the way there showed.

    facts are state changes to be stored before the action. verdicts name by coin the action or
    the first thing that forbade one. progress is where to go on; an exit must still be reported
    with Progress.after_exit.
    """

    action: Action | None
    facts: tuple[TrailMoved | WindowRebuilt, ...]
    verdicts: dict[CoinSymbol, str]
    progress: Progress


class _Notes:
    """What a decision collects on its way."""

    __slots__ = ("facts", "verdicts")

    def __init__(self) -> None:
        self.facts: list[TrailMoved | WindowRebuilt] = []
        self.verdicts: dict[CoinSymbol, str] = {}


def decide(view: StepView, progress: Progress) -> Decision:
    """Give the next single action from here on; execute it and ask again.

    Totals and prices stay those of the start of the step (Q48).
    Source: golden/BEHAVIOUR.md 3.5 to 3.7.
    """
    notes = _Notes()
    action, progress = _next_of_held(view, progress, notes)
    if action is None and view.entries_allowed:
        action, progress = _next_entry(view, progress, notes)
    return Decision(action, tuple(notes.facts), notes.verdicts, progress)


def _next_of_held(view: StepView, progress: Progress, notes: _Notes) -> tuple[Action | None, Progress]:
    held = view.held
    for index in range(progress.held_index, len(held)):
        position = held[index]
        frozen = view.frozen.get(position.coin)
        if frozen is not None:
            notes.verdicts[position.coin] = frozen
            continue
        if not (progress.exit_failed and index == progress.held_index):
            action = _exit(view, position, notes)
            if action is not None:
                return action, replace(progress, held_index=index, exit_failed=False)
        action = _dca(view, position, progress.funds, notes)
        if action is not None:
            return action, replace(progress, held_index=index + 1, exit_failed=False)
    if progress.held_index < len(held):
        progress = replace(progress, held_index=len(held), exit_failed=False)
    return None, progress


def _exit(view: StepView, position: Holding, notes: _Notes) -> Action | None:
    coin = position.coin
    if not position.basis > 0:
        notes.verdicts[coin] = NO_BASIS
        return None
    bid = view.quotes[coin].bid
    trail, exits = view.engines.trailing.advance(position, bid)
    if trail is not position.trail:
        notes.facts.append(TrailMoved(coin, trail, view.now, view.engines.trailing.rules))
    if exits and (coin, Side.SELL) in view.cooling:
        notes.verdicts[coin] = COOLING_DOWN
        return None
    if exits:
        notes.verdicts[coin] = TRAILING_EXIT
        gain = gain_pct(bid, position.basis)
        return Action(ActionKind.EXIT, coin, TRAILING_EXIT, basis=position.basis, gain_pct=gain)
    waiting = TRAILING if trail.active else NO_HIT
    notes.verdicts[coin] = TOO_SMALL if coin in view.too_small else waiting
    return None


def _dca(view: StepView, position: Holding, funds: float, notes: _Notes) -> Action | None:
    coin = position.coin
    quote = view.quotes[coin]
    engine = view.engines.dca
    due, reason = engine.should_dca(position, view.signals.get(coin), quote.ask, view.now)
    if reason == NO_HIT:
        return None
    counted = window_of(position.dca_times or (), position.last_sale_at, view.now)
    if counted != position.dca_times:
        notes.facts.append(WindowRebuilt(coin, counted, position.last_sale_at, view.now))
    amount = engine.calculate_dca_amount(position, quote.bid)
    refusal = view.halt_of(coin)
    if refusal is None and not due:
        refusal = reason
    if refusal is None and not amount <= min(funds, view.totals.buying_power):
        refusal = OVER_FUNDS
    notes.verdicts[coin] = refusal or reason
    if refusal is not None:
        return None
    gain = gain_pct(quote.ask, position.basis)
    return Action(ActionKind.DCA, coin, reason, amount, position.basis, gain)


def _next_entry(view: StepView, progress: Progress, notes: _Notes) -> tuple[Action | None, Progress]:
    listed, verdicts = view.listed, notes.verdicts
    no_entry = view.engines.rules.no_entry
    for index in range(progress.entry_index, len(listed)):
        coin = listed[index]
        if coin in progress.held:
            continue
        refusal = view.frozen.get(coin) or no_entry.get(coin)
        refusal = refusal or _entry_refusal(view, view.signals.get(coin))
        if refusal is None:
            refusal = view.halt_of(coin)
        verdicts[coin] = refusal or ENTRY
        if refusal is None:
            amount = view.engines.entry.calculate_entry_size(view.totals.total)
            return Action(ActionKind.ENTRY, coin, ENTRY, amount), replace(progress, entry_index=index + 1)
    return None, progress


def _entry_refusal(view: StepView, signal: SignalView | None) -> str | None:
    if signal is None:
        return NO_SIGNAL
    entry = view.engines.entry
    if entry.should_enter(signal):
        return None
    return LONG_TOO_LOW if signal.long < entry.start_level else SHORT_NOT_ZERO
