"""Every word a person reads in the window, in one table that can be translated.

The table is the TOML files of texts/LANGUAGE, each with a table for one screen; a word's key is
`screen.name`, or `screen.help.name`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Final

LANGUAGE: Final = "en"


def text(key: str, **values: object) -> str:
    """Give the words of a key, with values where they have {names}. Raises KeyError for an unknown key."""
    words = table()[key]
    return words.format(**values) if values else words


def has_text(key: str) -> bool:
    """Tell whether a key has words."""
    return key in table()


@cache
def table(language: str = LANGUAGE) -> Mapping[str, str]:
    """Give the whole table of a language by key. Raises ValueError when two files have words for one key."""
    found: dict[str, str] = {}
    folder = resources.files("powertrader.hub") / "texts" / language
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        for key, words in _flat(tomllib.loads(file.read_text("utf-8")), ""):
            if key in found:
                msg = f"{file.name}: {key} has words in another file already"
                raise ValueError(msg)
            found[key] = words
    return found


def _flat(tree: Mapping[str, object], before: str) -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", str(value)
