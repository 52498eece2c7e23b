"""Laws of the file store: whatever bytes a file holds, a reader gives a value or a typed error."""

import json
import logging
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.exceptions import BadData
from powertrader.core.storage import FileStore

pytestmark = pytest.mark.property

ROUNDS: Final = 10 * int(os.environ.get("PT_SOAK_ROUNDS", "100"))
SOUND: Final = (b'{"coin": "BTC", "levels": [1, 2.5, null]}\n', b'{"n": 1}\n{"n": 2}\n', b"7\n", b"-0.25")
records = st.lists(
    st.dictionaries(st.text(), st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False)),
    max_size=8,
)


def readers(store: FileStore) -> tuple[Callable[[Path], object], ...]:
    # read_json is last: it moves what it cannot read aside
    return (
        store.read_bytes,
        store.read_text,
        store.read_signal,
        store.read_jsonl,
        lambda path: store.read_json(path, None),
    )


def outcome(read: Callable[[Path], object], path: Path) -> str:
    try:
        read(path)
    except BadData as error:
        assert path.name in str(error)  # noqa: PT017  not every input is damaged
        return "refused"
    return "read"


@given(
    raw=st.binary(max_size=60) | st.sampled_from(SOUND).flatmap(lambda whole: st.binary().map(whole.__add__))
)
def test_every_reader_gives_a_value_or_names_the_damaged_file(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz"
    path.write_bytes(raw)
    for read in readers(FileStore()):
        outcome(read, path)


@pytest.mark.load
@pytest.mark.timeout(60 + ROUNDS // 20)
def test_random_files_crash_no_reader(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)  # thousands of reports of damaged files are not kept
    path, chance, seen = tmp_path / "fuzz", random.Random(11), set[str]()
    for _ in range(ROUNDS):
        raw = chance.choice(SOUND) if chance.random() < 0.5 else chance.randbytes(chance.randrange(40))
        for _ in range(chance.randrange(3)):
            at = chance.randrange(len(raw) + 1)
            raw = raw[:at] + chance.randbytes(chance.randrange(3)) + raw[at + chance.randrange(3) :]
        path.write_bytes(raw)
        seen |= {outcome(read, path) for read in readers(FileStore())}
        for aside in tmp_path.glob("fuzz.corrupt-*"):
            aside.unlink()
    assert seen == {"read", "refused"}


@given(written=records, cut=st.integers(min_value=0))
def test_wherever_a_file_of_lines_is_cut_its_whole_records_survive_and_more_can_follow(
    tmp_path_factory: pytest.TempPathFactory, written: list[dict[str, object]], cut: int
) -> None:
    path, store = tmp_path_factory.getbasetemp() / "lines.jsonl", FileStore()
    path.unlink(missing_ok=True)
    for record in written:
        store.append_jsonl(path, record)
    whole = path.read_bytes() if written else b""
    path.write_bytes(whole[: cut % (len(whole) + 1)])
    store = FileStore()  # that of the next process
    survived, _ = store.read_jsonl(path)
    assert survived == written[: len(survived)]
    assert len(survived) >= path.read_bytes().count(b"\n")
    store.append_jsonl(path, {"after": "the crash"})
    assert store.read_jsonl(path) == ([*survived, {"after": "the crash"}], None)


@given(before=st.binary(max_size=300), after=st.binary(max_size=300))
def test_a_written_file_holds_exactly_what_was_written_last(
    tmp_path_factory: pytest.TempPathFactory, before: bytes, after: bytes
) -> None:
    path, store = tmp_path_factory.getbasetemp() / "whole", FileStore()
    store.write_bytes(path, before)
    store.write_bytes(path, after, durable=True)
    assert store.read_bytes(path) == after


@given(record=st.dictionaries(st.text(), st.text()))
def test_a_record_is_one_line_whatever_its_text_holds(
    tmp_path_factory: pytest.TempPathFactory, record: dict[str, str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "one.jsonl"
    path.unlink(missing_ok=True)
    FileStore().append_jsonl(path, record)
    assert path.read_bytes().count(b"\n") == 1
    assert json.loads(path.read_bytes()) == record
