"""A fact as a line, and back, exactly."""

import json

import pytest

from powertrader.core.event_notes import LONGEST_LINE, EventNote, EventWriter, line_of, note_of
from powertrader.core.exceptions import BadData
from powertrader.core.redaction import Redactor
from powertrader.models.events import Event, TradingHalted
from tests.unit.core.event_cases import AT, CASES, SENDER


@pytest.mark.parametrize("case", CASES, ids=lambda case: type(case).__name__)
def test_every_kind_of_fact_comes_back_as_it_was(case: Event) -> None:
    note = EventNote(SENDER, 3, case)
    line = line_of(note)
    assert line.count(b"\n") == 1
    assert note_of(line) == note


def test_a_writer_counts_its_facts_and_tells_every_outlet() -> None:
    first, second = list[bytes](), list[bytes]()
    write = EventWriter(SENDER, (first.append, second.append), Redactor())
    for case in CASES[:3]:
        write(case)
    assert first == second
    assert [note_of(line).number for line in first] == [1, 2, 3]


def test_a_line_holds_no_secret() -> None:
    lines: list[bytes] = []
    write = EventWriter(SENDER, (lines.append,), Redactor(["hushhush"]))
    write(TradingHalted("live", "default", None, "the venue refused hushhush, signature=abcdef", AT))
    assert b"hushhush" not in lines[0]
    assert b"abcdef" not in lines[0]
    assert note_of(lines[0]).event == TradingHalted(
        "live", "default", None, "the venue refused ***, signature=***", AT
    )


def changed(**changes: object) -> bytes:
    content = json.loads(line_of(EventNote(SENDER, 1, CASES[0])))
    content.update(changes)
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    "line, said",
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[1]", "must be an object"),
        (b"[" * 100_000, "no JSON"),
        (b" " * (LONGEST_LINE + 1), "longer than"),
        (changed(schema=2), "update PowerTrader"),
        (changed(kind="Invented"), "update PowerTrader"),
        (changed(number=0), "above 0"),
        (changed(number=True), "above 0"),
        (changed(process=None), "process of Sender"),
        (changed(body={}), "SignalUpdated has the fields"),
        (changed(body=[]), "must be an object"),
    ],
)
def test_a_line_that_is_no_fact_of_ours_is_refused_with_its_reason(line: bytes, said: str) -> None:
    with pytest.raises(BadData, match=said):
        note_of(line)
