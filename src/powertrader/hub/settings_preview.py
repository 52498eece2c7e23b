"""What a change of settings would have done in the last days: what to ask, and the answer in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from powertrader.core.config import NOT_HASHED
from powertrader.core.config_draft import text_of
from powertrader.core.exceptions import BadData
from powertrader.hub.ports import HubPorts
from powertrader.hub.price_text import money_text
from powertrader.hub.programs import Program
from powertrader.hub.settings_model import Draft
from powertrader.hub.text import text

DAYS: Final = 90
LARGEST_ACCOUNT: Final = 1e9


@dataclass(frozen=True, slots=True)
class Question:
    """Changes that may change what is traded, by setting, and what the account has, None when unknown."""

    changes: tuple[tuple[str, str], ...]
    account: float | None

    def program(self, ports: HubPorts) -> Program:
        """Give the program that answers."""
        words = [*ports.options, "--days", str(DAYS)]
        if self.account is not None:
            words += ["--set", f"replay.start_quote={self.account:.2f}"]
        for name, value in self.changes:
            words += ["--param", f"{name}={value}"]
        return Program(ports, "preview", *words)


@dataclass(frozen=True, slots=True)
class Side:
    """What a setting did; fall_pct is how deep the account fell below its highest value."""

    buys: int
    sells: int
    profit: float
    fall_pct: float

    def words(self, quote: str) -> str:
        """Say it."""
        profit = money_text(self.profit, quote, signed=True)
        return text(
            "preview.side", buys=self.buys, sells=self.sells, profit=profit, fall=f"{self.fall_pct:.2f}"
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """Both sides over the same days, and what to know of them."""

    start: str
    stop: str
    days: int
    coins: int
    quote: str
    account: float
    before: Side
    after: Side
    notes: tuple[str, ...]

    def difference(self) -> str:
        """Say by how much the change would have been better or worse."""
        more = self.after.profit - self.before.profit
        deeper = self.after.fall_pct - self.before.fall_pct
        if self.before == self.after:
            return text("preview.same")
        profit = money_text(more, self.quote, signed=True)
        return text("preview.difference", profit=profit, fall=f"{deeper:+.2f}")


def question_of(draft: Draft, account: float | None) -> Question | None:
    """Give what to ask about a draft, None while it is wrong or changes nothing that is traded."""
    if draft.config is None:
        return None
    changes = [
        (name, text_of(value))
        for name, value in draft.changes.items()
        if not {name, name.partition(".")[0]} & NOT_HASHED
    ]
    known = account if account is not None and 0 < account <= LARGEST_ACCOUNT else None
    return Question(tuple(changes), known) if changes else None


def answer_of(content: Mapping[str, object]) -> Answer:
    """Read what the program printed. Raises BadData when it is something else."""
    match content:
        case {
            "start": str(start),
            "stop": str(stop),
            "days": int(days),
            "coins": list(coins),
            "quote_asset": str(quote),
            "before": {"start_equity": int() | float() as account},
            "notes": list(notes),
        }:
            before, after = _side(content["before"]), _side(content.get("after"))
            told = tuple(map(str, notes))
            return Answer(start[:10], stop[:10], days, len(coins), quote, account, before, after, told)
    msg = "the answer says nothing about two settings"
    raise BadData(msg)


def _side(content: object) -> Side:
    match content:
        case {
            "buys": int(buys),
            "sells": int(sells),
            "profit": int() | float() as profit,
            "max_drawdown_pct": int() | float() as fall,
        }:
            return Side(buys, sells, float(profit), float(fall))
    msg = "the answer says nothing about one of the settings"
    raise BadData(msg)
