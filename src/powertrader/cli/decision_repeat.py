"""`ledger explain --replay`: recorded decisions made once more, as they were or with other values."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from powertrader.core.decision_log import newest_first
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.core.storage import FileStore
from powertrader.core.verdicts import words_for
from powertrader.core.what_if import SETTING_OF_RULE, changed_inputs
from powertrader.models.decision import DecisionAgain, DecisionInputs, DecisionRecord, Replaced
from powertrader.models.moment import iso_text
from powertrader.models.types import CoinSymbol
from powertrader.trader.repeat import differences, repeat


def repetitions(
    folder: Path, coin: CoinSymbol, at: str | None, changes: Sequence[str]
) -> tuple[DecisionAgain, ...]:
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


def _repeated(record: DecisionRecord, changes: Sequence[str]) -> DecisionAgain:
    if record.inputs is None:
        msg = (
            f"the decision on {record.coin} of {iso_text(record.at)} cannot be made again: an older version "
            "of PowerTrader wrote it, and kept its gates but not what they were made from"
        )
        raise BadData(msg)
    inputs = changed_inputs(record.inputs, changes) if changes else record.inputs
    again = repeat(record, inputs)
    replaced, differ = tuple(_replaced(record.inputs, inputs)), tuple(differences(record, again))
    return DecisionAgain(
        record.coin,
        record.at,
        record.verdict,
        again.verdict,
        words_for(again.verdict),
        None if replaced else not differ,
        differ,
        replaced,
        0.0 if again.action is None else again.action.amount,
        again.gates,
    )


def _replaced(before: DecisionInputs, after: DecisionInputs) -> Iterator[Replaced]:
    old, new = dict(_values(before)), dict(_values(after))
    for name, value in new.items():
        if old.get(name) != value:
            yield Replaced(name, old.get(name, "none"), value)


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


def repetition_lines(again: DecisionAgain, quote: str) -> Iterator[str]:
    """Tell a repetition to a person: what was decided, what comes out now, and each gate."""
    told = again.words + (f", for {again.amount:,.2f} {quote}" if again.amount else "")
    yield f"{iso_text(again.at)}  Decision on {again.coin}: {words_for(again.recorded)}"
    yield from (f"    with {name} {after} (recorded: {before})" for name, before, after in again.replaced)
    if again.replaced:
        yield f"    what would have been decided: {told}"
    elif again.differences:
        yield f"    made again, something else comes out: {told}"
        yield from (f"    differs: {difference}" for difference in again.differences)
    else:
        yield f"    made again from what was recorded, the same decision comes out: {told}"
    for gate in again.gates:
        yield f"    {'passed' if gate.passed else 'closed'}  {gate.name}: {gate.text}"
