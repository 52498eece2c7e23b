"""JournalNotes: what was written is on the disk when put returns, and nothing is overwritten blindly."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.exceptions import DataCorruptionError, StorageError
from powertrader.core.journal_notes import (
    MOST_LETTERS,
    MOST_TAG_LETTERS,
    JournalNotes,
    Note,
    tags_in,
    tags_of,
)
from powertrader.core.storage import FileStore


class FullStore(FileStore):
    """A disk that is full for as long as the test says."""

    is_full = False

    def write_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
        """Refuse while it is full."""
        if self.is_full:
            msg = f"{path} cannot be written: no space left"
            raise StorageError(msg)
        super().write_bytes(path, content, durable=durable)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal_notes.json"


def test_notes_survive_a_restart(path: Path) -> None:
    notes = JournalNotes(path, FileStore())
    assert notes.read() == {}
    notes.put("o1", Note("too early", ("mistake", "BTC")))
    notes.put("o2", Note("ünicode\nand lines"))
    assert JournalNotes(path, FileStore()).read() == {
        "o1": Note("too early", ("mistake", "BTC")),
        "o2": Note("ünicode\nand lines"),
    }


def test_an_empty_note_is_forgotten(path: Path) -> None:
    notes = JournalNotes(path, FileStore())
    notes.put("o1", Note("x"))
    assert notes.put("o1", Note()) == {}
    assert JournalNotes(path, FileStore()).read() == {}


def test_what_could_not_be_stored_is_told_and_the_file_stays(path: Path) -> None:
    store = FullStore()
    notes = JournalNotes(path, store)
    notes.put("o1", Note("kept"))
    store.is_full = True
    with pytest.raises(StorageError, match="no space"):
        notes.put("o1", Note("lost?"))
    assert notes.read() == {"o1": Note("kept")}
    store.is_full = False
    assert notes.put("o1", Note("written now")) == {"o1": Note("written now")}


def test_a_damaged_file_is_moved_aside_and_told_once(path: Path) -> None:
    path.write_text("{")
    notes = JournalNotes(path, FileStore())
    with pytest.raises(DataCorruptionError, match="moved to"):
        notes.read()
    assert notes.put("o1", Note("new")) == {"o1": Note("new")}
    assert [one.read_text() for one in path.parent.glob("*.corrupt-*")] == ["{"]


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"kind": "journal_notes", "schema": 2, "notes": {}},
        {"kind": "other", "schema": 1, "notes": {}},
        {"kind": "journal_notes", "schema": 1, "notes": {"o1": {"words": 7, "tags": []}}},
        {"kind": "journal_notes", "schema": 1, "notes": {"o1": {"words": "x" * 5000, "tags": []}}},
        {"kind": "journal_notes", "schema": 1, "notes": [1]},
    ],
)
def test_a_file_that_cannot_be_understood_is_never_written_over(path: Path, content: object) -> None:
    path.write_text(json.dumps(content))
    before = path.read_bytes()
    notes = JournalNotes(path, FileStore())
    for _ in range(2):
        with pytest.raises(DataCorruptionError):
            notes.put("o1", Note("new"))
    assert path.read_bytes() == before


def test_a_note_that_is_too_long_is_refused_with_the_numbers() -> None:
    with pytest.raises(ValueError, match="4,001"):
        Note("x" * (MOST_LETTERS + 1))
    with pytest.raises(ValueError, match="of 41"):
        Note("", ("x" * (MOST_TAG_LETTERS + 1),))


def test_tags_are_separated_by_commas() -> None:
    assert tags_in(" mistake, #news ,, mistake,two   words") == ("mistake", "news", "two words")
    assert tags_of([Note(tags=("b", "A")), Note(tags=("c", "b"))]) == ("A", "b", "c")


@given(st.text("ab#, \t", max_size=60))
def test_tags_that_are_written_out_are_read_back(typed: str) -> None:
    found = tags_in(typed)
    assert tags_in(", ".join(found)) == found
