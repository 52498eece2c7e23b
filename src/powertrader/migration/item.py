"""One file that an import puts into the home, and what becomes of it."""

import hashlib
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Fate(StrEnum):
    """What becomes of a file of the home."""

    NEW = "new"
    SAME = "already there"
    UPDATED = "updated"
    REPLACED = "replaced"
    KEPT = "kept as it is here"


@dataclass(frozen=True, slots=True)
class Item:
    """A file to be imported.

    name says what it is in the user's words, present is what the home has in its place, None when nothing.
    """

    name: str
    target: Path
    content: bytes
    present: bytes | None

    @property
    def sha256(self) -> str:
        """Fingerprint of the content."""
        return sha256_of(self.content)


def sha256_of(content: bytes) -> str:
    """Give the SHA-256 of some bytes as hex digits."""
    return hashlib.sha256(content).hexdigest()


def fate_of(item: Item, imported: AbstractSet[str], *, replace: bool) -> Fate:
    """Say what becomes of an item.

    imported: fingerprints of what earlier imports wrote to its target. What the home made itself is kept,
    unless replace.
    """
    if item.present is None:
        return Fate.NEW
    if item.present == item.content:
        return Fate.SAME
    if sha256_of(item.present) in imported:
        return Fate.UPDATED
    return Fate.REPLACED if replace else Fate.KEPT
