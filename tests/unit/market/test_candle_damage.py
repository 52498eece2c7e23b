"""Any content whatever is either candles or one clear refusal."""

import gzip
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.exceptions import BadData
from powertrader.market.candle_files import content_sha256, read_candles, write_candles
from powertrader.models.candle import Candles

HEADER = "open_time,open,high,low,close,volume"
START_S = 1577836800
CELLS = st.one_of(
    st.sampled_from(
        ["", "nan", "inf", "-inf", "-1", "0", "1e999", "1e-320", "0x10", "1_0", "٣", '"', "\r", "1;2"]
    ),
    st.floats().map(repr),
    # a zero byte means that the file is no text at all, which has its own test
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5),
)
SOUND_ROWS = st.integers(0, 50).map(
    lambda hour: f"{START_S + 3600 * hour},{hour + 2},{hour + 3},1,{hour + 1},1"
)
ANY_ROWS = st.one_of(SOUND_ROWS, st.lists(CELLS, max_size=8).map(",".join))


@contextmanager
def file_with(content: bytes, name: str = "BTCUSDT-1h.csv") -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        yield path


def assert_possible(candles: Candles) -> None:
    assert len(candles) > 0
    prices = np.array([candles.open, candles.high, candles.low, candles.close])
    assert np.isfinite(prices).all()
    assert (prices > 0).all()
    assert (candles.low == prices.min(axis=0)).all()
    assert (candles.high == prices.max(axis=0)).all()
    assert np.isfinite(candles.volume).all()
    assert (candles.open_time_s % 3600 == 0).all()
    assert (np.diff(candles.open_time_s) > 0).all()


@given(st.binary(max_size=300), st.sampled_from(["csv", "csv.gz", "npz", "parquet"]), st.booleans())
def test_rubbish_of_any_kind_is_refused_and_never_crashes(content: bytes, suffix: str, repair: bool) -> None:
    with file_with(content, f"BTCUSDT-1h.{suffix}") as path, pytest.raises(BadData, match="BTCUSDT-1h"):
        read_candles(path, repair=repair)


@given(
    st.sampled_from(["csv.gz", "npz", "parquet"]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=4),
)
def test_flipped_bits_are_refused_or_do_no_harm(suffix: str, flips: list[tuple[float, int]]) -> None:
    times = START_S + 3600 * np.arange(20, dtype=np.int64)
    price = np.arange(20) / 7 + 1
    candles = Candles(times, price, price, price, price, price, 3600)
    with file_with(b"", f"BTCUSDT-1h.{suffix}") as path:
        write_candles(path, candles)
        content = bytearray(path.read_bytes())
        for share, bits in flips:
            content[int(share * len(content))] ^= bits
        path.write_bytes(content)
        try:
            found = read_candles(path)
        except BadData as refusal:
            assert str(path) in str(refusal)  # noqa: PT017  a refusal is one of two right outcomes
            return
    # the footer of a Parquet file has no checksum: there a flip can name another column
    assert suffix == "parquet" or found.candles.close.tolist() == candles.close.tolist()


@given(st.lists(ANY_ROWS, max_size=20), st.booleans())
def test_any_rows_give_possible_candles_or_a_refusal(rows: list[str], repair: bool) -> None:
    content = "\n".join((HEADER, *rows)).encode()
    with file_with(content) as path:
        try:
            found = read_candles(path, repair=repair)
        except BadData as refusal:
            assert str(path) in str(refusal)  # noqa: PT017  a refusal is one of two right outcomes
            return
        assert_possible(found.candles)
        assert repair or not found.report.findings


@given(st.lists(ANY_ROWS, max_size=20), SOUND_ROWS)
def test_what_was_repaired_is_sound_apart_from_gaps(rows: list[str], sound: str) -> None:
    content = "\n".join((HEADER, *rows, sound)).encode()
    with file_with(content) as path:
        repaired = read_candles(path, repair=True)
        write_candles(path, repaired.candles)
        again = read_candles(path, repair=True)
    assert content_sha256(again.candles) == content_sha256(repaired.candles)
    assert {finding.kind.value for finding in again.report.findings} <= {"gap"}


@given(st.permutations(range(12)), st.lists(st.integers(0, 11), max_size=4))
def test_repair_of_shuffled_and_repeated_rows_gives_the_file_as_it_was(
    order: list[int], again: list[int]
) -> None:
    rows = [f"{START_S + 3600 * hour},{hour + 2},{hour + 3},1,{hour + 1},{hour}" for hour in range(12)]
    in_order, mixed = (
        "\n".join((HEADER, *(rows[hour] for hour in hours))) for hours in (range(12), [*order, *again])
    )
    with file_with(in_order.encode()) as path:
        expected = content_sha256(read_candles(path).candles)
    with file_with(gzip.compress(mixed.encode()), "BTCUSDT-1h.csv.gz") as path:
        found = read_candles(path, repair=True)
    assert content_sha256(found.candles) == expected
    counted = {finding.kind.value: finding.count for finding in found.report.findings}
    assert counted.get("duplicate", 0) == len(again)
    late = sum(hour < max(order[:position], default=-1) for position, hour in enumerate(order))
    assert counted.get("disorder", 0) == late


@pytest.mark.parametrize("name, factor", [("BTCUSDT-4h.csv", 1), ("BTCUSDT-1h.csv", 1000)])
def test_repair_refuses_a_file_whose_name_or_unit_is_wrong_for_many_rows(name: str, factor: int) -> None:
    times = [(START_S + 3600 * hour) * (1 if hour < 20 else factor) for hour in range(40)]
    content = "\n".join([HEADER, *(f"{time},2,3,1,2,1" for time in times)])
    count = 30 if factor == 1 else 20
    expected = f"{count} of 40 rows have wrong times.*interval.*unit"
    with file_with(content.encode(), name) as path, pytest.raises(BadData, match=expected):
        read_candles(path, repair=True)


def test_rubbish_npz_and_milliseconds_get_advice_that_can_be_followed() -> None:
    with file_with(b"rubbish", "BTCUSDT-1h.npz") as path, pytest.raises(BadData) as caught:
        read_candles(path)
    assert str(caught.value).endswith("is no complete npz file of plain numbers")
    content = f"{HEADER}\n{START_S}000,2,3,1,2,1"
    with file_with(content.encode()) as path, pytest.raises(BadData, match="candles convert --time-unit ms"):
        read_candles(path)
