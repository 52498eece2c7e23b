"""The original's six files read as one, while somebody writes them."""

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from powertrader.core.clock import ManualClock, SystemClock
from powertrader.core.coin_paths import CoinPaths
from powertrader.shadow.published import Published, read_published

CLOCK: Final = SystemClock()


def write(folder: Path, number: int, *, last: bool = True) -> CoinPaths:
    """Write a whole publication in the original's order; without the last file when it is being written."""
    paths = CoinPaths(folder, "BTC")
    paths.bounds_low().write_text(f"{number}.5, {number}.25, 0.01", encoding="utf-8")
    paths.bounds_high().write_text(f"{number}.75, 99999999999999999", encoding="utf-8")
    paths.profit_margin_long().write_text("0.25", encoding="utf-8")
    paths.signal_long().write_text(str(number), encoding="utf-8")
    paths.profit_margin_short().write_text("0.25", encoding="utf-8")
    if last:
        paths.signal_short().write_text(str(number), encoding="utf-8")
    return paths


def written_before(paths: CoinPaths) -> CoinPaths:
    """Let all files of a publication be of a minute ago."""
    at = paths.signal_short().stat().st_mtime_ns - 60 * 10**9
    for path in paths.base.iterdir():
        os.utime(path, ns=(at, at))
    return paths


def test_a_publication_is_levels_bounds_without_placeholders_and_the_margin(tmp_path: Path) -> None:
    found = read_published(written_before(write(tmp_path, 3)), CLOCK)
    assert found is not None
    assert (found.long, found.short, found.margin_pct) == (3, 3, 0.25)
    assert (found.low_bounds, found.high_bounds) == ((3.5, 3.25), (3.75,))
    assert found.written_s == pytest.approx((tmp_path / "short_dca_signal.txt").stat().st_mtime)


def test_a_coin_without_levels_has_no_publication(tmp_path: Path) -> None:
    assert read_published(CoinPaths(tmp_path, "ETH"), CLOCK) is None


def test_a_publication_that_is_not_complete_is_left_for_later(tmp_path: Path) -> None:
    paths = written_before(write(tmp_path, 3))
    old = paths.signal_short().stat().st_mtime_ns - 10**9
    os.utime(paths.signal_short(), ns=(old, old))
    assert read_published(paths, CLOCK) is None
    written_before(write(tmp_path, 4))
    assert read_published(paths, CLOCK) is not None
    paths.signal_long().unlink()
    assert read_published(paths, CLOCK) is None


def test_an_empty_level_is_one_that_is_being_written(tmp_path: Path) -> None:
    paths = write(tmp_path, 3)
    for path in (paths.signal_short(), paths.bounds_low()):
        text = path.read_text(encoding="utf-8")
        path.write_text("", encoding="utf-8")
        assert read_published(written_before(paths), CLOCK) is None
        path.write_text(text, encoding="utf-8")
        assert read_published(written_before(paths), CLOCK) is not None


def test_files_that_changed_just_now_are_left_until_they_are_quiet(tmp_path: Path) -> None:
    paths = write(tmp_path, 3)
    began = datetime.fromtimestamp(paths.signal_short().stat().st_mtime, UTC)
    still = ManualClock(began)
    assert read_published(paths, still) is not None
    assert still.now() > began


def test_no_mixture_of_two_publications_is_ever_read(tmp_path: Path) -> None:
    paths, stop = write(tmp_path, 1), threading.Event()
    found: list[Published] = []

    def rewrite() -> None:
        number = 1
        while not stop.wait(0.07):
            number = number % 7 + 1
            write(tmp_path, number)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        deadline = time.monotonic() + 5
        while len({one.long for one in found}) < 7 and time.monotonic() < deadline:
            one = read_published(paths, CLOCK)
            found += [] if one is None else [one]
    finally:
        stop.set()
        writer.join()
    assert len({one.long for one in found}) == 7
    assert {(one.long, one.low_bounds[0], one.high_bounds[0], one.short) for one in found} <= {
        (number, number + 0.5, number + 0.75, number) for number in range(1, 8)
    }
