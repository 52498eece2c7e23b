"""The user's notes and tags on trades, in one file that one writer replaces at each change."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from powertrader.core.exceptions import BadData, DataCorruptionError
from powertrader.core.record_codec import decode, encode
from powertrader.core.storage import FileStore

KIND: Final = "journal_notes"
SCHEMA: Final = 1
MOST_LETTERS: Final = 4_000
"""A note is no longer; what is behind is refused, never cut off unseen."""
MOST_TAGS: Final = 20
MOST_TAG_LETTERS: Final = 40


@dataclass(frozen=True, slots=True)
class Note:
    """What was written about one trade. Raises ValueError when it is longer than a file should hold."""

    words: str = ""
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the lengths once."""
        longest = max(map(len, self.tags), default=0)
        if len(self.words) > MOST_LETTERS or len(self.tags) > MOST_TAGS or longest > MOST_TAG_LETTERS:
            msg = (
                f"a note has at most {MOST_LETTERS:,} letters and {MOST_TAGS} tags of at most "
                f"{MOST_TAG_LETTERS}; this one has {len(self.words):,} and {len(self.tags)} of {longest}"
            )
            raise ValueError(msg)

    def __bool__(self) -> bool:
        return bool(self.words or self.tags)


def tags_in(text: str) -> tuple[str, ...]:
    """Give the tags of a text that separates them by commas, each once, without the # some write before."""
    found = (" ".join(one.split()).lstrip("# ") for one in text.split(","))
    return tuple(dict.fromkeys(tag for tag in found if tag))


class JournalNotes:
    """Notes by client order id. Its methods may be called by any thread, one after the other."""

    def __init__(self, path: Path, store: FileStore) -> None:
        """Bind the file, which need not exist."""
        self._path = path
        self._store = store
        self._lock = threading.Lock()
        self._notes: dict[str, Note] | None = None

    def read(self) -> Mapping[str, Note]:
        """Give all notes. A damaged file is moved aside.

        Raises DataCorruptionError when it is damaged, or written by a newer PowerTrader, and StorageError.
        """
        with self._lock:
            return MappingProxyType(dict(self._known()))

    def put(self, order: str, note: Note) -> Mapping[str, Note]:
        """Store a note, or forget that of an order when it is empty; give all notes.

        It is on the disk when this returns. Raises as read does; then the file is as before.
        """
        with self._lock:
            changed = {**self._known(), order: note}
            if not note:
                del changed[order]
            notes = {name: encode(one) for name, one in changed.items()}
            content = {"kind": KIND, "schema": SCHEMA, "notes": notes}
            self._store.write_json(self._path, content, durable=True)
            self._notes = changed
            return MappingProxyType(dict(changed))

    def _known(self) -> dict[str, Note]:
        if self._notes is None:
            self._notes = _notes_in(self._store.read_json(self._path, None), self._path)
        return self._notes


def tags_of(notes: Iterable[Note]) -> tuple[str, ...]:
    """Give every tag that is in use, sorted."""
    return tuple(sorted({tag for note in notes for tag in note.tags}, key=str.casefold))


def _notes_in(found: object, path: Path) -> dict[str, Note]:
    if found is None:
        return {}
    if not isinstance(found, dict) or found.get("kind") != KIND or found.get("schema") != SCHEMA:
        msg = f"{path} holds no notes that this version can read; update PowerTrader, or move the file away"
        raise DataCorruptionError(msg)
    notes = found.get("notes")
    try:
        return {str(name): decode(Note, one) for name, one in dict(notes or {}).items()}
    except (BadData, TypeError, ValueError) as error:
        msg = f"{path} holds a note that cannot be read: {str(error)[:300]}; put a backup in its place"
        raise DataCorruptionError(msg) from error
