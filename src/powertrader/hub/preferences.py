"""Preferences: what the window remembers of itself, such as its size, sashes and sorting."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.storage import FileStore

MOST_BYTES: Final = 1_000_000
log = logging.getLogger(__name__)


class Preferences:
    """Values by key, of what JSON knows; nothing of them has to do with money."""

    def __init__(self, values: Mapping[str, object] | None = None) -> None:
        """Begin with some values."""
        self._values = dict(values or {})
        self._saved = dict(self._values)

    def number(self, key: str, otherwise: float) -> float:
        """Give a number, otherwise when there is none under the key."""
        value = self._values.get(key)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else otherwise

    def words(self, key: str, otherwise: str = "") -> str:
        """Give a text, otherwise when there is none under the key."""
        value = self._values.get(key)
        return value if isinstance(value, str) else otherwise

    def switch(self, key: str, *, otherwise: bool = False) -> bool:
        """Give a yes or no, otherwise when there is none under the key."""
        value = self._values.get(key)
        return value if isinstance(value, bool) else otherwise

    def numbers(self, key: str) -> tuple[float, ...]:
        """Give some numbers, none when there are none under the key."""
        value = self._values.get(key)
        if not isinstance(value, list | tuple):
            return ()
        return tuple([one for one in value if isinstance(one, int | float) and not isinstance(one, bool)])

    def put(self, key: str, value: str | float | bool | tuple[float, ...]) -> None:  # noqa: FBT001  a value like the others
        """Remember a value."""
        self._values[key] = list(value) if isinstance(value, tuple) else value

    def unsaved(self) -> str | None:
        """Give the text to be saved, None when nothing has changed since the last time."""
        if self._values == self._saved:
            return None
        self._saved = dict(self._values)
        return json.dumps(self._values, indent=1, sort_keys=True) + "\n"


def read_preferences(path: Path, store: FileStore) -> Preferences:
    """Give what was saved; nothing of it when it cannot be read, which is logged."""
    try:
        content = store.read_bytes(path)
        found = json.loads(content) if content and len(content) <= MOST_BYTES else {}
    except (PowerTraderError, ValueError, RecursionError) as error:
        log.warning("what the window remembers cannot be read", extra={"reason": str(error)})
        found = {}
    return Preferences(found if isinstance(found, dict) else {})
