"""Asking the rules to decide once more: the command for it, and what its answer says."""

from collections.abc import Mapping, Sequence

from powertrader.core.exceptions import BadData
from powertrader.core.record_codec import decode
from powertrader.hub.decision_inputs import label_of
from powertrader.hub.ports import HubPorts
from powertrader.hub.price_text import money_text
from powertrader.hub.programs import Program
from powertrader.hub.text import text
from powertrader.models.decision import DecisionAgain, DecisionRecord
from powertrader.models.types import Environment


def question(
    record: DecisionRecord, trader: tuple[Environment, str], changes: Sequence[str] = ()
) -> tuple[str, ...]:
    """Give the command line, without `powertrader`, that makes a decision again.

    trader: mode and account. changes are written name=value.
    """
    command = ("ledger", "explain", record.coin, "--replay", "--at", record.at.isoformat())
    mode, account = trader
    named = ("--mode", mode, "--account", account)
    return (*command, *named, *[part for change in changes for part in ("--set", change)])


def ask(ports: HubPorts, command: Sequence[str]) -> Mapping[str, object]:
    """Run a question and give its answer, in the background. Raises PowerTraderError."""
    # what --set means to the window are its settings; to the question they would be changes
    return Program(ports, *command, *_without_settings(ports.options)).answer()


def _without_settings(options: Sequence[str]) -> tuple[str, ...]:
    kept: list[str] = []
    rest = iter(options)
    for option in rest:
        if option == "--set":
            next(rest, None)
        else:
            kept.append(option)
    return tuple(kept)


def again_of(answer: Mapping[str, object], record: DecisionRecord) -> DecisionAgain:
    """Read the answer about a record. Raises BadData when it says nothing about it."""
    repeated = answer.get("repeated")
    found = [decode(DecisionAgain, one) for one in repeated] if isinstance(repeated, list) else []
    for again in found:
        if again.recorded == record.verdict:
            return again
    msg = f"the answer says nothing of the decision on {record.coin} of {record.at.isoformat()}"
    raise BadData(msg)


def told(again: DecisionAgain, quote: str) -> str:
    """Say what came out, in a sentence or some lines."""
    words = again.words
    if again.amount:
        words = text("why.for_amount", words=words, amount=money_text(again.amount, quote))
    if again.replaced:
        replaced = "; ".join(
            text("why.with_value", name=label_of(name), before=before, after=after)
            for name, before, after in again.replaced
        )
        return text("why.would", replaced=replaced, words=words)
    if again.same:
        return text("why.same", words=words)
    differences = [text("why.differs", difference=one) for one in again.differences]
    return "\n".join([text("why.other", words=words), *differences])
