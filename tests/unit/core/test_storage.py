"""FileStore on a healthy disk and with damaged files."""

import errno
import json
import logging
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.exceptions import BadData, DataCorruptionError, StorageError
from powertrader.core.file_operations import put_back
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
links = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_missing_file_gives_the_default(tmp_path: Path) -> None:
    store, path = FileStore(), tmp_path / "none" / "x"
    assert store.read_bytes(path) is None
    assert store.read_text(path, "fallback") == "fallback"
    assert store.read_json(path, 5) == 5
    assert store.read_signal(path) == 0.0
    assert store.read_jsonl(path) == ([], None)


@pytest.mark.parametrize("durable", [False, True])
def test_a_write_replaces_the_whole_file_and_leaves_nothing_else(tmp_path: Path, durable: bool) -> None:
    store, path = FileStore(), tmp_path / "sub" / "note.txt"
    store.write_text(path, "a long first text\r\n", durable=durable)
    store.write_text(path, "kürzer\n", durable=durable)
    assert path.read_bytes() == "kürzer\n".encode()
    assert names_in(path.parent) == {"note.txt"}


def test_json_is_written_the_way_the_original_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    FileStore().write_json(path, {"coin": "BTC", "levels": [1, 2]})
    assert path.read_text() == '{\n  "coin": "BTC",\n  "levels": [\n    1,\n    2\n  ]\n}'
    FileStore(tmp_path).write_json(path, {"coin": "BTC", "levels": [1, 2]}, indent=None)
    assert path.read_text() == '{"coin": "BTC", "levels": [1, 2]}'


@given(value=json_values)
def test_json_comes_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.getbasetemp() / "round.json"
    FileStore().write_json(path, value)
    assert FileStore().read_json(path, "default") == value


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_json_has_no_word_for_is_refused_and_the_old_file_stays(
    tmp_path: Path, number: float
) -> None:
    path = tmp_path / "x.json"
    FileStore().write_json(path, 1)
    with pytest.raises(ValueError, match="not JSON compliant"):
        FileStore().write_json(path, {"a": number})
    assert path.read_text() == "1"


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_a_signal_comes_back_bit_for_bit(tmp_path_factory: pytest.TempPathFactory, number: float) -> None:
    path = tmp_path_factory.getbasetemp() / "signal.txt"
    FileStore().write_signal(path, number)
    assert FileStore().read_signal(path).hex() == number.hex()


@pytest.mark.parametrize("text", ["nan", "inf", "three", "1 2"])
def test_a_signal_that_is_no_finite_number_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "long_dca_signal.txt"
    path.write_text(text)
    with pytest.raises(DataCorruptionError, match=r"long_dca_signal\.txt holds"):
        FileStore().read_signal(path)


@pytest.mark.parametrize("raw", [b"", b'{"a": 1', b"\x00\x01\xff", b"{} {}", b"[" * 100_000])
def test_damaged_json_is_moved_aside_whole_and_reported_once(
    tmp_path: Path, raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(raw)
    with (
        caplog.at_level(logging.WARNING),
        pytest.raises(DataCorruptionError, match=r"state\.json.*moved to"),
    ):
        FileStore().read_json(path, None)
    assert [record.message for record in caplog.records] == ["damaged file moved aside"]
    (aside,) = tmp_path.iterdir()
    assert aside.name.startswith("state.json.corrupt-")
    assert aside.read_bytes() == raw
    assert FileStore().read_json(path, "default") == "default"


def _overtaken(store: FileStore, path: Path, newer: bytes | None, *, may_link: bool = True) -> object:
    """Read a damaged file that somebody replaces, or takes away, before it can be moved aside."""

    def parse(raw: bytes) -> bytes:
        if raw == b"damaged":
            if newer is None:
                path.unlink()
            else:
                store.write_bytes(path, newer)
            msg = f"{path} is damaged"
            raise DataCorruptionError(msg)
        return raw

    path.write_bytes(b"damaged")
    with pytest.MonkeyPatch.context() as patch:
        if not may_link:
            patch.setattr(Path, "hardlink_to", _no_links)
        return store.read_parsed(path, parse)


def _no_links(*_: object) -> None:
    raise OSError(errno.EOPNOTSUPP, "no links here")


@pytest.mark.parametrize("may_link", [True, False])
def test_a_good_file_that_took_the_place_of_a_damaged_one_is_read_and_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, *, may_link: bool
) -> None:
    path = tmp_path / "stop.json"
    with caplog.at_level(logging.WARNING):
        assert _overtaken(FileStore(), path, b"good", may_link=may_link) == b"good"
    assert (names_in(tmp_path), path.read_bytes(), caplog.records) == ({"stop.json"}, b"good", [])


def test_a_damaged_file_that_another_reader_moved_first_is_none(tmp_path: Path) -> None:
    assert _overtaken(FileStore(), tmp_path / "stop.json", None) is None


@pytest.mark.parametrize("may_link", [True, False])
def test_what_is_put_back_never_takes_the_place_of_something_newer(tmp_path: Path, *, may_link: bool) -> None:
    aside, path = tmp_path / "stop.json.corrupt-1", tmp_path / "stop.json"
    aside.write_bytes(b"newer")
    path.write_bytes(b"newest")
    with pytest.MonkeyPatch.context() as patch:
        if not may_link:
            patch.setattr(Path, "hardlink_to", _no_links)
        put_back(aside, path)
    assert (names_in(tmp_path), path.read_bytes()) == ({"stop.json"}, b"newest")


def test_appended_records_come_back_in_order(tmp_path: Path) -> None:
    store, path = FileStore(), tmp_path / "sub" / "trades.jsonl"
    for number in range(3):
        store.append_jsonl(path, {"n": number}, durable=number == 2)
    assert store.read_jsonl(path) == ([{"n": 0}, {"n": 1}, {"n": 2}], None)


def test_a_torn_last_line_is_handed_back_beside_the_whole_records(tmp_path: Path) -> None:
    path = tmp_path / "trades.jsonl"
    path.write_bytes(b'{"n": 0}\n{"n": 1')
    assert FileStore().read_jsonl(path) == ([{"n": 0}], '{"n": 1')


def test_a_last_record_that_lacks_only_the_end_of_its_line_counts_for_reader_and_writer(
    tmp_path: Path,
) -> None:
    path = tmp_path / "trades.jsonl"
    path.write_bytes(b'{"n": 0}\n{"n": 1}')
    assert FileStore().read_jsonl(path) == ([{"n": 0}, {"n": 1}], None)
    FileStore().append_jsonl(path, {"n": 2})
    assert path.read_bytes() == b'{"n": 0}\n{"n": 1}\n{"n": 2}\n'


@pytest.mark.parametrize("whole", [b"", b'{"n": 0}\n'])
@pytest.mark.parametrize("torn", [b"{", b'{"n": 1', b'{"n": "' + b"x" * 200_000])
def test_appending_cuts_a_torn_last_line_off_and_reports_it(
    tmp_path: Path, whole: bytes, torn: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "trades.jsonl"
    path.write_bytes(whole + torn)
    FileStore().append_jsonl(path, {"n": 2})
    assert path.read_bytes() == whole + b'{"n": 2}\n'
    assert [record.message for record in caplog.records] == ["torn last line cut off"]


def test_a_line_without_an_end_is_not_appended(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="must end its line"):
        FileStore().append_bytes(tmp_path / "x.jsonl", b"{}")
    assert names_in(tmp_path) == set()


def test_a_write_deletes_what_killed_processes_left_more_than_an_hour_ago(tmp_path: Path) -> None:
    old, fresh = tmp_path / ".x.json.1.1.partial", tmp_path / ".x.json.2.2.partial"
    old.write_text("half")
    fresh.write_text("half")
    two_hours_ago = fresh.stat().st_mtime - 7200
    os.utime(old, (two_hours_ago, two_hours_ago))
    FileStore().write_text(tmp_path / "x.json", "{}")
    assert names_in(tmp_path) == {fresh.name, "x.json"}


def test_a_damaged_line_before_the_last_is_named(tmp_path: Path) -> None:
    path = tmp_path / "trades.jsonl"
    path.write_bytes(b'{"n": 0}\n{"n":\n{"n": 2}\n')
    with pytest.raises(DataCorruptionError, match=r"trades\.jsonl, line 2"):
        FileStore().read_jsonl(path)


def test_removing_twice_is_fine_and_removing_a_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "killer.txt"
    path.write_text("yes")
    FileStore().remove(path)
    FileStore().remove(path)
    assert names_in(tmp_path) == set()
    with pytest.raises(StorageError, match="cannot be deleted"):
        FileStore().remove(tmp_path)


def test_what_is_not_there_cannot_be_moved_aside(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="nothing cannot be moved aside"):
        FileStore().quarantine(tmp_path / "nothing")


def test_a_folder_in_place_of_a_file_is_reported_by_every_operation(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.mkdir()
    (path / "kept").write_text("")
    for operation in (FileStore().read_bytes, lambda at: FileStore().append_bytes(at, b"x\n")):
        with pytest.raises(StorageError, match="file cannot be"):
            operation(path)
    with pytest.raises(StorageError, match="file cannot be written"):
        FileStore().write_text(path, "x")
    assert names_in(tmp_path) == {"file"}


def test_a_path_out_of_the_root_is_refused(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "home")
    with pytest.raises(BadData, match="outside"):
        store.write_text(tmp_path / "home" / ".." / "other.txt", "x")
    store.write_text(tmp_path / "home" / "inside.txt", "x")
    assert names_in(tmp_path) == {"home"}


@links
def test_a_link_out_of_the_root_is_followed_by_no_operation(tmp_path: Path) -> None:
    home, secret = tmp_path / "home", tmp_path / "secret.txt"
    home.mkdir()
    secret.write_text("untouched")
    link = home / "link.txt"
    link.symlink_to(secret)
    (home / "folder").symlink_to(tmp_path)
    store = FileStore(home)
    for operation in (
        store.read_text,
        store.remove,
        store.quarantine,
        lambda at: store.write_text(at, "x"),
        lambda at: store.append_bytes(at, b"x\n"),
    ):
        for path in (link, home / "folder" / "secret.txt"):
            with pytest.raises(BadData, match="links out of the data folder"):
                operation(path)
    assert secret.read_text() == "untouched"


@links
def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises((BadData, StorageError)):
        FileStore(tmp_path).read_text(tmp_path / "a")


def test_json_and_lines_keep_letters_readable(tmp_path: Path) -> None:
    FileStore().append_jsonl(tmp_path / "x.jsonl", {"note": "Größe"})
    assert (tmp_path / "x.jsonl").read_text(encoding="utf-8") == '{"note": "Größe"}\n'
    assert json.loads((tmp_path / "x.jsonl").read_bytes()) == {"note": "Größe"}


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "sub").write_text("x")
    for path in (tmp_path / "sub" / "x", tmp_path / "sub" / "deep" / "x"):
        with pytest.raises(StorageError, match="sub is a file, a folder is needed there"):
            FileStore().write_text(path, "y")
        with pytest.raises(StorageError, match="sub is a file, a folder is needed"), exclusive(path):
            pass


def test_a_file_can_be_looked_at_written_over_and_cut_in_place(tmp_path: Path) -> None:
    path, store = tmp_path / "record", FileStore()
    assert store.size(path) == 0
    path.write_bytes(b"abcdef")
    store.overwrite(path, b"XY")
    assert (store.size(path), store.read_start(path, 3)) == (6, b"XYc")
    store.cut(path, 2)
    assert path.read_bytes() == b"XY"


@pytest.mark.parametrize("text", ["", "1", "1, 2", "1, 2, 3, \u20ac"])
@pytest.mark.parametrize("former", [None, "", "9", "9, 9, 9, 9, 9, 9"])
def test_a_file_that_is_rewritten_holds_the_new_text_and_nothing_else(
    tmp_path: Path, former: str | None, text: str
) -> None:
    path = tmp_path / "folder" / "bounds.html"
    store = FileStore(tmp_path)
    if former is not None:
        store.write_text(path, former)
        number = path.stat().st_ino
    store.rewrite_text(path, text)
    assert path.read_text(encoding="utf-8") == text
    assert former is None or path.stat().st_ino == number
    assert [one.name for one in path.parent.iterdir()] == ["bounds.html"]


def test_a_rewrite_that_is_not_possible_or_leaves_the_folder_is_told(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    (tmp_path / "taken").mkdir()
    with pytest.raises(StorageError, match="taken cannot be written"):
        store.rewrite_text(tmp_path / "taken", "1")
    with pytest.raises(BadData, match="outside"):
        store.rewrite_text(tmp_path.parent / "outside", "1")


@pytest.mark.parametrize("act", ["overwrite", "cut", "read_start"])
def test_what_works_in_place_needs_a_file(tmp_path: Path, act: str) -> None:
    argument = b"x" if act == "overwrite" else 1
    with pytest.raises(StorageError, match="missing cannot be"):
        getattr(FileStore(), act)(tmp_path / "missing", argument)
