"""A candle book as one file: the same book gives the same bytes, and damaged bytes give no book."""

import io
import struct
import tokenize
import zipfile
import zlib
from typing import Final

import numpy as np

from powertrader.core.candle_pages import Paging
from powertrader.core.exceptions import DataCorruptionError
from powertrader.market.history_book import CandleBook

SCHEMA: Final = 1
_CELLS: Final = 6
_LARGEST: Final = 1 << 62

# what zipfile and numpy raise for bytes that nobody wrote on purpose
_UNREADABLE: Final = (
    ValueError,
    KeyError,
    TypeError,
    OSError,
    EOFError,
    RuntimeError,
    OverflowError,
    SyntaxError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)


def pack_book(book: CandleBook) -> bytes:
    """Give the bytes of an .npz file that holds a book."""
    paging = book.paging
    facts = (
        SCHEMA,
        book.interval_s,
        book.from_s,
        book.until_s,
        int(book.begins),
        paging.rows,
        paging.enough,
    )
    target = io.BytesIO()
    np.savez(
        target,
        allow_pickle=False,
        facts=np.array(facts, dtype=np.int64),
        table=book.table,
        odd_s=book.odd_s,
    )
    return target.getvalue()


def unpack_book(raw: bytes, interval_s: int, name: str) -> CandleBook:
    """Give the book that pack_book turned into these bytes; name is the file, for the message.

    Raises DataCorruptionError when the bytes are no such book.
    """
    try:
        return _book_of(raw, interval_s)
    except _UNREADABLE as error:
        msg = f"{name} holds no candles of schema {SCHEMA} ({error})"
        raise DataCorruptionError(msg) from error


def _book_of(raw: bytes, interval_s: int) -> CandleBook:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        # the archive's check sums are compared before a header is believed
        contents = {name: archive.read(f"{name}.npy") for name in ("facts", "table", "odd_s")}
    facts, table, odd_s = (
        np.lib.format.read_array(io.BytesIO(content), allow_pickle=False) for content in contents.values()
    )
    schema, length_s, from_s, until_s, begins, rows, enough = map(int, facts.tolist())
    if (schema, length_s) != (SCHEMA, interval_s) or not 0 <= from_s <= until_s < _LARGEST or rows < 1:
        msg = f"facts were {facts.tolist()}"
        raise ValueError(msg)
    if table.dtype != np.float64 or table.ndim != 2 or len(table) != _CELLS or odd_s.dtype != np.int64:  # noqa: PLR2004  rows and columns
        msg = f"its table is {table.dtype} {table.shape}"
        raise ValueError(msg)
    columns = np.ascontiguousarray(table)
    book = CandleBook(interval_s, Paging(rows, enough), columns, odd_s.ravel(), from_s, until_s, bool(begins))
    _check(book)
    return book


def _check(book: CandleBook) -> None:
    times, opens, highs, lows, closes, volumes = book.table
    sound = np.isfinite(book.table).all(axis=0) & (lows > 0) & (volumes >= 0)
    sound &= (lows <= np.minimum(opens, closes)) & (highs >= lows)
    sound &= (times >= book.from_s) & (times < book.until_s)
    if not bool(sound.all()) or not bool(np.all(np.diff(times) > 0)):
        msg = "its candles are not in order"
        raise ValueError(msg)
