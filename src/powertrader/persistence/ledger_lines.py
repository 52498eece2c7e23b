"""The lines of the ledger: each carries a checksum of itself and the SHA-256 of the line before it.

A line is {"crc": checksum of what follows, "prev": SHA-256 of the line before without its end, "schema",
"seq": its number from 0, "more": lines of its group that follow, "type", "event"}. The first line of a
segment is none of the entries: its event is the book carried over, its seq that of the entry behind it.
"""

import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from powertrader.core.exceptions import BadData, ConfigError, DataCorruptionError
from powertrader.core.record_codec import decode, encode
from powertrader.models.book_state import BookState
from powertrader.models.journal import EVENTS, JournalEvent

SCHEMA: Final = 2
GENESIS: Final = "0" * 64
"""What the first line of all names as the hash of the line before it."""
CARRIED: Final = BookState.__name__
PREFIX_LENGTH: Final = 240
"""No checked beginning of a line, up to its event, is longer."""
_KINDS: Final[Mapping[str, type[JournalEvent]]] = MappingProxyType({kind.__name__: kind for kind in EVENTS})
_CRC_LENGTH: Final = len('{"crc":"00000000",')
_BEGINNING: Final = re.compile(
    rb'\{"crc":"(?P<crc>[0-9a-f]{8})","prev":"(?P<prev>[0-9a-f]{64})",'
    rb'"schema":(?P<schema>\d{1,9}),"seq":(?P<seq>\d{1,18}),"more":(?P<more>\d{1,18}),'
    rb'"type":"(?P<type>\w{1,40})","event":'
)
_OTHER_SCHEMA: Final = re.compile(rb'"schema":(\d{1,9}),')


class LedgerDamage(DataCorruptionError):
    """A line of the ledger is not what was stored: where, which entry, and why."""

    def __init__(self, place: "Place", reason: str) -> None:
        """Keep the place beside the text."""
        self.place = place
        self.reason = reason
        super().__init__(f"{place}: {reason}; keep the files as they are and restore a backup")


class Place(NamedTuple):
    """A line of a file, counted from 1, and the number of the ledger's entry there, from 0."""

    name: str
    line: int
    entry: int

    def __str__(self) -> str:
        """Give the place as people read it."""
        return f"{self.name}, line {self.line}, entry {self.entry}"


class Line(NamedTuple):
    """A checked line: hash of the one before, number, lines of its group that follow, kind, hash, event."""

    prev: str
    seq: int
    more: int
    kind: str
    digest: str
    event: bytes


def encode_events(events: Iterable[JournalEvent], first: int = 0, prev: str = GENESIS) -> bytes:
    """Give the lines of a group of events, numbered from first; the same events give the same bytes.

    Raises BadData when one holds a number that is not finite or a naive time.
    """
    group = tuple(events)
    lines = []
    for place, event in enumerate(group):
        line = _line(encode(event), type(event).__name__, (first + place, len(group) - 1 - place), prev)
        prev = digest_of(line)
        lines.append(line + b"\n")
    return b"".join(lines)


def encode_state(state: BookState, first: int, prev: str) -> bytes:
    """Give the line that a segment begins with; first is the number of the entry that follows."""
    return _line(encode(state), CARRIED, (first, 0), prev) + b"\n"


def digest_of(line: bytes) -> str:
    """Give the SHA-256 of a line without its end."""
    return hashlib.sha256(line).hexdigest()


def last_digest(lines: bytes) -> str:
    """Give the SHA-256 of the last of whole lines."""
    return digest_of(lines[:-1].rpartition(b"\n")[2])


def decode_events(content: bytes, name: str = "ledger") -> Iterator[JournalEvent]:
    """Give the events of lines that `encode_events` made.

    Raises DataCorruptionError with name and line when one was damaged, cut off or taken out.
    """
    lines = content.split(b"\n")
    torn = lines.pop()
    if torn:
        raise LedgerDamage(Place(name, len(lines) + 1, len(lines)), "the line is damaged or cut off")
    prev = GENESIS
    for number, raw in enumerate(lines):
        place = Place(name, number + 1, number)
        line = checked(raw, prev, place)
        prev = line.digest
        yield event_of(line, place)


def checked(raw: bytes, prev: str | None, place: Place) -> Line:
    """Give a line whose checksum, schema, number and chain are right; prev None asks for no chain.

    Raises LedgerDamage, and ConfigError when a newer PowerTrader wrote it.
    """
    found = _BEGINNING.match(raw)
    if not is_whole(raw):
        raise LedgerDamage(place, "the line is damaged: its checksum does not fit")
    if found is None or int(found["schema"]) != SCHEMA:
        raise _unknown_form(raw, place)
    if prev is not None and found["prev"].decode() != prev:
        reason = "the line does not follow the one before: lines were changed, lost, added or swapped"
        raise LedgerDamage(place, reason)
    seq = int(found["seq"])
    if seq != place.entry:
        raise LedgerDamage(place, f"the line has number {seq}: lines were lost or repeated")
    kind = found["type"].decode("ascii", "replace")
    return Line(found["prev"].decode(), seq, int(found["more"]), kind, digest_of(raw), raw[found.end() : -1])


def is_whole(raw: bytes) -> bool:
    """Tell whether a line without its end is complete."""
    return raw[:_CRC_LENGTH] == b'{"crc":"%08x",' % zlib.crc32(raw[_CRC_LENGTH:])


def number_of(beginning: bytes) -> int | None:
    """Give the number in the beginning of a line, None when it is no line; nothing else is checked."""
    found = _BEGINNING.match(beginning)
    return None if found is None else int(found["seq"])


def event_of(line: Line, place: Place) -> JournalEvent:
    """Give the event of a line. Raises LedgerDamage when it is none that is known."""
    kind = _KINDS.get(line.kind)
    if kind is None:
        raise LedgerDamage(place, f"the line holds {line.kind!r}, no event that is known")
    try:
        return decode(kind, _parsed(line.event))
    except BadData as error:
        raise LedgerDamage(place, str(error)) from error


def state_in(line: Line, place: Place) -> BookState:
    """Give the carried book of the first line of a segment. Raises LedgerDamage when it is none."""
    if line.kind != CARRIED:
        raise LedgerDamage(place, f"the line holds {line.kind!r}, a segment begins with {CARRIED}")
    try:
        return decode(BookState, _parsed(line.event))
    except BadData as error:
        raise LedgerDamage(place, str(error)) from error


def _parsed(event: bytes) -> object:
    try:
        parsed: object = json.loads(event)
    except (ValueError, RecursionError) as error:
        msg = f"no JSON: {error}"
        raise BadData(msg) from error
    return parsed


def _line(event: Mapping[str, object], kind: str, numbers: Sequence[int], prev: str) -> bytes:
    text = json.dumps(event, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    seq, more = numbers
    rest = f'"prev":"{prev}","schema":{SCHEMA},"seq":{seq},"more":{more},"type":"{kind}","event":{text}}}'
    raw = rest.encode("ascii")
    return b'{"crc":"%08x",' % zlib.crc32(raw) + raw


def _unknown_form(raw: bytes, place: Place) -> Exception:
    found = _OTHER_SCHEMA.search(raw, 0, PREFIX_LENGTH)
    schema = int(found[1]) if found else SCHEMA
    if schema > SCHEMA:
        msg = f"{place} has schema {schema}, this version reads up to {SCHEMA}; update PowerTrader"
        return ConfigError(msg)
    return LedgerDamage(place, "the line has no form that is known")
