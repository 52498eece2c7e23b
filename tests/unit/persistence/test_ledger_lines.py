"""Lines with a right checksum that hold something else than an event are refused by place."""

import zlib

import pytest

from powertrader.core.exceptions import ConfigError
from powertrader.models.book import Book
from powertrader.models.book_state import state_of
from powertrader.persistence.ledger_lines import (
    GENESIS,
    LedgerDamage,
    Place,
    checked,
    decode_events,
    encode_events,
    encode_state,
    event_of,
    number_of,
    state_in,
)
from tests.unit.persistence.ledger_events import halted

PLACE = Place("ledger", 1, 0)


def signed(line: bytes, old: bytes, new: bytes) -> bytes:
    """Change a line and give it a checksum that fits."""
    assert old in line
    rest = line.rstrip(b"\n")[18:].replace(old, new)
    return b'{"crc":"%08x",' % zlib.crc32(rest) + rest


@pytest.mark.parametrize(
    "old,new,error,reason",
    [
        (b'"Halted"', b'"Healed"', LedgerDamage, "holds 'Healed', no event that is known"),
        (b'"coin"', b'"mint"', LedgerDamage, "Halted has the fields"),
        (b'"coin"', b"coin", LedgerDamage, "no JSON"),
        (b'"schema":2', b'"schema":9', ConfigError, "has schema 9, this version reads up to 2"),
        (b'"schema":2', b'"schema":1', LedgerDamage, "no form that is known"),
        (b'"seq":0', b'"seq":5', LedgerDamage, "the line has number 5"),
        (GENESIS.encode(), b"1" * 64, LedgerDamage, "does not follow the one before"),
        (b'"more"', b'"less"', LedgerDamage, "no form that is known"),
    ],
)
def test_a_line_of_another_form_is_refused(
    old: bytes, new: bytes, error: type[Exception], reason: str
) -> None:
    line = signed(encode_events(halted("one")), old, new)
    with pytest.raises(error, match=rf"ledger, line 1, entry 0.*{reason}"):
        list(decode_events(line + b"\n"))


@pytest.mark.parametrize(
    "old,new,reason",
    [
        (b'"BookState"', b'"Halted"', "a segment begins with BookState"),
        (b'"halts"', b'"halt"', "BookState has the fields"),
    ],
)
def test_a_segment_that_does_not_begin_with_a_book_is_refused(old: bytes, new: bytes, reason: str) -> None:
    line = checked(signed(encode_state(state_of(Book()), 0, GENESIS), old, new), GENESIS, PLACE)
    with pytest.raises(LedgerDamage, match=reason):
        state_in(line, PLACE)


def test_a_carried_book_is_no_event() -> None:
    line = checked(encode_state(state_of(Book()), 0, GENESIS).rstrip(b"\n"), GENESIS, PLACE)
    with pytest.raises(LedgerDamage, match="no event that is known"):
        event_of(line, PLACE)


def test_the_number_of_a_line_is_known_from_its_beginning() -> None:
    assert number_of(encode_events(halted("one"), first=41)[:240]) == 41
    assert number_of(b"nothing") is None
