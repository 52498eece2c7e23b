"""The ledger on the disk: one line of JSON for each event, only ever appended to.

A line is {"crc": checksum of the rest, "schema", "seq": its number from 0, "more": lines of its
group that follow, "type", "event"}. An append is on the disk before it returns. What a process that
died while writing left behind was never acknowledged and is cut off at the next start.
"""

import contextlib
import json
import logging
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from powertrader.core.exceptions import BadData, ConfigError, DataCorruptionError
from powertrader.core.record_codec import decode, encode
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import exclusive
from powertrader.models.book import Book, book_of
from powertrader.models.journal import EVENTS, JournalEvent

log = logging.getLogger(__name__)

SCHEMA: Final = 1
_KINDS: Final[Mapping[str, type[JournalEvent]]] = MappingProxyType({kind.__name__: kind for kind in EVENTS})
_HEAD: Final = b'{"crc":"'
_HEAD_LENGTH: Final = len(_HEAD) + 10


class LedgerFile:
    """A Ledger in a file. Its holder must be the file's only writer: see `open_ledger`."""

    def __init__(self, path: Path, store: FileStore) -> None:
        """Bind the file; `open_ledger` reads it."""
        self._path = path
        self._store = store
        self._size = 0
        self._count = 0
        self._in_doubt = False

    def recover(self) -> int:
        """Check every line, cut off what was never acknowledged, and give how many bytes that were.

        Raises DataCorruptionError naming file and line when a stored event was damaged, and
        ConfigError when a newer PowerTrader wrote it.
        """
        found = self._store.read_bytes(self._path)
        raw = found or b""
        kept, self._count = _acknowledged(raw, self._path)
        self._size = len(kept)
        lost = len(raw) - len(kept)
        if kept != found:
            # also for a new file: its name must outlive a power cut before the first event is promised
            self._store.write_bytes(self._path, kept, durable=True)
        if lost > 0:
            log.warning("unfinished line cut off", extra={"file": str(self._path), "bytes": lost})
        return max(lost, 0)

    def append(self, event: JournalEvent) -> None:
        """Store one event. Raises StorageError when it could not be stored; then nothing was."""
        self.append_all((event,))

    def append_all(self, events: Iterable[JournalEvent]) -> None:
        """Store several events with one write, all or none. Raises StorageError; then nothing was."""
        group = tuple(events)
        if not group:
            return
        lines = encode_events(group, first=self._count)
        self._settle_doubt()
        # whatever ends this call early, an interrupt of the user too, leaves the file in doubt
        self._in_doubt = True
        self._store.append_bytes(self._path, lines, durable=True)
        self._size += len(lines)
        self._count += len(group)
        self._in_doubt = False

    def events(self) -> Iterator[JournalEvent]:
        """Give every event in the order of storing. Raises DataCorruptionError naming file and line."""
        raw = (self._store.read_bytes(self._path) or b"")[: self._size]
        return decode_events(raw, str(self._path))

    def book(self) -> Book:
        """Give the fold of all events."""
        return book_of(self.events())

    def _settle_doubt(self) -> None:
        """After a write that did not come to its end, take away what it may have left behind."""
        if not self._in_doubt:
            return
        raw = self._store.read_bytes(self._path) or b""
        if len(raw) > self._size:
            self._store.write_bytes(self._path, raw[: self._size], durable=True)
        self._in_doubt = False


@contextlib.contextmanager
def open_ledger(path: Path, store: FileStore) -> Iterator[LedgerFile]:
    """Hold a ledger for this process alone for as long as the block runs.

    Raises ConfigError when another process holds it, DataCorruptionError when it is damaged.
    """
    with exclusive(path.with_name(f"{path.name}.lock")):
        ledger = LedgerFile(path, store)
        ledger.recover()
        yield ledger


def encode_events(events: Iterable[JournalEvent], first: int = 0) -> bytes:
    """Give the lines of a group of events, numbered from first; the same events give the same bytes.

    Raises BadData when one holds a number that is not finite or a naive time.
    """
    group = tuple(events)
    last = len(group) - 1
    return b"".join(_line(event, first + place, last - place) for place, event in enumerate(group))


def decode_events(content: bytes, name: str = "ledger") -> Iterator[JournalEvent]:
    """Give the events of lines that `encode_events` made.

    Raises DataCorruptionError with name and line when one was damaged, cut off or taken out.
    """
    for number, line in enumerate(content.splitlines(), start=1):
        where = f"{name}, line {number}"
        yield _event(_checked(line, number, where), where)


def _line(event: JournalEvent, number: int, more: int) -> bytes:
    fields = {
        "schema": SCHEMA,
        "seq": number,
        "more": more,
        "type": type(event).__name__,
        "event": encode(event),
    }
    text = json.dumps(fields, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    rest = text[1:].encode("ascii")
    return _HEAD + b"%08x" % zlib.crc32(rest) + b'",' + rest + b"\n"


def _acknowledged(raw: bytes, path: Path) -> tuple[bytes, int]:
    """Give the bytes up to the last whole group, and how many events they hold."""
    lines = raw.split(b"\n")
    torn = lines.pop()
    if torn and _fields(torn) is not None:
        lines.append(torn)  # only the end of the line is missing, as some editors leave it
    whole = 0
    for number, line in enumerate(lines, start=1):
        if not _checked(line, number, f"{path}, line {number}")["more"]:
            whole = number
    return b"".join(line + b"\n" for line in lines[:whole]), whole


def _checked(line: bytes, number: int, where: str) -> dict[str, Any]:
    """Give the fields of a line whose checksum, schema and number are right."""
    fields = _fields(line)
    if fields is None:
        msg = f"{where} is damaged: its checksum does not fit; restore the file from a backup"
        raise DataCorruptionError(msg)
    schema = fields.get("schema")
    if schema != SCHEMA:
        msg = f"{where} has schema {schema}, this PowerTrader reads {SCHEMA}; install a newer one"
        raise ConfigError(msg)
    if fields["seq"] != number - 1:
        msg = f"{where} has number {fields['seq']}, expected {number - 1}: lines were lost or repeated"
        raise DataCorruptionError(msg)
    return fields


def _fields(line: bytes) -> dict[str, Any] | None:
    """Give the fields of a line, None unless it is whole and unchanged."""
    rest = line[_HEAD_LENGTH:]
    if line[:_HEAD_LENGTH] != _HEAD + b"%08x" % zlib.crc32(rest) + b'",':
        return None
    try:
        fields: dict[str, Any] = json.loads(b"{" + rest)
    except (ValueError, RecursionError):
        return None
    return fields


def _event(fields: dict[str, Any], where: str) -> JournalEvent:
    kind = _KINDS.get(fields["type"])
    if kind is None:
        msg = f"{where} holds no event that is known"
        raise DataCorruptionError(msg)
    try:
        return decode(kind, fields["event"])
    except BadData as error:
        msg = f"{where}: {error}"
        raise DataCorruptionError(msg) from error
