"""The head of a ledger: how many entries it has and the hash of the last, in a small file beside them.

It is written after the entries are on the disk, in place and without waiting, so it may lag behind what
a crash lost of it but never leads: entries that it counts and that are missing were taken away.
"""

import json
import zlib
from pathlib import Path
from typing import Final, NamedTuple

from powertrader.core.storage import FileStore
from powertrader.persistence.ledger_lines import GENESIS

HEAD_FILE: Final = "head.json"
LENGTH: Final = 160
_TRIES: Final = 3
"""A reader may meet the head while it is written; the next look finds it whole."""


class Head(NamedTuple):
    """How many entries there are, and the SHA-256 of the last one's line."""

    entries: int = 0
    digest: str = GENESIS


def head_text(head: Head) -> bytes:
    """Give the content of the file, always of the same length."""
    rest = f'"entries":{head.entries},"hash":"{head.digest}"}}'.encode("ascii")
    return (b'{"crc":"%08x",' % zlib.crc32(rest) + rest).ljust(LENGTH - 1) + b"\n"


def read_head(store: FileStore, folder: Path) -> Head | None:
    """Give the head of the ledger in a folder, None when it is missing or damaged."""
    for _ in range(_TRIES):
        raw = store.read_bytes(folder / HEAD_FILE)
        if raw is None:
            return None
        head = _parsed(raw)
        if head is not None:
            return head
    return None


def _parsed(raw: bytes) -> Head | None:
    try:
        fields = json.loads(raw)
        head = Head(fields["entries"], fields["hash"])
        return head if raw == head_text(head) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
