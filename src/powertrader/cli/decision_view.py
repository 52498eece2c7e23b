"""The newest decision on a coin, with every gate and its numbers, from what the trader keeps of each day."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import BadData
from powertrader.core.record_codec import decode
from powertrader.core.storage import FileStore
from powertrader.core.verdicts import EVERY_COIN, STEPS_GO_ON, words_for
from powertrader.models.decision import DecisionRecord
from powertrader.models.moment import iso_text

_DAYS: Final = "*.jsonl"


def newest_decisions(folder: Path, store: FileStore, coin: str) -> tuple[DecisionRecord, ...]:
    """Give the newest record of a coin, and after it why no step was made, when that is newer and holds on.

    folder: the records of a mode and account, a file for each day; nothing is changed in it. Raises
    BadData when a line is no record.
    """
    stop: DecisionRecord | None = None
    is_over = False
    for record in _newest_first(folder, store):
        if record.coin == coin:
            return (record,) if stop is None else (record, stop)
        if record.coin == EVERY_COIN and stop is None and not is_over:
            is_over = record.verdict == STEPS_GO_ON
            stop = None if is_over else record
    return () if stop is None else (stop,)


def decision_lines(record: DecisionRecord) -> Iterator[str]:
    """Tell a record: what was decided, and each gate with its numbers."""
    whose = record.coin or "every coin"
    yield f"{iso_text(record.at)}  Newest decision on {whose}: {words_for(record.verdict)}"
    for gate in record.gates:
        yield f"    {'passed' if gate.passed else 'closed'}  {gate.name}: {gate.text}"


def _newest_first(folder: Path, store: FileStore) -> Iterator[DecisionRecord]:
    for day in sorted(folder.glob(_DAYS), reverse=True):
        rows, _ = store.read_jsonl(day)
        for number, row in reversed(list(enumerate(rows, start=1))):
            yield _record(day, number, row)


def _record(day: Path, number: int, row: object) -> DecisionRecord:
    try:
        return decode(DecisionRecord, row)
    except BadData as error:
        msg = f"{day}, line {number} is no decision: {error}"
        raise BadData(msg) from error
