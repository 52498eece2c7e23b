"""`ledger explain --replay`: recorded decisions made once more, as they were or with other values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from powertrader.core.decision_log import newest_first
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.core.record_codec import encode
from powertrader.core.storage import FileStore
from powertrader.core.verdicts import words_for
from powertrader.core.what_if import SETTING_OF_RULE, changed_inputs
from powertrader.models.decision import Action, DecisionInputs, DecisionRecord
from powertrader.models.moment import iso_text
from powertrader.models.types import CoinSymbol
from powertrader.trader.repeat import Repeated, differences, repeat


@dataclass(frozen=True, slots=True)
class Repetition:
    """A record and what came out of it: differences from it, with changed what was replaced in it.

    changed names each value with what was recorded and what took its place.
    """

    record: DecisionRecord
    again: Repeated
    differences: tuple[str, ...]
    changed: tuple[tuple[str, str, str], ...]


def repetitions(
    folder: Path, coin: CoinSymbol, at: str | None, changes: Sequence[str]
) -> tuple[Repetition, ...]:
    """Repeat the newest decision on a coin, or those of a time, the newest first.

    Raises BadData when there is none, or one does not say what it was made from, and ConfigError for a
    time or a change that is none.
    """
    return tuple([_repeated(record, changes) for record in _wanted(folder, coin, at)])


def _wanted(folder: Path, coin: CoinSymbol, at: str | None) -> list[DecisionRecord]:
    newest = (record for record in newest_first(folder, FileStore(), coin) if record.coin == coin)
    if at is None:
        found = [record for record, _ in zip(newest, range(1), strict=False)]
    else:
        moment = _moment(at)
        found = [record for record in takewhile(lambda one: one.at >= moment, newest) if record.at == moment]
    if not found:
        when = "" if at is None else f" at {at}"
        msg = f"no decision on {coin}{when} is kept in {folder}"
        raise BadData(msg)
    return found


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        msg = f"--at was {text[:40]!r}, must be a time with its zone, such as 2024-01-01T12:00:00+00:00"
        raise ConfigError(msg)
    return moment


def _repeated(record: DecisionRecord, changes: Sequence[str]) -> Repetition:
    if record.inputs is None:
        msg = (
            f"the decision on {record.coin} of {iso_text(record.at)} cannot be made again: an older version "
            "of PowerTrader wrote it, and kept its gates but not what they were made from"
        )
        raise BadData(msg)
    inputs = changed_inputs(record.inputs, changes) if changes else record.inputs
    again = repeat(record, inputs)
    replaced = tuple(_replaced(record.inputs, inputs))
    return Repetition(record, again, tuple(differences(record, again)), replaced)


def _replaced(before: DecisionInputs, after: DecisionInputs) -> Iterator[tuple[str, str, str]]:
    old, new = dict(_values(before)), dict(_values(after))
    yield from ((name, old.get(name, "none"), new[name]) for name in new if old.get(name) != new[name])


def _values(inputs: DecisionInputs) -> Iterator[tuple[str, str]]:
    """Give what a decision was made from, name and text, as far as it can be replaced."""
    for rule, setting in SETTING_OF_RULE.items():
        value = getattr(inputs.rules, rule)
        yield setting, ", ".join(f"{one:g}" for one in value) if isinstance(value, tuple) else f"{value:g}"
    if inputs.quote is not None:
        yield "bid", repr(inputs.quote.bid)
        yield "ask", repr(inputs.quote.ask)
    if inputs.signal is not None:
        yield "long", str(inputs.signal.long)
        yield "short", str(inputs.signal.short)


def repetition_as_json(one: Repetition) -> dict[str, object]:
    """Give a repetition for a script; same is None where something was changed on purpose."""
    action = one.again.action
    return {
        "at": one.record.at.isoformat(),
        "recorded": encode(one.record),
        "words": words_for(one.record.verdict),
        "same": None if one.changed else not one.differences,
        "differences": list(one.differences),
        "changed": [{"name": name, "from": before, "to": after} for name, before, after in one.changed],
        "decided": {
            "verdict": one.again.verdict,
            "words": words_for(one.again.verdict),
            "action": None if action is None else _action(action),
            "gates": [encode(gate) for gate in one.again.gates],
        },
    }


def _action(action: Action) -> dict[str, object]:
    return {field.name: getattr(action, field.name) for field in fields(action)}


def repetition_lines(one: Repetition, quote: str) -> Iterator[str]:
    """Tell a repetition to a person: what was decided, what comes out now, and each gate."""
    record, again = one.record, one.again
    yield f"{iso_text(record.at)}  Decision on {record.coin}: {words_for(record.verdict)}"
    yield from (f"    with {name} {after} (recorded: {before})" for name, before, after in one.changed)
    if one.changed:
        yield f"    what would have been decided: {_told(again, quote)}"
    elif one.differences:
        yield f"    made again, something else comes out: {_told(again, quote)}"
        yield from (f"    differs: {difference}" for difference in one.differences)
    else:
        yield f"    made again from what was recorded, the same decision comes out: {_told(again, quote)}"
    for gate in again.gates:
        yield f"    {'passed' if gate.passed else 'closed'}  {gate.name}: {gate.text}"


def _told(again: Repeated, quote: str) -> str:
    action = again.action
    amount = f", for {action.amount:,.2f} {quote}" if action is not None and action.amount else ""
    return words_for(again.verdict) + amount
