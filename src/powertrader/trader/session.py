"""One step of trading, the same in replay, paper and live: look, decide, execute, publish."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from powertrader.core.constants import QUOTE_ASSET
from powertrader.core.verdicts import words_for
from powertrader.models.book import Book
from powertrader.models.decision import DecisionRecord, Gate
from powertrader.models.journal import TrailForgotten
from powertrader.models.rules import TradingRules
from powertrader.models.types import CoinSymbol, Compat
from powertrader.trader import deviations, manual
from powertrader.trader.adoption import Adoption
from powertrader.trader.decide import OVER_FUNDS, decide
from powertrader.trader.desk import Desk, Deviation, Patience, Ports
from powertrader.trader.execution import Manners, Outcome, carry_out
from powertrader.trader.explain import gates_of
from powertrader.trader.inputs import Turn
from powertrader.trader.manual import Reply
from powertrader.trader.original import OriginalPractice
from powertrader.trader.original_account import StepEnded
from powertrader.trader.records import LastVerdicts, Told, name_rest, skipped_verdicts, whole_verdicts
from powertrader.trader.safe import SafePractice
from powertrader.trader.view import Engines, Progress, StepView


class Practice(Protocol):
    """What compat changes in a step."""

    @property
    def orders(self) -> Manners:
        """How orders are sized and settled."""
        ...

    def start(self, now: datetime) -> None:
        """Take up the ledger of earlier runs."""
        ...

    def look(self, now: datetime, engines: Engines) -> StepView | str:
        """Give what the step sees, or why there is no step."""
        ...

    def after(self, progress: Progress, outcome: Outcome) -> Progress:
        """Go on after an action."""
        ...

    def lift(self, coin: CoinSymbol) -> bool:
        """Let a coin that the venue refused be tried again; tell whether any refusal held it back."""
        ...

    def stopped(self) -> str | None:
        """Give why the rest of a step has to wait for the next one, None when it goes on."""
        ...

    def finish(self, view: StepView, *, traded: bool) -> None:
        """Close a step that came to its end."""
        ...


@dataclass(frozen=True, slots=True)
class StepReport:
    """What a step saw and did.

    view is None when there was no step: skipped says why, or why the rest of a step was left to the
    next one. ended_by names the exception that ended the original's step early. verdicts say of every
    coin that is listed or held what was done or what forbade it. records are those of actions and of
    changed verdicts. complete: the step came to its end, so that a status may be
    published.
    """

    at: datetime
    view: StepView | None
    outcomes: tuple[Outcome, ...] = ()
    records: tuple[DecisionRecord, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    skipped: str | None = None
    ended_by: str | None = None
    complete: bool = False
    verdicts: Mapping[CoinSymbol, str] = field(default_factory=dict)


class Session:
    """The trader: a book folded from a ledger, and one step at a time."""

    def __init__(
        self,
        ports: Ports,
        compat: Compat = "safe",
        patience: Patience | None = None,
        quote_asset: str = QUOTE_ASSET,
    ) -> None:
        """Fold the book; nothing is asked of the venue before start."""
        self._desk = Desk(ports, quote_asset, patience or Patience())
        original = compat == "original"
        practice: Practice = OriginalPractice(self._desk) if original else SafePractice(self._desk)
        self._practice = practice
        self._started = False
        self._engines: Engines | None = None
        self._last_verdicts = LastVerdicts()
        self._skipped = ""
        self._outcomes: list[Outcome] = []
        self.view: StepView | None = None
        self.progress: Progress | None = None

    @property
    def book(self) -> Book:
        """Positions, open orders, trades and profit so far."""
        return self._desk.book

    @property
    def deviations(self) -> tuple[Deviation, ...]:
        """What was done differently from the original in the last step, also in one that was stopped."""
        return tuple(self._desk.deviations)

    def start(self) -> tuple[Deviation, ...]:
        """Take up what an earlier run left open; called by the first step when nobody did."""
        self._desk.deviations.clear()
        self._practice.start(self._desk.ports.clock.now())
        self._started = True
        return tuple(self._desk.deviations)

    def step(self, rules: TradingRules) -> StepReport:
        """Look once, then decide and execute until nothing is left to do at the clock's time."""
        if not self._started:
            self.start()
        now = self._desk.ports.clock.now()
        self._desk.deviations.clear()
        engines = self._engines_of(rules, now)
        self.progress = None
        view = self._practice.look(now, engines)
        if isinstance(view, str):
            self.view, self._skipped = None, view
            return self._no_step(rules, view, now)
        self.view = view
        return self._trade(view)

    def _no_step(self, rules: TradingRules, reason: str, now: datetime) -> StepReport:
        return StepReport(
            now,
            None,
            records=self._last_verdicts.skip(rules, reason, now),
            deviations=tuple(self._desk.deviations),
            skipped=reason,
            verdicts=skipped_verdicts(rules, self.book, reason),
        )

    def why(self, coin: CoinSymbol) -> tuple[Gate, ...]:
        """Give the gates a coin stood before in the last step, or why there was no step."""
        if self.view is not None:
            refused = [one.gate for one in self._outcomes if one.action.coin == coin and one.gate]
            return (*gates_of(self.view, coin, self._funds_left()), *refused)
        text = words_for(self._skipped) if self._skipped else "no step was made yet"
        return (Gate("step", passed=False, value=None, limit=None, text=text),)

    def pause(self, coin: CoinSymbol | None, reason: str = "") -> Reply:
        """Stop the purchases of one coin, or of all (None); exits go on."""
        return manual.pause(self._desk, coin, reason)

    def resume(self, coin: CoinSymbol | None, reason: str = "") -> Reply:
        """Lift what stops one coin, or everything (None)."""
        held_back = coin is not None and self._practice.lift(coin)
        return manual.resume(self._desk, coin, reason, held_back=held_back)

    def sell(self, coin: CoinSymbol, rules: TradingRules) -> Reply:
        """Sell the bot's position of a coin now, as an order like any other."""
        if not self._started:
            self.start()
        now = self._desk.ports.clock.now()
        view = self._practice.look(now, self._engines_of(rules, now))
        if isinstance(view, str):
            return Reply.no(f"{coin} is not sold: {words_for(view)}")
        action = manual.sale_of(view, coin)
        if isinstance(action, str):
            return Reply.no(action)
        return manual.sale_reply(carry_out(self._desk, self._practice.orders, action, view, view.funds))

    def adoption(self, coin: CoinSymbol) -> Adoption:
        """Give what adopting a coin would mean now; nothing is stored. Raises what the venue raises."""
        if not self._started:
            self.start()
        return manual.adoption_now(self._desk, coin)

    def adopt(self, coin: CoinSymbol) -> Adoption:
        """Bring the ledger to what the account holds of a coin. Raises what the venue raises."""
        adoption = self.adoption(coin)
        self._desk.note_all(adoption.events)
        return adoption

    def _funds_left(self) -> float | None:
        return None if self.progress is None else self.progress.funds

    def _engines_of(self, rules: TradingRules, now: datetime) -> Engines:
        if self._engines is not None and self._engines.rules is rules:
            return self._engines
        engines = self._engines = Engines.of(rules)
        book = self._desk.book
        # Also when they were changed while the program was stopped: old lines say nothing then.
        changed = book.trail_rules not in (None, engines.trailing.rules)
        if changed and any(position.trail is not None for position in book.positions.values()):
            self._desk.note(TrailForgotten(None, now))
        return engines

    def _trade(self, view: StepView) -> StepReport:
        desk, practice = self._desk, self._practice
        outcomes: list[Outcome] = []
        self._outcomes = outcomes
        verdicts: dict[CoinSymbol, str] = {}
        turns: list[Turn] = []
        progress = self.progress = Progress.start(view)
        ended_by = waits = None
        while waits is None:
            decision = decide(view, progress)
            turns.append(Turn(progress, decision))
            for fact in decision.facts:
                desk.note(fact)
            verdicts.update(decision.verdicts)
            progress = self.progress = decision.progress
            if decision.action is None:
                break
            try:
                outcome = carry_out(desk, practice.orders, decision.action, view, progress.funds)
            except StepEnded as error:
                ended_by = error.name
                break
            outcomes.append(outcome)
            progress = self.progress = practice.after(progress, outcome)
            waits = practice.stopped()
        complete = ended_by is None and waits is None and view.entries_allowed
        if complete:
            practice.finish(view, traded=any(outcome.done for outcome in outcomes))
        name_rest(verdicts, outcomes, view)
        if OVER_FUNDS in verdicts.values() and progress.funds < view.totals.buying_power:
            desk.deviate(deviations.OVER_FUNDS)
        return StepReport(
            view.now,
            view,
            tuple(outcomes),
            self._last_verdicts.changes(Told(view, verdicts, outcomes, turns, whole=waits is None)),
            tuple(desk.deviations),
            skipped=waits,
            ended_by=ended_by,
            complete=complete,
            verdicts=whole_verdicts(verdicts, view, desk.book, waits),
        )
