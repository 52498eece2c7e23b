"""What is changed, lost, added or moved in a ledger is found, and the entry is named."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from powertrader.core.exceptions import ConfigError, DataCorruptionError
from powertrader.core.storage import FileStore
from powertrader.models.book import book_of
from powertrader.models.book_state import state_of
from powertrader.models.journal import (
    Adopted,
    Halted,
    JournalEvent,
    OrderAccepted,
    QuoteBooked,
    WrittenOff,
)
from powertrader.persistence.ledger_check import check_ledger
from powertrader.persistence.ledger_file import open_ledger
from powertrader.persistence.ledger_head import HEAD_FILE
from powertrader.persistence.ledger_lines import GENESIS, LedgerDamage, encode_events, number_of
from powertrader.persistence.ledger_segments import LedgerReader
from tests.unit.persistence.ledger_events import NOON, halted, newest, stored
from tests.unit.persistence.ledger_stories import stories

pytestmark = pytest.mark.money

NAMES = ("a", "b", "c", "d", "e", "f", "g")


def written(folder: Path, *, room: int = 3) -> Path:
    with open_ledger(folder, FileStore(), room) as ledger:
        for event in halted(*NAMES):
            ledger.append(event)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "paper")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("whole") / "paper")


def damage_of(folder: Path) -> str:
    return str(check_ledger(folder, FileStore()).damage or "")


def test_a_whole_ledger_is_reported_with_counts_and_its_last_hash(folder: Path) -> None:
    check = check_ledger(folder, FileStore())
    assert (check.entries, check.segments, check.unfinished, check.damage) == (7, 3, 0, None)
    assert len(check.digest) == len(GENESIS)
    assert sorted(path.name for path in folder.glob("*.jsonl")) == [
        "2024-01.0001.jsonl",
        "2024-01.0002.jsonl",
        "2024-01.0003.jsonl",
    ]


def entries_of(raw: bytes) -> list[int]:
    """Give the entry that each byte of a segment belongs to; the line it begins with to the first one."""
    first, *lines = raw.splitlines(keepends=True)
    begins = number_of(first) or 0
    return [begins] * len(first) + [
        begins + place for place, line in enumerate(lines) for _ in range(len(line))
    ]


def test_every_byte_of_every_file_counts_and_its_entry_is_named(original: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(original, copy)
    for path in sorted(original.glob("*.json*")):
        whole = path.read_bytes()
        entries = entries_of(whole) if path.name != HEAD_FILE else [len(NAMES)] * len(whole)
        for place, entry in enumerate(entries):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << place % 8
            (copy / path.name).write_bytes(flipped)
            assert f"entry {entry}:" in damage_of(copy), (path.name, place)
        (copy / path.name).write_bytes(whole)
    assert not damage_of(copy)


@given(data=st.data())
@settings(max_examples=60)
def test_lines_that_are_lost_moved_or_repeated_anywhere_are_found(
    data: st.DataObject, original: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = tmp_path_factory.mktemp("moved") / "paper"
    shutil.copytree(original, copy)
    path = data.draw(st.sampled_from(sorted(copy.glob("*.jsonl"))))
    lines = path.read_bytes().splitlines(keepends=True)
    chosen = data.draw(st.lists(st.sampled_from(range(len(lines))), max_size=len(lines) + 1))
    kept = [lines[place] for place in chosen]
    path.write_bytes(b"".join(kept))
    assert bool(damage_of(copy)) == (kept != lines)
    shutil.rmtree(copy)


@pytest.mark.parametrize(
    "place,reason",
    [
        (0, r"0001\.jsonl, line 2, entry 0: the line is damaged"),
        (4, r"0002\.jsonl, line 3, entry 4: the line is damaged"),
        (6, r"0003\.jsonl, line 2, entry 6: the line is damaged"),
    ],
)
def test_a_changed_entry_is_named_with_its_file_and_line(folder: Path, place: int, reason: str) -> None:
    path = sorted(folder.glob("*.jsonl"))[place // 3]
    old = f'"reason":"{NAMES[place]}"'.encode()
    path.write_bytes(path.read_bytes().replace(old, b'"reason":"x"'))
    with pytest.raises(DataCorruptionError, match=reason):
        raise check_ledger(folder, FileStore()).damage or AssertionError


def forged(folder: Path, reasons: tuple[str, ...]) -> None:
    """Replace the last entry by others with right checksums and a right chain."""
    lines = newest(folder).read_bytes().splitlines(keepends=True)
    prev = lines[1].split(b'"prev":"')[1][: len(GENESIS)].decode()
    newest(folder).write_bytes(lines[0] + encode_events(halted(*reasons), 6, prev))


def test_a_forged_last_entry_is_found_by_the_head(folder: Path) -> None:
    forged(folder, ("x",))
    before = newest(folder).read_bytes()
    assert "entry 6: the entry is not the acknowledged one" in damage_of(folder)
    with pytest.raises(LedgerDamage, match="entry 6: the entry is not the acknowledged one"):
        stored(folder)
    assert newest(folder).read_bytes() == before


@pytest.mark.parametrize("entries", ['"\\u0667"', "7.0", "true", "[7]", "1e400"])
def test_a_head_whose_number_is_none_counts_as_damaged(folder: Path, entries: str) -> None:
    (folder / HEAD_FILE).write_text(f'{{"crc":"00000000","entries":{entries},"hash":"x"}}', encoding="utf-8")
    assert "head.json beside it is missing or damaged" in damage_of(folder)


def test_a_forged_entry_that_nobody_can_reckon_with_is_named(folder: Path) -> None:
    lines = newest(folder).read_bytes().splitlines(keepends=True)
    prev = lines[1].split(b'"prev":"')[1][: len(GENESIS)].decode()
    taken = Adopted("BTC", Decimal(0), 0.0, 0, NOON), WrittenOff("BTC", Decimal(-1), "gone", NOON)
    newest(folder).write_bytes(lines[0] + encode_events(taken, 6, prev))
    (folder / HEAD_FILE).unlink()
    assert "entry 7: nobody can reckon with its numbers" in damage_of(folder)


def removed_last_line(folder: Path) -> None:
    lines = newest(folder).read_bytes().splitlines(keepends=True)
    newest(folder).write_bytes(b"".join(lines[:-1]))


def removed_line_end(folder: Path) -> None:
    newest(folder).write_bytes(newest(folder).read_bytes()[:-1] + b"x")


def removed_segments(folder: Path) -> None:
    for path in folder.glob("*.jsonl"):
        path.unlink()


@pytest.mark.parametrize("act", [removed_last_line, removed_line_end, removed_segments])
def test_acknowledged_entries_that_were_cut_off_are_noticed_and_nothing_is_touched(
    folder: Path, act: Callable[[Path], None]
) -> None:
    act(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert "7 entries were acknowledged" in damage_of(folder) or "missing" in damage_of(folder)
    with pytest.raises(LedgerDamage, match="missing"):
        stored(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_missing_segment_is_named(folder: Path) -> None:
    (folder / "2024-01.0002.jsonl").unlink()
    with pytest.raises(LedgerDamage, match=r"0003\.jsonl.*it is segment 3, expected 2"):
        stored(folder)
    assert "expected 2" in damage_of(folder)


def test_a_missing_head_is_told_and_made_anew(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / HEAD_FILE).unlink()
    assert "head.json beside it is missing" in damage_of(folder)
    assert stored(folder) == halted(*NAMES)
    assert "head of the ledger missing" in caplog.text
    assert not damage_of(folder)


def test_a_head_that_lags_as_after_a_crash_is_no_damage(folder: Path) -> None:
    old = (folder / HEAD_FILE).read_bytes()
    with open_ledger(folder, FileStore(), 3) as ledger:
        ledger.append_all(halted("h", "i", "j"))
        ledger.append_all(halted("k"))
    (folder / HEAD_FILE).write_bytes(old)
    assert not damage_of(folder)
    assert len(stored(folder)) == 11


def test_a_ledger_of_a_newer_program_is_refused_and_says_what_to_do(folder: Path) -> None:
    raw = newest(folder).read_bytes().replace(b'"schema":2', b'"schema":3')
    lines = [line[18:] for line in raw.split(b"\n") if line]
    import zlib  # noqa: PLC0415  only this test makes checksums

    newest(folder).write_bytes(b"".join(b'{"crc":"%08x",%s\n' % (zlib.crc32(line), line) for line in lines))
    with pytest.raises(ConfigError, match="has schema 3, this version reads up to 2; update PowerTrader"):
        stored(folder)


def test_an_entry_about_an_order_that_never_was_is_named(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "odd", FileStore()) as ledger:
        ledger.append(OrderAccepted("ghost", "1", NOON))
        with pytest.raises(LedgerDamage, match="entry 0: the entry speaks of order 'ghost'"):
            ledger.book()


def test_a_segment_ends_with_its_month_and_time_that_runs_back_stays_in_it(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "paper", FileStore()) as ledger:
        for days in (0, 40, 10, 80):
            ledger.append(Halted("BTC", f"{days}", NOON + timedelta(days=days)))
    names = sorted(path.name for path in (tmp_path / "paper").glob("*.jsonl"))
    assert names == ["2024-01.0001.jsonl", "2024-02.0002.jsonl", "2024-03.0003.jsonl"]
    assert [event.reason for event in stored(tmp_path / "paper") if isinstance(event, Halted)] == [
        "0",
        "40",
        "10",
        "80",
    ]


def test_a_group_is_never_divided_between_segments(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "paper", FileStore(), 3) as ledger:
        ledger.append_all(halted("a", "b"))
        ledger.append_all(halted("c", "d", "e"))
        ledger.append_all(halted("f"))
    assert check_ledger(tmp_path / "paper", FileStore()).segments == 2


@pytest.mark.parametrize("first", range(9))
def test_events_can_be_read_from_any_number_on(folder: Path, first: int) -> None:
    assert list(LedgerReader(folder, FileStore()).events(first)) == halted(*NAMES)[first:]


def test_a_reader_sees_whole_groups_only_while_a_trader_writes(folder: Path) -> None:
    lines = encode_events(halted("h", "i"), 7, "0" * 64).splitlines(keepends=True)
    with open_ledger(folder, FileStore(), 3) as ledger:
        ledger.append_all(halted("h", "i"))
        raw = newest(folder).read_bytes()
        newest(folder).write_bytes(raw[: -len(lines[1]) - 5])
        assert list(LedgerReader(folder, FileStore()).events()) == halted(*NAMES)
        newest(folder).write_bytes(raw)


@pytest.mark.property
@given(events=stories(), room=st.integers(1, 9))
@settings(max_examples=40)
def test_the_book_from_the_newest_segment_is_the_fold_of_all(
    events: list[JournalEvent], room: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("story") / "paper"
    with open_ledger(path, FileStore(), room) as ledger:
        for event in events:
            ledger.append(event)
        assert repr(state_of(ledger.book())) == repr(state_of(book_of(events)))
    with open_ledger(path, FileStore(), room) as again:
        assert repr(state_of(again.book())) == repr(state_of(book_of(events)))
    check = check_ledger(path, FileStore())
    assert (check.entries, check.damage) == (len(events), None)
    shutil.rmtree(path, ignore_errors=True)


def test_money_of_a_carried_book_is_exact(tmp_path: Path) -> None:
    cents = [QuoteBooked("USDT", Decimal("0.10"), NOON) for _ in range(7)]
    with open_ledger(tmp_path / "paper", FileStore(), 2) as ledger:
        for event in cents:
            ledger.append(event)
        assert repr(ledger.book().deposits) == repr({"USDT": Decimal("0.70")})


@pytest.mark.skipif(os.name == "nt", reason="folders have no such permissions there")
def test_a_folder_without_segments_is_an_empty_ledger(tmp_path: Path) -> None:
    check = check_ledger(tmp_path / "none", FileStore())
    assert (check.entries, check.segments, check.damage) == (0, 0, None)
    assert LedgerReader(tmp_path / "none", FileStore()).book().events_applied == 0
