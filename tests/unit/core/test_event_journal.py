"""The journal of events: bounded, readable while it grows and when it is put aside."""

import threading
from pathlib import Path

import pytest

from powertrader.core.event_journal import KEPT, EventJournal, JournalReader
from powertrader.core.event_notes import EventNote, Sender, line_of
from powertrader.core.storage import FileStore
from powertrader.models.events import TradingHalted
from tests.unit.core.event_cases import AT, SENDER


def line(number: int, sender: Sender = SENDER) -> bytes:
    return line_of(EventNote(sender, number, TradingHalted("paper", "default", None, "why", AT)))


def journal(folder: Path, lines: int = 4, process: str = "trader") -> EventJournal:
    path = folder / f"{process}_events.jsonl"
    return EventJournal(path, FileStore(), most_bytes=lines * len(line(10)))


class Progress:
    """How far a reader is; a writer waits for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._at = 0

    def reach(self, number: int) -> None:
        with self._changed:
            self._at = number
            self._changed.notify_all()

    def wait_for(self, number: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._at >= number, timeout=30)


def numbers(notes: tuple[EventNote, ...]) -> list[int]:
    return [note.number for note in notes]


def test_what_was_written_is_read_in_order(tmp_path: Path) -> None:
    kept = journal(tmp_path, 100)
    for number in range(1, 8):
        kept.append(line(number))
    assert numbers(JournalReader(tmp_path).read_all()) == list(range(1, 8))


def test_a_reader_goes_on_where_it_was_also_when_the_journal_is_put_aside_meanwhile(tmp_path: Path) -> None:
    kept, reader = journal(tmp_path), JournalReader(tmp_path)
    seen = numbers(reader.read_all())
    for number in range(10, 40):
        kept.append(line(number))
        if number % 3 == 0:
            seen += numbers(reader.read_new())
    seen += numbers(reader.read_new())
    assert seen == list(range(10, 40))
    assert reader.take_problems() == ()


def test_the_files_together_stay_below_their_bound_and_keep_the_newest(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    for number in range(10, 100):
        kept.append(line(number))
    files = sorted(tmp_path.iterdir())
    assert len(files) == KEPT + 1
    assert max(path.stat().st_size for path in files) <= 4 * len(line(10))
    found = numbers(JournalReader(tmp_path).read_all())
    assert found == list(range(found[0], 100))
    assert len(found) > 4 * KEPT


def test_the_journals_of_all_workers_are_read_together(tmp_path: Path) -> None:
    journal(tmp_path, process="trader").append(line(1))
    journal(tmp_path, process="thinker").append(line(1, Sender("thinker", "desk", "other")))
    assert {note.sender.process for note in JournalReader(tmp_path).read_all()} == {"trader", "thinker"}


def test_a_line_that_is_being_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    path, reader = tmp_path / "trader_events.jsonl", JournalReader(tmp_path)
    whole = line(1)
    path.write_bytes(whole[:20])
    assert reader.read_all() == ()
    with path.open("ab") as stream:
        stream.write(whole[20:])
    assert numbers(reader.read_new()) == [1]


def test_a_damaged_line_is_told_of_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "trader_events.jsonl").write_bytes(line(1) + b"{broken\n" + line(2))
    reader = JournalReader(tmp_path)
    assert numbers(reader.read_all()) == [1, 2]
    (problem,) = reader.take_problems()
    assert "trader_events.jsonl" in problem
    assert (reader.read_new(), reader.take_problems()) == ((), ())


def test_a_journal_that_cannot_be_written_is_told_of_once_and_comes_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "logs" / "trader_events.jsonl"
    (tmp_path / "logs").write_text("a file where the folder belongs")
    kept = EventJournal(path, FileStore())
    for number in range(1, 4):
        kept.append(line(number))
    assert kept.lost == 3
    assert [record.msg for record in caplog.records] == ["events not written"]
    (tmp_path / "logs").unlink()
    kept.append(line(4))
    assert numbers(JournalReader(path.parent).read_all()) == [4]


def test_a_home_without_journals_has_no_events(tmp_path: Path) -> None:
    assert JournalReader(tmp_path / "nowhere").read_all() == ()


def test_a_reader_that_skips_the_past_reads_only_what_comes_then(tmp_path: Path) -> None:
    kept, reader = journal(tmp_path, 100), JournalReader(tmp_path)
    kept.append(line(1))
    reader.skip_past()
    assert reader.read_new() == ()
    kept.append(line(2))
    journal(tmp_path, 100, "thinker").append(line(3))
    assert numbers(reader.read_new()) == [2, 3]


def test_a_reader_loses_and_repeats_nothing_while_the_journal_is_written_and_put_aside(
    tmp_path: Path,
) -> None:
    kept, reader = journal(tmp_path, 20), JournalReader(tmp_path)
    done, seen_to = threading.Event(), Progress()
    kept.append(line(10))
    seen = numbers(reader.read_new())

    def write() -> None:
        for number in range(11, 1_500):
            kept.append(line(number))
            if number % 15 == 0:
                # the reader shall see every file before the third after it takes its place
                seen_to.wait_for(number - 15)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set() or seen[-1:] != [1_499]:
        seen += numbers(reader.read_new())
        seen_to.reach(seen[-1])
    writer.join(timeout=30)
    assert seen == list(range(10, 1_500))
    assert reader.take_problems() == ()
