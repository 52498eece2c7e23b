"""LedgerFile: what it acknowledged is there, whatever happens."""

import itertools
import json
import logging
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.exceptions import BadData, ConfigError, DataCorruptionError, StorageError
from powertrader.core.ledger import Ledger
from powertrader.core.storage import FileStore
from powertrader.models.journal import Halted, JournalEvent, QuoteBooked
from powertrader.persistence.ledger_file import LedgerFile, open_ledger
from powertrader.persistence.ledger_head import HEAD_FILE
from powertrader.persistence.ledger_lines import decode_events, encode_events
from tests.unit.persistence.ledger_events import NOON, events_of_all_kinds, halted, newest, stored

pytestmark = pytest.mark.money

WRITER = Path(__file__).with_name("ledger_writer.py")
ROUNDS = int(os.environ.get("PT_SOAK_ROUNDS", "12"))
ROUNDS_PER_FILE = 25


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger" / "paper"


@pytest.mark.property
@given(events=st.lists(events_of_all_kinds, max_size=4))
def test_every_kind_of_event_comes_back_as_it_was(
    events: list[JournalEvent], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "one"
    with open_ledger(path, FileStore()) as ledger:
        ledger.append_all(events)
    # the texts also tell 1.0 from 1.00 and 0.0 from -0.0
    assert repr(stored(path)) == repr(events)


def test_a_ledger_goes_on_where_it_stopped(path: Path) -> None:
    for reason in ("first", "second", "third"):
        with open_ledger(path, FileStore()) as ledger:
            ledger.append(Halted("BTC", reason, NOON))
    assert stored(path) == halted("first", "second", "third")


def test_a_file_ledger_is_a_ledger(path: Path) -> None:
    with open_ledger(path, FileStore()) as opened:
        ledger: Ledger = opened
        ledger.append_all(halted("one", "two"))
        ledger.append_all([])
        ledger.append(QuoteBooked("USDT", Decimal("1.50"), NOON))
        assert list(ledger.events()) == [*halted("one", "two"), QuoteBooked("USDT", Decimal("1.50"), NOON)]


def test_each_line_is_json_with_its_number(path: Path) -> None:
    with open_ledger(path, FileStore()) as ledger:
        ledger.append_all(halted("one", "two"))
        ledger.append_all(halted("three"))
    lines = [json.loads(line) for line in newest(path).read_text(encoding="utf-8").splitlines()]
    assert [(line["seq"], line["more"], line["type"]) for line in lines] == [
        (0, 0, "BookState"),
        (0, 1, "Halted"),
        (1, 0, "Halted"),
        (2, 0, "Halted"),
    ]


def test_the_same_events_give_the_same_bytes_and_the_bytes_give_the_events() -> None:
    content = encode_events(halted("a", "b"))
    assert content == encode_events(iter(halted("a", "b")))
    assert list(decode_events(content)) == halted("a", "b")


def test_bytes_that_end_within_a_line_are_refused_by_name() -> None:
    with pytest.raises(DataCorruptionError, match=r"result/ledger\.jsonl, line 2, entry 1: "):
        list(decode_events(encode_events(halted("a", "b"))[:-2], "result/ledger.jsonl"))


def test_events_may_hold_line_ends_of_every_kind() -> None:
    odd = halted("a\nb\r\nc\x0b\x1c\u2028d")
    assert list(decode_events(encode_events(odd))) == odd


@given(cut=st.integers(min_value=0))
def test_a_file_cut_anywhere_keeps_whole_groups_only(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    groups = [halted("a"), halted("b", "c", "d"), halted("e", "f")]
    path = tmp_path_factory.mktemp("ledger") / "cut"
    with open_ledger(path, FileStore()) as ledger:
        ends: list[int] = []
        for group in groups:
            ledger.append_all(group)
            ends.append(newest(path).stat().st_size)
    whole = newest(path).read_bytes()
    start = len(whole.splitlines(keepends=True)[0])
    position = start + cut % (len(whole) + 1 - start)
    newest(path).write_bytes(whole[:position])
    # a crash that loses lines loses the head's count of them as well
    (path / HEAD_FILE).unlink()
    # the last byte of a group is its line end, which may be missing
    kept = sum(position >= end - 1 for end in ends)
    assert stored(path) == list(itertools.chain(*groups[:kept]))
    assert newest(path).read_bytes() == whole[: ends[kept - 1] if kept else start]


def test_an_unfinished_line_is_reported(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with open_ledger(path, FileStore()) as ledger:
        ledger.append_all(halted("whole"))
    with newest(path).open("ab") as stream:
        stream.write(b'{"crc":"00')
    with caplog.at_level(logging.WARNING):
        assert stored(path) == halted("whole")
    assert [record.getMessage() for record in caplog.records] == ["unfinished line cut off"]


def test_an_event_that_lacks_only_its_line_end_is_kept(path: Path) -> None:
    with open_ledger(path, FileStore()) as ledger:
        ledger.append_all(halted("whole"))
    before = newest(path).read_bytes()
    newest(path).write_bytes(before[:-1])
    assert stored(path) == halted("whole")
    assert newest(path).read_bytes() == before


@pytest.fixture
def three(path: Path) -> Path:
    with open_ledger(path, FileStore()) as ledger:
        for event in halted("one", "two", "three"):
            ledger.append(event)
    return path


def test_an_event_that_cannot_be_written_leaves_the_ledger_as_it_was(three: Path) -> None:
    before = newest(three).read_bytes()
    with open_ledger(three, FileStore()) as ledger, pytest.raises(BadData, match="aware times only"):
        ledger.append_all([*halted("four"), Halted("BTC", "five", NOON.replace(tzinfo=None))])
    assert newest(three).read_bytes() == before


class FullDisk(FileStore):
    """A store that fails the first time, after a part was written that could not be taken back."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 1

    def append_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
        if self.failures:
            self.failures -= 1
            with path.open("ab") as stream:
                stream.write(content[:30])
            msg = "no space left"
            raise StorageError(msg)
        super().append_bytes(path, content, durable=durable)


def test_after_a_failed_append_the_next_one_follows_the_last_stored_event(three: Path) -> None:
    with open_ledger(three, FullDisk()) as ledger:
        with pytest.raises(StorageError, match="no space left"):
            ledger.append_all(halted("lost"))
        assert list(ledger.events()) == halted("one", "two", "three")
        ledger.append_all(halted("four"))
        ledger.append_all(halted("five"))
    assert stored(three) == halted("one", "two", "three", "four", "five")


class Interrupted(FileStore):
    """A store in which the user presses Ctrl-C the first time, once the event is on the disk."""

    pressed = False

    def append_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
        super().append_bytes(path, content, durable=durable)
        if not self.pressed:
            self.pressed = True
            raise KeyboardInterrupt


def test_an_append_that_the_user_interrupts_was_never_made(three: Path) -> None:
    with open_ledger(three, Interrupted()) as ledger:
        with pytest.raises(KeyboardInterrupt):
            ledger.append_all(halted("lost"))
        ledger.append_all(halted("four"))
    assert stored(three) == halted("one", "two", "three", "four")


def test_a_failed_append_that_left_nothing_behind_needs_no_repair(three: Path) -> None:
    class Refusing(FullDisk):
        def append_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
            super().append_bytes(path, content if not self.failures else b"", durable=durable)

    with open_ledger(three, Refusing()) as ledger:
        with pytest.raises(StorageError):
            ledger.append_all(halted("lost"))
        ledger.append_all(halted("four"))
    assert stored(three) == halted("one", "two", "three", "four")


def test_a_second_writer_is_refused(path: Path) -> None:
    with open_ledger(path, FileStore()), pytest.raises(ConfigError, match="is held by process"):
        stored(path)


def test_a_ledger_that_does_not_exist_yet_is_empty(path: Path) -> None:
    ledger = LedgerFile(path, FileStore())
    assert ledger.recover() == 0
    assert list(ledger.events()) == []
    assert (ledger.book().events_applied, path.exists()) == (0, False)


@pytest.mark.skipif(os.name == "nt", reason="kill there is terminate; the law is the same, unproven")
@pytest.mark.timeout(60 + ROUNDS)
def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    waits = random.Random(20240102)
    for number in range(-(-ROUNDS // ROUNDS_PER_FILE)):
        kept = 0
        for _ in range(min(ROUNDS_PER_FILE, ROUNDS - number * ROUNDS_PER_FILE)):
            kept = killed(tmp_path / f"{number}", kept, waits.uniform(0.0, 0.03))


def killed(path: Path, before: int, wait_s: float) -> int:
    """Let a writer go on behind the events it finds, kill it, and give how many are stored then."""
    with subprocess.Popen([sys.executable, str(WRITER), str(path)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(wait_s)
        writer.kill()
        said = [first, *writer.stdout.read().splitlines(keepends=True)]
    acknowledged = max(int(line) for line in said if line.endswith(b"\n"))
    kept = stored(path)
    assert before < acknowledged <= len(kept)
    assert kept == halted_at_start(len(kept))
    # a writer starts with groups of 1, 2, 3 events: other counts would show a part of a group
    assert (len(kept) - before) % 6 in {0, 1, 3}
    return len(kept)


def halted_at_start(count: int) -> list[JournalEvent]:
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    return [Halted("BTC", f"{number}", moment) for number in range(count)]
