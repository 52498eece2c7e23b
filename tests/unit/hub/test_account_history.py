"""The account value over time: what a pyramid keeps of its points, and how its files are followed."""

import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from powertrader.core.exceptions import StorageError
from powertrader.core.paths import HomePaths
from powertrader.hub.account_history import AccountHistory, AccountHistoryReader, GrowingHistory

START_S = 1_700_000_000.0
DAY_S = 86400.0


@pytest.fixture
def home(tmp_path: Path) -> HomePaths:
    paths = HomePaths(tmp_path)
    paths.hub_data.mkdir(parents=True)
    return paths


def lines(points: Sequence[tuple[float, float]]) -> bytes:
    return b"".join(
        json.dumps({"ts": at, "total_account_value": value}).encode() + b"\n" for at, value in points
    )


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(content)


def curve_of(history: AccountHistory) -> list[tuple[float, float]]:
    curve = history.between(history.first_s or 0.0, history.last_s or 0.0)
    return list(zip(curve.times_s.tolist(), curve.values.tolist(), strict=True))


@pytest.fixture(scope="module")
def long_history() -> AccountHistory:
    growing = GrowingHistory()
    values = 10_000 + np.cumsum(np.random.default_rng(3).normal(0, 3, 200_000))
    growing.add(START_S + np.arange(0, 12e6, 60, dtype=np.float64), values)
    return growing.history()


def test_points_come_back_in_order_to_the_cent_and_without_what_is_no_value() -> None:
    history = AccountHistory.of(
        [START_S + 120, START_S, START_S + 60, START_S + 180, START_S + 240],
        [3.0, 1.234, 2.0, 0.0, float("nan")],
    )
    assert curve_of(history) == [(START_S, 1.23), (START_S + 60, 2.0), (START_S + 120, 3.0)]
    assert (len(history), history.first_s, history.last_s) == (3, START_S, START_S + 120)
    assert history.last_value == 3.0


def test_an_empty_history_has_no_ends_and_an_empty_line() -> None:
    history = AccountHistory()
    assert (history.first_s, history.last_s, history.last_value) == (None, None, None)
    assert len(history.between(0.0, 4e9)) == 0


@pytest.mark.parametrize("span_s", [3600.0, DAY_S, 7 * DAY_S, 30 * DAY_S, 139 * DAY_S, 1e9])
def test_any_span_has_at_most_two_thousand_points_and_its_true_high_low_and_last(
    long_history: AccountHistory, span_s: float
) -> None:
    history = long_history
    end_s = history.last_s or 0.0
    finest = history.levels[0].all()
    inside = finest[:, (finest[0] >= end_s - span_s) & (finest[0] <= end_s)]
    curve = history.between(end_s - span_s, end_s)
    assert 1 < len(curve) <= 2000
    assert curve.values.max() >= inside[2].max()
    assert curve.values.min() <= inside[1].min()
    assert curve.values[-1] == history.last_value
    assert bool((np.diff(curve.times_s) >= 0).all())


def test_points_added_bit_by_bit_give_the_pyramid_of_all_at_once() -> None:
    chance = random.Random(5)
    times = sorted(START_S + chance.uniform(0, 9 * DAY_S) for _ in range(3000))
    values = [chance.uniform(1, 9) for _ in times]
    growing = GrowingHistory()
    for start in range(0, len(times), 7):
        growing.add(np.array(times[start : start + 7]), np.array(values[start : start + 7]))
    whole = AccountHistory.of(times, values)
    for grown, once in zip(growing.history().levels, whole.levels, strict=True):
        assert np.array_equal(grown.all(), once.all())


def test_a_history_that_was_given_out_never_changes() -> None:
    growing = GrowingHistory()
    growing.add(np.array([START_S]), np.array([5.0]))
    before = growing.history()
    growing.add(START_S + np.arange(1, 2000.0), np.full(1999, 9.0))
    assert curve_of(before) == [(START_S, 5.0)]


def test_a_clock_that_was_set_back_is_put_in_order() -> None:
    growing = GrowingHistory()
    growing.add(np.array([START_S + 100.0, START_S + 200.0]), np.array([1.0, 2.0]))
    growing.add(np.array([START_S, START_S + 150.0]), np.array([3.0, 4.0]))
    assert [value for _, value in curve_of(growing.history())] == [3.0, 1.0, 4.0, 2.0]


def test_two_hundred_thousand_points_are_read_and_drawn_from_quickly(home: HomePaths) -> None:
    line = '{"ts": %d.5, "total_account_value": %d.25}\n'
    written = "".join([line % (START_S + at * 60, 10_000 + at % 977) for at in range(200_000)])
    home.account_value_history.write_text(written, encoding="utf-8")
    begun = time.thread_time()
    history, changed = AccountHistoryReader(home).read()
    reading_s = time.thread_time() - begun
    assert changed
    assert len(history) == 200_000
    begun = time.thread_time()
    history.between(START_S, START_S + 200_000 * 60)
    assert time.thread_time() - begun < 0.02
    assert reading_s < 1.0


def test_a_reader_reads_what_was_added_and_tells_when_nothing_was(home: HomePaths) -> None:
    reader = AccountHistoryReader(home)
    assert reader.read()[1] is False
    append(home.account_value_history, lines([(START_S, 10.0)]) + b'{"ts": 17000')
    assert [len(reader.read()[0]), reader.read()[1]] == [1, False]
    append(home.account_value_history, b'00060, "total_account_value": 11.0}\n')
    history, changed = reader.read()
    assert changed
    assert curve_of(history) == [(START_S, 10.0), (START_S + 60, 11.0)]


def test_paper_and_live_values_are_no_line(home: HomePaths) -> None:
    reader = AccountHistoryReader(home)

    def write(at: int, value: float, ledger: str | None) -> None:
        named = {} if ledger is None else {"ledger": ledger}
        line = json.dumps({"ts": START_S + at, "total_account_value": value, **named})
        append(home.account_value_history, line.encode() + b"\n")

    def shown() -> list[float]:
        return [value for _, value in curve_of(reader.read()[0])]

    write(0, 500.0, None)
    assert shown() == [500.0]
    write(60, 10_000.0, "paper-default")
    write(120, 10_001.0, "paper-default")
    assert shown() == [10_000.0, 10_001.0]
    write(180, 510.0, "live-abc")
    assert shown() == [500.0, 510.0]
    write(240, 10_002.0, "paper-default")
    assert shown() == [10_000.0, 10_001.0, 10_002.0]
    whole, _ = AccountHistoryReader(home).read()
    assert [value for _, value in curve_of(whole)] == [10_000.0, 10_001.0, 10_002.0]
    assert shown() == [10_000.0, 10_001.0, 10_002.0]


def test_damaged_lines_are_left_out(home: HomePaths) -> None:
    odd = b'no json\n\n{"ts": "5", "total_account_value": 1}\n[]\n{"ts": true, "total_account_value": 2}\n'
    huge = b'{"ts": 1' + b"0" * 400 + b', "total_account_value": 1}\n'
    home.account_value_history.write_bytes(
        odd + lines([(START_S, 10.0)]) + b"\xff\xfe\n" + huge + lines([(START_S + 60, 11.0)])
    )
    history, _ = AccountHistoryReader(home).read()
    assert [value for _, value in curve_of(history)] == [10.0, 11.0]


def test_a_file_that_became_that_of_a_month_is_not_read_again(home: HomePaths) -> None:
    append(home.account_value_history, lines([(START_S, 10.0)]))
    reader = AccountHistoryReader(home)
    reader.read()
    append(home.account_value_history, lines([(START_S + 60, 11.0)]))
    home.account_value_history.rename(home.account_value_month("2023-11"))
    append(home.account_value_history, lines([(START_S + 120, 12.0)]))
    history, changed = reader.read()
    assert changed
    assert [value for _, value in curve_of(history)] == [10.0, 11.0, 12.0]
    assert reader.read()[1] is False


def test_a_history_in_the_place_of_another_is_the_one_that_counts(home: HomePaths) -> None:
    append(home.account_value_history, lines([(START_S, 10.0), (START_S + 60, 11.0)]))
    reader = AccountHistoryReader(home)
    reader.read()
    home.account_value_history.write_bytes(lines([(START_S + 5, 7.0)]))
    assert curve_of(reader.read()[0]) == [(START_S + 5, 7.0)]
    home.account_value_history.unlink()
    history, changed = reader.read()
    assert changed
    assert len(history) == 0


def test_a_folder_in_the_place_of_the_file_is_told_of(home: HomePaths) -> None:
    home.account_value_history.mkdir()
    (home.account_value_history / "x").write_text("x", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot be read"):
        AccountHistoryReader(home).read()
