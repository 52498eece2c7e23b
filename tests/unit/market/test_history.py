"""Downloaded candles: kept page by page, asked for once, counted as without keeping, and offline the same."""

import itertools
import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from powertrader.core.candle_pages import Paging
from powertrader.core.exceptions import BadData, CandlesMissing
from powertrader.core.storage import FileStore
from powertrader.market.history import CandleShelf, KeptHistory
from powertrader.market.history_book import OVERLAP, CandleBook
from powertrader.models.candle import CandleHistory
from powertrader.models.candle_rows import CandleRow, history_of_rows
from powertrader.models.timeframe import TIMEFRAMES, CandleLength, Timeframe

HOUR = 3600
NOW_S = 1_700_000_000
LISTED_S = NOW_S - NOW_S % HOUR - 400 * HOUR
PAGE, ENOUGH = 50, 30
BACKWARDS = Paging(PAGE, ENOUGH)


class Venue:
    """A venue with hourly candles from its listing on, some of them missing or unreadable."""

    def __init__(
        self,
        paging: Paging = BACKWARDS,
        seed: int = 1,
        missing: float = 0.0,
        unreadable: float = 0.0,
    ) -> None:
        draw = np.random.default_rng(seed)
        self._paging = paging
        self._closes = draw.uniform(10, 20, 2000)
        self._missing = draw.random(2000) < missing
        self._unreadable = draw.random(2000) < unreadable
        self.listed_s = LISTED_S
        self.asked: list[range] = []
        self.cut_after = 10**9
        self.ends_s = 1 << 40

    def paging(self) -> Paging:
        return self._paging

    def first_open_s(self, coin: str, timeframe: Timeframe) -> int:
        del coin, timeframe
        return self.listed_s

    def candle_page(self, coin: str, timeframe: CandleLength, opened: range) -> Sequence[CandleRow | None]:
        assert coin == "ETH"
        assert timeframe is Timeframe.HOUR_1
        assert len(opened) <= self._paging.rows * HOUR
        if len(self.asked) >= self.cut_after:
            msg = "the process was killed here"
            raise KeyboardInterrupt(msg)
        self.asked.append(opened)
        return self.rows(opened)

    def rows(self, opened: range) -> list[CandleRow | None]:
        found: list[CandleRow | None] = []
        for number in range(2000):
            time_s = self.listed_s + number * HOUR
            if time_s in opened and time_s < self.ends_s and not self._missing[number]:
                close = float(self._closes[number])
                row = (float(time_s), close, close + 1, close - 1, close, 2.0)
                found.append(None if self._unreadable[number] else row)
        return found

    def as_the_original_reads(self, now_s: int) -> CandleHistory:
        """Read pages back from now until one has too few rows, and keep nothing."""
        rows: list[CandleRow | None] = []
        end_s = now_s
        while True:
            page = self.rows(range(end_s - self._paging.rows * HOUR, end_s))[::-1]
            rows += [row if row and row[0] + HOUR <= now_s else None for row in page] or [None]
            end_s -= self._paging.rows * HOUR
            if len(page) < self._paging.enough:
                return history_of_rows(rows, HOUR)


def shelf(folder: Path) -> CandleShelf:
    return CandleShelf(FileStore(), folder, "USDT", "kucoin")


def kept(folder: Path, venue: Venue | None, now_s: int = NOW_S, start_s: int | None = None) -> CandleHistory:
    return KeptHistory(shelf(folder), venue, now_s, start_s).history("ETH", Timeframe.HOUR_1)


def assert_same(one: CandleHistory, other: CandleHistory) -> None:
    assert one.candles.open_time_s.tolist() == other.candles.open_time_s.tolist()
    assert one.candles.close.tolist() == other.candles.close.tolist()
    assert one.candles.high.tolist() == other.candles.high.tolist()
    assert one.row_number.tolist() == other.row_number.tolist()
    assert one.rows_counted == other.rows_counted


@pytest.mark.parametrize("seed", range(6))
def test_kept_candles_are_counted_as_if_they_had_been_downloaded_at_every_training(
    tmp_path: Path, seed: int
) -> None:
    venue = Venue(seed=seed, missing=0.2, unreadable=0.03)
    draw = np.random.default_rng(seed)
    now_s = NOW_S
    for _ in range(6):
        assert_same(kept(tmp_path, venue, now_s), venue.as_the_original_reads(now_s))
        now_s += int(draw.integers(1, 80 * HOUR))


def test_the_moment_a_candle_closes_changes_nothing(tmp_path: Path) -> None:
    venue = Venue(missing=0.1)
    close_s = NOW_S - NOW_S % HOUR + HOUR
    for now_s in (close_s - 1, close_s, close_s + 1):
        assert_same(kept(tmp_path, venue, now_s), venue.as_the_original_reads(now_s))


def test_nothing_is_asked_again_before_the_next_candle_closes(tmp_path: Path) -> None:
    venue = Venue()
    kept(tmp_path, venue)
    asked = len(venue.asked)
    kept(tmp_path, venue, NOW_S - NOW_S % HOUR + HOUR - 1)
    assert len(venue.asked) == asked


def test_after_a_close_only_the_new_candles_and_a_short_overlap_are_asked_for(tmp_path: Path) -> None:
    venue = Venue()
    kept(tmp_path, venue)
    before = len(venue.asked)
    kept(tmp_path, venue, NOW_S + 2 * HOUR)
    assert len(venue.asked) == before + 1
    assert len(venue.asked[-1]) <= (OVERLAP + 3) * HOUR


def test_pages_meet_without_gap_or_overlap(tmp_path: Path) -> None:
    venue = Venue()
    history = kept(tmp_path, venue)
    pages = sorted(venue.asked, key=lambda page: page.start)
    assert all(one.stop == other.start for one, other in itertools.pairwise(pages))
    assert np.diff(history.candles.open_time_s).tolist() == [HOUR] * (len(history.candles) - 1)


@pytest.mark.parametrize("pages", [1, 3, 6])
@pytest.mark.parametrize("start_s", [None, LISTED_S + 70 * HOUR])
def test_a_download_that_was_killed_goes_on_behind_the_last_page(
    tmp_path: Path, pages: int, start_s: int | None
) -> None:
    venue = Venue(missing=0.1)
    venue.cut_after = pages
    with pytest.raises(KeyboardInterrupt):
        kept(tmp_path / "cut", venue, start_s=start_s)
    venue.cut_after = 10**9
    assert_same(
        kept(tmp_path / "cut", venue, start_s=start_s),
        kept(tmp_path / "whole", Venue(missing=0.1), start_s=start_s),
    )
    whole = Venue(missing=0.1)
    kept(tmp_path / "again", whole, start_s=start_s)
    assert len(venue.asked) <= len(whole.asked) + 1


def test_candles_are_read_forward_from_a_date_when_one_is_given(tmp_path: Path) -> None:
    venue = Venue()
    start_s = LISTED_S + 100 * HOUR
    history = kept(tmp_path, venue, start_s=start_s)
    assert history.candles.open_time_s[0] == start_s
    assert [page.start for page in venue.asked] == sorted(page.start for page in venue.asked)
    assert history.rows_counted == 301


def test_an_earlier_date_asks_only_for_what_lies_before(tmp_path: Path) -> None:
    venue = Venue()
    kept(tmp_path, venue, start_s=LISTED_S + 100 * HOUR)
    venue.asked.clear()
    history = kept(tmp_path, venue, start_s=LISTED_S + 60 * HOUR)
    assert venue.asked == [range(LISTED_S + 60 * HOUR, LISTED_S + 100 * HOUR)]
    assert history.candles.open_time_s[0] == LISTED_S + 60 * HOUR


def test_a_slice_of_what_is_on_file_needs_nobody(tmp_path: Path) -> None:
    venue = Venue(missing=0.1)
    kept(tmp_path, venue)
    then_s = NOW_S - 100 * HOUR
    history = kept(tmp_path, None, then_s, LISTED_S + 200 * HOUR)
    expected = [row for row in venue.rows(range(LISTED_S + 200 * HOUR, then_s - HOUR + 1)) if row]
    assert history.candles.open_time_s.tolist() == [row[0] for row in expected]


def test_offline_the_history_is_the_one_that_was_downloaded(tmp_path: Path) -> None:
    venue = Venue(missing=0.2, unreadable=0.02)
    online = kept(tmp_path, venue)
    assert_same(kept(tmp_path, None), online)


def test_offline_without_candles_says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"ETHUSDT-1h.npz is not there .* without --offline"):
        kept(tmp_path, None)


def test_offline_with_too_few_candles_says_what_they_cover(tmp_path: Path) -> None:
    kept(tmp_path, Venue())
    with pytest.raises(BadData, match=r"covers .* needed is .* without --offline"):
        kept(tmp_path, None, NOW_S + 5 * HOUR)


def test_a_venue_that_knows_its_first_candle_is_read_from_there_and_asked_for_it_once(tmp_path: Path) -> None:
    venue = Venue(Paging(PAGE, 0))
    history = kept(tmp_path, venue)
    assert (len(history.candles), history.rows_counted) == (400, 401)
    assert venue.asked[0].start == LISTED_S
    venue.listed_s = -1
    venue.asked.clear()
    assert len(kept(tmp_path, venue).candles) == 400
    assert venue.asked == []


def test_a_beginning_that_is_known_is_not_asked_for_again(tmp_path: Path) -> None:
    venue = Venue()
    now_s = LISTED_S + PAGE * HOUR
    kept(tmp_path, venue, now_s)
    first = len(venue.asked)
    for hours in range(1, 4):
        kept(tmp_path, venue, now_s + hours * HOUR)
    assert len(venue.asked) <= first + 3 + 1


@pytest.mark.parametrize("ahead_h", [5, 30, 100])
def test_a_clock_that_was_far_ahead_leaves_no_hole(tmp_path: Path, ahead_h: int) -> None:
    venue = Venue()
    venue.ends_s = NOW_S
    kept(tmp_path, venue, NOW_S + ahead_h * HOUR)
    later_s = venue.ends_s = NOW_S + 130 * HOUR
    assert_same(kept(tmp_path, venue, later_s), venue.as_the_original_reads(later_s))


def test_another_market_at_the_same_address_is_noticed_and_read_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept(tmp_path, Venue(seed=1))
    other = Venue(seed=2)
    with caplog.at_level(logging.WARNING):
        history = kept(tmp_path, other, NOW_S + 3 * HOUR)
    assert_same(history, other.as_the_original_reads(NOW_S + 3 * HOUR))
    assert "other candles than those on file" in caplog.text


@pytest.mark.parametrize("damage", [b"", b"rubbish", b"PK\x03\x04" + b"\x00" * 80])
def test_a_damaged_file_is_moved_aside_and_downloaded_anew(tmp_path: Path, damage: bytes) -> None:
    venue = Venue()
    kept(tmp_path, venue)
    path = shelf(tmp_path).path("ETH", Timeframe.HOUR_1)
    path.write_bytes(damage)
    assert_same(kept(tmp_path, venue), venue.as_the_original_reads(NOW_S))
    assert [one.read_bytes() for one in tmp_path.glob("*.corrupt-*")] == [damage]


def test_any_changed_byte_of_a_file_is_noticed_or_harmless(tmp_path: Path) -> None:
    venue = Venue()
    online = kept(tmp_path, venue)
    path = shelf(tmp_path).path("ETH", Timeframe.HOUR_1)
    sound = path.read_bytes()
    for place in np.random.default_rng(3).integers(0, len(sound), 60):
        damaged = bytearray(sound)
        damaged[place] ^= 0x55
        path.write_bytes(bytes(damaged))
        assert_same(kept(tmp_path, venue), online)


@pytest.mark.parametrize(
    "theirs, coin, holds",
    [
        (("USDT", "kucoin"), "BTC", "kucoin BTC USDT 3600"),
        (("USDC", "kucoin"), "ETH", "kucoin ETH USDC 3600"),
        (("USDT", "binance"), "ETH", "binance ETH USDT 3600"),
    ],
)
def test_a_file_under_a_wrong_name_is_moved_aside_and_not_believed(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    theirs: tuple[str, str],
    coin: str,
    holds: str,
) -> None:
    venue = Venue(seed=1)
    other = CandleShelf(FileStore(), tmp_path / "other", *theirs)
    kept(tmp_path, Venue(seed=2))
    book = shelf(tmp_path).load("ETH", Timeframe.HOUR_1)
    assert book is not None
    other.save(coin, Timeframe.HOUR_1, book)
    path = shelf(tmp_path).path("ETH", Timeframe.HOUR_1)
    shutil.copy(other.path(coin, Timeframe.HOUR_1), path)
    with caplog.at_level(logging.WARNING), pytest.raises(CandlesMissing, match="is not there"):
        kept(tmp_path, None)
    said = "\n".join(getattr(one, "reason", "") for one in caplog.records)
    assert f"{path} holds candles of {holds}, expected were ETHUSDT-1h of kucoin; it was moved to" in said
    assert len(list(tmp_path.glob("*.corrupt-*"))) == 1
    assert_same(kept(tmp_path, venue), venue.as_the_original_reads(NOW_S))


def test_a_file_of_before_files_said_whose_candles_they_hold_is_read_once_and_labelled(
    tmp_path: Path,
) -> None:
    online = kept(tmp_path, Venue())
    path = shelf(tmp_path).path("ETH", Timeframe.HOUR_1)
    labelled = path.read_bytes()
    with np.load(path) as archive:
        older = {name: archive[name] for name in archive.files if name != "label"}
    older["facts"][0] = 1
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **older)
    assert path.read_bytes() != labelled
    assert_same(kept(tmp_path, None), online)
    assert path.read_bytes() == labelled


def _columns(book: CandleBook, order: Sequence[int]) -> CandleBook:
    return replace(book, table=np.ascontiguousarray(book.table[:, list(order)]))


def _changed(book: CandleBook, row: int, value: float) -> CandleBook:
    table = book.table.copy()
    table[row, 7] = value
    return replace(book, table=table)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda book: replace(book, interval_s=60),
        lambda book: replace(book, until_s=book.until_s - 2 * HOUR),
        lambda book: replace(book, from_s=int(book.table[0, 0]) + 1),
        lambda book: _columns(book, range(book.table.shape[1] - 1, -1, -1)),
        lambda book: _columns(book, [0, *range(book.table.shape[1])]),
        lambda book: _changed(book, 4, float("nan")),
        lambda book: _changed(book, 3, 1000.0),
        lambda book: _changed(book, 2, 0.5),
        lambda book: _changed(book, 5, -1.0),
    ],
    ids=["length", "newer", "older", "backwards", "twice", "nan", "low", "high", "volume"],
)
def test_a_sound_file_with_candles_that_cannot_be_right_is_not_learnt_from(
    tmp_path: Path, wrong: Callable[[CandleBook], CandleBook]
) -> None:
    kept(tmp_path, Venue())
    files = shelf(tmp_path)
    book = files.load("ETH", Timeframe.HOUR_1)
    assert book is not None
    files.save("ETH", Timeframe.HOUR_1, wrong(book))
    with pytest.raises(BadData, match="nobody may be asked"):
        kept(tmp_path, None)
    assert len([*tmp_path.glob("*.corrupt-*")]) == 1


def test_the_candles_of_another_coin_under_a_wrong_name_are_read_anew_when_the_venue_is_asked(
    tmp_path: Path,
) -> None:
    kept(tmp_path, Venue(seed=5))
    venue = Venue(seed=6)
    later_s = NOW_S + 3 * HOUR
    assert_same(kept(tmp_path, venue, later_s), venue.as_the_original_reads(later_s))


class EveryLength(Venue):
    """The same venue for candles of every length, each of them there."""

    def candle_page(self, coin: str, timeframe: CandleLength, opened: range) -> Sequence[CandleRow | None]:
        del coin
        first_s = -(-opened.start // timeframe.seconds) * timeframe.seconds
        times = range(max(first_s, 0), opened.stop, timeframe.seconds)
        return [(float(time_s), 2.0, 3.0, 1.0, 2.0, 1.0) for time_s in times]


def test_offline_a_training_is_as_of_the_newest_moment_that_all_timeframes_are_known_for(
    tmp_path: Path,
) -> None:
    files, venue = shelf(tmp_path), EveryLength(Paging(1500, 2000))
    assert files.as_of_s("ETH") is None
    for moment_s in (NOW_S, NOW_S + 5 * HOUR):
        for timeframe in TIMEFRAMES:
            KeptHistory(files, venue, moment_s).history("ETH", timeframe)
        assert files.as_of_s("ETH") == moment_s
    for timeframe in TIMEFRAMES:
        offline = KeptHistory(files, None, NOW_S + 5 * HOUR).history("ETH", timeframe)
        assert_same(offline, KeptHistory(files, venue, NOW_S + 5 * HOUR).history("ETH", timeframe))
    files.path("ETH", Timeframe.WEEK_1).unlink()
    assert files.as_of_s("ETH") is None
