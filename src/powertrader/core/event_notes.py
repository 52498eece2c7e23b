"""A fact as a line of text: what journals hold and what goes from one computer to another."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from types import MappingProxyType
from typing import Final

import orjson

from powertrader.core.exceptions import BadData
from powertrader.core.record_codec import decode, encode
from powertrader.core.redaction import Redactor
from powertrader.models.events import EVENTS, Event

SCHEMA: Final = 1
LONGEST_LINE: Final = 1_000_000
"""No fact takes so many bytes; what does is not looked into."""
_KINDS: Final[Mapping[str, type[Event]]] = MappingProxyType({kind.__name__: kind for kind in EVENTS})


@dataclass(frozen=True, slots=True)
class Sender:
    """Who tells: the worker's name, its computer, and a text that differs each time a worker starts."""

    process: str
    host: str
    run: str


@dataclass(frozen=True, slots=True)
class EventNote:
    """A fact with who told it; number counts the facts of one run from 1, so that gaps can be seen."""

    sender: Sender
    number: int
    event: Event

    @property
    def at(self) -> datetime:
        """When it happened, by the sender's wall clock."""
        return self.event.at


class EventWriter:
    """Turns facts into lines without secrets and hands each to every outlet."""

    def __init__(
        self, sender: Sender, outlets: Iterable[Callable[[bytes], None]], redactor: Redactor
    ) -> None:
        """Bind who tells, to whom, and what takes the secrets out."""
        self._sender = sender
        self._outlets = tuple(outlets)
        self._redactor = redactor
        self._numbers = count(1)

    def __call__(self, event: Event) -> None:
        """Write one fact. Raises BadData when it holds what no line can."""
        content = _content(EventNote(self._sender, next(self._numbers), event))
        line = _line(self._redactor.redact_value(content))
        for outlet in self._outlets:
            outlet(line)


def line_of(note: EventNote) -> bytes:
    """Give a note as one line of JSON with its end. Raises BadData for a number that is not finite."""
    return _line(_content(note))


def note_of(line: bytes) -> EventNote:
    """Give the note that a line holds. Raises BadData when it is damaged, foreign or of a newer version."""
    content = _object(line)
    kind = _KINDS.get(str(content.get("kind")))
    if content.get("schema") != SCHEMA or kind is None:
        named, schema = str(content.get("kind"))[:40], str(content.get("schema"))[:10]
        msg = (
            f"an event was {named!r} of schema {schema}, this version knows schema {SCHEMA} of "
            f"{', '.join(_KINDS)}; update PowerTrader"
        )
        raise BadData(msg)
    number = content.get("number")
    if type(number) is not int or number < 1:
        msg = f"number of an event was {str(number)[:40]!r}, must be a whole number above 0"
        raise BadData(msg)
    sender = decode(Sender, {name: content.get(name) for name in ("process", "host", "run")})
    return EventNote(sender, number, decode(kind, content.get("body")))


def _content(note: EventNote) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "kind": type(note.event).__name__,
        "made_at": note.at.isoformat(),
        **encode(note.sender),
        "number": note.number,
        "body": encode(note.event),
    }


def _line(content: object) -> bytes:
    return orjson.dumps(content) + b"\n"


def _object(line: bytes) -> dict[str, object]:
    if len(line) > LONGEST_LINE:
        msg = f"an event of {len(line)} bytes is longer than {LONGEST_LINE}"
        raise BadData(msg)
    try:
        content: object = orjson.loads(line)
    except ValueError as error:
        msg = f"an event is no JSON: {error}"
        raise BadData(msg) from error
    if not isinstance(content, dict):
        msg = f"an event was {str(content)[:40]!r}, must be an object"
        raise BadData(msg)
    return content
