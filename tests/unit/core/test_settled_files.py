"""Reading what another program writes in place: whole and undisturbed, or told that it is not."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from powertrader.core.clock import ManualClock
from powertrader.core.settled_files import Patience, or_damaged_for_good, read_settled

START: Final = datetime(2026, 11, 21, tzinfo=UTC)
PATIENCE: Final = Patience(4, 0.5)


def is_whole(text: str) -> bool:
    return text == "whole"


def test_a_file_that_is_whole_is_read_once(tmp_path: Path) -> None:
    clock, path = ManualClock(START), tmp_path / "file.txt"
    path.write_text("whole")
    assert read_settled(path.read_text, (path,), is_whole, PATIENCE, clock) == ("whole", True)
    assert clock.now() == START


def test_a_file_that_never_stands_still_is_read_and_told(tmp_path: Path) -> None:
    clock, path = ManualClock(START), tmp_path / "file.txt"

    def write_and_read() -> int:
        path.write_text("x" * (path.stat().st_size + 1) if path.exists() else "x")
        return path.stat().st_size

    assert read_settled(write_and_read, (path,), bool, PATIENCE, clock) == (4, False)
    assert (clock.now() - START).total_seconds() == 1.5


def test_a_file_that_was_caught_half_written_is_read_again(tmp_path: Path) -> None:
    seen = iter(["half", "whole"])
    found = read_settled(lambda: next(seen), (tmp_path / "file.txt",), is_whole, PATIENCE, ManualClock(START))
    assert found == ("whole", True)


def test_damage_is_believed_after_the_second_look_only_where_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("half")
    looks: list[str] = []

    def read() -> str:
        looks.append(path.read_text())
        return looks[-1]

    believing = or_damaged_for_good(is_whole)
    assert read_settled(read, (path,), believing, PATIENCE, ManualClock(START)) == ("half", True)
    assert looks == ["half", "half"]
    assert read_settled(read, (path,), is_whole, PATIENCE, ManualClock(START)) == ("half", False)
    assert len(looks) == 6
