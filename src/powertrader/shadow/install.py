"""A live installation of the original: where its files lie, and how they are read without touching them.

Files are opened for reading only, for as long as one read takes. The original may be in the middle of a
write: what is half written is read again, and left to the next look when that does not help.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.credentials import BLANKS, account_name_of
from powertrader.core.exceptions import ConfigError, StorageError
from powertrader.core.file_operations import Stamp, stamp_of
from powertrader.core.original_folder import OriginalFolder, find_original, settings_text
from powertrader.core.original_format import decode
from powertrader.core.original_ledger import JsonObject
from powertrader.core.original_settings import OriginalSettings, read_settings
from powertrader.core.paths import HomePaths
from powertrader.core.settled_files import Patience, read_settled
from powertrader.core.storage import FileStore
from powertrader.models.types import CoinSymbol
from powertrader.shadow.status import OriginalStatus, status_of

PATIENCE: Final = Patience(4, 0.02)
_DAMAGED: Final = object()
_STORE: Final = FileStore()


def find_install(folder: Path, hub_data: Path | None = None) -> OriginalFolder:
    """Find the parts of an installation; hub_data where it lies elsewhere than the settings say.

    Raises ConfigError when there is none.
    """
    found = find_original(folder)
    if hub_data is None:
        return found
    if not hub_data.is_dir():
        msg = f"--hub-data {hub_data} is no folder; name the one that holds trader_status.json"
        raise ConfigError(msg)
    return replace(found, hub_data=hub_data.resolve())


def refuse_home_inside(folder: OriginalFolder, home: HomePaths) -> None:
    """Return when nothing that is written into a home lies in an installation. Raises ConfigError."""
    for mine in (home.root.resolve(), home.data.resolve()):
        for theirs in (folder.root, folder.main, folder.hub_data):
            if mine.is_relative_to(theirs):
                msg = (
                    f"{mine} of our home lies in the original's folder {theirs}, where nothing may be "
                    "written: name another one with --home, or correct paths.main_neural_dir"
                )
                raise ConfigError(msg)


def read_raw(path: Path, start: int = 0) -> bytes | None:
    """Give a file's content from a place on, None when it is not there or cannot be read now."""
    try:
        return _STORE.read_bytes(path, start)
    except StorageError:
        return None


def read_text(path: Path) -> str | None:
    """Give a file's text as the original reads it, None when it is not there or cannot be read now."""
    raw = read_raw(path)
    return None if raw is None else decode(raw)


def read_object(path: Path, clock: Clock) -> JsonObject | None:
    """Give a JSON object, read again while it is half written; None when there is none to be had now."""

    def read() -> object:
        raw = read_raw(path)
        try:
            return None if raw is None else json.loads(raw)
        except (ValueError, RecursionError):
            return _DAMAGED

    found, _ = read_settled(read, (path,), lambda found: found is not _DAMAGED, PATIENCE, clock)
    return found if isinstance(found, dict) else None


class SettingsReader:
    """The original's settings as its trader has them: a file that cannot be read changes nothing (Q50)."""

    def __init__(self, path: Path) -> None:
        """Start with the original's defaults."""
        self._path = path
        self._stamp: Stamp = None
        self.settings = OriginalSettings.defaults("original")
        self.seen = False

    @property
    def unread(self) -> bool:
        """Tell whether the file is there and has never been read, so that what is in force is not known."""
        return not self.seen and self._path.exists()

    def refresh(self) -> bool:
        """Read the file when it has changed; tell whether there is anything new."""
        stamp = stamp_of(self._path)
        if stamp is None or stamp == self._stamp:
            return False
        raw = read_raw(self._path)
        found = self.settings if raw is None else read_settings(settings_text(raw), self.settings)
        if found is self.settings:
            # half written, or damaged: looked at again
            return False
        self._stamp, self.seen = stamp, True
        changed = found != self.settings
        self.settings = found
        return changed


def read_status(folder: OriginalFolder, clock: Clock) -> OriginalStatus | None:
    """Give what the original's trader told last, None when it told nothing that can be read."""
    found = read_object(folder.trader_status, clock)
    return None if found is None else status_of(found)


def account_of(folder: OriginalFolder) -> str:
    """Give the short name of the original's account, made from its key as ours is; empty without a key."""
    key = (read_text(folder.key_file) or "").strip(BLANKS)
    return account_name_of(key) if key else ""


def stamps_of(paths: Iterable[Path]) -> tuple[Stamp, ...]:
    """Give the stamps of files, None for one that is not there."""
    return tuple([stamp_of(path) for path in paths])


def held_coins(status: OriginalStatus | None) -> frozenset[CoinSymbol]:
    """Name the coins the original's account holds, as its trader told last."""
    held = () if status is None else status.held
    return frozenset([position.coin for position in held])
