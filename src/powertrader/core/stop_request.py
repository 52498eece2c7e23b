"""Asking a worker process to end in order, by a file: it works on every system and for every parent."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import BadData, StorageError
from powertrader.core.folder_watch import FolderWatch
from powertrader.core.loop import Alarm
from powertrader.core.mailbox import STOP, Mailbox
from powertrader.core.storage import FileStore
from powertrader.models.command import StopRequest

ANYBODY: Final = 0
"""The process number of a request that is meant for whoever runs under the name."""


def ask_to_stop(mailbox: Mailbox, path: Path, request: StopRequest) -> None:
    """Leave a request to end where the process looks for it. Raises StorageError."""
    mailbox.publish(path, STOP, request)


@contextmanager
def stopped_by_request(
    alarm: Alarm, path: Path, store: FileStore, mailbox: Mailbox, pid: int
) -> Iterator[None]:
    """Stop the alarm as soon as the process with a number is asked to end, while the block runs.

    What lay there before was meant for an earlier process and is removed. Raises StorageError.
    """
    store.remove(path)

    def look(changed: Path) -> None:
        if changed.name != path.name:
            return
        try:
            request = mailbox.read(path, STOP)
        except (BadData, StorageError):
            # moved aside, or gone again; whoever asked can ask again
            return
        if request is not None and request.pid in {pid, ANYBODY}:
            alarm.stop()

    with FolderWatch([path.parent], look):
        # what came between the removal and the watch
        look(path)
        yield
    store.remove(path)
