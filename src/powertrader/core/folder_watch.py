"""Noticing that files change: told by the system where it can, else by looking."""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

POLL_S: Final = 0.25
"""How often folders are looked at where the system does not tell of changes."""
_CHANGES: Final = frozenset({"created", "modified", "moved", "deleted"})
log = logging.getLogger(__name__)


class _Relay(FileSystemEventHandler):
    """Hands on the path of every file that was replaced, changed or removed."""

    def __init__(self, on_change: Callable[[Path], None]) -> None:
        self._on_change = on_change

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.is_directory or event.event_type not in _CHANGES:
            return
        # a file that is replaced is told of as moved: what counts is where it went
        self._on_change(Path(str(event.dest_path or event.src_path)))


class FolderWatch:
    """Calls on_change with the path of each file that changes in some folders, while it is open.

    on_change runs in a thread of the watch and must be short; temporary files are told of as well. A
    folder that is not there is made. Where the system cannot tell of changes, such as on a network
    drive or with all its watches in use, the folders are looked at every poll_s seconds. system gives
    what listens to the system.
    """

    def __init__(
        self,
        folders: Iterable[Path],
        on_change: Callable[[Path], None],
        poll_s: float = POLL_S,
        system: Callable[[], BaseObserver] = Observer,
    ) -> None:
        """Bind the folders; nothing is opened yet."""
        self._folders = tuple(folders)
        self._relay = _Relay(on_change)
        self._poll_s = poll_s
        self._system = system
        self._observer: BaseObserver | None = None

    def __enter__(self) -> Self:
        """Begin to watch."""
        for folder in self._folders:
            folder.mkdir(parents=True, exist_ok=True)
        try:
            self._observer = self._started(self._system())
        except OSError as error:
            log.warning(
                "the system does not tell of changed files, so they are looked at",
                extra={"reason": str(error)},
            )
            self._observer = self._started(PollingObserver(timeout=self._poll_s))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the watch; on_change is not called any more."""
        if self._observer is not None:
            # it reports as an error that its thread looks once more while it is being stopped
            logging.getLogger("watchdog.observers.inotify").setLevel(logging.CRITICAL)
            self._observer.stop()
            self._observer.join()
            self._observer = None

    def _started(self, observer: BaseObserver) -> BaseObserver:
        for folder in self._folders:
            observer.schedule(self._relay, str(folder))
        observer.start()
        return observer
