"""One step of trading, the same in replay, paper and live: look, decide, execute, publish."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from powertrader.core.constants import QUOTE_ASSET
from powertrader.models.book import Book
from powertrader.models.decision import DecisionRecord, Gate
from powertrader.models.journal import TrailForgotten
from powertrader.models.rules import TradingRules
from powertrader.models.types import CoinSymbol, Compat
from powertrader.trader import deviations
from powertrader.trader.decide import OVER_FUNDS, decide
from powertrader.trader.desk import Desk, Deviation, Patience, Ports
from powertrader.trader.execution import Manners, Outcome, carry_out
from powertrader.trader.explain import gates_of
from powertrader.trader.original import OriginalPractice
from powertrader.trader.original_account import StepEnded
from powertrader.trader.safe import SafePractice
from powertrader.trader.safe_orders import NO_PRICE
from powertrader.trader.view import Engines, Progress, StepView

STRATEGY_VERSION: Final = "classic-1"


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

    def finish(self, view: StepView, *, traded: bool) -> None:
        """Close a step that came to its end."""
        ...


@dataclass(frozen=True, slots=True)
class StepReport:
    """What a step saw and did.

    view is None when there was no step: skipped says why. ended_by names the exception that ended
    the original's step early. records are the decisions whose pattern changed. complete: the step
    came to its end, so that a status may be published.
    """

    at: datetime
    view: StepView | None
    outcomes: tuple[Outcome, ...] = ()
    records: tuple[DecisionRecord, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    skipped: str | None = None
    ended_by: str | None = None
    complete: bool = False


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
        practice: Practice = SafePractice(self._desk)
        if compat == "original":
            practice = OriginalPractice(self._desk)
        self._practice = practice
        self._started = False
        self._trail_rules: tuple[float, float, float] | None = None
        self._engines: Engines | None = None
        self._pattern = _Patterns()
        self._skipped = ""
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
            return StepReport(now, None, skipped=view, deviations=tuple(self._desk.deviations))
        self.view = view
        return self._trade(view)

    def why(self, coin: CoinSymbol) -> tuple[Gate, ...]:
        """Give the gates a coin stood before in the last step, or why there was no step."""
        if self.view is not None:
            return gates_of(self.view, coin)
        text = self._skipped or "no step was made yet"
        return (Gate("step", passed=False, value=None, limit=None, text=text),)

    def _engines_of(self, rules: TradingRules, now: datetime) -> Engines:
        if self._engines is not None and self._engines.rules is rules:
            return self._engines
        trail_rules = (rules.trailing_gap_pct, rules.pm_start_pct_no_dca, rules.pm_start_pct_with_dca)
        if self._trail_rules not in (None, trail_rules):
            self._desk.note(TrailForgotten(None, now))
        self._trail_rules = trail_rules
        self._engines = Engines.of(rules)
        return self._engines

    def _trade(self, view: StepView) -> StepReport:
        desk, practice = self._desk, self._practice
        outcomes: list[Outcome] = []
        verdicts: dict[CoinSymbol, str] = {}
        progress = self.progress = Progress.start(view)
        ended_by = None
        while True:
            decision = decide(view, progress)
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
        complete = ended_by is None and view.entries_allowed
        if complete:
            practice.finish(view, traded=any(outcome.done for outcome in outcomes))
        _name_rest(verdicts, outcomes, view)
        if OVER_FUNDS in verdicts.values() and progress.funds < view.totals.buying_power:
            desk.deviate(deviations.OVER_FUNDS)
        return StepReport(
            view.now,
            view,
            tuple(outcomes),
            self._pattern.changes(view, verdicts, outcomes),
            tuple(desk.deviations),
            ended_by=ended_by,
            complete=complete,
        )


def _name_rest(verdicts: dict[CoinSymbol, str], outcomes: list[Outcome], view: StepView) -> None:
    """Name what decide could not know: orders that were refused, positions that have no price."""
    for outcome in outcomes:
        if outcome.refusal is not None:
            verdicts[outcome.action.coin] = outcome.refusal
    if len(view.held) < len(view.held_coins):
        for coin in view.held_coins:
            verdicts.setdefault(coin, view.frozen.get(coin, NO_PRICE))


class _Patterns:
    """Remembers the last verdict of each coin, so that only changes are written (law 9)."""

    def __init__(self) -> None:
        self._last: dict[CoinSymbol, str] = {}
        self._told_in_step: dict[CoinSymbol, int] = {}
        self._steps = 0

    def changes(
        self, view: StepView, verdicts: Mapping[CoinSymbol, str], outcomes: list[Outcome]
    ) -> tuple[DecisionRecord, ...]:
        """Give a record for every action done, and for every coin whose verdict is not that of before."""
        self._steps += 1
        if verdicts == self._last and not outcomes:
            return ()
        # A coin that was sold is looked at once more as one that may be entered.
        done = [(one.action.coin, one.action.reason) for one in outcomes if one.done]
        told = [(coin, reason) for coin, reason in done if verdicts.get(coin) != reason]
        told += [(coin, verdict) for coin, verdict in verdicts.items() if self._last.get(coin) != verdict]
        records = tuple([self._record(view, coin, verdict, outcomes) for coin, verdict in told])
        self._last = dict(verdicts)
        return records

    def _record(
        self, view: StepView, coin: CoinSymbol, verdict: str, outcomes: list[Outcome]
    ) -> DecisionRecord:
        refused = [outcome.gate for outcome in outcomes if outcome.action.coin == coin and outcome.gate]
        told_before = self._told_in_step.get(coin, self._steps)
        self._told_in_step[coin] = self._steps
        return DecisionRecord(
            coin,
            verdict,
            (*gates_of(view, coin), *refused),
            view.now,
            view.engines.rules.config_hash,
            STRATEGY_VERSION,
            max(0, self._steps - told_before - 1),
        )
