"""A ledger of the first form becomes one of today's, once, and a copy of it stays."""

import contextlib
import json
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from powertrader.core.exceptions import ConfigError, StorageError
from powertrader.core.record_codec import encode
from powertrader.core.storage import FileStore
from powertrader.models.journal import JournalEvent
from powertrader.persistence.ledger_check import check_ledger
from powertrader.persistence.ledger_file import open_ledger
from powertrader.persistence.ledger_lines import LedgerDamage
from powertrader.persistence.ledger_upgrade import backup_file, old_file
from tests.unit.persistence.ledger_events import halted, newest, stored

pytestmark = pytest.mark.money

EVENTS = halted("a", "b", "c", "d", "e")


def old_line(number: int, event: JournalEvent, more: int = 0, schema: int = 1) -> bytes:
    """Give a line as the first form had it, in a group of its own unless more lines follow."""
    kind = type(event).__name__
    fields = {"schema": schema, "seq": number, "more": more, "type": kind, "event": encode(event)}
    rest = json.dumps(fields, separators=(",", ":"))[1:].encode()
    return b'{"crc":"%08x",' % zlib.crc32(rest) + rest + b"\n"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    folder = tmp_path / "paper"
    old_file(folder).write_bytes(b"".join(old_line(place, event) for place, event in enumerate(EVENTS)))
    return folder


def test_an_old_ledger_is_taken_over_and_its_copy_kept(old: Path) -> None:
    before = old_file(old).read_bytes()
    assert stored(old) == EVENTS
    assert not old_file(old).exists()
    assert backup_file(old).read_bytes() == before
    assert check_ledger(old, FileStore()).damage is None


def test_what_the_old_ledger_had_not_acknowledged_is_left_out(old: Path) -> None:
    with old_file(old).open("ab") as stream:
        stream.write(old_line(5, EVENTS[0], more=1) + b'{"crc"')
    assert stored(old) == EVENTS


class Killed(FileStore):
    """A store of a process that dies at its nth change of a file."""

    def __init__(self, changes: int) -> None:
        super().__init__()
        self.left = changes

    def _step(self) -> None:
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1

    def write_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
        self._step()
        super().write_bytes(path, content, durable=durable)

    def append_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
        self._step()
        super().append_bytes(path, content, durable=durable)

    def overwrite(self, path: Path, content: bytes) -> None:
        self._step()
        super().overwrite(path, content)

    def remove(self, path: Path) -> None:
        self._step()
        super().remove(path)


@pytest.mark.parametrize("changes", range(6))
def test_a_start_that_was_killed_while_upgrading_is_made_good_by_the_next(old: Path, changes: int) -> None:
    with pytest.raises(KeyboardInterrupt), open_ledger(old, Killed(changes)):
        pass
    assert stored(old) == EVENTS
    assert (old_file(old).exists(), backup_file(old).exists()) == (False, True)


def test_an_old_file_that_comes_back_unchanged_is_deleted_again(old: Path) -> None:
    before = old_file(old).read_bytes()
    with open_ledger(old, FileStore()) as ledger:
        ledger.append_all(halted("f"))
    old_file(old).write_bytes(before)
    assert stored(old) == [*EVENTS, *halted("f")]


def test_an_old_program_that_wrote_after_the_upgrade_is_found(old: Path) -> None:
    stored(old)
    old_file(old).write_bytes(old_line(0, EVENTS[0]))
    with pytest.raises(ConfigError, match="an older PowerTrader ran"):
        stored(old)


@pytest.mark.parametrize(
    "line,reason",
    [
        (old_line(4, EVENTS[0], schema=9), "schema 9"),
        (old_line(4, EVENTS[0]).replace(b'"a"', b'"x"'), "checksum does not fit"),
        (old_line(7, EVENTS[0]), "number 7"),
    ],
)
def test_a_damaged_old_ledger_is_named_and_left_alone(old: Path, line: bytes, reason: str) -> None:
    lines = old_file(old).read_bytes().splitlines(keepends=True)
    old_file(old).write_bytes(b"".join([*lines[:4], line]))
    with pytest.raises(LedgerDamage, match=rf"line 5, entry 4: .*{reason}"):
        stored(old)
    assert old_file(old).exists()


@pytest.mark.parametrize("changes", range(7))
def test_a_kill_at_any_change_of_a_file_leaves_one_valid_ledger(tmp_path: Path, changes: int) -> None:
    folder = tmp_path / "paper"
    done = 0
    with contextlib.suppress(KeyboardInterrupt), open_ledger(folder, Killed(changes), 2) as ledger:
        for event in EVENTS:
            ledger.append(event)
            done += 1
    assert done < len(EVENTS)
    assert done <= len(stored(folder)) <= done + 1
    assert check_ledger(folder, FileStore()).damage is None


@pytest.mark.parametrize("changes", range(7))
def test_an_interrupted_writer_that_goes_on_stays_valid(tmp_path: Path, changes: int) -> None:
    store = Killed(changes)
    with open_ledger(tmp_path / "paper", store, 2) as ledger:
        acknowledged: list[JournalEvent] = []
        for event in EVENTS:
            try:
                ledger.append(event)
            except KeyboardInterrupt:
                store.left = 100
                assert list(ledger.events())[: len(acknowledged)] == acknowledged
                continue
            acknowledged.append(event)
        assert len(list(ledger.events())) - len(acknowledged) in {0, 1}
    assert check_ledger(tmp_path / "paper", FileStore()).damage is None


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from powertrader.core.exceptions import StorageError
from powertrader.core.storage import FileStore
from powertrader.persistence.ledger_file import open_ledger
from tests.unit.persistence.ledger_events import halted
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
with open_ledger(Path(sys.argv[1]), FileStore()) as ledger:
    ledger.append_all(halted("a"))
    for limit in range(900, 1300, 50):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            ledger.append_all(halted("x" * 1000))
            sys.exit("no error")
        except StorageError as error:
            print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    ledger.append_all(halted("b"))
"""


@pytest.mark.skipif(os.name == "nt", reason="no such limit there")
def test_a_full_disk_leaves_nothing_half_written_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(folder)], cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "cannot be appended to" in done.stdout
    assert stored(folder) == halted("a", "b")
    assert check_ledger(folder, FileStore()).damage is None


def test_a_ledger_goes_on_after_a_segment_could_not_be_begun(tmp_path: Path) -> None:
    class Full(FileStore):
        full = False

        def write_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
            super().write_bytes(path, content, durable=durable)
            if self.full:
                msg = "the disk failed after the file was in its place"
                raise StorageError(msg)

    store = Full()
    with open_ledger(tmp_path / "paper", store, 2) as ledger:
        ledger.append_all(halted("a", "b"))
        store.full = True
        with pytest.raises(StorageError):
            ledger.append_all(halted("lost"))
        store.full = False
        assert list(ledger.events()) == halted("a", "b")
        ledger.append_all(halted("c"))
    assert stored(tmp_path / "paper") == halted("a", "b", "c")
    assert newest(tmp_path / "paper").name == "2024-01.0002.jsonl"
