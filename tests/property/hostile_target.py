"""A reader of what somebody else wrote: how it is called, and true examples of what it reads."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from powertrader.core.exceptions import PowerTraderError

Reader = Callable[[bytes, Path], object]


@dataclass(frozen=True, slots=True)
class Target:
    """A reader of bytes, what it may raise, and samples of what it should read.

    The folder is the reader's alone and empty.
    """

    name: str
    read: Reader
    samples: tuple[bytes, ...]
    may_raise: tuple[type[Exception], ...] = (PowerTraderError,)


def of_json(
    name: str,
    read: Callable[[Any], object],
    *samples: object,
    may_raise: tuple[type[Exception], ...] = (PowerTraderError,),
) -> Target:
    """Make a target of a reader that is given parsed JSON, as the libraries give it."""

    def parsed(raw: bytes, _folder: Path) -> object:
        try:
            content = json.loads(raw)
        except (ValueError, RecursionError):
            return None  # the library's client says so before the reader is asked
        return read(content)

    return Target(name, parsed, tuple(orjson.dumps(sample) for sample in samples), may_raise)


def of_file(name: str, file: str, read: Callable[[Path], object], *samples: bytes) -> Target:
    """Make a target of a reader of a file of this name."""

    def written(raw: bytes, folder: Path) -> object:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        return read(path)

    return Target(name, written, samples)
