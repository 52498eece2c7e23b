"""LedgerTail: every entry once and in order, also while the ledger is written, cut back or replaced."""

import contextlib
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from powertrader.core.storage import FileStore
from powertrader.models.journal import Halted, JournalEvent, OriginalTradesImported
from powertrader.persistence.ledger_file import LedgerFile
from powertrader.persistence.ledger_head import HEAD_FILE
from powertrader.persistence.ledger_lines import LedgerDamage
from powertrader.persistence.ledger_tail import LedgerTail, Piece
from tests.unit.persistence.ledger_events import NOON, halted, newest

pytestmark = pytest.mark.money


class Unhurried(FileStore):
    """A store that does not wait for the disk."""

    def append_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
        """Append without waiting."""
        super().append_bytes(path, content)

    def write_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
        """Replace without waiting."""
        super().write_bytes(path, content)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "paper-default"


def pieces(tail: LedgerTail, most_bytes: int = 600) -> Iterator[Piece]:
    while (piece := tail.read(most_bytes)) is not None:
        yield piece


def rest_of(tail: LedgerTail, most_bytes: int = 600) -> list[JournalEvent]:
    return [event for piece in pieces(tail, most_bytes) for event in piece.events]


@pytest.mark.property
@settings(max_examples=20)
@given(sizes=st.lists(st.integers(1, 4), max_size=8), most_bytes=st.sampled_from((1, 300, 5_000)))
def test_pieces_of_any_size_give_every_entry_once_while_the_ledger_grows(
    sizes: list[int], most_bytes: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("ledger") / "one"
    ledger = LedgerFile(folder, Unhurried(), segment_entries=5)
    tail, seen, written = LedgerTail(folder, FileStore()), list[JournalEvent](), list[JournalEvent]()
    for number, size in enumerate(sizes):
        group = halted(*(f"{number}.{place}" for place in range(size)))
        ledger.append_all(group)
        written += group
        seen += rest_of(tail, most_bytes)
        assert seen == written
    assert tail.read() is None


def test_a_ledger_that_begins_later_is_read_from_its_first_entry(folder: Path) -> None:
    tail = LedgerTail(folder, FileStore())
    assert tail.read() is None
    LedgerFile(folder, FileStore()).append_all(halted("one", "two"))
    piece = tail.read()
    assert piece is not None
    assert (piece.restarted, piece.more, piece.entries) == (True, False, 2)


def test_kinds_that_nobody_wants_are_left_out_but_counted(folder: Path) -> None:
    LedgerFile(folder, FileStore()).append_all([*halted("one"), OriginalTradesImported("", NOON)])
    piece = LedgerTail(folder, FileStore(), frozenset({"Halted"})).read()
    assert piece is not None
    assert piece.events == (OriginalTradesImported("", NOON),)
    assert piece.entries == 2


def test_half_of_a_group_is_not_given(folder: Path) -> None:
    ledger = LedgerFile(folder, FileStore())
    ledger.append_all(halted("alone"))
    tail = LedgerTail(folder, FileStore())
    assert rest_of(tail) == halted("alone")
    ledger.append_all(halted("both", "or none"))
    whole = newest(folder).read_bytes()
    first_of_two = whole[: whole.rstrip(b"\n").rindex(b"\n") + 1]
    newest(folder).write_bytes(first_of_two)
    assert rest_of(tail) == []
    newest(folder).write_bytes(whole[:-5])
    assert rest_of(tail) == []
    newest(folder).write_bytes(whole)
    assert rest_of(tail) == halted("both", "or none")


def test_entries_that_are_taken_back_make_the_reading_begin_anew(folder: Path) -> None:
    ledger = LedgerFile(folder, FileStore())
    ledger.append_all(halted("kept"))
    before = newest(folder).read_bytes()
    ledger.append_all(halted("taken back, and longer than what follows"))
    tail = LedgerTail(folder, FileStore())
    assert len(rest_of(tail)) == 2
    newest(folder).write_bytes(before)
    piece = tail.read()
    assert piece is not None
    assert (piece.restarted, list(piece.events)) == (True, halted("kept"))
    (folder / HEAD_FILE).unlink()
    again = LedgerFile(folder, FileStore())
    again.recover()
    again.append_all(halted("new"))
    assert rest_of(tail) == halted("new")


def test_a_ledger_that_is_replaced_is_read_from_its_beginning(folder: Path, tmp_path: Path) -> None:
    LedgerFile(folder, FileStore()).append_all(halted("old", "older"))
    tail = LedgerTail(folder, FileStore())
    assert len(rest_of(tail)) == 2
    shutil.rmtree(folder)
    gone = tail.read()
    assert gone is not None
    assert (gone.restarted, gone.events) == (True, ())
    LedgerFile(folder, FileStore()).append_all(halted("backup"))
    assert rest_of(tail) == halted("backup")


def test_of_a_damaged_ledger_all_before_the_damage_is_given_once(folder: Path) -> None:
    ledger = LedgerFile(folder, FileStore(), segment_entries=4)
    for number in range(6):
        ledger.append(Halted("BTC", f"reason {number}", NOON + timedelta(minutes=number)))
    path = newest(folder)
    path.write_bytes(path.read_bytes().replace(b"reason 5", b"treason5"))
    tail = LedgerTail(folder, FileStore())
    # what is read before the damage is met for the first time is told to begin anew, and given again
    given_again = rest_of_until_damage(tail)
    assert [event.reason for event in given_again if isinstance(event, Halted)] == [
        f"reason {number}" for number in range(5)
    ]
    for _ in range(2):
        with pytest.raises(LedgerDamage, match="entry 5"):
            tail.read()


def rest_of_until_damage(tail: LedgerTail) -> list[JournalEvent]:
    found: list[JournalEvent] = []
    with contextlib.suppress(LedgerDamage):
        for piece in pieces(tail):
            found = [*([] if piece.restarted else found), *piece.events]
    return found


def test_it_goes_on_once_the_damage_is_mended(folder: Path) -> None:
    ledger = LedgerFile(folder, FileStore())
    ledger.append_all(halted("fine"))
    ledger.append_all(halted("harmed"))
    path = newest(folder)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"harmed", b"harmer"))
    tail = LedgerTail(folder, FileStore())
    assert rest_of_until_damage(tail) == halted("fine")
    path.write_bytes(whole)
    assert rest_of(tail) == halted("harmed")


def test_a_reader_beside_the_writer_misses_nothing_and_sees_nothing_twice(folder: Path) -> None:
    groups = [halted(*(f"{number}.{place}" for place in range(number % 4 + 1))) for number in range(120)]
    written = threading.Event()

    def write() -> None:
        ledger = LedgerFile(folder, Unhurried(), segment_entries=40)
        for group in groups:
            ledger.append_all(group)
        written.set()

    writer = threading.Thread(target=write)
    writer.start()
    tail, seen = LedgerTail(folder, FileStore()), list[JournalEvent]()
    while not written.is_set():
        for piece in pieces(tail, 700):
            assert piece.restarted == (not seen), "begun anew without need"
            seen += piece.events
        assert len(seen) in ends_of(groups), "half of a group"
    writer.join()
    seen += rest_of(tail)
    assert seen == [event for group in groups for event in group]


def ends_of(groups: list[list[JournalEvent]]) -> frozenset[int]:
    """Give how many events there are after each group, and before the first."""
    return frozenset(accumulate(map(len, groups), initial=0))
