"""A candle book as one file that says whose candles it holds; damaged bytes and others' give no book."""

import io
import struct
import tokenize
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from powertrader.core.candle_pages import Paging
from powertrader.core.exceptions import DataCorruptionError
from powertrader.market.candle_name import CandleName
from powertrader.market.history_book import CandleBook

SCHEMA: Final = 2
_WITHOUT_LABEL: Final = 1
_LONGEST_WORDS: Final = 80
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


@dataclass(frozen=True, slots=True)
class BookLabel:
    """Whose candles a book holds: the venue that gave them, and coin, quote asset and timeframe."""

    venue: str
    name: CandleName

    def __str__(self) -> str:
        """Give it as a person reads it."""
        return f"{self.name} of {self.venue}"


def pack_book(book: CandleBook, label: BookLabel) -> bytes:
    """Give the bytes of an .npz file that holds a book: the same for the same book and label."""
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
        label=np.array(_words(label)),
        table=book.table,
        odd_s=book.odd_s,
    )
    return target.getvalue()


def unpack_book(raw: bytes, label: BookLabel, name: str) -> tuple[CandleBook, bool]:
    """Give the book that pack_book turned into these bytes, and whether it carries its label.

    One of before there were labels is believed. name is the file, for the message. Raises
    DataCorruptionError when the bytes are no such book, or one with another label.
    """
    try:
        book, words = _book_of(raw, label.name.interval_s)
    except _UNREADABLE as error:
        msg = f"{name} holds no candles of schema {SCHEMA} ({error})"
        raise DataCorruptionError(msg) from error
    if words is not None and words != _words(label):
        msg = f"{name} holds candles of {' '.join(words)[:_LONGEST_WORDS]}, expected were {label}"
        raise DataCorruptionError(msg)
    return book, words is not None


def _words(label: BookLabel) -> list[str]:
    return [label.venue, label.name.coin, label.name.quote, str(label.name.interval_s)]


def _book_of(raw: bytes, interval_s: int) -> tuple[CandleBook, list[str] | None]:
    """Give a book and its label, None when it is of before there were labels."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        facts, table, odd_s = [_array(archive, name) for name in ("facts", "table", "odd_s")]
        schema, length_s, from_s, until_s, begins, rows, enough = map(int, facts.tolist())
        words = None if schema == _WITHOUT_LABEL else [str(word) for word in _array(archive, "label").flat]
    known = schema in {_WITHOUT_LABEL, SCHEMA} and length_s == interval_s
    if not known or not 0 <= from_s <= until_s < _LARGEST or rows < 1:
        msg = f"facts were {facts.tolist()}"
        raise ValueError(msg)
    if table.dtype != np.float64 or table.ndim != 2 or len(table) != _CELLS or odd_s.dtype != np.int64:  # noqa: PLR2004  rows and columns
        msg = f"its table is {table.dtype} {table.shape}"
        raise ValueError(msg)
    columns = np.ascontiguousarray(table)
    book = CandleBook(interval_s, Paging(rows, enough), columns, odd_s.ravel(), from_s, until_s, bool(begins))
    _check(book)
    return book, words


def _array(archive: zipfile.ZipFile, name: str) -> "np.ndarray[Any, Any]":
    # the archive's check sums are compared before a header is believed
    content = io.BytesIO(archive.read(f"{name}.npy"))
    found: np.ndarray[Any, Any] = np.lib.format.read_array(content, allow_pickle=False)
    return found


def _check(book: CandleBook) -> None:
    times, opens, highs, lows, closes, volumes = book.table
    sound = np.isfinite(book.table).all(axis=0) & (lows > 0) & (volumes >= 0)
    sound &= (lows <= np.minimum(opens, closes)) & (highs >= lows)
    sound &= (times >= book.from_s) & (times < book.until_s)
    if not bool(sound.all()) or not bool(np.all(np.diff(times) > 0)):
        msg = "its candles are not in order"
        raise ValueError(msg)
