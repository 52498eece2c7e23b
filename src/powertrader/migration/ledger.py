"""The original's trades and profit as the first entries of the live ledger, which shows them from then on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from powertrader.core.original_books import original_books_of
from powertrader.core.storage import FileStore
from powertrader.migration.books import BooksFound
from powertrader.migration.item import Fate
from powertrader.models.journal import (
    JournalEvent,
    OriginalLedgerImported,
    OriginalTradesImported,
    WindowRebuilt,
)
from powertrader.persistence.ledger_file import open_ledger
from powertrader.persistence.ledger_segments import LedgerReader
from powertrader.trader.original_start import windows_of


@dataclass(frozen=True, slots=True)
class BooksImport:
    """What would be stored in a ledger, and what becomes of it."""

    folder: Path
    document: str
    lines: str
    fate: Fate


def books_import(books: BooksFound, folder: Path) -> BooksImport | None:
    """Say what becomes of the books in the ledger of a folder; None when there are none.

    A ledger that has traded keeps its own. Raises LedgerDamage when the ledger cannot be read.
    """
    if books.ledger is None and books.trades.item is None:
        return None
    document = books.ledger.content.decode() if books.ledger else "{}"
    lines = books.trades.item.content.decode() if books.trades.item else ""
    events = tuple(LedgerReader(folder, FileStore()).events()) if folder.is_dir() else ()
    return BooksImport(folder, document, lines, _fate(events, document, lines))


def store_books(found: BooksImport, store: FileStore, at: datetime) -> None:
    """Store the books, both or none. Raises ConfigError when a trader holds the ledger, StorageError."""
    if found.fate not in (Fate.NEW, Fate.UPDATED):
        return
    trades = OriginalTradesImported(found.lines, at)
    # purchases of the last 24 hours count against the limit of a position that is adopted
    windows = [window for window in windows_of(original_books_of((trades,)), at).values() if window.dca_times]
    with open_ledger(found.folder, store) as ledger:
        ledger.append_all((OriginalLedgerImported(found.document, at), trades, *windows))


def _fate(events: Iterable[JournalEvent], document: str, lines: str) -> Fate:
    last: tuple[str, str] = ("", "")
    for event in events:
        if isinstance(event, OriginalLedgerImported):
            last = (event.document, last[1])
        elif isinstance(event, OriginalTradesImported):
            last = (last[0], event.lines)
        elif not isinstance(event, WindowRebuilt):
            return Fate.SAME if last == (document, lines) else Fate.KEPT
    if last == (document, lines):
        return Fate.SAME
    return Fate.UPDATED if any(last) else Fate.NEW
