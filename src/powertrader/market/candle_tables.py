"""Candle files as tables of numbers: CSV, Parquet and npz, each with the same rule for columns.

The first row of a CSV, and the names in the other formats, are open_time (seconds since 1970, UTC)
or open_time_ms (milliseconds), open, high, low, close and, if known, volume. Nothing is guessed
from the size of a number.
"""

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np

from powertrader.core.exceptions import BadData, ConfigError
from powertrader.market.candle_name import SUFFIXES, format_of
from powertrader.models.types import FloatArray, IntArray

TimeUnit: TypeAlias = Literal["s", "ms"]
PRICES: Final = ("open", "high", "low", "close")
VOLUME: Final = "volume"
_TIME_UNITS: Final[Mapping[str, TimeUnit]] = {"open_time": "s", "open_time_ms": "ms"}
_TIMES_OF_UNKNOWN_UNIT: Final = ("time", "timestamp", "opentime", "open time", "date", "datetime", "unix")
# a flipped bit can ask for a password, another zip version or endless memory
_NPZ_ERRORS: Final = (
    OSError,
    ValueError,
    EOFError,
    KeyError,
    RuntimeError,
    MemoryError,
    zlib.error,
    zipfile.BadZipFile,
)
_COLUMNS: Final = f"open_time or open_time_ms, {', '.join(PRICES)}, and optionally {VOLUME}"


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that holds no candle; row counts from 1 below the header."""

    row: int
    problem: str


@dataclass(frozen=True, slots=True, eq=False)
class CandleTable:
    """The numbers of a file as they stand there, unchecked.

    cells (6, N): open time in unit, open, high, low, close, volume. row_number (N,) counts the rows
    from 1 below the header, unreadable rows included. notes: what was ignored or assumed.
    """

    cells: FloatArray
    row_number: IntArray
    unit: TimeUnit
    notes: tuple[str, ...]
    unreadable: tuple[UnreadableRow, ...] = ()


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the wanted columns stand, in the order of CandleTable.cells; volume may be absent."""

    positions: tuple[int, ...]
    unit: TimeUnit
    notes: tuple[str, ...]


def read_table(path: Path, content: bytes, unit: TimeUnit | None) -> CandleTable:
    """Read the content of a candle file; the suffix of path says its format.

    unit: what a time column of another name, or one whose name is wrong, counts in.
    Raises BadData naming the file, ConfigError when Parquet support is not installed.
    """
    suffix = format_of(path)
    if not content:
        msg = f"{path} is empty, must hold a header and candles"
        raise BadData(msg)
    if suffix == ".parquet":
        return _table_of_columns(path, _parquet_columns(path, content), unit)
    if suffix == ".npz":
        return _table_of_columns(path, _npz_columns(path, content), unit)
    if suffix is None:
        msg = f"{path} is no candle file, its name must end with one of {', '.join(SUFFIXES)}"
        raise BadData(msg)
    return _table_of_text(
        path, _text(path, _unzipped(path, content) if suffix == ".csv.gz" else content), unit
    )


def pyarrow_missing(path: Path) -> ConfigError:
    """Make the error for a Parquet file on an installation that cannot read it."""
    return ConfigError(
        f"{path}: Parquet needs the package pyarrow, which scripts/bootstrap.py setup --dev installs"
    )


def _unzipped(path: Path, content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        msg = f"{path} is no complete gzip file ({error}); get it again"
        raise BadData(msg) from error


def _text(path: Path, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{path} is no text file (byte {error.start}), must be CSV with a header"
        raise BadData(msg) from error
    if "\0" in text or not text.strip():
        problem = "holds binary zeros" if "\0" in text else "is empty"
        msg = f"{path} {problem}, must be CSV with a header"
        raise BadData(msg)
    return text.strip("\r\n") + "\n"


def _table_of_text(path: Path, text: str, unit: TimeUnit | None) -> CandleTable:
    header, _, body = text.partition("\n")
    names = [name.strip().strip('"').lower() for name in header.split(",")]
    layout = _layout(path, names, unit)
    rows = body.count("\n")
    if len(names) == len(layout.positions):
        numbers = _regular_numbers(body, len(names), rows)
        if numbers is not None:
            cells = _six_rows([numbers[:, position] for position in layout.positions], rows)
            return CandleTable(cells, np.arange(1, rows + 1, dtype=np.int64), layout.unit, layout.notes)
    return _table_row_by_row(body, names, layout)


def _regular_numbers(body: str, columns: int, rows: int) -> FloatArray | None:
    """Read text that is nothing but numbers fast; None when one row is not, which is then looked for."""
    try:
        numbers = (
            np.loadtxt(io.StringIO(body), delimiter=",", comments=None, ndmin=2)
            if body
            else np.empty((0, columns))
        )
    except ValueError:
        return None
    return numbers if numbers.shape == (rows, columns) else None


def _table_row_by_row(body: str, names: Sequence[str], layout: _Layout) -> CandleTable:
    cells: list[list[float]] = []
    row_number: list[int] = []
    unreadable: list[UnreadableRow] = []
    lines = body.removesuffix("\n").split("\n") if body else []
    for row, fields in enumerate(map(_fields, lines), start=1):
        read = _numbers(fields, names, layout.positions)
        if isinstance(read, str):
            unreadable.append(UnreadableRow(row, read))
        else:
            cells.append(read)
            row_number.append(row)
    columns = list(np.array(cells, dtype=np.float64).reshape(-1, len(layout.positions)).T)
    numbers = np.array(row_number, dtype=np.int64)
    return CandleTable(_six_rows(columns, len(cells)), numbers, layout.unit, layout.notes, tuple(unreadable))


def _fields(line: str) -> list[str]:
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return []


def _numbers(fields: Sequence[str], names: Sequence[str], positions: Sequence[int]) -> list[float] | str:
    """Read one row, or say what is wrong with it."""
    if len(fields) != len(names):
        return f"the row has {len(fields)} columns, must have the {len(names)} of the header"
    numbers = []
    for position in positions:
        text = fields[position].strip()
        try:
            numbers.append(float(text if text.isascii() and "_" not in text else "not a number"))
        except ValueError:
            return f"{names[position]} was {text[:40]!r}, must be a number"
    return numbers


def _six_rows(columns: Sequence[FloatArray], rows: int) -> FloatArray:
    """Stack the columns; a volume that is not given counts as 0."""
    cells = np.zeros((6, rows))
    for position, column in enumerate(columns):
        cells[position] = column
    return cells


def _layout(path: Path, names: Sequence[str], unit: TimeUnit | None) -> _Layout:
    _check_names(path, names)
    time_name = _time_column(path, names, unit)
    wanted = [time_name, *PRICES, *([VOLUME] if VOLUME in names else [])]
    notes = [f"column {name} is not used" for name in names if name not in wanted]
    if VOLUME not in names:
        notes.append("there is no volume column, volumes count as 0")
    stated = _TIME_UNITS.get(time_name) if unit is None else unit
    return _Layout(tuple(names.index(name) for name in wanted), stated or "s", tuple(notes))


def _check_names(path: Path, names: Sequence[str]) -> None:
    missing = [name for name in PRICES if name not in names]
    if missing:
        shown = ", ".join(repr(name[:20]) for name in names[:8])
        msg = (
            f"{path}: the header was {shown}; missing {', '.join(missing)}, must name the columns {_COLUMNS}"
        )
        raise BadData(msg)
    twice = sorted(
        {name for name in names if names.count(name) > 1 and name in (*PRICES, VOLUME, *_TIME_UNITS)}
    )
    if twice:
        msg = f"{path}: the header names {', '.join(twice)} more than once, must be once"
        raise BadData(msg)


def _time_column(path: Path, names: Sequence[str], unit: TimeUnit | None) -> str:
    stated = [name for name in names if name in _TIME_UNITS]
    others = [name for name in names if name in _TIMES_OF_UNKNOWN_UNIT]
    if len(stated) > 1:
        msg = f"{path}: the header has {' and '.join(stated)}, must have one of them"
        raise BadData(msg)
    if stated == ["open_time_ms"] and unit == "s":
        msg = f"{path}: the header says open_time_ms, the time unit was stated as s; leave --time-unit out"
        raise BadData(msg)
    if stated:
        return stated[0]
    if len(others) == 1 and unit is not None:
        return others[0]
    if len(others) == 1:
        msg = (
            f"{path}: the unit of column {others[0]} is not known; "
            "state --time-unit s or --time-unit ms to powertrader candles convert"
        )
        raise BadData(msg)
    msg = f"{path}: the header has no single time column, must name the columns {_COLUMNS}"
    raise BadData(msg)


def _table_of_columns(path: Path, columns: Mapping[str, FloatArray], unit: TimeUnit | None) -> CandleTable:
    names = list(columns)
    layout = _layout(path, names, unit)
    chosen = [columns[names[position]] for position in layout.positions]
    lengths = {len(column) for column in chosen}
    if len(lengths) > 1:
        msg = f"{path}: the columns have {sorted(lengths)} rows, must be equally long"
        raise BadData(msg)
    rows = lengths.pop()
    return CandleTable(
        _six_rows(chosen, rows), np.arange(1, rows + 1, dtype=np.int64), layout.unit, layout.notes
    )


def _npz_columns(path: Path, content: bytes) -> dict[str, FloatArray]:
    try:
        archive = np.load(io.BytesIO(content), allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            msg = f"{path} holds one array, must be an npz with the columns {_COLUMNS}"
            raise BadData(msg)
        with archive:
            return {name.lower(): _number_column(path, name, archive[name]) for name in archive.files}
    except _NPZ_ERRORS as error:
        msg = f"{path} is no complete npz file of plain numbers"
        raise BadData(msg) from error


def _parquet_columns(path: Path, content: bytes) -> dict[str, FloatArray]:
    try:
        import pyarrow as pa  # noqa: PLC0415  an extra that the base does not need
        import pyarrow.parquet as pq  # noqa: PLC0415  pyarrow is an extra
    except ImportError as error:
        raise pyarrow_missing(path) from error
    try:
        table = pq.read_table(pa.BufferReader(content), page_checksum_verification=True)
        columns = {str(name): table.column(name).to_numpy() for name in table.column_names}
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        msg = f"{path} is no complete Parquet file ({error})"
        raise BadData(msg) from error
    return {name.lower(): _number_column(path, name, column) for name, column in columns.items()}


def _number_column(
    path: Path, name: str, column: np.ndarray[tuple[int, ...], np.dtype[np.generic]]
) -> FloatArray:
    """Give a column as floats; one that we do not read becomes empty, whatever it holds."""
    lower = name.lower()
    if lower not in (*PRICES, VOLUME, *_TIME_UNITS, *_TIMES_OF_UNKNOWN_UNIT):
        return np.empty(0)
    if column.ndim != 1 or column.dtype.kind not in "iuf":
        found = f"{column.dtype} in {column.ndim} dimensions"
        msg = f"{path}: column {name} holds {found}, must hold one row of numbers"
        raise BadData(msg)
    return column.astype(np.float64)
