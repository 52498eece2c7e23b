"""LedgerFile: what it acknowledged is there, whatever happens."""

import itertools
import json
import logging
import os
import random
import subprocess
import sys
import time
import types
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.exceptions import BadData, ConfigError, DataCorruptionError, StorageError
from powertrader.core.ledger import Ledger
from powertrader.core.storage import FileStore
from powertrader.models.journal import EVENTS, Halted, JournalEvent, QuoteBooked
from powertrader.models.order import OrderTerms, OrderType
from powertrader.persistence.ledger_file import LedgerFile, decode_events, encode_events, open_ledger

pytestmark = pytest.mark.money

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)
WRITER = Path(__file__).with_name("ledger_writer.py")
ROUNDS = int(os.environ.get("PT_SOAK_ROUNDS", "12"))
ROUNDS_PER_FILE = 25

SIMPLE: dict[object, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    # UTC repeats no hour
    datetime: st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(fold=0)),
    bool: st.booleans(),
    types.NoneType: st.none(),
    OrderTerms: st.sampled_from(
        [
            OrderTerms(),
            OrderTerms(OrderType.LIMIT_MAKER, Decimal("0.1"), time_to_live_s=2.5),
            OrderTerms(OrderType.STOP_LOSS_LIMIT, Decimal(9), Decimal(10)),
        ]
    ),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that an event may hold."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if get_origin(hint) is tuple:
        return st.lists(values_of(get_args(hint)[0]), max_size=3).map(tuple)
    if get_args(hint):
        return st.one_of(*map(values_of, get_args(hint)))
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    return st.builds(hint, **{name: values_of(one) for name, one in get_type_hints(hint).items()})


events_of_all_kinds: st.SearchStrategy[JournalEvent] = st.one_of(*map(values_of, EVENTS))


def halted(*reasons: str) -> list[JournalEvent]:
    return [Halted("BTC", reason, NOON) for reason in reasons]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger" / "paper.jsonl"


def stored(path: Path) -> list[JournalEvent]:
    with open_ledger(path, FileStore()) as ledger:
        return list(ledger.events())


@pytest.mark.property
@given(events=st.lists(events_of_all_kinds, max_size=4))
def test_every_kind_of_event_comes_back_as_it_was(
    events: list[JournalEvent], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "one.jsonl"
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
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(line["seq"], line["more"], line["type"]) for line in lines] == [
        (0, 1, "Halted"),
        (1, 0, "Halted"),
        (2, 0, "Halted"),
    ]


def test_the_same_events_give_the_same_bytes_and_the_bytes_give_the_events() -> None:
    content = encode_events(halted("a", "b"))
    assert content == encode_events(iter(halted("a", "b")))
    assert list(decode_events(content)) == halted("a", "b")


def test_bytes_that_end_within_a_line_are_refused_by_name() -> None:
    with pytest.raises(DataCorruptionError, match=r"result/ledger\.jsonl, line 2 is damaged"):
        list(decode_events(encode_events(halted("a", "b"))[:-2], "result/ledger.jsonl"))


def test_events_may_hold_line_ends_of_every_kind() -> None:
    odd = halted("a\nb\r\nc\x0b\x1c\u2028d")
    assert list(decode_events(encode_events(odd))) == odd


@given(cut=st.integers(min_value=0))
def test_a_file_cut_anywhere_keeps_whole_groups_only(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    groups = [halted("a"), halted("b", "c", "d"), halted("e", "f")]
    path = tmp_path_factory.mktemp("ledger") / "cut.jsonl"
    with open_ledger(path, FileStore()) as ledger:
        ends = []
        for group in groups:
            ledger.append_all(group)
            ends.append(path.stat().st_size)
    whole = path.read_bytes()
    position = cut % (len(whole) + 1)
    path.write_bytes(whole[:position])
    # the last byte of a group is its line end, which may be missing
    kept = sum(position >= end - 1 for end in ends)
    assert stored(path) == list(itertools.chain(*groups[:kept]))
    assert path.read_bytes() == whole[: ends[kept - 1] if kept else 0]


def test_an_unfinished_line_is_reported(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with open_ledger(path, FileStore()) as ledger:
        ledger.append_all(halted("whole"))
    with path.open("ab") as stream:
        stream.write(b'{"crc":"00')
    with caplog.at_level(logging.WARNING):
        assert stored(path) == halted("whole")
    assert [record.getMessage() for record in caplog.records] == ["unfinished line cut off"]


def test_an_event_that_lacks_only_its_line_end_is_kept(path: Path) -> None:
    with open_ledger(path, FileStore()) as ledger:
        ledger.append_all(halted("whole"))
    before = path.read_bytes()
    path.write_bytes(before[:-1])
    assert stored(path) == halted("whole")
    assert path.read_bytes() == before


def damaged(path: Path, line: int, old: bytes, new: bytes) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    assert old in lines[line]
    lines[line] = lines[line].replace(old, new)
    path.write_bytes(b"".join(lines))


@pytest.fixture
def three(path: Path) -> Path:
    with open_ledger(path, FileStore()) as ledger:
        for event in halted("one", "two", "three"):
            ledger.append(event)
    return path


@pytest.mark.parametrize("old,new", [(b"two", b"TWO"), (b'"crc"', b'"CRC"'), (b'"seq":1', b'"seq":9')])
def test_a_changed_event_is_named_and_nothing_is_touched(three: Path, old: bytes, new: bytes) -> None:
    damaged(three, 1, old, new)
    before = three.read_bytes()
    with pytest.raises(DataCorruptionError, match=r"paper\.jsonl, line 2 is damaged"):
        stored(three)
    assert three.read_bytes() == before


@pytest.mark.parametrize("kept", [(0, 2), (0, 0, 1), (1, 0)])
def test_a_line_that_was_taken_out_repeated_or_moved_is_found(three: Path, kept: tuple[int, ...]) -> None:
    lines = three.read_bytes().splitlines(keepends=True)
    three.write_bytes(b"".join(lines[position] for position in kept))
    with pytest.raises(DataCorruptionError, match="lines were lost or repeated"):
        stored(three)


@pytest.mark.parametrize(
    "old,new,error,reason",
    [
        (b'"schema":1', b'"schema":2', ConfigError, "line 1 has schema 2"),
        (b'"Halted"', b'"Healed"', DataCorruptionError, "line 1 holds no event that is known"),
        (b'"coin"', b'"mint"', DataCorruptionError, "line 1: Halted has the fields"),
        (b'"coin"', b"coin", DataCorruptionError, "line 1 is damaged"),
    ],
)
def test_whole_lines_of_an_unknown_form_are_refused(
    path: Path, old: bytes, new: bytes, error: type[Exception], reason: str
) -> None:
    line = encode_events(halted("one"))[18:-1].replace(old, new)
    path.parent.mkdir()
    path.write_bytes(b'{"crc":"%08x",' % checksum(line) + line + b"\n")
    with pytest.raises(error, match=reason):
        stored(path)


def checksum(line: bytes) -> int:
    """CRC-32, bit by bit."""
    register = 0xFFFFFFFF
    for byte in line:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (0xEDB88320 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def test_an_event_that_cannot_be_written_leaves_the_ledger_as_it_was(three: Path) -> None:
    before = three.read_bytes()
    with open_ledger(three, FileStore()) as ledger, pytest.raises(BadData, match="aware times only"):
        ledger.append_all([*halted("four"), Halted("BTC", "five", NOON.replace(tzinfo=None))])
    assert three.read_bytes() == before


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
    assert path.read_bytes() == b""


@pytest.mark.skipif(os.name == "nt", reason="kill there is terminate; the law is the same, unproven")
@pytest.mark.timeout(60 + ROUNDS)
def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    waits = random.Random(20240102)
    for number in range(-(-ROUNDS // ROUNDS_PER_FILE)):
        kept = 0
        for _ in range(min(ROUNDS_PER_FILE, ROUNDS - number * ROUNDS_PER_FILE)):
            kept = killed(tmp_path / f"{number}.jsonl", kept, waits.uniform(0.0, 0.03))


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
