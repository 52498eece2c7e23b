"""Candle files in and out: CSV (plain or gzip), Parquet and npz, checked row by row or repaired."""

import gzip
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from powertrader.core.exceptions import BadData
from powertrader.core.storage import FileStore
from powertrader.market.candle_checks import CandleReport, check_table
from powertrader.market.candle_name import KNOWN_QUOTES, SUFFIXES, CandleName, format_of
from powertrader.market.candle_tables import PRICES, VOLUME, TimeUnit, pyarrow_missing, read_table
from powertrader.models.candle import Candles
from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True, eq=False)
class CandleFile:
    """The candles of one file, whose they are, how they were read, and the file's SHA-256."""

    coin: CoinSymbol
    quote: str
    candles: Candles
    report: CandleReport
    sha256: str


def read_candles(
    path: Path, *, unit: TimeUnit | None = None, repair: bool = False, name: CandleName | None = None
) -> CandleFile:
    """Read one candle file.

    unit: what its times count in where the header does not say. repair: leave wrong rows out and
    report them instead of refusing the file. name: whose candles, where the file name does not say.
    Raises BadData naming file, row, value and what was expected; ConfigError when the format needs
    an extra that is not installed.
    """
    stated = CandleName.parse(path.name) if name is None else name
    try:
        content = path.read_bytes()
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror or error}"
        raise BadData(msg) from error
    table = read_table(path, content, unit)
    candles, report = check_table(str(path), table, stated.interval_s, repair=repair)
    return CandleFile(stated.coin, stated.quote, candles, report, hashlib.sha256(content).hexdigest())


def write_candles(path: Path, candles: Candles) -> None:
    """Write candles in the format that the suffix of path names; the same candles give the same bytes.

    Times are seconds since 1970 under the name open_time. The file is replaced at once or not at all.
    Raises BadData for an unknown suffix, StorageError for an unwritable place, ConfigError when the
    format needs an extra that is not installed.
    """
    FileStore().write_bytes(path, _encoded(path, candles))


def load_folder(
    folder: Path,
    coins: Iterable[CoinSymbol],
    quote: str,
    *,
    unit: TimeUnit | None = None,
    repair: bool = False,
) -> dict[CoinSymbol, CandleFile]:
    """Read the one file of each coin in a folder, in the order of coins.

    Files whose name says nothing about candles in quote are passed over. Raises BadData naming the
    folder, the coin and the files seen when a coin has no file, both files when it has two, and
    whatever read_candles raises.
    """
    seen = list(_files_of(folder, quote))
    chosen = {coin: _only_file(folder, coin, quote, seen) for coin in coins}
    return {
        coin: read_candles(path, unit=unit, repair=repair, name=name) for coin, (name, path) in chosen.items()
    }


def content_sha256(candles: Candles) -> str:
    """Give a hash of the candles themselves, the same for every file format and platform."""
    digest = hashlib.sha256(str(candles.interval_s).encode())
    digest.update(candles.open_time_s.astype("<i8").tobytes())
    for name in (*PRICES, VOLUME):
        digest.update(getattr(candles, name).astype("<f8").tobytes())
    return digest.hexdigest()


def _files_of(folder: Path, quote: str) -> Iterable[tuple[CandleName, Path]]:
    if not folder.is_dir():
        msg = f"{folder} is no folder, must hold candle files such as BTC{quote}-1h.csv.gz"
        raise BadData(msg)
    for path in sorted(folder.iterdir()):
        if format_of(path) is None or not path.is_file():
            continue
        try:
            name = CandleName.parse(path.name, (quote, *KNOWN_QUOTES))
        except BadData:
            continue
        if name.quote == quote:
            yield name, path


def _only_file(
    folder: Path, coin: CoinSymbol, quote: str, seen: Iterable[tuple[CandleName, Path]]
) -> tuple[CandleName, Path]:
    found = [(name, path) for name, path in seen if name.coin == coin]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(path.name for _, path in found)
        msg = f"{folder} has {len(found)} files for {coin}: {names}; must be one"
        raise BadData(msg)
    names = ", ".join(path.name for _, path in seen) or f"no candle file in {quote}"
    expected = f"expected for example {coin}{quote}-1h.csv.gz"
    msg = f"{folder} has no candles of {coin} in {quote}; found {names}, {expected}"
    raise BadData(msg)


def _encoded(path: Path, candles: Candles) -> bytes:
    suffix = format_of(path)
    if suffix == ".csv":
        return _csv(candles)
    if suffix == ".csv.gz":
        return gzip.compress(_csv(candles), mtime=0)
    if suffix == ".npz":
        return _npz(candles)
    if suffix == ".parquet":
        return _parquet(path, candles)
    msg = f"{path} must end with one of {', '.join(SUFFIXES)}"
    raise BadData(msg)


def _csv(candles: Candles) -> bytes:
    columns = [candles.open_time_s.tolist(), *(getattr(candles, name).tolist() for name in (*PRICES, VOLUME))]
    lines = [",".join(("open_time", *PRICES, VOLUME))]
    lines += [",".join(map(repr, row)) for row in zip(*columns, strict=True)]
    return ("\n".join(lines) + "\n").encode("ascii")


def _npz(candles: Candles) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        open_time=candles.open_time_s,
        open=candles.open,
        high=candles.high,
        low=candles.low,
        close=candles.close,
        volume=candles.volume,
    )
    return buffer.getvalue()


def _parquet(path: Path, candles: Candles) -> bytes:
    try:
        import pyarrow as pa  # noqa: PLC0415  an extra that the base does not need
        import pyarrow.parquet as pq  # noqa: PLC0415  pyarrow is an extra
    except ImportError as error:
        raise pyarrow_missing(path) from error
    columns = {
        "open_time": candles.open_time_s,
        **{name: getattr(candles, name) for name in (*PRICES, VOLUME)},
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink, write_page_checksum=True)
    return bytes(sink.getvalue())
