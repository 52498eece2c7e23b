"""Files are read by a clear rule, and every kind of damage is named with file and row."""

import gzip
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from powertrader.core.exceptions import BadData, ConfigError, StorageError
from powertrader.market.candle_checks import FlawKind
from powertrader.market.candle_files import content_sha256, load_folder, read_candles, write_candles
from powertrader.market.candle_name import CandleName
from powertrader.models.candle import Candles

HEADER = "open_time,open,high,low,close,volume"
START_S = 1577836800  # 2020-01-01 00:00 UTC
FORMATS = ("csv", "csv.gz", "parquet", "npz")


def row(hour: int, prices: str = "10,12,9,11", volume: str = "5") -> str:
    return f"{START_S + hour * 3600},{prices},{volume}"


def saved(folder: Path, *rows: str, header: str = HEADER, name: str = "BTCUSDT-1h.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def some_candles(count: int = 5) -> Candles:
    times = START_S + 3600 * np.arange(count, dtype=np.int64)
    close = 0.1 + np.arange(count) / 3
    return Candles(times, close, close * 1.5, close / 3, close, np.arange(count) / 7, 3600)


def test_a_plain_file_gives_its_candles_coin_and_quote(tmp_path: Path) -> None:
    found = read_candles(saved(tmp_path, row(0), row(1, "11,13,10.5,12", "6.25")))
    assert (found.coin, found.quote, found.candles.interval_s) == ("BTC", "USDT", 3600)
    assert found.candles.open_time_s.tolist() == [START_S, START_S + 3600]
    newest = found.candles.at(-1)
    assert (newest.open, newest.high, newest.low, newest.close, newest.volume) == (11, 13, 10.5, 12, 6.25)
    assert found.report.findings == ()


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_is_written_is_read_back_bit_for_bit_in_every_format(tmp_path: Path, suffix: str) -> None:
    candles = some_candles(50)
    path = tmp_path / f"ETHUSDT-1h.{suffix}"
    write_candles(path, candles)
    assert content_sha256(read_candles(path).candles) == content_sha256(candles)
    first = path.read_bytes()
    write_candles(path, candles)
    assert path.read_bytes() == first
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_the_content_hash_sees_a_change_in_the_last_bit_of_one_price() -> None:
    candles = some_candles()
    close = candles.close.copy()
    close[2] = np.nextafter(close[2], 9)
    assert content_sha256(replace(candles, close=close)) != content_sha256(candles)


def test_milliseconds_are_known_by_the_header_and_never_by_size(tmp_path: Path) -> None:
    milliseconds = f"{START_S}000,10,12,9,11,5"
    by_header = saved(tmp_path, milliseconds, header=HEADER.replace("open_time", "open_time_ms"))
    assert read_candles(by_header).candles.open_time_s.tolist() == [START_S]
    by_size = saved(tmp_path, milliseconds)
    with pytest.raises(BadData, match=r"row 1.*1970 to 9999.*--time-unit ms"):
        read_candles(by_size)
    assert read_candles(by_size, unit="ms").candles.open_time_s.tolist() == [START_S]


def test_a_time_column_of_another_name_needs_its_unit_stated(tmp_path: Path) -> None:
    path = saved(tmp_path, row(0), header=HEADER.replace("open_time", "timestamp"))
    with pytest.raises(BadData, match=r"column timestamp is not known.*--time-unit s"):
        read_candles(path)
    assert read_candles(path, unit="s").candles.open_time_s.tolist() == [START_S]


def test_a_stated_unit_may_not_contradict_the_header(tmp_path: Path) -> None:
    path = saved(tmp_path, f"{START_S}000,10,12,9,11,5", header=HEADER.replace("open_time", "open_time_ms"))
    with pytest.raises(BadData, match="header says open_time_ms"):
        read_candles(path, unit="s")


def test_columns_may_stand_in_any_order_and_unknown_ones_are_noted(tmp_path: Path) -> None:
    path = saved(tmp_path, f"x,11,9,12,10,{START_S},7", header="symbol,Close,Low,High,Open,open_time,trades")
    found = read_candles(path)
    candle = found.candles.at(0)
    assert (candle.open, candle.high, candle.low, candle.close, candle.volume) == (10, 12, 9, 11, 0)
    assert found.report.notes == (
        "column symbol is not used",
        "column trades is not used",
        "there is no volume column, volumes count as 0",
    )


def test_byte_order_mark_windows_line_ends_quotes_and_a_missing_last_newline_do_no_harm(
    tmp_path: Path,
) -> None:
    path = tmp_path / "BTCUSDT-1h.csv"
    text = "\r\n".join((HEADER, row(0), row(1).replace(",10,", ',"10",')))
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_candles(path).candles.open.tolist() == [10, 10]


@pytest.mark.parametrize(
    "rows, expected",
    [
        ((row(0), row(1, "10,nan,9,11")), "row 2: high was nan, must be a finite number"),
        ((row(0, "inf,12,9,11"),), "row 1: open was inf, must be a finite number"),
        ((row(0), row(1, volume="nan")), "row 2: volume was nan"),
        (
            (row(0, "10,12,-9,11"),),
            r"row 1 \(open time 2020-01-01 00:00 UTC\): low was -9.0, must be above 0",
        ),
        ((row(0), row(1, "10,12,0,11")), "row 2 .*low was 0.0, must be above 0"),
        ((row(0, "10,9,12,11"),), "row 1 .*low was 12.0, must be at most the high 9.0"),
        ((row(0, "13,12,9,11"),), "row 1 .*open 13.0 and close 11.0 must lie from low 9.0 to high 12.0"),
        ((row(0, "10,12,9,8"),), "row 1 .*open 10.0 and close 8.0 must lie"),
        ((row(0, volume="-1"),), "row 1 .*volume was -1.0, must be 0 or more"),
        ((row(0), row(1), row(1)), "row 3 .*01:00 UTC.*earlier row as well, must be there once"),
        ((row(0), row(2), row(1)), "row 3 .*must be after 2020-01-01 02:00 UTC"),
        ((row(0), row(1), row(4)), "row 3 .*04:00 UTC.*2 candles are missing before it"),
        ((row(0), f"{START_S + 3601},10,12,9,11,5"), "row 2 .*must be a multiple of 3600 s"),
        ((row(0), f"{START_S + 3600.5},10,12,9,11,5"), "row 2 .*must be a multiple of 3600 s"),
        (("-3600,10,12,9,11,5",), "row 1: open time was -3600 s, must lie in the years 1970 to 9999"),
        ((row(0), row(1, "10,twelve,9,11")), "row 2: high was 'twelve', must be a number"),
        ((row(0), row(1, "10,1_2,9,11")), "row 2: high was '1_2', must be a number"),
        ((row(0), row(1, "10,,9,11")), "row 2: high was '', must be a number"),
        ((row(0), "", row(1)), "row 2: the row has [01] columns, must have the 6"),
        ((row(0), row(1) + ",7"), "row 2: the row has 7 columns"),
        ((row(0), "1577840400,10,12"), "row 2: the row has 3 columns"),
    ],
)
def test_each_kind_of_damage_is_refused_with_file_row_and_way_out(
    tmp_path: Path, rows: tuple[str, ...], expected: str
) -> None:
    path = saved(tmp_path, *rows)
    with pytest.raises(BadData, match=expected) as refusal:
        read_candles(path)
    assert str(path) in str(refusal.value)
    assert "--repair" in str(refusal.value)


def test_the_first_wrong_row_is_named_when_there_are_several(tmp_path: Path) -> None:
    path = saved(tmp_path, row(0), row(1, "10,9,12,11"), row(2, "10,bad,9,11"), row(2))
    with pytest.raises(BadData, match="row 2 "):
        read_candles(path)


def test_repair_sorts_keeps_the_last_duplicate_drops_wrong_rows_and_says_so(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        row(3, "3,3,3,3"),
        row(1, "1,1,1,1"),
        row(1, "2,2,2,2"),
        row(2, "9,1,2,9"),
        row(5, "5,x,5,5"),
        row(6, "6,6,6,6"),
    )
    found = read_candles(path, repair=True)
    assert ((found.candles.open_time_s - START_S) // 3600).tolist() == [1, 3, 6]
    assert found.candles.close.tolist() == [2, 3, 6]
    counts = {finding.kind: (finding.count, finding.first_row) for finding in found.report.findings}
    assert counts == {
        FlawKind.UNREADABLE: (1, 5),
        FlawKind.LOW_ABOVE_HIGH: (1, 4),
        FlawKind.DISORDER: (1, 2),
        FlawKind.DUPLICATE: (1, 3),
        FlawKind.GAP: (3, 1),
    }
    assert (found.report.rows, found.report.candles) == (6, 3)


def test_repair_of_a_sound_file_changes_and_reports_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path, row(0), row(1))
    found = read_candles(path, repair=True)
    assert content_sha256(found.candles) == content_sha256(read_candles(path).candles)
    assert found.report.findings == ()


def test_a_file_without_one_sound_row_stays_refused_under_repair(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="has 2 rows and none is a candle"):
        read_candles(saved(tmp_path, row(0, "10,9,12,11"), "rubbish"), repair=True)


@pytest.mark.parametrize("phase_days", [0, 4])
def test_weeks_may_start_on_any_one_day_but_only_on_one(tmp_path: Path, phase_days: int) -> None:
    first = 2600 * 604800 + phase_days * 86400
    good = [f"{first + week * 604800},10,12,9,11,5" for week in range(3)]
    assert len(read_candles(saved(tmp_path, *good, name="BTCUSDT-1w.csv")).candles) == 3
    moved = [*good, f"{first + 3 * 604800 + 86400},10,12,9,11,5"]
    with pytest.raises(BadData, match="row 4 "):
        read_candles(saved(tmp_path, *moved, name="BTCUSDT-1w.csv"))


@pytest.mark.parametrize(
    "name, content, expected",
    [
        ("BTCUSDT-1h.csv", b"", "is empty"),
        ("BTCUSDT-1h.csv", b"\n\n", "is empty"),
        ("BTCUSDT-1h.csv", HEADER.encode() + b"\n", "has 0 rows"),
        ("BTCUSDT-1h.csv", bytes(range(256)), "no text file"),
        ("BTCUSDT-1h.csv", b"\0" * 100, "binary zeros"),
        ("BTCUSDT-1h.csv", b"1577836800,1,2,1,2,5\n", "missing open, high, low, close"),
        ("BTCUSDT-1h.csv", b"open_time,open,open,high,low,close\n", "names open more than once"),
        ("BTCUSDT-1h.csv", b"open_time,open_time_ms,open,high,low,close\n", "must have one of them"),
        ("BTCUSDT-1h.csv", b"open,high,low,close\n", "no single time column"),
        ("BTCUSDT-1h.csv.gz", b"not gzip at all", "no complete gzip file"),
        ("BTCUSDT-1h.npz", b"PK\x03\x04 and rubbish", "no complete npz file"),
        ("BTCUSDT-1h.npz", b"rubbish", "no complete npz file"),
        ("BTCUSDT-1h.parquet", b"PAR1 and rubbish", "no complete Parquet file"),
    ],
)
def test_files_that_hold_no_candles_are_refused_by_name(
    tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    for repair in (False, True):
        with pytest.raises(BadData, match=expected) as refusal:
            read_candles(path, repair=repair)
        assert str(path) in str(refusal.value)


@pytest.mark.parametrize("suffix", ["csv.gz", "parquet", "npz"])
def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"BTCUSDT-1h.{suffix}"
    write_candles(path, some_candles(200))
    whole = path.read_bytes()
    for length in range(1, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:length])
        with pytest.raises(BadData):
            read_candles(path)


def test_a_changed_byte_inside_a_gzip_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT-1h.csv.gz"
    write_candles(path, some_candles(200))
    content = bytearray(path.read_bytes())
    content[-6] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(BadData, match="gzip"):
        read_candles(path)


def test_columns_of_a_binary_format_must_be_plain_numbers_of_one_length(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT-1h.npz"
    times, prices = np.array([START_S]), np.array([1.0])
    np.savez(path, open_time=times, open=prices, high=prices, low=prices, close=np.array(["1"]))
    with pytest.raises(BadData, match="column close holds <U1"):
        read_candles(path)
    np.savez(path, open_time=times, open=prices, high=prices, low=prices, close=np.ones(2))
    with pytest.raises(BadData, match=r"\[1, 2\] rows"):
        read_candles(path)
    np.savez(
        path, open_time=times, open=prices, high=prices, low=prices, close=np.array([None]), allow_pickle=True
    )
    with pytest.raises(BadData, match="no complete npz"):
        read_candles(path)


def test_one_bare_array_under_the_name_of_an_npz_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT-1h.npz"
    with path.open("wb") as file:
        np.save(file, np.ones(6))
    with pytest.raises(BadData, match="holds one array"):
        read_candles(path)


def test_a_foreign_column_of_a_binary_format_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT-1h.npz"
    price = np.array([1.0])
    np.savez(
        path, open_time=np.array([START_S]), open=price, high=price, low=price, close=price, tag=np.array("x")
    )
    assert read_candles(path).report.notes == (
        "column tag is not used",
        "there is no volume column, volumes count as 0",
    )


def test_a_format_that_is_not_read_is_refused_even_with_a_stated_name(tmp_path: Path) -> None:
    path = saved(tmp_path, row(0), name="BTCUSDT-1h.txt")
    with pytest.raises(BadData, match=r"must end with one of \.csv"):
        read_candles(path, name=CandleName("BTC", "USDT", 3600))


def test_times_far_ahead_are_read_and_shown(tmp_path: Path) -> None:
    year_9000 = 221_845_392_000
    late = [f"{year_9000 + 3600 * hour},1,1,1,1,1" for hour in (0, 2)]
    with pytest.raises(BadData, match="open time 9000-01-01 02:00 UTC"):
        read_candles(saved(tmp_path, *late))


def test_a_candle_that_closes_after_the_last_year_there_is_is_refused(tmp_path: Path) -> None:
    last_hour_of_9999 = 253_402_297_200
    assert len(read_candles(saved(tmp_path, f"{last_hour_of_9999 - 3600},1,1,1,1,1")).candles) == 1
    with pytest.raises(BadData, match="row 1: open time was 253402297200 s, must lie in the years"):
        read_candles(saved(tmp_path, f"{last_hour_of_9999},1,1,1,1,1"))


def test_a_missing_file_and_a_folder_in_its_place_are_named(tmp_path: Path) -> None:
    (tmp_path / "ETHUSDT-1h.csv").mkdir()
    for name in ("BTCUSDT-1h.csv", "ETHUSDT-1h.csv"):
        with pytest.raises(BadData, match=f"{name} cannot be read"):
            read_candles(tmp_path / name)


def test_the_hash_is_that_of_the_file_as_it_stands(tmp_path: Path) -> None:
    path = saved(tmp_path, row(0))
    found = read_candles(path).sha256
    assert len(found) == 64
    packed = tmp_path / "BTCUSDT-1h.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read_candles(packed).sha256 != found
    assert content_sha256(read_candles(packed).candles) == content_sha256(read_candles(path).candles)


def test_writing_refuses_an_unknown_suffix_and_an_impossible_place(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="must end with one of"):
        write_candles(tmp_path / "BTCUSDT-1h.xlsx", some_candles())
    assert list(tmp_path.iterdir()) == []
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    with pytest.raises(StorageError, match="cannot be written"):
        write_candles(in_the_way / "BTCUSDT-1h.csv", some_candles())
    assert list(tmp_path.iterdir()) == [in_the_way]


def test_a_folder_gives_each_coin_its_file_in_the_order_asked(tmp_path: Path) -> None:
    saved(tmp_path, row(0), name="BTCUSDT-1h.csv")
    saved(tmp_path, row(0), name="ETHUSDT-1h.csv")
    saved(tmp_path, row(0), name="ETHBTC-1h.csv")
    saved(tmp_path, "no candles", name="notes.csv")
    (tmp_path / "README.md").write_text("read me", encoding="utf-8")
    (tmp_path / "SOLUSDT-1h.csv").mkdir()
    (tmp_path / "XRPUSDT-1h.csv").symlink_to(tmp_path / "nowhere")
    found = load_folder(tmp_path, ["ETH", "BTC"], "USDT")
    assert [(coin, entry.coin, entry.quote) for coin, entry in found.items()] == [
        ("ETH", "ETH", "USDT"),
        ("BTC", "BTC", "USDT"),
    ]


@pytest.mark.parametrize("coin", ["DOGE", "../BTC", "btc", "", "BTC/USDT", "SOL"])
def test_a_coin_without_a_file_is_named_with_the_folder_and_what_is_there(tmp_path: Path, coin: str) -> None:
    saved(tmp_path, row(0), name="BTCUSDT-1h.csv")
    with pytest.raises(BadData) as refusal:
        load_folder(tmp_path, [coin], "USDT")
    for fact in (str(tmp_path), f"no candles of {coin} in USDT", "BTCUSDT-1h.csv"):
        assert fact in str(refusal.value)


def test_two_files_of_one_coin_are_both_named(tmp_path: Path) -> None:
    saved(tmp_path, row(0), name="BTCUSDT-1h.csv")
    saved(tmp_path, row(0), name="BTCUSDT-1d.csv")
    with pytest.raises(BadData, match=r"2 files for BTC: BTCUSDT-1d.csv, BTCUSDT-1h.csv"):
        load_folder(tmp_path, ["BTC"], "USDT")


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="is no folder"):
        load_folder(tmp_path / "missing", ["BTC"], "USDT")


@pytest.mark.parametrize(
    "text, coin, quote, interval_s",
    [
        ("BTCUSDT-1h.csv.gz", "BTC", "USDT", 3600),
        ("btcusdt-1w.NPZ", "BTC", "USDT", 604800),
        ("ETHBTC-15m", "ETH", "BTC", 900),
        ("ETH-BTC-1d.parquet", "ETH", "BTC", 86400),
        ("BTC_FOO-30m.csv", "BTC", "FOO", 1800),
        ("1INCHFDUSD-12h.csv", "1INCH", "FDUSD", 43200),
        ("USDT-USD-1m.csv", "USDT", "USD", 60),
    ],
)
def test_a_file_name_says_coin_quote_and_interval(text: str, coin: str, quote: str, interval_s: int) -> None:
    name = CandleName.parse(text)
    assert (name.coin, name.quote, name.interval_s) == (coin, quote, interval_s)


@pytest.mark.parametrize("coin", ["BTC", "USDT", "1INCH", "T"])
@pytest.mark.parametrize("quote", ["USDT", "USD", "TUSD", "FOO", "BTC"])
@pytest.mark.parametrize("interval_s", [60, 3600, 604800])
def test_a_name_is_read_back_as_it_was_written(coin: str, quote: str, interval_s: int) -> None:
    name = CandleName(coin, quote, interval_s)
    assert CandleName.parse(f"{name}.csv.gz") == name


@pytest.mark.parametrize(
    "text",
    [
        "BTCUSDT.csv",
        "BTCUSDT-3h.csv",
        "BTCUSDT-1M.csv",
        "USDT-1h.csv",
        "BTC-1h.csv",
        "../X-1h",
        "",
        "-1h.csv",
    ],
)
def test_a_file_name_that_does_not_say_them_is_refused(text: str) -> None:
    with pytest.raises(BadData, match="must"):
        CandleName.parse(text)


def test_a_stated_name_replaces_what_the_file_name_does_not_say(tmp_path: Path) -> None:
    path = saved(tmp_path, row(0), name="download (3).csv")
    found = read_candles(path, name=CandleName("BTC", "EUR", 3600))
    assert (found.coin, found.quote) == ("BTC", "EUR")


def test_parquet_without_its_extra_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = tmp_path / "BTCUSDT-1h.parquet"
    with pytest.raises(ConfigError, match=r"bootstrap\.py setup --dev"):
        write_candles(path, some_candles())
    path.write_bytes(b"PAR1")
    with pytest.raises(ConfigError, match=r"bootstrap\.py setup --dev"):
        read_candles(path)
