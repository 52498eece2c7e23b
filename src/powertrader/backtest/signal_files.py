"""Signals of earlier walks on the disk, so that the same walk is made once."""

import contextlib
import io
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from powertrader.backtest.signal_arrays import SignalArrays
from powertrader.core.array_archive import UNREADABLE, members_of
from powertrader.core.exceptions import StorageError
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore

ROOM_BYTES: Final = 1_000_000_000
"""How much may be kept; the oldest go first."""
Kind = TypeVar("Kind", bound=np.generic)

log = logging.getLogger(__name__)


class SignalFiles:
    """A SignalStore in a home. It only saves time: what cannot be read or written is walked again."""

    def __init__(self, paths: HomePaths, room_bytes: int = ROOM_BYTES) -> None:
        """Bind the folder; it is made with the first file."""
        self._store = FileStore(paths.data)
        self._folder = paths.past_signals
        self._room_bytes = room_bytes

    def load(self, key: str) -> SignalArrays | None:
        """Give the signals of a key, None when there are none that can be read."""
        path = self._path(key)
        try:
            raw = self._store.read_bytes(path)
            if raw is None:
                return None
            members = members_of(raw)
            return SignalArrays(
                _column(members, "close_s", np.int64),
                _column(members, "long", np.int8),
                _column(members, "short", np.int8),
                _column(members, "low_bounds", np.float64),
                _column(members, "priced", np.float64),
            )
        except (StorageError, *UNREADABLE) as error:
            log.warning("kept signals cannot be read", extra={"path": str(path), "reason": str(error)})
            return None

    def save(self, key: str, signals: SignalArrays) -> None:
        """Keep signals under a key; the oldest files go when there is no room for all."""
        target = io.BytesIO()
        np.savez(target, allow_pickle=False, **{name: getattr(signals, name) for name in signals.__slots__})
        try:
            self._store.write_bytes(self._path(key), target.getvalue())
            self._make_room()
        except (StorageError, OSError) as error:
            log.warning("signals were not kept", extra={"path": str(self._folder), "reason": str(error)})

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.npz"

    def _make_room(self) -> None:
        files = []
        for path in self._folder.glob("*.npz"):
            # another backtest may make room at the same time
            with contextlib.suppress(FileNotFoundError):
                found = path.stat()
                files.append((found.st_mtime_ns, found.st_size, path))
        taken = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if taken <= self._room_bytes:
                break
            self._store.remove(path)
            taken -= size


def _column(members: Mapping[str, NDArray[np.generic]], name: str, kind: type[Kind]) -> NDArray[Kind]:
    column = members[name]
    if column.dtype != np.dtype(kind):
        msg = f"{name} was {column.dtype}, must be {kind.__name__}"
        raise ValueError(msg)
    return column.astype(kind, copy=False)
