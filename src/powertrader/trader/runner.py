"""The trader as a worker: what the user wants, one step, and what the step left to tell."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.command_box import LATEST_S, CommandBox
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.verdicts import words_for
from powertrader.models.command import Command, CommandAnswer, Wish
from powertrader.models.money import fixed_text
from powertrader.models.rules import TradingRules
from powertrader.models.types import CoinSymbol
from powertrader.trader.execution import Outcome
from powertrader.trader.manual import Reply
from powertrader.trader.outlets import TraderOutlets
from powertrader.trader.session import Session, StepReport
from powertrader.trader.wishes import fulfil

STANDING_EVERY_S: Final = 60.0
"""How often the log says why coins are not traded, in seconds of the wall clock."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunnerPorts:
    """What a runner works with; rules gives those in force now, wall is the computer's time.

    follow keeps the market's time right. observe is told what came of each step.
    """

    session: Session
    rules: Callable[[], TradingRules]
    commands: CommandBox
    outlets: TraderOutlets
    wall: Clock
    follow: Callable[[], None] = lambda: None
    observe: Callable[[StepReport], None] = lambda _: None


class TraderRunner:
    """One round of the trader: commands, a step, files. The loop around it is core.loop's.

    report: what came of the last step, None before the first.
    """

    def __init__(self, ports: RunnerPorts) -> None:
        """Bind the parts; nothing is asked of anybody yet."""
        self._ports = ports
        self.report: StepReport | None = None
        self._skipped = ""
        self._refused: dict[tuple[CoinSymbol, str], str] = {}
        self._box_problem = ""
        self._standing = ""
        self._standing_at: datetime | None = None

    def step(self) -> None:
        """Carry out what the user wants, then decide and trade once."""
        ports = self._ports
        ports.follow()
        rules = ports.rules()
        self._obey(rules)
        report = self.report = ports.session.step(rules)
        self._tell(report)
        now = ports.wall.now()
        ports.outlets.publish(report, ports.session, now)
        ports.observe(report)
        self._tell_standing(now)

    def obey(self) -> None:
        """Carry out what the user wants, and do nothing else."""
        self._ports.follow()
        self._obey(self._ports.rules())

    def _obey(self, rules: TradingRules) -> None:
        """Carry out what lies in the box; a box that cannot be used keeps no position from being sold."""
        box, problem = self._ports.commands, ""
        taken: tuple[Command, ...] = ()
        try:
            taken = box.take()
        except PowerTraderError as error:
            problem = str(error)
        for command in taken:
            answer = self._carried_out(command, rules)
            try:
                box.answer(answer)
            except PowerTraderError as error:
                problem = str(error)
        if problem and problem != self._box_problem:
            log.warning("commands cannot be taken or answered", extra={"reason": problem})
        self._box_problem = problem

    def _carried_out(self, command: Command, rules: TradingRules) -> CommandAnswer:
        log.info(
            "command", extra={"wish": command.wish.value, "coin": command.coin, "reason": command.reason}
        )
        late_s = (self._ports.wall.now() - command.made_at).total_seconds()
        if abs(late_s) > LATEST_S and command.wish is not Wish.PAUSE:
            when = f"asked for {late_s:.0f} s ago, which is too long"
            moved = "asked for before the clock was set back"
            text = f"{when if late_s > 0 else moved}: nothing was done, ask again"
            return CommandAnswer(command.number, done=False, text=text, at=self._ports.wall.now())
        try:
            reply = fulfil(self._ports.session, command, rules)
        except PowerTraderError as error:
            reply = Reply.no(str(error))
        return CommandAnswer(command.number, reply.done, reply.text, self._ports.wall.now())

    def _tell(self, report: StepReport) -> None:
        for outcome in report.outcomes:
            coin, deed = outcome.action.coin, words_for(outcome.action.reason)
            if outcome.executed:
                rest = "" if outcome.done else ", the rest was not executed"
                amount = f"{fixed_text(outcome.executed)} {coin} for {abs(outcome.cash):,.2f}{rest}"
                log.info("%s: %s", deed, amount, extra={"coin": coin})
        self._tell_refusals(report.outcomes)
        if (report.skipped or "") != self._skipped:
            self._skipped = report.skipped or ""
            if self._skipped:
                log.warning("no step: %s", words_for(self._skipped))
            else:
                log.warning("steps go on")

    def _tell_refusals(self, outcomes: tuple[Outcome, ...]) -> None:
        """Log what was tried in vain: once, however often it is tried again in the next steps."""
        before, self._refused = self._refused, {}
        for outcome in outcomes:
            if outcome.executed or not outcome.refusal:
                continue
            coin, reason = turn = outcome.action.coin, outcome.action.reason
            self._refused[turn] = outcome.refusal
            if before.get(turn) != outcome.refusal:
                fields = {"coin": coin, "reason": reason, "refusal": outcome.refusal}
                log.warning("not traded", extra=fields)

    def _tell_standing(self, now: datetime) -> None:
        """Say how many coins wait for what, when that has changed, at most once in a while."""
        since_s = (now - self._standing_at).total_seconds() if self._standing_at else STANDING_EVERY_S
        if 0 <= since_s < STANDING_EVERY_S:
            return
        counts = Counter(self._ports.outlets.verdicts.values())
        text = "; ".join(f"{count} {words_for(verdict)}" for verdict, count in counts.most_common())
        if text and text != self._standing:
            self._standing, self._standing_at = text, now
            log.info("coins: %s", text)
