"""A decision with every gate and its numbers, as the command line tells it."""

from collections.abc import Iterator

from powertrader.core.verdicts import words_for
from powertrader.models.decision import DecisionRecord
from powertrader.models.moment import iso_text


def decision_lines(record: DecisionRecord) -> Iterator[str]:
    """Tell a record: what was decided, and each gate with its numbers."""
    whose = record.coin or "every coin"
    yield f"{iso_text(record.at)}  Newest decision on {whose}: {words_for(record.verdict)}"
    for gate in record.gates:
        yield f"    {'passed' if gate.passed else 'closed'}  {gate.name}: {gate.text}"
