"""Looks for secrets in whatever a program leaves behind, however they were spelled on the way there."""

import base64
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import numpy as np

PIECE: Final = 16
"""A piece of a secret this long is a find, too: half a key is a leak."""
_ALIGNMENTS: Final = 3
_BEGINNING: Final = 8
_GZIP: Final = b"\x1f\x8b"
_BETWEEN: Final = b"\n\0\n"


@dataclass(frozen=True, slots=True, order=True)
class Find:
    """A secret by its name, never by its text, and where it stands."""

    name: str
    place: str


def spellings(secret: str) -> Iterator[bytes]:
    """Give the ways in which a secret may be written down, each as bytes."""
    raw = secret.encode()
    for text in (secret, secret.upper(), secret.lower(), json.dumps(secret)[1:-1]):
        yield text.encode()
    once = quote(secret, safe="")
    yield from (once.encode(), quote(once, safe="").encode(), raw.hex().encode(), raw.hex().upper().encode())
    yield secret[::-1].encode()
    for before in range(_ALIGNMENTS):
        # the letters at both ends also depend on what stands beside the secret
        inner = base64.b64encode(b"\0" * before + raw)[4 * bool(before) : -4]
        yield from (inner, inner.replace(b"+", b"-").replace(b"/", b"_"))


def pieces(spelling: bytes) -> Iterator[bytes]:
    """Give beginning, middle and end of a spelling, or all of a short one."""
    if len(spelling) <= PIECE:
        yield spelling
        return
    middle = (len(spelling) - PIECE) // 2
    yield from (spelling[:PIECE], spelling[middle : middle + PIECE], spelling[-PIECE:])


class SecretSearch:
    """Finds known secrets in bytes and in all files below a folder."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """Look for secrets, given by name."""
        self._needles = {
            piece: name
            for name, secret in secrets.items()
            for spelling in spellings(secret)
            for piece in pieces(spelling)
        }

    def in_all(self, contents: Mapping[str, bytes]) -> list[Find]:
        """Give what stands in some contents by their places; those of gzip files are unpacked first."""
        plain = {place: _unpacked(content) for place, content in contents.items()}
        whole = _BETWEEN.join(plain.values())
        found = {
            Find(self._needles[piece], place)
            for piece in self._met_in(whole)
            for place, content in plain.items()
            if piece in content
        }
        return sorted(found)

    def _met_in(self, whole: bytes) -> list[bytes]:
        """Give the pieces whose beginning occurs; all are looked for at once, for there are thousands."""
        windows = max(len(whole) - _BEGINNING + 1, 0)
        met = np.ndarray((windows,), "<u8", whole, strides=(1,))
        begins = np.array(
            [int.from_bytes(piece[:_BEGINNING], "little") for piece in self._needles], np.uint64
        )
        return [piece for piece, is_met in zip(self._needles, np.isin(begins, met), strict=True) if is_met]

    def in_texts(self, texts: Mapping[str, str]) -> list[Find]:
        """Give what stands in some texts by their places."""
        return self.in_all({place: text.encode() for place, text in texts.items()})

    def in_files(self, folder: Path, allowed: Iterable[Path] = ()) -> list[Find]:
        """Give what stands in the files below a folder or in their names, but for the allowed ones."""
        kept, contents = frozenset(allowed), dict[str, bytes]()
        for path in folder.rglob("*"):
            contents[f"name of {path}"] = str(path.relative_to(folder)).encode()
            if path.is_file() and path not in kept:
                contents[str(path)] = path.read_bytes()
        return self.in_all(contents)


def _unpacked(content: bytes) -> bytes:
    return gzip.decompress(content) if content.startswith(_GZIP) else content
